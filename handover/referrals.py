"""Referrals of one person: what staff drafted, what the person agreed to, and how it was passed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.abilities import channel_of
from channels.outbox import last_address
from data.tables import Address, AddressLink, Event, Partner, Person, Referral, Staff
from handover import conversation
from handover.conversation import Step

PROGRESS_TOLD = "referral.progress_told"
LONGEST = 300  # characters of a line
MOST = 12  # lines
INVITES = {
    "nl": "Mag ik je vraag doorgeven aan {partner}? Lees eerst wat we zouden doorgeven. Je kan het verbeteren of schrappen: {link} Doe je niets, dan geven we niets door.",
    "fr": "Puis-je transmettre ta question à {partner} ? Lis d'abord ce que nous transmettrions. Tu peux corriger ou barrer : {link} Si tu ne fais rien, nous ne transmettons rien.",
    "en": "May I pass your question to {partner}? First read what we would pass on. You can correct it or strike it out: {link} If you do nothing, we pass on nothing.",
}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A referral with its partner (None: by who is in no register), and who of ours passed it on.

    `told` of one in: when who referred heard what of the progress, and how.
    """

    referral: Referral
    partner: Partner | None
    passed_by: str | None
    told: Sequence[tuple[datetime, str, str]] = ()


async def of_person(session: AsyncSession, person_id: int) -> Sequence[Listed]:
    """The newest first."""
    found = await session.execute(
        select(Referral, Partner, Staff.name)
        .outerjoin(Partner, Partner.id == Referral.partner_id)
        .outerjoin(Staff, Staff.id == Referral.passed_by_id)
        .where(Referral.person_id == person_id)
        .order_by(Referral.id.desc())
        .limit(20)
    )
    rows = found.all()
    told: dict[int, list[tuple[datetime, str, str]]] = {}
    for event in await session.scalars(
        select(Event).where(Event.person_id == person_id, Event.kind == PROGRESS_TOLD).order_by(Event.id)
    ):
        at = (event.created_at, event.data["progress"], event.data["via"])
        told.setdefault(event.data["referral_id"], []).append(at)
    return [
        Listed(referral=row, partner=partner, passed_by=name, told=told.get(row.id, ()))
        for row, partner, name in rows
    ]


async def partners_for(session: AsyncSession, person: Person) -> Sequence[Partner]:
    """Whom this person can be brought to: those of everywhere, of the region, and who serves the postcode."""
    near = [Partner.region_id.is_(None), Partner.region_id == person.region_id]
    if person.postcode:
        near.append(Partner.postcodes.contains([person.postcode]))
    found = await session.scalars(
        select(Partner).where(Partner.active, or_(*near)).order_by(Partner.kind, Partner.name)
    )
    return found.all()


async def first_draft(session: AsyncSession, person: Person, question: str | None) -> str:
    """Lines to begin with: who it is, what the question is, how to reach them. Staff change them, the person decides."""
    reach = await session.scalar(
        select(Address)
        .join(AddressLink, AddressLink.address_id == Address.id)
        .where(AddressLink.person_id == person.id, AddressLink.ended_at.is_(None), Address.scheme != "web")
        .order_by(AddressLink.is_primary.desc(), AddressLink.id)
        .limit(1)
    )
    lines = (
        f"Naam: {person.name.split()[0]}" if person.name else "",
        f"Vraag: {question}" if question else "Vraag: ",
        f"Bereikbaar op {reach.display or reach.path}" if reach else "",
    )
    return "\n".join(line for line in lines if line)


async def to_staff(session: AsyncSession, person_id: int, *, reason: str, now: datetime) -> None:
    """Put the person before our people, where they last wrote: something of their referral is ours to do."""
    try:
        address = await session.get_one(Address, await last_address(session, person_id))
        channel = channel_of(address.scheme)
    except LookupError:
        channel = "web"
    talk = await conversation.open_for(session, person_id, channel, None, now=now)
    await conversation.move(session, talk, Step.ESCALATE, reason=reason, now=now)


def lines_of(text: str) -> list[str]:
    """A text as lines to be struck out one by one; empty ones are left out."""
    return [line for line in (" ".join(part.split()) for part in text.splitlines()) if line]


def invite(language: str, *, partner: str, link: str) -> str:
    """What is written to the person with the address of the page, in their language."""
    words = INVITES.get(language.split("-")[0], INVITES["en"])
    return words.format(partner=partner, link=link)
