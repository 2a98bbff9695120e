"""Which counters are near, in a straight line, and for who lives there; and the hours they keep.

A counter may be for some only, by postcode or by distance: to who lives in one of its postcodes it is offered first, to
who lives outside its area never.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Boolean, bindparam, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from data import geo
from data.tables import Counter, CounterKind, Sitting

TOO_FAR_KM = 50.0
LOOKED_INTO = 12  # nearest counters whose hours are read
SHOWN = 3
AHEAD = timedelta(weeks=4)  # a sitting that begins later is not told yet


class NearCounter(NamedTuple):
    """A place and how far it is in a straight line.

    `own`: it names the postcode as one of its own. `offered`: it is not too far to be proposed.
    """

    id: int
    region_id: str
    distance_km: float
    own: bool
    offered: bool


@dataclass(frozen=True, kw_only=True)
class CounterHours:
    """A counter with its weekly sittings, in the order of the week."""

    counter: Counter
    distance_km: float
    sittings: tuple[Sitting, ...]


_PLACES = select(  # made once: it is asked for every offer
    Counter.id, Counter.region_id, Counter.lat, Counter.lon, Counter.reach_km,
    func.cardinality(Counter.postcodes) > 0,
    Counter.postcodes.overlap(bindparam("postcodes", type_=Counter.postcodes.type)),
).where(
    Counter.active, Counter.kind == CounterKind.PLACE, Counter.lat.is_not(None), Counter.lon.is_not(None),
    or_(Counter.wheelchair, not_(bindparam("wheelchair", type_=Boolean))),
)  # fmt: skip


async def near_counters(
    session: AsyncSession,
    lat: float,
    lon: float,
    *,
    postcodes: Sequence[str] = (),
    wheelchair: bool = False,
) -> list[NearCounter]:
    """The places for who lives there: first those that name one of the postcodes, then the others, the nearest first.

    A place whose area they live outside is left out; with `wheelchair` also those where one does not get in.
    """
    rows = await session.execute(_PLACES, {"postcodes": list(postcodes), "wheelchair": wheelchair})
    found = []
    for id_, region, at_lat, at_lon, reach_km, listed, theirs in rows:
        distance = geo.distance_km(lat, lon, at_lat, at_lon)
        within = distance <= (TOO_FAR_KM if reach_km is None and not listed else reach_km or 0)
        if theirs or within or not (listed or reach_km):
            found.append(
                NearCounter(
                    id=id_, region_id=region, distance_km=distance, own=theirs, offered=theirs or within
                )
            )
    return sorted(found, key=lambda counter: (not counter.own, counter.distance_km, counter.id))


async def open_hours(
    session: AsyncSession,
    lat: float,
    lon: float,
    *,
    on: date,
    postcodes: Sequence[str] = (),
    limit: int = SHOWN,
    wheelchair: bool = False,
) -> list[CounterHours]:
    """The nearest places that still have sittings on or after `on`, each with its week."""
    near = (await near_counters(session, lat, lon, postcodes=postcodes, wheelchair=wheelchair))[:LOOKED_INTO]
    ids = [counter.id for counter in near]
    sittings = await session.scalars(
        select(Sitting)
        .where(
            Sitting.counter_id.in_(ids), Sitting.valid_from <= on + AHEAD,
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


def _week(sittings: Iterable[Sitting]) -> tuple[Sitting, ...]:
    """One line for each weekday and hour, though several counsellors may sit then: also in holidays if one does."""
    week: dict[tuple[int, time, time], Sitting] = {}
    for row in sittings:
        if row.schools is None or (row.weekday, row.starts, row.ends) not in week:
            week[row.weekday, row.starts, row.ends] = row
    return tuple(week.values())
