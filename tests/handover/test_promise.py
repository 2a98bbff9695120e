"""Promises fall when somebody can keep them."""

from datetime import datetime

import pytest

from dispatch.clock import ZONE
from handover import promise
from handover.promise import Basis

HOURS = {day: [["09:00", "12:30"], ["13:00", "17:00"]] for day in ("mo", "tu", "we", "th", "fr")}


@pytest.mark.parametrize(
    ("now", "present", "expected", "basis"),
    [
        ("2026-11-24T10:00", True, "2026-11-24T10:05", Basis.PRESENT),
        ("2026-11-24T22:00", True, "2026-11-24T22:05", Basis.PRESENT),
        ("2026-11-24T10:00", False, "2026-11-24T10:15", Basis.OPEN),
        ("2026-11-24T12:20", False, "2026-11-24T14:00", Basis.CLOSED),  # lunch is near
        ("2026-11-24T16:50", False, "2026-11-25T10:00", Basis.CLOSED),
        ("2026-11-27T18:00", False, "2026-11-30T10:00", Basis.CLOSED),  # a weekend between
        ("2026-12-24T18:00", False, "2026-12-28T10:00", Basis.CLOSED),  # Christmas and a weekend
        ("2026-03-27T18:00", False, "2026-03-30T10:00", Basis.CLOSED),  # the clock goes forward between
    ],
)
def test_promise(now: str, present: bool, expected: str, basis: Basis) -> None:
    made = promise.make(datetime.fromisoformat(now).replace(tzinfo=ZONE), present=present, hours=HOURS)
    assert made.at == datetime.fromisoformat(expected).replace(tzinfo=ZONE)
    assert made.basis is basis


def test_seconds_are_rounded_up() -> None:
    now = datetime(2026, 11, 24, 10, 0, 30, tzinfo=ZONE)
    assert promise.make(now, present=True).at == datetime(2026, 11, 24, 10, 6, tzinfo=ZONE)


def test_a_region_without_hours_works_office_hours() -> None:
    now = datetime(2026, 11, 24, 8, 0, tzinfo=ZONE)
    assert promise.make(now, present=False, hours={}).at == datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)


QUIET = HOURS | {"school_holidays": {"schools": "flemish", "tu": [["10:00", "12:00"]]}}


@pytest.mark.parametrize(
    ("now", "expected", "basis"),
    [
        (
            "2026-10-30T18:00",
            "2026-11-03T11:00",
            Basis.CLOSED,
        ),  # Friday before the autumn break: Tuesday is open
        ("2026-11-03T10:30", "2026-11-03T10:45", Basis.OPEN),
        ("2026-11-03T13:00", "2026-11-09T10:00", Basis.CLOSED),  # the Monday after it
        ("2026-11-09T10:00", "2026-11-09T10:15", Basis.OPEN),
    ],
)
def test_other_hours_in_school_holidays(now: str, expected: str, basis: Basis) -> None:
    made = promise.make(datetime.fromisoformat(now).replace(tzinfo=ZONE), present=False, hours=QUIET)
    assert made.at == datetime.fromisoformat(expected).replace(tzinfo=ZONE)
    assert made.basis is basis


def test_a_region_that_closes_all_summer_promises_september() -> None:
    closed = HOURS | {"school_holidays": {"schools": "flemish"}}
    made = promise.make(datetime(2026, 7, 1, 10, 0, tzinfo=ZONE), present=False, hours=closed)
    assert made.at == datetime(2026, 9, 1, 10, 0, tzinfo=ZONE)


def test_a_warning_counts_the_hours_of_the_holidays() -> None:
    made = datetime(2026, 11, 3, 11, 0, tzinfo=ZONE)  # an hour of that week is left
    promised = datetime(2026, 11, 9, 10, 0, tzinfo=ZONE)
    at = promise.warn_at(made, promised, QUIET)
    assert at == datetime(2026, 11, 9, 9, 36, tzinfo=ZONE), "of two working hours 96 minutes are gone"
