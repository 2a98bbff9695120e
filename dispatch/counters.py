"""Where to go: the nearest counters with a free time, and the phone or video as a way for everybody.

Distance is in a straight line, and called so: it is no travel time.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby, zip_longest

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from data import geo
from data.tables import AppointmentKind, Counter, CounterKind, Sitting
from dispatch import calendar, interpreters
from dispatch.booking import OwnCounsellor, own_counsellor
from dispatch.calendar import Slot

LIMIT = 3
CANDIDATES = 12  # nearest counters whose calendars are looked into
NOTICE = timedelta(hours=2)  # nobody is sent to a conversation that begins sooner
HORIZON = timedelta(weeks=4)
TOO_FAR_KM = 50.0


class Why(StrEnum):
    """Why a time is offered; told to the person."""

    OWN_COUNSELLOR = "own_counsellor"
    DEPUTY = "deputy"  # the own counsellor has no time: who stands in
    NEAREST = "nearest"
    NEARBY = "nearby"
    LANGUAGE = "language"
    INTERPRETER = "interpreter"
    WHEELCHAIR = "wheelchair"
    PHONE = "phone"
    VIDEO = "video"


@dataclass(frozen=True, kw_only=True)
class CounterOffer:
    """A place with a time. `distance_km` is in a straight line; None for phone and video."""

    slot: Slot
    distance_km: float | None
    reasons: tuple[Why, ...]

    @property
    def counter(self) -> Counter:
        return self.slot.counter


@dataclass(frozen=True, kw_only=True)
class NearCounter:
    """A place and how far it is in a straight line."""

    id: int
    region_id: str
    distance_km: float


@dataclass(frozen=True, kw_only=True)
class CounterHours:
    """A counter with its weekly sittings, in the order of the week."""

    counter: Counter
    distance_km: float
    sittings: tuple[Sitting, ...]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asks for. `earliest` is the first day that suits; no weekdays means any."""

    language: str = "nl"
    wheelchair: bool = False
    earliest: date | None = None
    weekdays: frozenset[int] = frozenset()

    def suits(self, slot: Slot) -> bool:
        if self.wheelchair and slot.counter.kind == CounterKind.PLACE and not slot.counter.wheelchair:
            return False
        day = slot.day
        return (self.earliest is None or day >= self.earliest) and (
            not self.weekdays or day.weekday() in self.weekdays
        )


async def nearest(
    session: AsyncSession,
    lat: float,
    lon: float,
    *,
    now: datetime,
    kind: str = AppointmentKind.MEDIATION,
    region_id: str | None = None,
    person_id: int | None = None,
    language: str = "nl",
    wheelchair: bool = False,
    earliest: date | None = None,
    weekdays: Collection[int] = (),
    limit: int = LIMIT,
    skip: int = 0,
) -> list[CounterOffer]:
    """Up to `limit` places with a time, nearest first, then one time by phone and one by video.

    A person with an open trajectory gets times of their own counsellor, or else of the deputy. Only times at which
    `language` is spoken, by the counsellor or by an interpreter who comes along; when there is none at all, the others,
    which are in Dutch. Somebody who speaks it goes before an interpreter, at the same counter. `skip` passes over that many
    lists already shown. `region_id` chooses whose phone and video; by default that of the nearest counter.
    """
    wish = Wish(language=language, wheelchair=wheelchair, earliest=earliest, weekdays=frozenset(weekdays))
    near = await near_counters(session, lat, lon, wheelchair=wheelchair)
    home = region_id or (near[0].region_id if near else None)
    own = await own_counsellor(session, person_id) if person_id is not None else None
    remote = await _remote_counters(session, own.region_id if own else home)
    distances = {counter.id: counter.distance_km for counter in near}
    if own is not None:
        theirs = await _own_slots(session, own, kind, wish, now)
        if theirs:
            return _of_own(theirs, own, distances, remote, limit, skip)
    wanted = [counter.id for counter in near[:CANDIDATES] if counter.distance_km <= TOO_FAR_KM]
    slots = await calendar.free_slots(
        session, kind=kind, start=now + NOTICE, end=now + HORIZON, counter_ids=[*wanted, *remote], now=now
    )
    by_counter = _by_counter(await _spoken(session, slots, wish, now), wish)
    places = _in_order([by_counter[found] for found in wanted if found in by_counter], limit)
    places = places[skip * limit : (skip + 1) * limit]
    closest = places[0].counter_id if places and skip == 0 else None
    offers = [
        CounterOffer(
            slot=slot,
            distance_km=distances[slot.counter_id],
            reasons=_reasons(slot, wish, Why.NEAREST if slot.counter_id == closest else Why.NEARBY),
        )
        for slot in places
    ]
    return offers + _remote_offers(remote, by_counter, skip)


async def near_counters(
    session: AsyncSession, lat: float, lon: float, *, wheelchair: bool = False
) -> list[NearCounter]:
    """All places, the nearest first; with `wheelchair` only where one gets in."""
    rows = await session.execute(
        select(Counter.id, Counter.region_id, Counter.lat, Counter.lon).where(
            Counter.active, Counter.kind == CounterKind.PLACE, *([Counter.wheelchair] if wheelchair else [])
        )
    )
    found = [
        NearCounter(id=id_, region_id=region, distance_km=geo.distance_km(lat, lon, at_lat, at_lon))
        for id_, region, at_lat, at_lon in rows
        if at_lat is not None and at_lon is not None
    ]
    return sorted(found, key=lambda counter: (counter.distance_km, counter.id))


