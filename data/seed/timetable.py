"""Days, hours and dates that look like those of real courses."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

LESSON_MINUTES = 50
EVENINGS = ((time(18, 0), time(21, 0)), (time(18, 30), time(21, 30)), (time(19, 0), time(22, 0)))
MORNINGS = ((time(8, 45), time(11, 45)), (time(9, 0), time(12, 0)), (time(9, 30), time(12, 0)))
AFTERNOONS = ((time(13, 0), time(16, 0)), (time(13, 15), time(16, 15)))
FULL_DAY = (time(8, 30), time(16, 0))
LONG_DAY = (time(9, 0), time(15, 30))


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Weekdays (0 is Monday) and hours of wall time of a course."""

    weekdays: tuple[int, ...]
    starts: time
    ends: time
    mode: str = "contact"

    @property
    def day_parts(self) -> tuple[str, ...]:
        """morning · afternoon · evening, by when the lesson begins and how long it goes on."""
        if self.starts >= time(17, 0):
            return ("evening",)
        parts = ("morning",) if self.starts < time(12, 0) else ()
        return (*parts, "afternoon") if self.ends > time(13, 0) else parts

    @property
    def lesson_hours_a_week(self) -> int:
        minutes = (self.ends.hour - self.starts.hour) * 60 + self.ends.minute - self.starts.minute
        return len(self.weekdays) * max(1, minutes // LESSON_MINUTES)


def slots_for(rng: random.Random, patterns: Sequence[str], count: int) -> list[Slot]:
    """`count` slots that differ in pattern as far as there are patterns."""
    order = rng.sample(list(patterns), len(patterns))
    return [_slot(rng, order[number % len(order)]) for number in range(count)]


def start_dates(
    rng: random.Random, slot: Slot, lesson_hours: int, today: date, *, future: bool = False
) -> tuple[date, date, date]:
    """First lesson, last lesson, and until when one can enrol (a third of the lessons in, for one in two)."""
    weeks = max(1, math.ceil(lesson_hours / slot.lesson_hours_a_week))
    spread = rng.choices(((-70, -7), (7, 75), (76, 170)), (0 if future else 20, 55, 25))[0]
    first = _lesson_day(today + timedelta(days=rng.randint(*spread)), slot.weekdays, forward=spread[0] > 0)
    last = first + timedelta(weeks=weeks)
    late = first + timedelta(weeks=weeks // 3)
    return first, last, late if rng.random() < 0.5 else first


def _slot(rng: random.Random, pattern: str) -> Slot:
    if pattern == "D5":
        return _at((0, 1, 2, 3, 4), FULL_DAY)
    if pattern == "SAT":
        return _at((5,), rng.choice((*MORNINGS, LONG_DAY)))
    if pattern == "D2":
        return _at(
            rng.choice(((0, 2), (1, 3), (0, 3), (1, 4))), rng.choice((*MORNINGS, *AFTERNOONS, LONG_DAY))
        )
    if pattern == "D1":
        return _at((rng.randrange(5),), rng.choice((*MORNINGS, *AFTERNOONS)))
    if pattern == "E2":
        return _at(rng.choice(((0, 2), (1, 3), (0, 3))), rng.choice(EVENINGS))
    if pattern == "O1":
        return _at((rng.randrange(4),), rng.choice(EVENINGS), mode=rng.choice(("online", "blended")))
    return _at((rng.randrange(4),), rng.choice(EVENINGS))


def _at(weekdays: tuple[int, ...], hours: tuple[time, time], mode: str = "contact") -> Slot:
    return Slot(weekdays=weekdays, starts=hours[0], ends=hours[1], mode=mode)


def _lesson_day(day: date, weekdays: tuple[int, ...], *, forward: bool) -> date:
    """The nearest day with a lesson that is in no long holiday (Christmas, summer)."""
    step = timedelta(days=1 if forward else -1)
    while day.weekday() not in weekdays or _is_long_holiday(day):
        day += step
    return day


def _is_long_holiday(day: date) -> bool:
    return day.month in (7, 8) or (day.month == 12 and day.day > 19) or (day.month == 1 and day.day < 5)
