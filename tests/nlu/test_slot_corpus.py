"""Slots over a corpus of our own messages in eleven languages, as people type them: precision and recall together."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from nlu import Hints, Understander

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Brussels"))
MEASURED = frozenset(
    [
        "place",
        "postcode",
        "subject",
        "weekday",
        "time_of_day",
        "mode",
        "status",
        "diploma",
        "nt2_level",
        "age",
        "occupation",
        "price_max",
        "phone",
        "email",
        "personal_number",
    ]
)
ROWS = [
    (text, Counter(wanted.split()))
    for text, _, wanted in (
        line.partition(" | ")
        for line in (Path(__file__).parent / "slots.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
]
FLOOR, FLOOR_EACH = 0.95, 0.80


def test_slots_are_found_with_their_normal_form(understander: Understander) -> None:
    right, found, wanted = Counter[str](), Counter[str](), Counter[str]()
    wrong = []
    for text, expected in ROWS:
        read = understander.understand(text, Hints(now=NOW))
        got = Counter(
            f"{slot.name}={'!' if slot.negated else ''}{slot.value}"
            for slot in read.slots
            if slot.name in MEASURED
        )
        if got != expected:
            wrong.append(f"{text}: missed {list(expected - got)}, too much {list(got - expected)}")
        for counts, values in ((right, got & expected), (found, got), (wanted, expected)):
            for value, number in values.items():
                counts[value.partition("=")[0]] += number
    assert f1(right.total(), found.total(), wanted.total()) >= FLOOR, "\n".join(wrong)
    each = {name: f1(right[name], found[name], wanted[name]) for name in wanted}
    assert min(each.values()) >= FLOOR_EACH, "\n".join([str(each), *wrong])


def f1(right: int, found: int, wanted: int) -> float:
    return 2 * right / (found + wanted)


def test_spans_point_at_what_was_said(understander: Understander) -> None:
    for text, _ in ROWS:
        read = understander.understand(text, Hints(now=NOW))
        assert all(read.text[slot.start : slot.end] == slot.text for slot in read.slots), text
        assert all(0 < slot.confidence <= 1 for slot in read.slots), text


def test_there_are_enough_messages() -> None:
    assert len({text for text, _ in ROWS}) >= 150
