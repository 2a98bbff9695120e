"""Days, dates and times as people write them. Now is Monday 23 November 2026, ten in the morning in Brussels."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.text import clean
from nlu.values import Slot
from nlu.when import find

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Brussels"))
CASES = [
    line.split(" | ")
    for line in (Path(__file__).parent / "when.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def _said(slots: list[Slot]) -> set[str]:
    short = {"date": "", "weekday": "", "time": "", "time_of_day": ""}
    sign = {"after": ">", "before": "<"}
    return {
        ("!" if slot.negated else "")
        + short[slot.name]
        + sign.get(slot.data.get("relation", ""), "")
        + slot.value
        for slot in slots
    }


@pytest.mark.parametrize(("text", "wanted"), CASES, ids=[case[0] for case in CASES])
def test_when_an_appointment_is_made(text: str, wanted: str) -> None:
    assert _said(find(clean(text), now=NOW, appointment=True)) == set(wanted.split())


def test_there_are_enough_expressions() -> None:
    assert len(CASES) >= 120


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("spaanse les op dinsdag", {"tu"}),  # a habit: no date
        ("avondles boekhouden", {"evening"}),
        ("cursus van 2 uur per week", set()),
        ("ik werk al 4 uur per dag", set()),
        ("lessen in het weekend", {"sa"}),
        ("ik ben 30 jaar", set()),
        ("cours le samedi matin", {"sa", "morning"}),
        ("geen avond", {"!evening"}),
        ("kan het ook niet op vrijdag", {"!fr"}),
        ("niet op vrijdag of in de voormiddag", {"!fr", "!morning"}),
        ("geen maandag, dinsdag of 's avonds aub", {"!mo", "!tu", "!evening"}),
        ("niet op vrijdag, maandag wel", {"!fr", "mo"}),
        ("niet op vrijdag en maandag wel", {"!fr", "mo"}),
        ("niet op vrijdag maar op maandag of dinsdag", {"!fr", "mo", "tu"}),
        ("vrijdag en zaterdag kan niet", {"!fr", "!sa"}),
        ("liefst dinsdag of donderdag, niet 's avonds", {"tu", "th", "!evening"}),
        ("pas le vendredi ou le matin", {"!fr", "!morning"}),
        ("sauf le lundi et le mardi soir", {"!mo", "!tu", "!evening"}),
        ("not on friday or in the morning", {"!fr", "!morning"}),
        ("no mondays, tuesdays or evenings", {"!mo", "!tu", "!evening"}),
        ("not friday but monday or tuesday", {"!fr", "mo", "tu"}),
        ("cuma ve cumartesi değil", {"!fr", "!sa"}),
        ("cuma ya da sabah olmaz", {"!fr", "!morning"}),
        ("ليس يوم الجمعة أو السبت", {"!fr", "!sa"}),
        ("مو الجمعة والسبت", {"!fr", "!sa"}),
        ("goedemorgen, ik zoek een cursus", set()),
        ("goede avond", set()),
        ("bon, je cherche un cours du soir", {"evening"}),
        ("ma moeder wil Frans leren", set()),
        ("zo snel mogelijk", set()),
        ("mei of juni starten", set()),
        ("niveau 1.2", set()),
        ("graad 2, module 3", set()),
    ],
)
def test_when_a_course_is_sought(text: str, wanted: set[str]) -> None:
    assert _said(find(clean(text), now=NOW, appointment=False)) == wanted


def test_a_weekday_knows_its_next_date() -> None:
    (slot,) = find("les op donderdag", now=NOW, appointment=False)
    assert slot.value == "th"
    assert slot.data["date"] == "2026-11-26"
    (slot,) = find("les op maandag", now=NOW, appointment=False)
    assert slot.data["date"] == "2026-11-30"  # never today


def test_spans_point_into_the_message() -> None:
    text = "kan het volgende week dinsdag na 16u?"
    for slot in find(text, now=NOW, appointment=True):
        assert text[slot.start : slot.end] == slot.text


def test_a_week_ends_on_its_sunday() -> None:
    (slot,) = find("volgende week", now=NOW, appointment=True)
    assert (slot.value, slot.data["until"]) == ("2026-11-30", "2026-12-06")


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="0123456789uh:./- maandgvoizrteklj'", max_size=60))
def test_nothing_makes_it_fail(text: str) -> None:
    for slot in find(clean(text), now=NOW, appointment=True):
        assert slot.start < slot.end
