"""When a waiting client will hear from a person: a time we can keep, from presence and office hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from dispatch import clock
from dispatch.clock import ZONE

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


def opening_hours(day: date, hours: Hours) -> list[tuple[datetime, datetime]]:
    """The blocks during which the region works on `day`; none on a Belgian public holiday."""
    if clock.is_public_holiday(day):
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
        return Promise(at=_whole_minute(now + AT_ONCE), basis=Basis.PRESENT)
    hours = hours if hours and any(hours.values()) else OFFICE_HOURS
    for offset in range(30):
        for opens, closes in opening_hours(local.date() + timedelta(days=offset), hours):
            if opens <= local and now + timedelta(minutes=answer_minutes) <= closes:
                return Promise(at=_whole_minute(now + timedelta(minutes=answer_minutes)), basis=Basis.OPEN)
            if opens > local:
                return Promise(at=opens + AFTER_OPENING, basis=Basis.CLOSED)
    return Promise(at=local + timedelta(days=30), basis=Basis.CLOSED)


def _whole_minute(at: datetime) -> datetime:
    """In Belgian time, rounded up: said as a clock time, a promise must not fall before what was meant."""
    whole = at.replace(second=0, microsecond=0)
    return (at if at == whole else whole + timedelta(minutes=1)).astimezone(ZONE)
