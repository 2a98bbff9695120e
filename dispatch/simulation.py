"""A year of one region, played through: who waits how long, who works how much, and what it costs.

People write by day and hour. The bot answers what is simple; a dispatcher answers the rest of what is short; the
others get a conversation at one of the nearest counters, as soon and as near as can be, and some of them a
trajectory with the same counsellor. Pure and repeatable: one seed gives one year.

The figures of the blueprint are the defaults: shares, minutes and cost of the three tiers (its section 7.2), 2.2
appointments a person and how they are spread (3.3), 22 micro-contacts a trajectory (3.3). What it does not give is
an assumption, said in `Assumptions`, and every one can be changed.
"""

import math
import random
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from statistics import median

from data import geo
from dispatch import clock

OPEN, CLOSE = time(9), time(17)
CANDIDATES = 3  # counters whose calendars a person looks into
HORIZON = 12 * 7  # days: who finds nothing until then is told so
SESSIONS = ((1, 185), (2, 82), (3, 82), (4, 27), (5, 18), (6, 12), (7, 6), (8, 3), (9, 3))  # of 418 clients


@dataclass(frozen=True, kw_only=True)
class SittingPlan:
    """A weekly block of wall time of one counsellor at one counter. `weekday` 0 is Monday."""

    counter: str
    counsellor: str
    weekday: int
    starts: time
    ends: time
    schools: str | None = None  # not in the holidays of these


@dataclass(frozen=True, kw_only=True)
class CounterPlan:
    """A counter and where it is, in degrees; without a place it is the phone or video, near to everybody."""

    name: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True, kw_only=True)
class Town:
    """Where people live: their number weighs how often somebody from there writes."""

    name: str
    lat: float
    lon: float
    people: int


@dataclass(frozen=True, kw_only=True)
class Service:
    """What a region has."""

    counters: Sequence[CounterPlan]
    sittings: Sequence[SittingPlan]
    towns: Sequence[Town]
    dispatchers: int


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """Figures of the blueprint first, then our own guesses, to be replaced by what a region measures."""

    shares: Mapping[str, float] = field(
        default_factory=lambda: {"information": 0.28, "mediation": 0.37, "trajectory": 0.35}
    )
    minutes: Mapping[str, int] = field(
        default_factory=lambda: {"information": 26, "mediation": 69, "trajectory": 185}
    )
    euro: Mapping[str, int] = field(
        default_factory=lambda: {"information": 16, "mediation": 42, "trajectory": 114}
    )
    contacts: int = 22  # micro-contacts a trajectory, sessions among them
    # Ours:
    people: int = 2_500  # who write in a year
    by_bot: float = 0.6  # share of the information questions that need nobody
    contact_minutes: int = 5
    session_minutes: int = 75  # kept free in the calendar; 65 are talked
    no_show: float = 0.15
    weeks_between: int = 3
    promise_minutes: int = 15
    evenings: float = 0.25  # share of the messages outside office hours
    weekly_hours: float = 36.0
    km_for_a_day: float = 3.0  # people go that much farther to be helped a day sooner


@dataclass(frozen=True, kw_only=True)
class Month:
    """One month: median days until the first conversation, and hours of conversation."""

    label: str
    people: int
    wait_days: float
    hours: float


@dataclass(frozen=True, kw_only=True)
class Year:
    """What came of it. Waits in days of the calendar, distances in km in a straight line, `load` as share of time."""

    people: Mapping[str, int]
    by_bot: int
    euro: Mapping[str, float]
    wait_median: float
    wait_p90: float
    within_two_weeks: float
    found_nothing: int
    distance_median: float
    within_10_km: float
    promises: int
    kept: int
    sessions: int
    missed: int
    contacts: int
    load: Mapping[str, float]
    seats_used: float
    months: Sequence[Month]

    @property
    def total_euro(self) -> float:
        return sum(self.euro.values())


def play(service: Service, assumed: Assumptions, *, year: int, seed: int = 1) -> Year:
    """Play one year. Raises ValueError when there is nobody to help or nowhere to live."""
    if not service.sittings or not service.towns:
        raise ValueError("a year needs at least one sitting and one town")
    return _Play(service, assumed, year, random.Random(seed)).run()


class _Calendar:
    """The free places of one counsellor's sittings at a counter, as (day, minute of the day), in order."""

    def __init__(self) -> None:
        self.free: list[tuple[int, int]] = []
        self.seats = 0

    def first(self, earliest: int) -> tuple[int, int] | None:
        found = bisect_left(self.free, (earliest, 0))
        return self.free[found] if found < len(self.free) else None

    def take(self, place: tuple[int, int]) -> None:
        del self.free[bisect_left(self.free, place)]

    def give_back(self, place: tuple[int, int]) -> None:
        insort(self.free, place)


