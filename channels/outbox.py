"""Putting messages out: the row and its send job are born in the transaction of what causes them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient_to_detached

from channels import abilities
from channels.base import Choice, Delivery, Template
from channels.segments import cost, split_off, to_gsm7, units
from data import events, queue
from data.db import after_commit
from data.queue import Lane, LeasedJob
from data.tables import Address, AddressLink, Author, Conversation, Direction, Message, ParkedStatus, Status

SEND = "send"
RANK = {
    Status.QUEUED: 0, Status.SENDING: 1, Status.UNKNOWN: 2, Status.SENT: 3, Status.FAILED: 4,
    Status.DELIVERED: 5, Status.READ: 6,
}  # fmt: skip
LANES = {
    "reply": Lane.REPLY,
    "notice": Lane.REPLY,
    "follow_up": Lane.FOLLOW_UP,
    "reminder": Lane.FOLLOW_UP,
    "news": Lane.BULK,
}


def address_topic(scheme: str, path: str) -> str:
    """The wake-up topic of one address: somebody may be looking at its thread right now."""
    return f"{scheme}:{path[:32]}"


async def put(
    session: AsyncSession,
    *,
    conversation: Conversation,
    address_id: int,
    channel: str,
    author: Author,
    text: str,
    language: str | None = None,
    choices: Sequence[Choice] = (),
    staff_id: int | None = None,
    purpose: str = "reply",
    answers_id: int | None = None,
    step: int | None = None,
    needs_version: int | None = None,
    client_msg_id: str | None = None,
    template: Template | None = None,
    replaces_id: int | None = None,
    calendar: str | None = None,
    delay: timedelta = timedelta(0),
    owner: str | None = None,
) -> tuple[Message, LeasedJob | None]:
    """Queue one message; returns it, and the job if it was born leased to `owner`. A long text goes in parts.

    The same `client_msg_id`, or the same (`answers_id`, `step`), gives the message that is there already.
    The caller holds the lock on the person, which gives messages their order.
    """
    text, rest = _part(channel, text, choices) if template is None else (text, "")
    chosen = [{"label": choice.label, "value": choice.value} for choice in choices]
    values = {
        "conversation_id": conversation.id, "person_id": conversation.person_id, "address_id": address_id,
        "channel": channel, "direction": Direction.OUT, "author": author, "language": language,
        "staff_id": staff_id, "purpose": purpose, "answers_id": answers_id, "needs_version": needs_version,
        "template": asdict(template) if template is not None else None,
        "status": Status.SENT if abilities.of(channel).stored_is_sent else Status.QUEUED,
    }  # fmt: skip
    own = {
        "text": text, "choices": [] if rest else chosen, "step": step, "client_msg_id": client_msg_id,
        "replaces_id": replaces_id, "calendar": calendar,
    }  # fmt: skip
    message = await _store(session, values | own)
    if message is None:
        same = (
            (Message.address_id == address_id) & (Message.client_msg_id == client_msg_id)
            if client_msg_id is not None
            else (Message.answers_id == answers_id) & (Message.step == step)
        )
        return (await session.scalars(select(Message).where(same))).one(), None
    job = await _queue(session, message, conversation, delay=delay, owner=owner)
    while rest:  # the first part answers for all of them: it has the ids that make them come once
        text, rest = _part(channel, rest, choices)
        more = await _store(session, values | {"text": text, "choices": [] if rest else chosen})
        if more is not None:
            await _queue(session, more, conversation, delay=delay, owner=None)
    return message, job


def _part(channel: str, text: str, choices: Sequence[Choice]) -> tuple[str, str]:
    """What goes in one message of the channel, and what is left for the next."""
    can = abilities.of(channel)
    plain = to_gsm7(text) if channel == "sms" else text
    limit = can.beside_choices if choices and can.beside_choices else can.text
    if units(plain) <= limit:
        return text, ""
    return split_off(plain, can.text if units(plain) > can.text else limit, in_units=True)


async def _store(session: AsyncSession, values: dict[str, Any]) -> Message | None:
    """The new row; None when its ids say that it is there already."""
    segments = cost(to_gsm7(values["text"])).parts if values["channel"] == "sms" else None
    own_ids = {"step": None, "client_msg_id": None, "replaces_id": None, "calendar": None}
    stored = (await session.execute(_PUT, own_ids | values | {"segments": segments})).one_or_none()
    if stored is None:
        return None
    message = Message(**stored._mapping)
    make_transient_to_detached(message)
    session.add(message)
    return message


async def _queue(
    session: AsyncSession,
    message: Message,
    conversation: Conversation,
    *,
    delay: timedelta,
    owner: str | None,
) -> LeasedJob | None:
    """Wake whoever looks at the thread, or make the send job; returns it if it was born leased."""
    job = None
    can = abilities.of(message.channel)
    if can.stored_is_sent or can.spoken:
        address = await session.get_one(Address, message.address_id)
        after_commit(session, address_topic(address.scheme, address.path))
    else:
        job = await enqueue_send(session, message, delay=delay, owner=owner)
    await events.record(
        session, "message.queued", person_id=conversation.person_id, conversation_id=conversation.id,
        region_id=conversation.region_id, staff_id=message.staff_id,
        data={
            "message_id": message.id, "channel": message.channel, "author": message.author,
            "purpose": message.purpose,
        },
    )  # fmt: skip
    return job


_PUT = (  # made once: building it costs more than running it
    insert(cast(Table, Message.__table__))
    .values(
        {
            name: bindparam(name)
            for name in (
                "conversation_id", "person_id", "address_id", "channel", "direction", "author", "text", "language",
                "choices", "staff_id", "purpose", "answers_id", "step", "needs_version", "client_msg_id", "status",
                "segments", "template", "replaces_id", "calendar",
            )
        }
    )
    .on_conflict_do_nothing()
    .returning(cast(Table, Message.__table__))
)  # fmt: skip


async def enqueue_send(
    session: AsyncSession,
    message: Message,
    *,
    delay: timedelta = timedelta(0),
    owner: str | None = None,
) -> LeasedJob | None:
    """The job that hands over a queued message. A key a lane: a follow-up that waits for the morning holds up no reply."""
    lane = LANES.get(message.purpose, Lane.REPLY)
    return await queue.enqueue(
        session, SEND, key=f"send:{message.person_id}:{lane:d}",
        payload={"message_id": message.id, "channel": message.channel}, lane=lane, delay=delay, owner=owner,
    )  # fmt: skip


async def staff_message(
    session: AsyncSession,
    *,
    conversation: Conversation,
    staff_id: int,
    text: str,
    client_msg_id: str,
    purpose: str = "reply",
    address_id: int | None = None,
    language: str | None = None,
    template: Template | None = None,
) -> Message:
    """A public message by a person of ours, on the client's own channel unless `address_id` says otherwise.

    `language`: of a saved text that was put in, or of the `template` whose words `text` are; else it is not known.

    The caller has moved the conversation (`staff_wrote`) first; a second call with the same id changes nothing.
    """
    if address_id is None:
        address_id = await last_address(session, conversation.person_id)
    scheme = await session.scalar(select(Address.scheme).where(Address.id == address_id))
    message, _ = await put(
        session, conversation=conversation, address_id=address_id,
        channel=abilities.channel_of(scheme) if scheme else conversation.channel,
        author=Author.STAFF, staff_id=staff_id, text=text, client_msg_id=client_msg_id, purpose=purpose,
        language=language, template=template,
    )  # fmt: skip
    return message


_WRITTEN = Address.scheme != "tel"
LAST_ADDRESS = func.coalesce(
    select(Message.address_id)
    .join(Address, Address.id == Message.address_id)
    .where(Message.person_id == bindparam("person_id"), Message.direction == Direction.IN, _WRITTEN)
    .order_by(Message.id.desc())
    .limit(1)
    .correlate(None)
    .scalar_subquery(),
    select(AddressLink.address_id)
    .join(Address, Address.id == AddressLink.address_id)
    .where(AddressLink.person_id == bindparam("person_id"), AddressLink.ended_at.is_(None))
    .order_by(_WRITTEN.desc(), AddressLink.id.desc())
    .limit(1)
    .correlate(None)
    .scalar_subquery(),
)
"""`last_address` of the person `person_id`, null where there is none: for a larger statement."""


async def last_address(session: AsyncSession, person_id: int) -> int:
    """Where the person wrote last; failing that, any address linked to them. Raises LookupError.

    A telephone only when there is nothing else: it is called, not written to.
    """
    found: int | None = await session.scalar(select(LAST_ADDRESS), {"person_id": person_id})
    if found is None:
        raise LookupError("this person has no address to write to")
    return found


async def set_status(
    session: AsyncSession,
    where: ColumnElement[bool],
    status: Status,
    reason: str | None = None,
    *,
    external_id: str | None = None,
    segments: int | None = None,
) -> Sequence[Message]:
    """Move status forward only: a message never goes back, and `failed` yields only to proof of arrival."""
    news: dict[str, Any] = {"status": status, "status_reason": reason, "status_at": func.now()}
    news |= {"external_id": external_id} if external_id else {}
    news |= {"segments": segments} if segments else {}
    behind = [known for known, rank in RANK.items() if rank < RANK[status]]
    moved = await session.scalars(
        update(Message)
        .where(where, Message.direction == Direction.OUT, Message.status.in_(behind))
        .values(news)
        .returning(Message)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    rows = moved.all()
    for message in rows:
        await events.record(
            session, f"message.{status}", person_id=message.person_id, conversation_id=message.conversation_id,
            data={"message_id": message.id},
        )  # fmt: skip
    return rows


async def apply_news(session: AsyncSession, channel: str, news: Delivery) -> None:
    """Apply a provider's status; park it when the message it is about is not committed yet."""
    about = (Message.channel == channel) & (Message.external_id == news.external_id)
    await _name(session, channel, news)
    if await session.scalar(select(Message.id).where(about)) is None:
        session.add(
            ParkedStatus(
                channel=channel, external_id=news.external_id, status=news.status, reason=news.reason
            )
        )
        return
    await set_status(session, about, news.status, news.reason)


