"""How much somebody carries: the weights of their trajectories, never the number of open chats.

    what                                                                  weight
    --------------------------------------------------------------------  --------
    an open trajectory in intake (the long talks)                          1.5
    … in aanmelding, traject or keuze                                      1
    … in toeleiding or opvolging                                           0.5
    … in nazorg                                                            0.25
    where the client speaks no language of the counsellor (an interpreter)  × 1.5
    where they speak another language than Dutch together                  × 1.25
    in intake, traject or keuze, with a client in a municipality where the
    counsellor sits at no counter (somebody travels)                       + 0.25

A weight of 1 is an ordinary client in guidance. `Staff.capacity` is what somebody can carry in all; who is full is
said, and put last where a counsellor is chosen. Nobody is refused help for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Float,
    any_,
    bindparam,
    case,
    func,
    literal,
    not_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Counter, Person, Phase, Sitting, Staff, Trajectory

PHASES: Mapping[Phase, float] = {
    Phase.TOELEIDING: 0.5, Phase.AANMELDING: 1, Phase.INTAKE: 1.5, Phase.TRAJECT: 1, Phase.KEUZE: 1,
    Phase.OPVOLGING: 0.5, Phase.NAZORG: 0.25,
}  # fmt: skip
FACE_TO_FACE = (Phase.INTAKE, Phase.TRAJECT, Phase.KEUZE)
INTERPRETER = 1.5
OTHER_LANGUAGE = 1.25
TRAVEL = 0.25


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one member of staff carries, of what they can."""

    weight: float
    trajectories: int
    capacity: int

    @property
    def full(self) -> bool:
        return self.weight >= self.capacity


async def of(session: AsyncSession, staff: Sequence[Any]) -> dict[int, Load]:
    """The load of each of `staff` (rows with id and capacity), by id; who has no trajectory carries nothing."""
    found = await session.execute(_CARRIED, {"staff_ids": [one.id for one in staff]})
    carried = {staff_id: (float(weight), count) for staff_id, weight, count in found}
    return {
        one.id: Load(
            weight=carried.get(one.id, (0.0, 0))[0], trajectories=carried.get(one.id, (0.0, 0))[1],
            capacity=one.capacity,
        )
        for one in staff
    }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody whom a client can be given to, with what they carry and whether they speak the client's language."""

    id: int
    name: str
    presence: str
    load: Load
    speaks: bool


async def colleagues(session: AsyncSession, staff: Sequence[Any], language: str) -> list[Colleague]:
    """`staff`: rows with id, name, presence, capacity and languages. Who has room before who is full; then who speaks `language`; then who carries the smallest part of what they can."""
    loads = await of(session, staff)
    choices = [
        Colleague(
            id=one.id,
            name=one.name,
            presence=one.presence,
            load=loads[one.id],
            speaks=language in one.languages,
        )
        for one in staff
    ]
    return sorted(
        choices,
        key=lambda one: (
            one.load.full,
            not one.speaks,
            one.load.weight / max(one.load.capacity, 1),
            one.name,
        ),
    )


_NEAR = (  # where each sits
    select(Sitting.staff_id, Counter.municipality)
    .join(Counter, Counter.id == Sitting.counter_id)
    .where(Sitting.valid_to.is_(None) | (Sitting.valid_to >= func.current_date()))
    .distinct()
    .subquery()
)


def _weight() -> ColumnElement[float]:
    """The weight of a row of Trajectory, joined with its Person, its Staff, and _NEAR where they sit near the person."""
    phase = case(
        {name.value: literal(weight, Float) for name, weight in PHASES.items()}, value=Trajectory.phase,
        else_=literal(1.0, Float),
    )  # fmt: skip
    language = case(
        (not_(Person.language == any_(Staff.languages)), literal(INTERPRETER, Float)),
        (Person.language != "nl", literal(OTHER_LANGUAGE, Float)),
        else_=literal(1.0, Float),
    )
    away = Person.municipality.is_not(None) & _NEAR.c.staff_id.is_(None)
    travel = case(
        (Trajectory.phase.in_(FACE_TO_FACE) & away, literal(TRAVEL, Float)), else_=literal(0.0, Float)
    )
    return phase * language + travel


_CARRIED = (  # made once: every open thread asks for it
    select(Trajectory.staff_id, func.sum(_weight()), func.count())
    .join(Person, Person.id == Trajectory.person_id)
    .join(Staff, Staff.id == Trajectory.staff_id)
    .outerjoin(
        _NEAR,
        (_NEAR.c.staff_id == Trajectory.staff_id) & (_NEAR.c.municipality == Person.municipality),
    )
    .where(
        Trajectory.closed_at.is_(None),
        Trajectory.staff_id == any_(bindparam("staff_ids", type_=ARRAY(BigInteger))),
    )
    .group_by(Trajectory.staff_id)
)
