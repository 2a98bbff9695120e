"""Which region, open or not, and what a waiting person is promised and told."""

from datetime import datetime, timedelta

import pytest

from data.geo import RegionId
from data.tables import Region
from dispatch import regions
from dispatch.clock import ZONE
from tests.dispatch.world import OFFICE_HOURS

OFFICE = Region(id="gent", name="Gent", office_hours=OFFICE_HOURS, answer_minutes=15)
NEVER = Region(id="gent", name="Gent", office_hours={}, answer_minutes=15)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("nis", "postcode", "region"),
    [
        ("44021", None, RegionId.GENT),
        ("11002", None, RegionId.ANTWERPEN_STAD),
        ("21001", None, RegionId.BRUSSEL),
        (None, "9000", RegionId.GENT),
        (None, "9300", RegionId.OOST_VLAANDEREN),
        (None, "1080", RegionId.BRUSSEL),
        (None, "2150", RegionId.ANTWERPEN_STAD),  # Borsbeek, part of Antwerp since 2025
        (None, "3798", RegionId.LIMBURG),  # Voeren
        (None, "4000", None),  # Liège
        (None, "0000", None),
        ("44021", "2000", RegionId.GENT),
        (None, None, None),
    ],
)
def test_region(nis: str | None, postcode: str | None, region: RegionId | None) -> None:
    assert regions.region_for(nis=nis, postcode=postcode) == region


@pytest.mark.parametrize(
    ("at", "open_", "opens"),
    [
        ("2026-11-24T08:59", False, "2026-11-24T09:00"),
        ("2026-11-24T09:00", True, "2026-11-24T13:00"),
        ("2026-11-24T12:30", False, "2026-11-24T13:00"),
        ("2026-11-24T16:59", True, "2026-11-25T09:00"),
        ("2026-11-24T17:00", False, "2026-11-25T09:00"),
        ("2026-11-28T11:00", False, "2026-11-30T09:00"),  # Saturday
        ("2026-12-25T11:00", False, "2026-12-28T09:00"),  # Christmas, a Friday
        ("2026-12-31T18:00", False, "2027-01-04T09:00"),
    ],
)
def test_open_and_next_opening(at: str, open_: bool, opens: str) -> None:
    assert regions.is_open(OFFICE, _at(at)) is open_
    assert regions.next_opening(OFFICE, _at(at)) == _at(opens)


def test_a_region_without_hours_never_opens() -> None:
    assert regions.next_opening(NEVER, _at("2026-11-24T09:00")) is None


@pytest.mark.parametrize(
    ("at", "present", "due"),
    [
        ("2026-11-24T10:00:00", True, "2026-11-24T10:05"),
        ("2026-11-24T10:00:01", True, "2026-11-24T10:06"),
        ("2026-11-24T22:00", True, "2026-11-24T22:05"),
        ("2026-11-24T10:00", False, "2026-11-24T10:15"),
        ("2026-11-24T12:15", False, "2026-11-24T12:30"),
        ("2026-11-24T12:20", False, "2026-11-24T13:15"),  # over lunch
        ("2026-11-24T07:00", False, "2026-11-24T10:00"),
        ("2026-11-24T16:50", False, "2026-11-25T10:00"),
        ("2026-11-27T18:00", False, "2026-11-30T10:00"),  # a weekend
        ("2026-12-24T18:00", False, "2026-12-28T10:00"),  # Christmas and a weekend
        ("2026-03-27T18:00", False, "2026-03-30T10:00"),  # summer time begins in between
        ("2026-10-23T18:00", False, "2026-10-26T10:00"),  # and ends
    ],
)
def test_promise(at: str, present: bool, due: str) -> None:
    assert regions.promise(OFFICE, _at(at), present) == _at(due)


def test_promise_of_a_region_without_hours() -> None:
    assert regions.promise(NEVER, _at("2026-11-27T18:00"), False) == _at("2026-11-30T10:00")


@pytest.mark.parametrize(
    ("now", "due", "nl", "fr", "en"),
    [
        ("2026-11-24T10:00", "2026-11-24T10:05", "binnen 5 minuten", "dans les 5 minutes", "within 5 minutes"),
        ("2026-11-24T10:00", "2026-11-24T11:00", "binnen 60 minuten", "dans les 60 minutes", "within 60 minutes"),
        ("2026-11-24T07:00", "2026-11-24T10:00", "vandaag voor 10 uur", "aujourd'hui avant 10 h", "today before 10:00"),
        ("2026-11-24T18:00", "2026-11-25T10:00", "morgen voor 10 uur", "demain avant 10 h", "tomorrow before 10:00"),
        ("2026-11-24T10:00", "2026-11-24T13:15", "vandaag voor 13.15 uur", "aujourd'hui avant 13 h 15", "today before 13:15"),
        ("2026-11-27T18:00", "2026-11-30T10:00", "maandag voor 10 uur", "lundi avant 10 h", "on Monday before 10:00"),
        ("2026-12-24T18:00", "2027-01-04T10:00", "maandag 4 januari voor 10 uur", "lundi 4 janvier avant 10 h", "on Monday 4 January before 10:00"),
    ],
)  # fmt: skip
def test_promise_words(now: str, due: str, nl: str, fr: str, en: str) -> None:
    words = [regions.promise_words(_at(due), _at(now), language) for language in ("nl", "fr", "en", "tr")]
    assert words == [nl, fr, en, en]


def test_a_promise_is_never_said_as_earlier_than_it_is() -> None:
    now = _at("2026-11-24T10:00")
    assert regions.promise_words(now + timedelta(seconds=61), now, "nl") == "binnen 2 minuten"
    assert regions.promise_words(now + timedelta(seconds=30), now, "nl") == "binnen de minuut"
