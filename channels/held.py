"""Messages that wait for the person to write: the window for free text is shut, and a template asked to open it.

A held message has no job, so that it holds up nothing behind it. It is shown in the thread as waiting, and leaves as
soon as the person writes on that address, whatever they write.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from channels import templates
from channels.base import Template
from channels.outbox import enqueue_send, put
from data import events
from data.tables import Author, Conversation, Message, Person, Status
from data.translation import N_

WAITS = N_("het venster is dicht: we vroegen om OPEN te antwoorden, daarna vertrekt dit bericht")
ASK_AGAIN = timedelta(hours=24)
GONE = (Status.FAILED, Status.WITHHELD)


async def can_hold(session: AsyncSession, channel: str, language: str) -> bool:
    """Whether there is an approved way to ask the person to write."""
    return await templates.approved(session, templates.OPEN, channel, language) is not None


async def hold(session: AsyncSession, message: Message, *, now: datetime) -> bool:
    """Keep a message until the person writes, and ask them to, once a day. False: nothing is approved to ask with.

    The caller has locked the person.
    """
    language = await session.scalar(select(Person.language).where(Person.id == message.person_id)) or "nl"
    found = await templates.approved(session, templates.OPEN, message.channel, language)
    if found is None:
        return False
    template, words = found
    message.status, message.status_reason, message.status_at = Status.HELD, WAITS, now
    await session.flush()
    asked = await session.scalar(
        select(Message.id)
        .where(
            Message.address_id == message.address_id,
            Message.purpose == "opener",
            Message.status.not_in(GONE),
            Message.created_at > now - ASK_AGAIN,
        )
        .limit(1)
    )
    if asked is None:
        conversation = await session.get_one(Conversation, message.conversation_id)
        await put(
            session, conversation=conversation, address_id=message.address_id, channel=message.channel,
            author=Author.SYSTEM, text=words, language=template.language, purpose="opener",
            client_msg_id=f"open-{message.id}", template=template,
        )  # fmt: skip
    await events.record(
        session, "message.held", person_id=message.person_id, conversation_id=message.conversation_id,
        data={"message_id": message.id},
    )  # fmt: skip
    return True


async def release(session: AsyncSession, address_id: int) -> int:
    """The person wrote: everything held for that address leaves, in its order. Returns how many.

    The caller has locked the person.
    """
    rows = await session.scalars(
        select(Message)
        .where(Message.address_id == address_id, Message.status == Status.HELD)
        .order_by(Message.id)
    )
    messages = rows.all()
    for message in messages:
        message.status, message.status_reason, message.status_at = Status.QUEUED, None, func.now()
        await session.flush()
        await enqueue_send(session, message)
        await events.record(
            session, "message.released", person_id=message.person_id,
            conversation_id=message.conversation_id, data={"message_id": message.id},
        )  # fmt: skip
    return len(messages)


def template_of(stored: Mapping[str, Any] | None) -> Template | None:
    """The template of a message as it is stored."""
    return Template(**{**stored, "values": tuple(stored["values"])}) if stored else None
