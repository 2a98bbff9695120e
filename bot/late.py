"""The promise clock: staff are told before a promise breaks, and the client once when it did, or when nobody came back."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alerts import put_duty
from bot.replies import replies
from channels import abilities
from channels.abilities import channel_of
from channels.outbox import last_address, put
from data.db import Database
from data.tables import Address, Author, Conversation, Holder, Person, Urgency, WaitingOn
from handover import conversation as handover
from handover import overdue


async def sweep(database: Database, *, now: datetime) -> tuple[int, int]:
    """Warn and tell, each conversation in a transaction of its own. Returns how many were warned of, and broken."""
    async with database.transaction() as session:
        near, passed = await overdue.nearly(session, now=now), await overdue.passed(session, now=now)
    warned = broken = 0
    for conversation_id in near:
        async with database.transaction() as session:
            row = await handover.lock(session, conversation_id)
            if _waits(row) and row.promise_warned_at is None:
                duty = await overdue.warn(session, row, now=now)
                if duty is not None:
                    await put_duty(session, row, staff_id=duty.id, now=now)
                warned += 1
    for conversation_id in passed:
        async with database.transaction() as session:
            row = await handover.lock(session, conversation_id)
            if _waits(row) and row.promise_broken_at is None and row.promised_at and row.promised_at <= now:
                await _tell(session, row, await overdue.make_anew(session, row, now=now), now)
                broken += 1
    return warned, broken


def _waits(row: Conversation) -> bool:
    return row.holder == Holder.QUEUE and row.waiting_on == WaitingOn.US and row.promised_at is not None


async def tell_returned(session: AsyncSession, row: Conversation, now: datetime) -> None:
    """Whoever had the conversation is not there, and it went back to the team: the client hears when somebody answers."""
    if row.promised_at is not None:
        await _tell(session, row, row.promised_at, now, reply="back_in_queue")


async def _tell(
    session: AsyncSession,
    row: Conversation,
    promised: datetime,
    now: datetime,
    *,
    reply: str = "promise_late",
) -> None:
    """In their language, where they wrote last. Not in a crisis: there a machine's excuse helps nobody."""
    if row.urgency == Urgency.CRISIS:
        return
    try:
        address = await session.get_one(Address, await last_address(session, row.person_id))
    except LookupError:
        return
    channel = channel_of(address.scheme)
    if abilities.of(channel).spoken:  # a call to make stands in its own list, with its own promise
        return
    person = await session.get_one(Person, row.person_id)
    say = replies(person.language)
    await put(
        session, conversation=row, address_id=address.id, channel=channel, author=Author.BOT,
        text=say(reply, promise=say.promise(promised, now)), language=say.own, needs_version=row.version,
        client_msg_id=f"late-{row.id}-{now:%Y%m%d%H%M%S}",
    )  # fmt: skip
