"""Which slots of a message belong to its question, over a corpus of our own in ten languages."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.vocabulary import vocabulary
from nlu import Hints, Slot, Understander, load
from nlu.relevance import relevant
from nlu.values import Understanding

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Brussels"))
ROWS = [
    (intent, text, Counter(wanted.split()))
    for intent, text, wanted in (
        line.split(" | ")
        for line in (Path(__file__).parent / "asked.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
]
FLOOR, BARE = 0.95, 0.85


def told(slots: tuple[Slot, ...], wanted: Counter[str]) -> Counter[str]:
    """As the corpus writes them; any date is as good as another where it says so."""
    found = Counter[str]()
    for slot in slots:
        value = f"{slot.name}={'!' if slot.negated else ''}{slot.value.replace(' ', '_')}"
        found[f"{slot.name}=*" if f"{slot.name}=*" in wanted else value] += 1
    return found


@pytest.fixture(scope="module")
def knowing(small_model: Path) -> Understander:
    """With every place and subject that we have."""
    return load(small_model, vocabulary())


def test_what_is_told_is_what_was_asked(knowing: Understander) -> None:
    right, given, bare, wanted = 0, 0, 0, 0
    wrong = []
    for intent, text, expected in ROWS:
        read = replace(knowing.understand(text, Hints(now=NOW)), intent=intent, act=None, parts=())
        asked = knowing.with_particulars(read)
        got = told(relevant(asked), expected)
        if got != expected:
            wrong.append(f"{text}: missed {list(expected - got)}, too much {list(got - expected)}")
        right += (got & expected).total()
        given, wanted, bare = given + got.total(), wanted + expected.total(), bare + len(asked.slots)
    assert 2 * right / (given + wanted) >= FLOOR, "\n".join(wrong)
    assert given < BARE * bare  # it leaves out a good part of all that is found


def test_there_are_enough_messages() -> None:
    assert len({text for _, text, _ in ROWS}) >= 150
    assert len({intent for intent, _, _ in ROWS}) == 31


def slot(name: str, value: str, text: str, start: int, **more: object) -> Slot:
    return replace(Slot(name=name, value=value, text=text, start=start, end=start + len(text)), **more)  # type: ignore[arg-type]


def understood(intent: str, *slots: Slot, act: str | None = None) -> Understanding:
    return Understanding(
        text="", language="nl", language_confidence=1, intent=intent, confidence=1, ranking=((intent, 1),), slots=slots,
        act=act, crisis=False, opt_out=False, opt_in=False, model_version="1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("intent", "slots", "kept"),
    [
        ("find_course", [slot("weekday", "fr", "vrijdag", 0), slot("date", "2026-11-27", "vrijdag", 0)], ["weekday"]),
        ("appt_book", [slot("weekday", "fr", "vrijdag 4 december", 0), slot("date", "2026-12-04", "4 december", 8)], ["date"]),
        ("appt_book", [slot("weekday", "tu", "dinsdag", 0), slot("date", "2026-12-04", "4 december", 8)], ["weekday", "date"]),
        ("counter_info", [slot("postcode", "9000", "9000", 0), slot("place", "Gent", "Gent", 5)], ["postcode"]),
        ("counter_info", [slot("postcode", "9000", "9000", 0), slot("place", "Aalst", "Aalst", 12)], ["postcode", "place"]),
        ("dutch_nt2", [slot("subject", "nt2", "nederlands", 0), slot("nt2_level", "A1", "A1", 20)], ["nt2_level"]),
        ("practical_barrier", [slot("barrier", "health", "burn-out", 0), slot("status", "sick", "burn-out", 0)], ["barrier"]),
        ("diploma_recognition", [slot("origin", "SY", "syrisch", 0), slot("diploma", "foreign", "syrisch diploma", 0)], ["origin"]),
        ("diploma_recognition", [slot("diploma", "foreign", "buitenlands diploma", 0)], ["diploma"]),
        ("complaint", [slot("place", "Gent", "Gent", 0), slot("phone", "+32470112233", "0470112233", 9)], ["phone"]),
        ("out_of_scope", [slot("place", "Gent", "Gent", 0)], []),
        ("find_course", [slot("topic", "drone vliegen", "drone vliegen", 0, confidence=0.5)], ["subject"]),
        ("find_course", [slot("topic", "iets, misschien", "iets, misschien", 0, confidence=0.5)], []),
        ("find_course", [slot("topic", "wat overblijft", "wat overblijft", 0, confidence=0.3)], []),
    ],
)  # fmt: skip
def test_one_slot_for_one_thing_that_the_question_can_use(
    intent: str, slots: list[Slot], kept: list[str]
) -> None:
    assert [one.name for one in relevant(understood(intent, *slots))] == kept


def test_an_answer_to_our_question_is_told_whole() -> None:
    said = understood("out_of_scope", slot("place", "Gent", "Gent", 0), act="place")
    assert relevant(said) == said.slots


def test_two_questions_take_what_either_can_use() -> None:
    both = replace(
        understood("complaint", slot("subject", "lassen", "lassen", 0), slot("time", "14:00", "14u", 9)),
        parts=(understood("course_price"), understood("appt_book")),
    )
    assert [one.name for one in relevant(both)] == ["subject", "time"]
