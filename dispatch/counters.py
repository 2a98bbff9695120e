"""Where to go: the nearest counters with a free time, and the phone or video as a way for everybody.

Nearest is by public transport at that hour where a router answers, else in a straight line, and called so.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby, zip_longest

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import AppointmentKind, Counter, CounterKind
from dispatch import calendar, interpreters
from dispatch.booking import OwnCounsellor, own_counsellor
from dispatch.calendar import Slot
from dispatch.near import NearCounter, near_counters
from dispatch.travel import Router, Trip

LIMIT = 3
CANDIDATES = 12  # nearest counters whose calendars are looked into
NOTICE = timedelta(hours=2)  # nobody is sent to a conversation that begins sooner
HORIZON = timedelta(weeks=4)
TRAVELLED = 8  # nearest counters to which the router is asked the way
MUCH_SOONER = timedelta(days=7)


class Why(StrEnum):
    """Why a time is offered; told to the person."""

    OWN_COUNSELLOR = "own_counsellor"
    DEPUTY = "deputy"  # the own counsellor has no time: who stands in
    NEAREST = "nearest"
    NEARBY = "nearby"
    SOONEST = "soonest"  # of the list
    AREA = "area"  # it is there for who lives in that postcode
    LANGUAGE = "language"
    INTERPRETER = "interpreter"
    WHEELCHAIR = "wheelchair"
    PHONE = "phone"
    VIDEO = "video"


@dataclass(frozen=True, kw_only=True)
class CounterOffer:
    """A place with a time. `distance_km` is in a straight line; None for phone and video.

    `travel_minutes`: by public transport, to be there in time; None when it is not known.
    """

    slot: Slot
    distance_km: float | None
    reasons: tuple[Why, ...]
    travel_minutes: int | None = None

    @property
    def counter(self) -> Counter:
        return self.slot.counter


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
    postcodes: Sequence[str] = (),
    person_id: int | None = None,
    language: str = "nl",
    wheelchair: bool = False,
    earliest: date | None = None,
    weekdays: Collection[int] = (),
    router: Router | None = None,
    limit: int = LIMIT,
    skip: int = 0,
) -> list[CounterOffer]:
    """Up to `limit` places with a time, nearest first, then one time by phone and one by video.

    Nearest is by public transport where `router` answers, else in a straight line. `postcodes` is where they live: a
    counter that is for one of these goes before the others. The last place of the list is for one where somebody
    speaks `language` when nobody does at the others, or where it is at least a week sooner. A person with an open
    trajectory gets times of their own counsellor, or else of the deputy. Somebody who speaks `language` goes before
    somebody who does not, at the same counter; where there are interpreters of it, only times at which it is spoken, by
    the counsellor or by one who comes along, unless there are none. `skip` passes over that many lists already shown. `region_id` chooses
    whose phone and video; by default that of the nearest counter.
    """
    way = _Way(router=router, lat=lat, lon=lon, wheelchair=wheelchair)
    wish = Wish(language=language, wheelchair=wheelchair, earliest=earliest, weekdays=frozenset(weekdays))
    near = await near_counters(session, lat, lon, postcodes=postcodes, wheelchair=wheelchair)
    home = region_id or (near[0].region_id if near else None)
    own = await own_counsellor(session, person_id) if person_id is not None else None
    remote = await _remote_counters(session, own.region_id if own else home)
    by_id = {counter.id: counter for counter in near}
    if own is not None:
        theirs = await _own_slots(session, own, kind, wish, now)
        if theirs:
            return await way.told(_of_own(theirs, own, by_id, remote, limit, skip))
    wanted = [counter.id for counter in near if counter.offered][:CANDIDATES]
    slots = await calendar.free_slots(
        session, kind=kind, start=now + NOTICE, end=now + HORIZON, counter_ids=[*wanted, *remote], now=now
    )
    by_counter = _by_counter(await _understood(session, slots, wish, now), wish)
    nearest_first = await way.in_order([by_id[found] for found in wanted if found in by_counter], by_counter)
    places = _in_order(_with_exception([by_counter[place.id] for place in nearest_first], wish, limit), limit)
    places = places[skip * limit : (skip + 1) * limit]
    offers = await way.told(
        [
            CounterOffer(
                slot=slot, distance_km=by_id[slot.counter_id].distance_km,
                reasons=_reasons(slot, wish, by_id[slot.counter_id]),
            )
            for slot in places
        ]
    )  # fmt: skip
    if skip == 0:
        offers = _best(offers)
    return offers + _remote_offers(remote, by_counter, wish, skip)


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
        if found := await _understood(session, slots, wish, now):
            return found
    return []


async def _understood(session: AsyncSession, slots: Iterable[Slot], wish: Wish, now: datetime) -> list[Slot]:
    """Those that suit. Where there are interpreters of the language, only those in which it is spoken, if there are any."""
    suitable = [slot for slot in slots if wish.suits(slot)]
    if wish.language == "nl" or not await interpreters.exist(session, wish.language):
        return suitable
    return await interpreters.understood(session, suitable, wish.language, now=now) or suitable


def _of_own(
    slots: Sequence[Slot],
    own: OwnCounsellor,
    near: dict[int, NearCounter],
    remote: dict[int, str],
    limit: int,
    skip: int,
) -> list[CounterOffer]:
    why = Why.OWN_COUNSELLOR if slots[0].staff_id == own.staff_id else Why.DEPUTY
    places = [slot for slot in slots if slot.counter.kind == CounterKind.PLACE]
    by_counter = _by_counter(slots, Wish())
    offers = [
        CounterOffer(
            slot=slot,
            distance_km=near[slot.counter_id].distance_km if slot.counter_id in near else None,
            reasons=(why,),
        )
        for slot in _apart(places)[skip * limit : (skip + 1) * limit]
    ]
    return offers + [
        CounterOffer(slot=offer.slot, distance_km=None, reasons=(why, *offer.reasons))
        for offer in _remote_offers(remote, by_counter, Wish(), skip)
    ]


def _remote_offers(
    remote: dict[int, str], by_counter: dict[int, list[Slot]], wish: Wish, skip: int
) -> list[CounterOffer]:
    """The earliest time by phone and by video; later ones when lists were passed over."""
    offers: list[CounterOffer] = []
    kinds: set[str] = set()
    for counter_id, kind in remote.items():
        times = _apart(by_counter.get(counter_id, []))
        if kind in kinds or not times:
            continue
        kinds.add(kind)
        slot = times[min(skip, len(times) - 1)]
        offers.append(CounterOffer(slot=slot, distance_km=None, reasons=(Why(kind), *_spoken(slot, wish))))
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


@dataclass(frozen=True, kw_only=True)
class _Way:
    """Where somebody comes from, and who knows how long it takes."""

    router: Router | None
    lat: float
    lon: float
    wheelchair: bool

    async def in_order(
        self, places: Sequence[NearCounter], times: Mapping[int, Sequence[Slot]]
    ) -> list[NearCounter]:
        """The nearest of `places` by travel time to the first of their times; as they were without a router."""
        took = await self._minutes([times[place.id][0] for place in places[:TRAVELLED]])
        if took is None:
            return list(places)
        told = sorted(
            zip(places, took, strict=False),
            key=lambda pair: (not pair[0].own, pair[1] is None, pair[1] or 0, pair[0].distance_km),
        )
        return [*(place for place, _ in told), *places[TRAVELLED:]]

    async def told(self, offers: Sequence[CounterOffer]) -> list[CounterOffer]:
        """The same offers with the travel time to exactly that hour, where there is something to travel to."""
        places = [offer for offer in offers if offer.slot.counter.kind == CounterKind.PLACE]
        took = await self._minutes([offer.slot for offer in places])
        known = dict(zip((offer.slot.key for offer in places), took or (), strict=False))
        return [replace(offer, travel_minutes=known.get(offer.slot.key)) for offer in offers]

    async def _minutes(self, slots: Sequence[Slot]) -> list[int | None] | None:
        trips = [
            Trip(lat=slot.counter.lat, lon=slot.counter.lon, arrive=slot.starts_at)
            for slot in slots
            if slot.counter.lat is not None and slot.counter.lon is not None
        ]
        if self.router is None or not trips or len(trips) < len(slots):
            return None
        return await self.router.minutes(self.lat, self.lon, trips, wheelchair=self.wheelchair)


def _with_exception(counters: list[list[Slot]], wish: Wish, limit: int) -> list[list[Slot]]:
    """The last place of the first list for who speaks the language, or for a time that is much sooner."""
    first, rest = counters[:limit], counters[limit:]
    if wish.language != "nl" and not any(wish.language in times[0].languages for times in first):
        better = [times for times in rest if wish.language in times[0].languages]
    else:
        soon = min((times[0].starts_at for times in first), default=None)
        better = [times for times in rest if soon and times[0].starts_at <= soon - MUCH_SOONER]
    if not better or len(first) < 2:
        return counters
    return [*first[:-1], better[0], first[-1], *(times for times in rest if times is not better[0])]


def _best(offers: Sequence[CounterOffer]) -> list[CounterOffer]:
    """Say which is the nearest, and which comes soonest when that is another."""
    if not offers:
        return []
    nearest = min(
        offers, key=lambda offer: (offer.travel_minutes is None, offer.travel_minutes or 0, offer.distance_km)
    )
    soonest = min(offers, key=lambda offer: offer.slot.starts_at)
    first = {offer.slot.counter_id: offer.slot.day for offer in reversed(offers)}
    later = any(
        day > soonest.slot.day for day in first.values()
    )  # another day at the same place says nothing
    return [
        replace(
            offer,
            reasons=(
                Why.NEAREST if offer is nearest else Why.NEARBY,
                *([Why.SOONEST] if later and offer.slot.day == soonest.slot.day else []),
                *offer.reasons[1:],
            ),
        )
        for offer in offers
    ]


def _reasons(slot: Slot, wish: Wish, place: NearCounter) -> tuple[Why, ...]:
    reasons = [Why.NEARBY]
    if place.own:
        reasons.append(Why.AREA)
    reasons += _spoken(slot, wish)
    if wish.wheelchair:
        reasons.append(Why.WHEELCHAIR)
    return tuple(reasons)


def _spoken(slot: Slot, wish: Wish) -> list[Why]:
    if slot.interpreter is not None:
        return [Why.INTERPRETER]
    return [Why.LANGUAGE] if wish.language != "nl" and wish.language in slot.languages else []
