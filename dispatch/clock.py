"""Wall time in Belgium: what was agreed ("14:00 in Aalst"), and the instant that it means.

One zone for the whole service. Durations are always taken between instants (UTC), never between wall times:
on the two change nights a wall clock runs an hour too long or too short.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

ZONE_NAME = "Europe/Brussels"
ZONE = ZoneInfo(ZONE_NAME)


class NoSuchTime(ValueError):
    """A wall time that the clock skips in the night to summer time."""


def instant(wall: datetime) -> datetime:
    """The UTC instant of a naive wall time; the first of two where the clock is set back.

    Raises `NoSuchTime` for a wall time that the clock skips.
    """
    local = wall.replace(tzinfo=ZONE, fold=0)
    moment = local.astimezone(UTC)
    if moment.astimezone(ZONE).replace(tzinfo=None) != wall:
        raise NoSuchTime(f"{wall.isoformat()} does not exist in {ZONE_NAME}")
    return moment


def wall(moment: datetime) -> datetime:
    """The naive wall time of an aware instant."""
    return moment.astimezone(ZONE).replace(tzinfo=None)


def wall_text(moment: datetime) -> str:
    """The wall time as stored and said: ISO without offset, "2026-11-27T14:00"."""
    return wall(moment).isoformat(timespec="minutes")


def day_of(moment: datetime) -> date:
    """The Belgian calendar day of an instant."""
    return moment.astimezone(ZONE).date()


def day_bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """The instants at which `first` begins and `last` ends (midnight is never skipped here)."""
    return instant(datetime.combine(first, time.min)), instant(
        datetime.combine(last + timedelta(days=1), time.min)
    )


def is_public_holiday(day: date) -> bool:
    """Whether `day` is one of the ten legal holidays of Belgium (or Easter or Whit Sunday)."""
    return day in _public_holidays(day.year)


def is_school_holiday(day: date, schools: str) -> bool:
    """Whether those schools are closed on `day`: "flemish" or "french", by the rules of that Community.

    Single days off (the Friday after Ascension, 27 September) count; days that a school chooses itself do not.
    """
    return day in _school_holidays(day.year, schools)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("BE", years=year))


@cache
def _school_holidays(year: int, schools: str) -> frozenset[date]:
    # The library follows the decrees: the Flemish one of 17 April 1991, the French one of 31 March 2022.
    return frozenset(
        holidays.country_holidays("BE", subdiv=schools.capitalize(), years=year, categories=("school",))
    )
