"""From a stored message to what a channel is handed."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.base import Choice, Outgoing
from channels.held import template_of
from channels.threads import before
from data.tables import Address, Author, Direction, Message

BEFORE = timedelta(hours=24)  # how far back another message may be taken for this one


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
        template=template_of(message.template),
    )  # fmt: skip


async def _others(session: AsyncSession, message: Message, since: datetime) -> frozenset[str]:
    ids = await session.scalars(
        select(Message.external_id).where(
            Message.address_id == message.address_id,
            Message.direction == Direction.OUT,
            Message.status_at > since - BEFORE,
            Message.external_id.is_not(None),
        )
    )
    return frozenset(filter(None, ids))
