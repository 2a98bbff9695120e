"""From a stored message to what a channel is handed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels import health
from channels.base import Choice, Outgoing
from channels.health import Seen
from channels.held import template_of
from channels.threads import before
from data.tables import Address, Author, ChannelState, Conversation, Direction, Message, Person

LOOKED_BACK = timedelta(hours=24)  # how far back another message may be taken for this one


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A message and all that decides over it."""

    message: Message
    address: Address
    conversation: Conversation
    health: Seen


async def load(session: AsyncSession, message_id: int) -> Loaded | None:
    """The message and what decides over it, after locking the person: as every writer of a thread does first.

    Without that lock two writers would wait for each other. It spares the keys, which other rows point at.
    """
    whose = select(Message.person_id).where(Message.id == message_id)
    await session.scalar(
        select(Person.id).where(Person.id == whose.scalar_subquery()).with_for_update(key_share=True)
    )
    row = await session.execute(
        select(Message, Address, Conversation, ChannelState, health.WAIT)
        .join(Address, Address.id == Message.address_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(ChannelState, ChannelState.channel == Message.channel)
        .where(Message.id == message_id)
    )
    found = row.one_or_none()
    if found is None:
        return None
    message, address, conversation, state, wait = found
    return Loaded(
        message=message, address=address, conversation=conversation, health=health.seen(state, wait)
    )


async def outgoing(
    session: AsyncSession, message: Message, address: Address, since: datetime | None
) -> Outgoing:
    """The message as a provider gets it; `since` it may have been there already, so that it is looked up first."""
    subject, answers = await before(session, message)
    return Outgoing(
        message_id=message.id, path=address.path, text=message.text, language=message.language,
        choices=tuple(Choice(label=c["label"], value=c["value"]) for c in message.choices),
        others=await _others(session, message, since) if since else frozenset(),
        human=message.author == Author.STAFF, purpose=message.purpose, subject=subject, answers=answers,
        template=template_of(message.template), calendar=message.calendar,
    )  # fmt: skip


async def _others(session: AsyncSession, message: Message, since: datetime) -> frozenset[str]:
    ids = await session.scalars(
        select(Message.external_id).where(
            Message.address_id == message.address_id,
            Message.direction == Direction.OUT,
            Message.status_at > since - LOOKED_BACK,
            Message.external_id.is_not(None),
        )
    )
    return frozenset(filter(None, ids))
