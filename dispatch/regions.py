"""Regions: which one serves a place, when its office is open, and by when somebody who waits hears from us."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from data import geo
from data.geo import RegionId
from data.tables import Region
from dispatch import clock

AT_ONCE = timedelta(minutes=5)
NEXT_DAY_BY = time(10)
LOOK_AHEAD_DAYS = 30
DAY_KEYS = ("mo", "tu", "we", "th", "fr", "sa", "su")

_WEEKDAYS = {
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "nl": ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
           "november", "december"),
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
           "novembre", "décembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip
_WITHIN = {"nl": "binnen {n} minuten", "fr": "dans les {n} minutes", "en": "within {n} minutes"}
_BEFORE = {"nl": "{day} voor {hour}", "fr": "{day} avant {hour}", "en": "{day} before {hour}"}
_TODAY = {"nl": "vandaag", "fr": "aujourd'hui", "en": "today"}
_TOMORROW = {"nl": "morgen", "fr": "demain", "en": "tomorrow"}


def regions_of_postcode(postcode: str) -> tuple[RegionId, ...]:
    """The regions that a postcode lies in, the most populous first; empty outside Flanders and Brussels."""
    return tuple(
        dict.fromkeys(place.region for place in geo.by_postcode(postcode) if place.region is not None)
    )


def region_for(*, nis: str | None = None, postcode: str | None = None) -> RegionId | None:
    """The region that serves somebody; the municipality decides, for a postcode may lie in two."""
    if nis is not None and (region := geo.region_of(nis)) is not None:
        return region
    return next(iter(regions_of_postcode(postcode)), None) if postcode is not None else None


def open_blocks(region: Region, day: date) -> list[tuple[datetime, datetime]]:
    """When the office is open on a day, as instants; empty on days off and public holidays."""
    if clock.is_public_holiday(day):
        return []
    hours: Sequence[Sequence[str]] = region.office_hours.get(DAY_KEYS[day.weekday()], ())
    return [
        (
            clock.instant(datetime.combine(day, time.fromisoformat(opens))),
            clock.instant(datetime.combine(day, time.fromisoformat(closes))),
        )
        for opens, closes in hours
    ]


def is_open(region: Region, at: datetime) -> bool:
    """Whether the office is open at an instant; not any more at the closing time itself."""
    return any(opens <= at < closes for opens, closes in open_blocks(region, clock.day_of(at)))


def next_opening(region: Region, at: datetime) -> datetime | None:
    """The first opening after an instant (UTC); None when there is none within a month."""
    today = clock.day_of(at)
    for offset in range(LOOK_AHEAD_DAYS + 1):
        for opens, _ in open_blocks(region, today + timedelta(days=offset)):
            if opens > at:
                return opens
    return None


def promise(region: Region, at: datetime, somebody_present: bool) -> datetime:
    """By when (UTC) a waiting person hears from a person.

    Five minutes when somebody is present; the region's own minutes when that still falls within the open
    hours; else at the next opening: by ten o'clock, or those minutes after it where that is later. A region
    without hours promises the next weekday by ten.
    """
    if somebody_present:
        return _whole_minute(at + AT_ONCE)
    answer = timedelta(minutes=region.answer_minutes)
    for opens, closes in open_blocks(region, clock.day_of(at)):
        if opens <= at and at + answer <= closes:
            return _whole_minute(at + answer)
    opening = next_opening(region, at)
    day = clock.day_of(opening) if opening is not None else _next_working_day(clock.day_of(at))
    by_ten = clock.instant(datetime.combine(day, NEXT_DAY_BY))
    return by_ten if opening is None else max(by_ten, opening + answer)


def promise_words(due: datetime, now: datetime, language: str) -> str:
    """The promise as said in the middle of a sentence: "binnen 5 minuten", "morgen voor 10 uur".

    In Dutch, French or English; any other language gets English.
    """
    code = language.split("-")[0]
    code = code if code in _WITHIN else "en"
    left = due - now
    if left <= timedelta(hours=1):
        minutes = max(1, -(-int(left.total_seconds()) // 60))
        return "binnen de minuut" if code == "nl" and minutes == 1 else _WITHIN[code].format(n=minutes)
    return _BEFORE[code].format(
        day=_day_words(clock.day_of(due), clock.day_of(now), code), hour=_hour(due, code)
    )


def _day_words(day: date, today: date, code: str) -> str:
    ahead = (day - today).days
    if ahead <= 0:
        return _TODAY[code]
    if ahead == 1:
        return _TOMORROW[code]
    name = _WEEKDAYS[code][day.weekday()]
    if ahead >= 7:
        name = f"{name} {day.day} {_MONTHS[code][day.month - 1]}"
    return f"on {name}" if code == "en" else name


def _hour(moment: datetime, code: str) -> str:
    wall = clock.wall(moment)
    match code:
        case "nl":
            return f"{wall.hour} uur" if not wall.minute else f"{wall.hour}.{wall.minute:02} uur"
        case "fr":
            return f"{wall.hour} h" if not wall.minute else f"{wall.hour} h {wall.minute:02}"
        case _:
            return f"{wall.hour}:{wall.minute:02}"


def _next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() >= 5 or clock.is_public_holiday(day):
        day += timedelta(days=1)
    return day


def _whole_minute(moment: datetime) -> datetime:
    """Rounded up: said as a clock time, a promise must not fall before what was meant."""
    past = timedelta(seconds=moment.second, microseconds=moment.microsecond)
    return moment if not past else moment - past + timedelta(minutes=1)