class _Play:
    def __init__(self, service: Service, assumed: Assumptions, year: int, rng: random.Random) -> None:
        self._service, self._assumed, self._rng = service, assumed, rng
        self._first = date(year, 1, 1)
        self._days = (date(year + 1, 1, 1) - self._first).days
        self._works = [self._is_workday(self._first + timedelta(days=n)) for n in range(self._days + HORIZON)]
        self._calendars: dict[tuple[str, str], _Calendar] = defaultdict(_Calendar)
        for sitting in service.sittings:
            self._fill(sitting)
        self._near = {town.name: self._nearest(town) for town in service.towns}
        self._waits: list[tuple[int, float]] = []  # day written, days waited
        self._distances: list[float] = []
        self._hours: dict[str, float] = defaultdict(float)
        self._talked = [0.0] * 12
        self._sessions = self._missed = self._contacts = self._nothing = self._used = 0
        self._desk: list[tuple[datetime, int]] = []  # who needs a dispatcher, and for how many minutes

    @staticmethod
    def _is_workday(day: date) -> bool:
        return day.weekday() < 5 and not clock.is_public_holiday(day)

    def _fill(self, sitting: SittingPlan) -> None:
        calendar = self._calendars[sitting.counter, sitting.counsellor]
        length = self._assumed.session_minutes
        opens = sitting.starts.hour * 60 + sitting.starts.minute
        closes = sitting.ends.hour * 60 + sitting.ends.minute
        for day in range(self._days + HORIZON):
            on = self._first + timedelta(days=day)
            if on.weekday() != sitting.weekday or not self._works[day]:
                continue
            if sitting.schools is not None and clock.is_school_holiday(on, sitting.schools):
                continue
            for begins in range(opens, closes - length + 1, length):
                calendar.give_back((day, begins))
                calendar.seats += day < self._days

    def _nearest(self, town: Town) -> list[tuple[float, str]]:
        """The nearest counters with their distance; the phone and video come after them."""
        sat = {sitting.counter for sitting in self._service.sittings}
        places, remote = [], []
        for counter in self._service.counters:
            if counter.name not in sat:
                continue
            if counter.lat is None or counter.lon is None:
                remote.append((0.0, counter.name))
            else:
                places.append((geo.distance_km(town.lat, town.lon, counter.lat, counter.lon), counter.name))
        return sorted(places)[:CANDIDATES] + remote

    def run(self) -> Year:
        people: dict[str, int] = defaultdict(int)
        by_bot = 0
        tiers, weights = zip(*self._assumed.shares.items(), strict=True)
        towns = self._service.towns
        crowd = [town.people for town in towns]
        for day, moment in self._writers():
            tier = self._rng.choices(tiers, weights)[0]
            people[tier] += 1
            if tier == "information":
                if self._rng.random() < self._assumed.by_bot:
                    by_bot += 1
                else:
                    self._desk.append((moment, self._assumed.minutes[tier]))
                continue
            self._help(tier, day, self._rng.choices(towns, crowd)[0])
        promises, kept = self._answered()
        waits = sorted(wait for _, wait in self._waits)
        hours = self._assumed.weekly_hours * sum(self._works[: self._days]) / 5
        seats = sum(calendar.seats for calendar in self._calendars.values())
        return Year(
            people=dict(people), by_bot=by_bot,
            euro={tier: float(self._assumed.euro[tier] * (count - (by_bot if tier == "information" else 0)))
                  for tier, count in people.items()},
            wait_median=median(waits) if waits else 0.0, wait_p90=_quantile(waits, 0.9),
            within_two_weeks=_share(waits, 14), found_nothing=self._nothing,
            distance_median=median(self._distances) if self._distances else 0.0,
            within_10_km=_share(self._distances, 10), promises=promises, kept=kept, sessions=self._sessions,
            missed=self._missed, contacts=self._contacts,
            load={name: worked / hours for name, worked in sorted(self._hours.items())},
            seats_used=self._used / seats if seats else 0.0, months=self._months(),
        )  # fmt: skip

    def _writers(self) -> list[tuple[int, datetime]]:
        """When people write: on working days more than on others, in office hours more than in the evening."""
        weights = [1.0 if works else 0.25 for works in self._works[: self._days]]
        days = self._rng.choices(range(self._days), weights, k=_poisson(self._rng, self._assumed.people))
        return sorted((day, self._moment(day)) for day in days)

    def _moment(self, day: int) -> datetime:
        late = self._rng.random() < self._assumed.evenings
        hour = self._rng.uniform(17, 23) if late else self._rng.uniform(9, 17)
        return datetime.combine(self._first + timedelta(days=day), time()) + timedelta(hours=hour)

    def _help(self, tier: str, day: int, town: Town) -> None:
        """The first conversation in the first free time near by, and a trajectory's others with the same person."""
        found = self._soonest(town, day + 1)
        if found is None:
            self._nothing += 1
            return
        distance, key, place = found
        self._waits.append((day, float(place[0] - day)))
        self._distances.append(distance)
        last = self._sit(key, place)
        if tier != "trajectory" or last is None:
            return
        sessions, weights = zip(*SESSIONS, strict=True)
        planned = self._rng.choices(sessions, weights)[0]
        for _ in range(planned - 1):
            following = self._calendars[key].first(last[0] + 7 * self._assumed.weeks_between)
            if following is None or (last := self._sit(key, following)) is None:
                break
        between = max(0, self._assumed.contacts - planned)
        self._contacts += between
        self._hours[key[1]] += between * self._assumed.contact_minutes / 60

    def _soonest(self, town: Town, earliest: int) -> tuple[float, tuple[str, str], tuple[int, int]] | None:
        near = {name: distance for distance, name in self._near[town.name]}
        offers = [
            (place[0] + near[key[0]] / self._assumed.km_for_a_day, place, near[key[0]], key)
            for key, calendar in self._calendars.items()
            if key[0] in near and (place := calendar.first(earliest)) is not None
            if place[0] <= earliest + HORIZON
        ]
        if not offers:
            return None
        _, place, distance, key = min(offers)
        return distance, key, place

    def _sit(self, key: tuple[str, str], place: tuple[int, int]) -> tuple[int, int] | None:
        """Hold the conversation; who does not come gets another time once. None when they stay away."""
        for _ in range(2):
            self._calendars[key].take(place)
            self._used += place[0] < self._days
            hours = self._assumed.session_minutes / 60
            if self._rng.random() >= self._assumed.no_show:
                self._sessions += 1
                self._hours[key[1]] += hours
                if place[0] < self._days:
                    self._talked[(self._first + timedelta(days=place[0])).month - 1] += hours
                return place
            self._missed += 1
            self._hours[key[1]] += hours / 3  # waiting, calling, writing
            again = self._calendars[key].first(place[0] + 7)
            if again is None:
                return None
            place = again
        return None

    def _answered(self) -> tuple[int, int]:
        """Promises made at the desk and kept: dispatchers take who waits longest, in office hours."""
        free: list[datetime] = []
        for _ in range(self._service.dispatchers):
            heappush(free, datetime.combine(self._first, OPEN))
        kept = 0
        for asked, minutes in sorted(self._desk):
            promised = self._promised(asked)
            if not free:
                continue
            begins = self._in_hours(max(asked, heappop(free)))
            kept += begins <= promised
            heappush(free, begins + timedelta(minutes=self._rng.expovariate(1 / minutes)))
        return len(self._desk), kept

    def _promised(self, asked: datetime) -> datetime:
        opens = self._in_hours(asked)
        return opens + timedelta(minutes=self._assumed.promise_minutes if opens == asked else 60)

    def _in_hours(self, moment: datetime) -> datetime:
        """The moment itself when the desk is open, or its next opening."""
        while True:
            day = (moment.date() - self._first).days
            works = self._works[day] if day < len(self._works) else self._is_workday(moment.date())
            if works and moment.time() < CLOSE:
                return max(moment, datetime.combine(moment.date(), OPEN))
            moment = datetime.combine(moment.date() + timedelta(days=1), time())

    def _months(self) -> list[Month]:
        waits: dict[int, list[float]] = defaultdict(list)
        for day, wait in self._waits:
            waits[(self._first + timedelta(days=day)).month].append(wait)
        return [
            Month(
                label=f"{self._first.year}-{month:02}", people=len(waits[month]),
                wait_days=median(waits[month]) if waits[month] else 0.0, hours=self._talked[month - 1],
            )
            for month in range(1, 13)
        ]  # fmt: skip


def _poisson(rng: random.Random, mean: float) -> int:
    """A Poisson number; beyond a thousand the normal curve, which is then as good."""
    if mean > 1000:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def _share(values: Sequence[float], limit: float) -> float:
    return sum(value <= limit for value in values) / len(values) if values else 0.0
