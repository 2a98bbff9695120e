"""Referrals of one person: what staff drafted, what the person agreed to, and how it was passed on."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Address, AddressLink, Partner, Person, Referral, Staff

LONGEST = 300  # characters of a line
MOST = 12  # lines
INVITES = {
    "nl": "Mag ik je vraag doorgeven aan {partner}? Lees eerst wat we zouden doorgeven. Je kan het verbeteren of schrappen: {link} Doe je niets, dan geven we niets door.",
    "fr": "Puis-je transmettre ta question à {partner} ? Lis d'abord ce que nous transmettrions. Tu peux corriger ou barrer : {link} Si tu ne fais rien, nous ne transmettons rien.",
    "en": "May I pass your question to {partner}? First read what we would pass on. You can correct it or strike it out: {link} If you do nothing, we pass on nothing.",
}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A referral with its partner (None: by who is in no register), and who of ours passed it on."""

    referral: Referral
    partner: Partner | None
    passed_by: str | None


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
    return [Listed(referral=row, partner=partner, passed_by=name) for row, partner, name in found]


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


def lines_of(text: str) -> list[str]:
    """A text as lines to be struck out one by one; empty ones are left out."""
    return [line for line in (" ".join(part.split()) for part in text.splitlines()) if line]


def invite(language: str, *, partner: str, link: str) -> str:
    """What is written to the person with the address of the page, in their language."""
    words = INVITES.get(language.split("-")[0], INVITES["en"])
    return words.format(partner=partner, link=link)
