"""When a waiting client will hear from a person: a time we can keep, from presence and office hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Europe/Brussels")
WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
OFFICE_HOURS: dict[str, list[list[str]]] = {day: [["09:00", "17:00"]] for day in WEEKDAYS[:5]}
AT_ONCE = timedelta(minutes=5)
AFTER_OPENING = timedelta(minutes=60)
DEFAULT_ANSWER_MINUTES = 15

Hours = Mapping[str, Sequence[Sequence[str]]]


class Basis(StrEnum):
    PRESENT = "present"  # somebody is there now
    OPEN = "open"  # within office hours, nobody free at once
    CLOSED = "closed"  # outside office hours


@dataclass(frozen=True, kw_only=True)
class Promise:
    """`at` is when the client will have heard from a person, in Belgian time; `basis` says why then."""

    at: datetime
    basis: Basis


@lru_cache(maxsize=8)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("BE", years=year))


def opening_hours(day: date, hours: Hours) -> list[tuple[datetime, datetime]]:
    """The blocks during which the region works on `day`; none on a Belgian public holiday."""
    if day in _holidays(day.year):
        return []
    blocks = hours.get(WEEKDAYS[day.weekday()], ())
    return [
        (
            datetime.combine(day, time.fromisoformat(start), ZONE),
            datetime.combine(day, time.fromisoformat(end), ZONE),
        )
        for start, end in blocks
    ]


def make(
    now: datetime,
    *,
    present: bool,
    hours: Hours | None = None,
    answer_minutes: int = DEFAULT_ANSWER_MINUTES,
) -> Promise:
    """The promise made at `now`: 5 minutes when somebody is present, `answer_minutes` in office hours,
    else an hour after the next opening. A region without hours is taken to work from 9 to 17 on weekdays.
    """
    local = now.astimezone(ZONE)
    if present:
        return Promise(at=_whole_minute(local + AT_ONCE), basis=Basis.PRESENT)
    hours = hours if hours and any(hours.values()) else OFFICE_HOURS
    for offset in range(30):
        for opens, closes in opening_hours(local.date() + timedelta(days=offset), hours):
            if opens <= local and local + timedelta(minutes=answer_minutes) <= closes:
                return Promise(at=_whole_minute(local + timedelta(minutes=answer_minutes)), basis=Basis.OPEN)
            if opens > local:
                return Promise(at=opens + AFTER_OPENING, basis=Basis.CLOSED)
    return Promise(at=local + timedelta(days=30), basis=Basis.CLOSED)


def _whole_minute(at: datetime) -> datetime:
    """Rounded up: a promise said as a clock time must not fall before the time that was meant."""
    return (
        at
        if at == at.replace(second=0, microsecond=0)
        else at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    )
