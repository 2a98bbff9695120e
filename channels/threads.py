"""Which messages came before one: what a channel needs that shows threads (e-mail)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels import abilities
from data.tables import Message

LONGEST = 20  # earlier messages that a message names


async def before(session: AsyncSession, message: Message) -> tuple[str | None, tuple[str, ...]]:
    """The subject, and the provider's ids of what came before at this address, newest first.

    The message that this one answers comes before all others.
    """
    if not abilities.of(message.channel).threads:
        return message.subject, ()
    earlier = await session.execute(
        select(Message.external_id, Message.subject)
        .where(
            Message.person_id == message.person_id, Message.address_id == message.address_id,
            Message.channel == message.channel, Message.id < message.id, Message.external_id.is_not(None),
        )
        .order_by((Message.id == (message.answers_id or 0)).desc(), Message.id.desc())
        .limit(LONGEST)
    )  # fmt: skip
    rows = earlier.all()
    subject = message.subject or next((row.subject for row in rows if row.subject), None)
    return subject, tuple(row.external_id for row in rows)