async def open_hours(
    session: AsyncSession, lat: float, lon: float, *, on: date, limit: int = LIMIT, wheelchair: bool = False
) -> list[CounterHours]:
    """The nearest places that still have sittings on or after `on`, each with its week."""
    near = (await near_counters(session, lat, lon, wheelchair=wheelchair))[:CANDIDATES]
    ids = [counter.id for counter in near]
    sittings = await session.scalars(
        select(Sitting)
        .where(
            Sitting.counter_id.in_(ids), Sitting.valid_from <= on + HORIZON,
            or_(Sitting.valid_to.is_(None), Sitting.valid_to >= on),
        )
        .order_by(Sitting.counter_id, Sitting.weekday, Sitting.starts)
    )  # fmt: skip
    weeks = {counter_id: _week(rows) for counter_id, rows in groupby(sittings, lambda row: row.counter_id)}
    counters = {row.id: row for row in await session.scalars(select(Counter).where(Counter.id.in_(ids)))}
    return [
        CounterHours(counter=counters[place.id], distance_km=place.distance_km, sittings=weeks[place.id])
        for place in near
        if place.id in weeks
    ][:limit]


async def _remote_counters(session: AsyncSession, region_id: str | None) -> dict[int, str]:
    """Phone and video of a region: id → kind, the phone first."""
    rows = await session.execute(
        select(Counter.id, Counter.kind)
        .where(Counter.active, Counter.region_id == region_id, Counter.kind != CounterKind.PLACE)
        .order_by(Counter.kind, Counter.id)
    )
    return {row.id: row.kind for row in rows}


async def _own_slots(
    session: AsyncSession, own: OwnCounsellor, kind: str, wish: Wish, now: datetime
) -> list[Slot]:
    """Free times of the own counsellor; of the deputy only when there are none."""
    for staff_id in (own.staff_id, own.deputy_id):
        if staff_id is None:
            continue
        slots = await calendar.free_slots(
            session, kind=kind, start=now + NOTICE, end=now + HORIZON, staff_id=staff_id, now=now
        )
        if found := await _spoken(session, slots, wish, now):
            return found
    return []


async def _spoken(session: AsyncSession, slots: Iterable[Slot], wish: Wish, now: datetime) -> list[Slot]:
    """Those that suit and in which the language is spoken; when there are none, those that suit."""
    suitable = [slot for slot in slots if wish.suits(slot)]
    return await interpreters.understood(session, suitable, wish.language, now=now) or suitable


def _of_own(
    slots: Sequence[Slot],
    own: OwnCounsellor,
    distances: dict[int, float],
    remote: dict[int, str],
    limit: int,
    skip: int,
) -> list[CounterOffer]:
    why = Why.OWN_COUNSELLOR if slots[0].staff_id == own.staff_id else Why.DEPUTY
    places = [slot for slot in slots if slot.counter.kind == CounterKind.PLACE]
    by_counter = _by_counter(slots, Wish())
    offers = [
        CounterOffer(slot=slot, distance_km=distances.get(slot.counter_id), reasons=(why,))
        for slot in _apart(places)[skip * limit : (skip + 1) * limit]
    ]
    return offers + [
        CounterOffer(slot=offer.slot, distance_km=None, reasons=(why, *offer.reasons))
        for offer in _remote_offers(remote, by_counter, skip)
    ]


def _remote_offers(
    remote: dict[int, str], by_counter: dict[int, list[Slot]], skip: int
) -> list[CounterOffer]:
    """The earliest time by phone and by video; later ones when lists were passed over."""
    offers: list[CounterOffer] = []
    kinds: set[str] = set()
    for counter_id, kind in remote.items():
        times = _apart(by_counter.get(counter_id, []))
        if kind in kinds or not times:
            continue
        kinds.add(kind)
        offers.append(
            CounterOffer(slot=times[min(skip, len(times) - 1)], distance_km=None, reasons=(Why(kind),))
        )
    return offers


def _by_counter(slots: Iterable[Slot], wish: Wish) -> dict[int, list[Slot]]:
    """Per counter the times in order; on one day somebody who speaks the language goes first."""
    found: dict[int, list[Slot]] = {}
    for slot in slots:
        found.setdefault(slot.counter_id, []).append(slot)
    for times in found.values():
        times.sort(key=lambda slot: (slot.day, wish.language not in slot.languages, slot.starts_at))
    return found


def _in_order(counters: Sequence[Sequence[Slot]], limit: int) -> list[Slot]:
    """First a time at each of the nearest, then another at those, then the ones further away."""
    near = _in_turns([_apart(times) for times in counters[:limit]])
    further = [times[0] for times in counters[limit:]]
    return [*near[: 2 * limit], *further, *near[2 * limit :]]


def _apart(slots: Sequence[Slot]) -> list[Slot]:
    """The first time of each day, then the second of each day, and so on."""
    return _in_turns([list(times) for _, times in groupby(slots, lambda slot: slot.day)])


def _in_turns(lists: Sequence[Sequence[Slot]]) -> list[Slot]:
    return [slot for turn in zip_longest(*lists) for slot in turn if slot is not None]


def _reasons(slot: Slot, wish: Wish, place: Why) -> tuple[Why, ...]:
    reasons = [place]
    if wish.language != "nl" and wish.language in slot.languages:
        reasons.append(Why.LANGUAGE)
    if slot.interpreter is not None:
        reasons.append(Why.INTERPRETER)
    if wish.wheelchair:
        reasons.append(Why.WHEELCHAIR)
    return tuple(reasons)


def _week(sittings: Iterable[Sitting]) -> tuple[Sitting, ...]:
    """One line for each weekday and hour, though several counsellors may sit then."""
    return tuple({(row.weekday, row.starts, row.ends): row for row in sittings}.values())
