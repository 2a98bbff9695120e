"""The link by which people read their own file: sent to an address of theirs, so that whoever has the address gets it.

A link lives a day, there is one at a time for an address, and an address is sent five a day. Only the hash of its
token is kept; the message that carried it is made unreadable once it has arrived, or is of no use any more. Whoever
shares a telephone, or is only called, is helped by a person.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from channels import abilities
from channels.abilities import channel_of
from channels.addresses import PHONES
from channels.inbox import SAME_AT_PROVIDER
from data import events
from data.tables import Address, AddressLink, OwnLink, Person
from data.translation import N_, _
from handover.conversation import NotAllowed

LIVES = timedelta(hours=24)
A_DAY = 5
PATH = "/mijn/"
SHARED = N_("Meerdere mensen gebruiken dit toestel. Toon het dossier aan het loket, of bel.")
SPOKEN = N_("Naar een telefoon kan je geen link sturen. Kies een ander adres, of bel.")
TOO_MANY = N_("Er gingen vandaag al vijf links naar dit adres. Probeer het morgen opnieuw, of bel.")
SILENT = N_("Op dit adres willen ze geen berichten van ons.")


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A link that still works, with who owns the address that it was sent to.

    `whole`: the address is proved to be theirs, or is the only one, so that all of the file may be shown. Otherwise
    only what went over this address.
    """

    link: OwnLink
    person: Person
    address: Address
    whole: bool


async def make(
    session: AsyncSession, person_id: int, address: Address, *, now: datetime, by_id: int | None = None
) -> str:
    """The token of a new link, which ends the one before; it goes in a message to `address` and nowhere else.

    Raises NotAllowed with a Dutch sentence: shared, spoken, not to be written to, or too many today.
    """
    if abilities.of(channel_of(address.scheme)).spoken:
        raise NotAllowed(_(SPOKEN))
    if by_id is not None and (address.opted_out_at is not None or address.blocked_at is not None):
        raise NotAllowed(_(SILENT))
    if await _owner(session, address) != person_id:
        raise NotAllowed(_(SHARED))
    lately = select(func.count()).where(
        OwnLink.address_id == address.id, OwnLink.created_at > now - timedelta(days=1)
    )
    if (await session.scalar(lately) or 0) >= A_DAY:
        raise NotAllowed(_(TOO_MANY))
    earlier = update(OwnLink).where(OwnLink.address_id == address.id, OwnLink.revoked_at.is_(None))
    await session.execute(earlier.values(revoked_at=now))
    token = secrets.token_urlsafe(32)
    link = OwnLink(
        token_hash=_hash(token), person_id=person_id, address_id=address.id, by_id=by_id, created_at=now,
        expires_at=now + LIVES,
    )  # fmt: skip
    session.add(link)
    await session.flush()
    await events.record(
        session, "own_link.sent", person_id=person_id, staff_id=by_id, data={"own_link_id": link.id, "address_id": address.id},
    )  # fmt: skip
    return token


async def find(session: AsyncSession, token: str, *, now: datetime) -> Opened | None:
    """What a token opens; None when it never was one, has ended, or its address is no longer this person's alone."""
    link = await session.scalar(
        select(OwnLink).where(
            OwnLink.token_hash == _hash(token), OwnLink.revoked_at.is_(None), OwnLink.expires_at > now
        )
    )
    if link is None:
        return None
    address = await session.get_one(Address, link.address_id, populate_existing=True)
    person = await session.get(Person, link.person_id, populate_existing=True)
    if person is None or person.erased_at is not None or await _owner(session, address) != person.id:
        return None
    return Opened(link=link, person=person, address=address, whole=await _proved(session, person.id, address))


async def revoke(session: AsyncSession, person_id: int, *, by_id: int | None, now: datetime) -> int:
    """End every link to this person's file; returns how many there were."""
    ended = await session.scalars(
        update(OwnLink)
        .where(OwnLink.person_id == person_id, OwnLink.revoked_at.is_(None), OwnLink.expires_at > now)
        .values(revoked_at=now)
        .returning(OwnLink.id)
    )
    count = len(ended.all())
    if count:
        await events.record(session, "own_link.revoked", person_id=person_id, staff_id=by_id)
    return count


async def latest(session: AsyncSession, person_id: int) -> OwnLink | None:
    """The newest link to this person's file, whatever became of it."""
    query = select(OwnLink).where(OwnLink.person_id == person_id).order_by(OwnLink.id.desc())
    found: OwnLink | None = await session.scalar(query.limit(1))
    return found


async def conceal(session: AsyncSession, *, now: datetime) -> None:
    """Links are not kept readable in the thread: not after they arrived at a provider, nor after they ended.

    In the web chat, where the thread is all there is, a link stays as long as it works.
    """
    due = (
        await session.execute(_DUE, {"now": now, "read_here": [name for name, can in abilities.CHANNELS.items() if can.stored_is_sent]})
    ).all()  # fmt: skip
    for link_id, address_id, made in due:
        values = {"address": address_id, "made": made - timedelta(minutes=1)}
        await session.execute(_CONCEAL, values)
        await session.execute(update(OwnLink).where(OwnLink.id == link_id).values(concealed_at=now))


_DUE = text(
    """
    SELECT l.id, l.address_id, l.created_at FROM own_link AS l WHERE l.concealed_at IS NULL AND (
        l.expires_at <= :now OR l.revoked_at IS NOT NULL
        OR EXISTS (SELECT FROM message AS m WHERE m.address_id = l.address_id AND m.direction = 'out'
                   AND m.created_at >= l.created_at - interval '1 minute' AND m.text LIKE '%/mijn/%'
                   AND m.status IN ('sent', 'delivered', 'read') AND m.channel <> ALL(:read_here))
    )
    """
)
_CONCEAL = text(
    """
    UPDATE message SET text = regexp_replace(text, '/mijn/[A-Za-z0-9_-]{20,}', '/mijn/…', 'g')
    WHERE address_id = :address AND direction = 'out' AND created_at >= :made AND text LIKE '%/mijn/%'
    """
)


async def _owner(session: AsyncSession, address: Address) -> int | None:
    """The one person whose address this is; None when several share it, or nobody has it."""
    if address.shared:
        return None
    owners = await session.scalars(
        select(AddressLink.person_id)
        .where(AddressLink.address_id == address.id, AddressLink.ended_at.is_(None))
        .distinct()
    )
    found = owners.all()
    return found[0] if len(found) == 1 else None


async def _proved(session: AsyncSession, person_id: int, address: Address) -> bool:
    """Whether this address is proved to be theirs, or they have no other telephone, mailbox or app."""
    found = await session.execute(
        select(AddressLink, Address)
        .join(Address, Address.id == AddressLink.address_id)
        .where(AddressLink.person_id == person_id, AddressLink.ended_at.is_(None))
    )
    links = {one.id: (link, one) for link, one in found}
    mine = links[address.id][0]
    if mine.verified:
        return True

    def same(link: AddressLink, one: Address) -> bool:
        if one.scheme in PHONES and address.scheme in PHONES and one.path == address.path:
            return True  # one telephone
        return one.scheme == address.scheme and SAME_AT_PROVIDER in (link.reason, mine.reason)

    return all(one.id == address.id or same(link, one) for link, one in links.values())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
