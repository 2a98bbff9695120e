"""Who may be the same person: only ever a suggestion, with the reason; somebody of ours decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    BigInteger,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from channels.addresses import PHONES
from channels.brake import SUGGESTED
from data.tables import Address, AddressLink, Appointment, Event, Person, PersonMerge, Staff
from data.translation import N_, _
from handover import access
from handover.access import Viewer

MOST = 5
_MINE, _THEIRS = aliased(Address), aliased(Address)  # made once: it is dear
_MY_LINK, _THEIR_LINK = aliased(AddressLink), aliased(AddressLink)


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A person who may be this one, and why we think so."""

    person: Person
    reason: str


async def suggest(session: AsyncSession, person: Person, staff: Staff) -> Sequence[Suggestion]:
    """Persons whom `staff` may see and who may be `person`; not those of whom somebody said that they are not."""
    asked = access.values(staff) | {
        "person_id": person.id, "name": (person.name or "").lower(), "town": person.municipality or "",
    }  # fmt: skip
    found: dict[int, Suggestion] = {}
    for other, way in await session.execute(_alike(access.viewer(staff)), asked):
        found.setdefault(other.id, Suggestion(person=other, reason=_(REASONS[way])))
    return list(found.values())[:MOST]


REASONS = (  # the strongest first
    N_("hetzelfde telefoonnummer op een ander kanaal"),
    N_("dezelfde naam en gemeente, en een afspraak"),
    N_("antwoordde op een bericht aan deze persoon"),
    N_("bewees met een code dat beide adressen van hem of haar zijn"),
)


@cache
def _alike(viewer: Viewer) -> Select[Person, int]:
    me, namesake = bindparam("person_id", type_=BigInteger), aliased(Person)
    same_number = (
        select(_THEIR_LINK.person_id.label("id"), literal(0).label("way"))
        .join(_THEIRS, _THEIRS.id == _THEIR_LINK.address_id)
        .join(_MINE, _MINE.path == _THEIRS.path)
        .join(_MY_LINK, _MY_LINK.address_id == _MINE.id)
        .where(
            _MY_LINK.person_id == me, _MY_LINK.ended_at.is_(None), _THEIR_LINK.ended_at.is_(None),
            _MINE.scheme.in_(PHONES), _THEIRS.scheme.in_(PHONES),
        )
    )  # fmt: skip
    same_name = select(namesake.id, literal(1)).where(
        func.lower(namesake.name) == bindparam("name", type_=String),
        namesake.municipality == bindparam("town", type_=String),
        and_(bindparam("name", type_=String) != "", bindparam("town", type_=String) != ""),
        exists().where(Appointment.person_id == namesake.id),
    )
    answered = select(Event.data["may_be"].as_integer(), literal(2)).where(
        Event.person_id == me, Event.kind == SUGGESTED
    )
    waits = select(Event.data["other_id"].as_integer(), literal(3)).where(
        Event.person_id == me, Event.kind == "link.for_staff"
    )
    ways = union_all(same_number, same_name, answered, waits).subquery()
    said = select(PersonMerge.id).where(
        PersonMerge.rejected,
        or_(
            (PersonMerge.kept_id == me) & (PersonMerge.merged_id == Person.id),
            (PersonMerge.merged_id == me) & (PersonMerge.kept_id == Person.id),
        ),
    )
    return (
        select(Person, ways.c.way)
        .join(ways, ways.c.id == Person.id)
        .where(
            Person.id != me,
            Person.merged_into_id.is_(None),
            ~said.exists(),
            access.may_see_person(viewer, few=True),
        )
        .order_by(ways.c.way, Person.id)
        .limit(MOST * len(REASONS))
    )