async def _name(session: AsyncSession, channel: str, news: Delivery) -> None:
    """Give the message its id at the provider, when only the news brings that: the answer to our call was lost."""
    if news.message_id is not None:
        await session.execute(
            update(Message)
            .where(
                Message.id == news.message_id,
                Message.channel == channel,
                Message.direction == Direction.OUT,
                Message.external_id.is_(None),
                Message.status.in_((Status.SENDING, Status.UNKNOWN)),
            )
            .values(external_id=news.external_id)
        )


async def apply_parked(
    session: AsyncSession, channel: str | None = None, external_id: str | None = None
) -> int:
    """Apply parked news whose message is known by now; returns how many pieces were applied."""
    query = select(ParkedStatus).join(
        Message,
        (Message.channel == ParkedStatus.channel) & (Message.external_id == ParkedStatus.external_id),
    )
    if external_id is not None:
        query = query.where(ParkedStatus.channel == channel, ParkedStatus.external_id == external_id)
    parked = (await session.scalars(query.order_by(ParkedStatus.id))).all()
    for news in parked:
        about = (Message.channel == news.channel) & (Message.external_id == news.external_id)
        await set_status(session, about, Status(news.status), news.reason)
        await session.execute(delete(ParkedStatus).where(ParkedStatus.id == news.id))
    return len(parked)
