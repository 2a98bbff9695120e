"""Somebody is brought to us by a professional, who states that the client agrees: a person, a place in the queue, a call.

Nothing tells the professional whether we know the client already, nor what comes of it: only a reference.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.abilities import channel_of
from channels.phone_numbers import e164, is_mobile
from data import events, geo
from data.tables import (
    Address,
    AddressLink,
    Consent,
    ConsentKind,
    Conversation,
    Life,
    Partner,
    Person,
    Referral,
    ReferralState,
    Region,
)
from handover import addresses, call_tasks, conversation
from handover.conversation import Step

REASON = "referral_in"
LONGEST_QUESTION, LONGEST_NAME = 500, 120  # characters
AGAIN_WITHIN = timedelta(days=1)  # the same client with the same question is the same referral
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # read out by phone, none is taken for another


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the professional filled in. `phone` is E.164; `postcode` is where the client lives, or empty.

    `question` has no personal numbers in it any more: who calls `receive` blots them out.
    """

    organisation: str
    referrer: str
    contact: str
    first_name: str
    phone: str
    question: str
    language: str
    postcode: str = ""
    heard: str = "form"  # or "api"
    partner_id: int | None = None


def number(typed: str) -> str | None:
    """The client's number as E.164; None when it is none."""
    return e164(typed)


async def receive(session: AsyncSession, told: Told, *, now: datetime) -> str:
    """Put the client before the right region and ask that somebody calls; returns the reference for the professional.

    A number that is somebody's already is theirs: then nothing of that person is changed.
    """
    known = await _whose(session, told.phone)
    person = await conversation.lock_person(session, known) if known else await _somebody_new(session, told)
    before = await session.scalar(
        select(Referral.reference).where(
            Referral.person_id == person.id, Referral.direction == "in", Referral.summary == told.question,
            Referral.created_at > now - AGAIN_WITHIN, Referral.reference.is_not(None),
        )
    )  # fmt: skip
    if before is not None:
        return before
    reach = "sms" if is_mobile(told.phone) else "tel"
    open_channel = await session.scalar(
        select(Conversation.channel).where(
            Conversation.person_id == person.id, Conversation.life == Life.OPEN
        )
    )
    region_id = person.region_id or await _region(session, told)
    talk = await conversation.open_for(
        session, person.id, open_channel or channel_of(reach), region_id, now=now
    )
    await conversation.move(session, talk, Step.ESCALATE, reason=REASON, now=now)
    reference = "DV-" + "".join(secrets.choice(_SIGNS) for _ in range(8))
    referral = Referral(
        person_id=person.id, conversation_id=talk.id, partner_id=told.partner_id, direction="in",
        state=ReferralState.ARRIVED, summary=told.question, reference=reference, created_at=now, state_at=now,
        referrer={
            "organisation": told.organisation, "name": told.referrer, "contact": told.contact, "heard": told.heard,
        },
    )  # fmt: skip
    session.add(referral)
    await session.flush()
    address_id = await addresses.link(session, person.id, "tel", told.phone, reason=REASON)
    await call_tasks.ask(
        session, person.id, reason=REASON, key=f"referral:{referral.id}", about=told.question, address_id=address_id,
        conversation_id=talk.id, now=now,
    )  # fmt: skip
    await events.record(
        session, "referral.received", person_id=person.id, conversation_id=talk.id, region_id=talk.region_id,
        data={"referral_id": referral.id, "partner_id": told.partner_id, "heard": told.heard},
    )  # fmt: skip
    return reference


def key_hash(key: str) -> str:
    """How a partner's key is kept."""
    return hashlib.sha256(key.encode()).hexdigest()


async def partner_of(session: AsyncSession, key: str) -> Partner | None:
    """The active partner whose key this is."""
    query = select(Partner).where(Partner.key_hash == key_hash(key), Partner.active)
    return (await session.scalars(query)).one_or_none()


async def _whose(session: AsyncSession, phone: str) -> int | None:
    """Whose number it is, the one who mainly writes from it first."""
    found: int | None = await session.scalar(
        select(AddressLink.person_id)
        .join(Address, Address.id == AddressLink.address_id)
        .where(Address.path == phone, AddressLink.ended_at.is_(None))
        .order_by(AddressLink.is_primary.desc(), AddressLink.id)
        .limit(1)
    )
    return found


async def _somebody_new(session: AsyncSession, told: Told) -> Person:
    """With what the professional stated of their consent: that we may contact them about this."""
    person = Person(
        name=told.first_name, language=told.language, region_id=await _region(session, told),
        postcode=told.postcode or None,
    )  # fmt: skip
    session.add(person)
    await session.flush()
    await addresses.link(session, person.id, "tel", told.phone, reason=REASON)
    if is_mobile(told.phone):
        await addresses.link(session, person.id, "sms", told.phone, reason=REASON)
    session.add(
        Consent(
            person_id=person.id, kind=ConsentKind.FOLLOW_UP, channel=told.heard, partner_id=told.partner_id,
            wording=f"{told.referrer} ({told.organisation}) verklaart: de cliënt vindt goed dat de leerwinkel "
            "contact opneemt over deze vraag.",
        )
    )  # fmt: skip
    await session.flush()
    return await conversation.lock_person(session, person.id)


async def _region(session: AsyncSession, told: Told) -> str | None:
    """Where the client lives, else where the partner works; None: every region sees it."""
    found = geo.by_postcode(told.postcode) if told.postcode else []
    wanted = next((place.region for place in found if place.region), None)
    if wanted is not None and await session.get(Region, str(wanted)) is not None:
        return str(wanted)
    partner = await session.get(Partner, told.partner_id) if told.partner_id else None
    return partner.region_id if partner else None
