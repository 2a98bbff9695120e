"""When a waiting client will hear from a person: a time we can keep, from presence and office hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from dispatch import clock
from dispatch.clock import ZONE

SCHOOL_HOLIDAYS = "school_holidays"
WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
OFFICE_HOURS: dict[str, list[list[str]]] = {day: [["09:00", "17:00"]] for day in WEEKDAYS[:5]}
AT_ONCE = timedelta(minutes=5)
AFTER_OPENING = timedelta(minutes=60)
DEFAULT_ANSWER_MINUTES = 15
LOOKED_AHEAD = 90  # days: longer than the summer holidays
NEARLY = 0.8  # of the time of a promise gone: it is about to break

Hours = Mapping[str, Any]
"""As `Region.office_hours`: weekday to blocks of wall time, and perhaps other ones in school holidays."""


class Basis(StrEnum):
    PRESENT = "present"  # somebody is there now
    OPEN = "open"  # within office hours, nobody free at once
    CLOSED = "closed"  # outside office hours


@dataclass(frozen=True, kw_only=True)
class Promise:
    """`at` is when the client will have heard from a person, in Belgian time; `basis` says why then."""

    at: datetime
    basis: Basis


def opening_hours(day: date, hours: Hours) -> list[tuple[datetime, datetime]]:
    """The blocks during which the region works on `day`; none on a Belgian public holiday."""
    if clock.is_public_holiday(day):
        return []
    others = hours.get(SCHOOL_HOLIDAYS)
    if others and clock.is_school_holiday(day, others["schools"]):
        hours = others
    blocks: Sequence[Sequence[str]] = hours.get(WEEKDAYS[day.weekday()], ())
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
        return Promise(at=_whole_minute(now + AT_ONCE), basis=Basis.PRESENT)
    hours = hours if hours and any(hours.values()) else OFFICE_HOURS
    for offset in range(LOOKED_AHEAD):
        for opens, closes in opening_hours(local.date() + timedelta(days=offset), hours):
            if opens <= local and now + timedelta(minutes=answer_minutes) <= closes:
                return Promise(at=_whole_minute(now + timedelta(minutes=answer_minutes)), basis=Basis.OPEN)
            if opens > local:
                return Promise(at=opens + AFTER_OPENING, basis=Basis.CLOSED)
    return Promise(at=local + timedelta(days=LOOKED_AHEAD), basis=Basis.CLOSED)


def warn_at(made: datetime, promised: datetime, hours: Hours | None = None) -> datetime:
    """When `NEARLY` of the working time between `made` and `promised` is gone: then somebody is told.

    Hours in which nobody works do not count: of a promise made at night for ten in the morning, the hour from nine
    to ten does. Where that leaves nothing (somebody was there at night), the whole time counts.
    """
    hours = hours if hours and any(hours.values()) else OFFICE_HOURS
    first, last = made.astimezone(ZONE).date(), promised.astimezone(ZONE).date()
    blocks = [
        (max(opens, made), min(closes, promised))
        for offset in range((last - first).days + 1)
        for opens, closes in opening_hours(first + timedelta(days=offset), hours)
        if opens < promised and closes > made
    ] or [(made, promised)]
    left = sum((closes - opens for opens, closes in blocks), timedelta(0)) * NEARLY
    for opens, closes in blocks:
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    return promised


def _whole_minute(at: datetime) -> datetime:
    """In Belgian time, rounded up: said as a clock time, a promise must not fall before what was meant."""
    whole = at.replace(second=0, microsecond=0)
    return (at if at == whole else whole + timedelta(minutes=1)).astimezone(ZONE)
