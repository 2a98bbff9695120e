"""The SMS that goes with a call: only to who wrote us by SMS before, or said yes on the phone."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.replies import replies
from channels.inbox import find_or_make_person
from channels.outbox import put
from channels.phone_numbers import is_mobile
from data.tables import (
    Address,
    AddressLink,
    Author,
    Consent,
    ConsentKind,
    Conversation,
    Holder,
    Person,
)
from handover import conversation as handover
from handover.addresses import link
from handover.conversation import Step

SAME_PHONE = "the same phone number"
HIDDEN = "verborgen nummer"


async def same_phone(session: AsyncSession, number: str) -> int | None:
    """Who texts from this number calls from it: the call belongs to the same person. Returns their id, if known.

    Both addresses are linked then, so that staff can text who called. Nothing is linked that was unlinked before.
    """
    schemes = ("tel", "sms") if is_mobile(number) else ("tel",)
    known = (
        await session.execute(
            select(Address.scheme, AddressLink.person_id)
            .join(AddressLink, AddressLink.address_id == Address.id)
            .where(Address.path == number, Address.scheme.in_(schemes), AddressLink.ended_at.is_(None))
            .order_by((Address.scheme == "tel").desc(), AddressLink.is_primary.desc(), AddressLink.id)
        )
    ).all()
    if not known:
        return None
    person_id: int = known[0].person_id
    missing = set(schemes) - {row.scheme for row in known}
    if missing:
        await handover.lock_person(session, person_id)
    for scheme in missing:
        address = await session.scalar(
            select(Address).where(Address.scheme == scheme, Address.path == number)
        )
        if address is None:
            address = Address(scheme=scheme, path=number)
            session.add(address)
            await session.flush()
        linked_before = select(AddressLink.id).where(AddressLink.address_id == address.id).limit(1)
        if await session.scalar(linked_before) is None:
            session.add(AddressLink(address_id=address.id, person_id=person_id, reason=SAME_PHONE))
    await session.flush()
    return person_id


async def may_text(session: AsyncSession, person_id: int, number: str | None, *, sms_on: bool) -> bool:
    """Whether this person agreed to SMS on this number: they texted us from it, or said yes."""
    if not sms_on or not is_mobile(number):
        return False
    address = await session.scalar(select(Address).where(Address.scheme == "sms", Address.path == number))
    if address is not None and (address.opted_out_at is not None or address.blocked_at is not None):
        return False
    if address is not None and address.last_in_at is not None:
        return True
    agreed = select(Consent.id).where(
        Consent.person_id == person_id,
        Consent.kind == ConsentKind.FOLLOW_UP,
        Consent.channel.in_(("voice", "sms")),
        Consent.withdrawn_at.is_(None),
    )
    return await session.scalar(agreed.limit(1)) is not None


async def agree(session: AsyncSession, person: Person, language: str, now: datetime) -> None:
    """They pressed 9: keep what they agreed to, in the words that they heard."""
    known = select(Consent.id).where(
        Consent.person_id == person.id,
        Consent.kind == ConsentKind.FOLLOW_UP,
        Consent.channel == "voice",
        Consent.withdrawn_at.is_(None),
    )
    if await session.scalar(known.limit(1)) is None:
        session.add(
            Consent(
                person_id=person.id, kind=ConsentKind.FOLLOW_UP, channel="voice", given_at=now,
                wording=replies(language)("call_consent"),
            )
        )  # fmt: skip
        await session.flush()


async def text(
    session: AsyncSession, person: Person, number: str, words: str, *, key: str, language: str, now: datetime
) -> None:
    """Queue one SMS to who called; the same `key` again changes nothing. The caller holds the lock on the person."""
    address_id = await link(session, person.id, "sms", number, reason=SAME_PHONE)
    talk = await open_talk(session, person, "sms", now)
    await put(
        session, conversation=talk, address_id=address_id, channel="sms", author=Author.BOT, text=words,
        language=language, client_msg_id=key,
    )  # fmt: skip


async def open_talk(session: AsyncSession, person: Person, channel: str, now: datetime) -> Conversation:
    """The open conversation, or a new one that waits on them: nobody of ours has to answer what we wrote ourselves."""
    known = await session.scalar(
        select(Conversation).where(Conversation.person_id == person.id, Conversation.life == "open")
    )
    if known is not None:
        return known
    talk = await handover.open_for(session, person.id, channel, person.region_id, now=now)
    if talk.holder == Holder.BOT:
        await handover.move(session, talk, Step.BOT_ANSWERED, now=now)
    return talk


async def caller(session: AsyncSession, path: str, language: str) -> tuple[int, Person]:
    """The address and person of a caller, new ones if unknown. Takes no lock on who is known: a turn may hold it."""
    known = (
        await session.execute(
            select(Address.id, Person)
            .join(AddressLink, AddressLink.address_id == Address.id)
            .join(Person, Person.id == AddressLink.person_id)
            .where(Address.scheme == "tel", Address.path == path, AddressLink.ended_at.is_(None))
            .order_by(AddressLink.is_primary.desc(), AddressLink.id)
            .limit(1)
        )
    ).one_or_none()
    if known is not None:
        return known.id, known.Person
    number = path if path.startswith("+") else None
    if number is not None:
        await same_phone(session, number)
    made = await find_or_make_person(
        session, "tel", path, language=language, display=None if number else HIDDEN
    )
    if number is not None:
        await same_phone(session, number)
    return made
