"""Who may be the same person: only ever a suggestion, with the reason; somebody of ours decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from channels.addresses import PHONES
from channels.brake import SUGGESTED
from data.tables import Address, AddressLink, Appointment, Event, Person, PersonMerge
from data.translation import _

MOST = 5
_MINE, _THEIRS = aliased(Address), aliased(Address)  # made once: it is dear
_MY_LINK, _THEIR_LINK = aliased(AddressLink), aliased(AddressLink)


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A person who may be this one, and why we think so."""

    person: Person
    reason: str


async def suggest(session: AsyncSession, person: Person, visible: Select[Person]) -> Sequence[Suggestion]:
    """Persons out of `visible` who may be `person`; not those of whom somebody said that they are not."""
    said = select(PersonMerge.id).where(
        PersonMerge.rejected,
        or_(
            (PersonMerge.kept_id == person.id) & (PersonMerge.merged_id == Person.id),
            (PersonMerge.merged_id == person.id) & (PersonMerge.kept_id == Person.id),
        ),
    )
    others = visible.where(Person.id != person.id, Person.merged_into_id.is_(None), ~said.exists()).limit(
        MOST
    )
    found: dict[int, Suggestion] = {}

    async def add(query: Select[Person], reason: str) -> None:
        for other in await session.scalars(query):
            found.setdefault(other.id, Suggestion(person=other, reason=reason))

    await add(
        others.where(Person.id.in_(_same_number(person.id))),
        _("hetzelfde telefoonnummer op een ander kanaal"),
    )
    if person.name and person.municipality:
        alike = others.where(
            func.lower(Person.name) == person.name.lower(), Person.municipality == person.municipality
        )
        booked = exists().where(Appointment.person_id == Person.id)
        await add(alike.where(booked), _("dezelfde naam en gemeente, en een afspraak"))
    answered = select(Event.data["may_be"].as_integer()).where(
        Event.person_id == person.id, Event.kind == SUGGESTED
    )
    await add(others.where(Person.id.in_(answered)), _("antwoordde op een bericht aan deze persoon"))
    waits = select(Event.data["other_id"].as_integer()).where(
        Event.person_id == person.id, Event.kind == "link.for_staff"
    )
    await add(
        others.where(Person.id.in_(waits)), _("bewees met een code dat beide adressen van hem of haar zijn")
    )
    return list(found.values())[:MOST]


def _same_number(person_id: int) -> Select[int]:
    return (
        select(_THEIR_LINK.person_id)
        .join(_THEIRS, _THEIRS.id == _THEIR_LINK.address_id)
        .join(_MINE, _MINE.path == _THEIRS.path)
        .join(_MY_LINK, _MY_LINK.address_id == _MINE.id)
        .where(
            _MY_LINK.person_id == person_id, _MY_LINK.ended_at.is_(None), _THEIR_LINK.ended_at.is_(None),
            _MINE.scheme.in_(PHONES), _THEIRS.scheme.in_(PHONES),
        )
    )  # fmt: skip
