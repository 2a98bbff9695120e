"""What a person changes in their own file, from the page of their link. The caller has locked the person."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from channels.abilities import channel_of
from data import events
from data.tables import (
    Address,
    Author,
    Consent,
    ConsentKind,
    Conversation,
    CourseWish,
    Direction,
    Life,
    Message,
    Person,
    Referral,
    Status,
    WishState,
)
from data.translation import N_
from dispatch import partners
from handover import conversation, progress
from handover.conversation import Step

CORRECTION = "correction"
WITHDRAWN = "consent_withdrawn"
ON_THE_PAGE = N_("Geschreven op de bladzijde met eigen gegevens")


async def corrected(session: AsyncSession, person: Person, **values: Any) -> None:
    """They say themselves what is right: it is so at once."""
    changed = sorted(name for name, value in values.items() if getattr(person, name) != value)
    for name in changed:
        setattr(person, name, values[name])
    await session.flush()
    if changed:
        await events.record(
            session, "person.corrected", person_id=person.id, region_id=person.region_id, data={"by_person": True},
        )  # fmt: skip


async def tell(
    session: AsyncSession, person: Person, address: Address, words: str, *, now: datetime
) -> Conversation:
    """A sentence about what is wrong stands in the thread and waits for their counsellor, or for the region's people.

    The conversation that is returned has the promise.
    """
    talk = await _before_us(session, person, address, CORRECTION, now=now)
    message = Message(
        conversation_id=talk.id, person_id=person.id, address_id=address.id, channel=channel_of(address.scheme),
        direction=Direction.IN, author=Author.PERSON, text=words, language=person.language, status=Status.RECEIVED,
        subject=ON_THE_PAGE, created_at=now,
    )  # fmt: skip
    session.add(message)
    await session.flush()
    await events.record(
        session, "message.received", person_id=person.id, conversation_id=talk.id, region_id=talk.region_id,
        data={"message_id": message.id, "channel": message.channel},
    )  # fmt: skip
    return talk


async def withdraw(session: AsyncSession, consent: Consent, address: Address, *, now: datetime) -> None:
    """From now on what they agreed to no longer holds; for a file that is open their counsellor is told."""
    if consent.withdrawn_at is not None:
        return
    consent.withdrawn_at = now
    await session.flush()
    person = await session.get_one(Person, consent.person_id)
    match consent.kind:
        case ConsentKind.REFERRAL:
            await partners.withdraw(session, person.id, consent.partner_id, now=now)
        case ConsentKind.NEWS:
            await session.execute(
                update(CourseWish)
                .where(CourseWish.consent_id == consent.id, CourseWish.state == WishState.WAITING)
                .values(state=WishState.STOPPED, ended_at=now)
            )
        case ConsentKind.PROGRESS:
            allowed = (Referral.person_id == person.id, Referral.progress_allowed_at.is_not(None))
            for referral in (await session.scalars(select(Referral).where(*allowed))).all():
                if f"({referral.reference})" in consent.wording:
                    await progress.withdraw(session, referral, by_id=None, now=now)
        case ConsentKind.FILE:
            await _before_us(session, person, address, WITHDRAWN, now=now)
    await events.record(
        session, "consent.withdrawn", person_id=person.id, region_id=person.region_id, data={"consent_id": consent.id, "kind": consent.kind},
    )  # fmt: skip


async def promise(session: AsyncSession, person_id: int) -> datetime | None:
    """When they will hear of us, if they wait for that."""
    found: datetime | None = await session.scalar(
        select(Conversation.promised_at).where(
            Conversation.person_id == person_id, Conversation.life == Life.OPEN
        )
    )
    return found


async def _before_us(
    session: AsyncSession, person: Person, address: Address, reason: str, *, now: datetime
) -> Conversation:
    talk = await conversation.open_for(
        session, person.id, channel_of(address.scheme), person.region_id, now=now
    )
    return await conversation.move(session, talk, Step.ESCALATE, reason=reason, now=now)
