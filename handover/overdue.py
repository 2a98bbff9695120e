"""Promises that are about to break, and those that broke: who is told, and in which order.

A sweep looks at who waits in the queue. Nearly passed: the conversation is urgent, and the region's dispatchers who
are there see it; with nobody there, whoever has the duty is named. Passed: it is counted and made anew, once in a
wait; after that it stays late in the list, because a third time is no promise.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Conversation, Holder, Life, Region, Role, Staff, Urgency, WaitingOn
from handover import conversation as machine
from handover import promise
from handover.conversation import RANK
from handover.presence import is_absent, who_answers

DUE = "conversation.promise_due"
# Who answers for a region when nobody is there, the first of them first.
DUTY = (Role.COORDINATOR, Role.DISPATCHER, Role.COUNSELLOR)


def _waits() -> ColumnElement[bool]:
    return and_(
        Conversation.life == Life.OPEN,
        Conversation.holder == Holder.QUEUE,
        Conversation.waiting_on == WaitingOn.US,
        Conversation.promised_at.is_not(None),
    )


async def nearly(session: AsyncSession, *, now: datetime) -> list[int]:
    """Conversations whose promise is about to break and of which nobody was warned, the earliest promise first."""
    found = await session.execute(
        select(Conversation, Region.office_hours)
        .outerjoin(Region, Region.id == Conversation.region_id)
        .where(_waits(), Conversation.promise_warned_at.is_(None))
        .order_by(Conversation.promised_at, Conversation.id)
    )
    return [row.id for row, hours in found if _is_near(row, hours, now)]


async def passed(session: AsyncSession, *, now: datetime) -> list[int]:
    """Conversations whose first promise of this wait has passed, the earliest first."""
    query = select(Conversation.id).where(
        _waits(), Conversation.promised_at <= now, Conversation.promise_broken_at.is_(None)
    )
    return list(await session.scalars(query.order_by(Conversation.promised_at, Conversation.id)))


async def warn(session: AsyncSession, conversation: Conversation, *, now: datetime) -> Staff | None:
    """Make a conversation locked by the caller urgent and tell who is there.

    Returns who has the duty when nobody is there (None: somebody is, or the region has nobody at all).
    """
    there = await _present(session, conversation.region_id, now)
    duty = None if there else await on_duty(session, conversation.region_id, now=now)
    _make_urgent(conversation)
    conversation.promise_warned_at = now
    await session.flush()
    await machine.record(
        session, DUE, conversation, by_id=None, told_ids=[row.id for row in there], duty_id=duty.id if duty else None,
    )  # fmt: skip
    return duty


async def make_anew(session: AsyncSession, conversation: Conversation, *, now: datetime) -> datetime:
    """The promise of a conversation locked by the caller has passed: count that, and return the new one."""
    _make_urgent(conversation)
    return await machine.keep_promise(session, conversation, now=now)


async def on_duty(session: AsyncSession, region_id: str | None, *, now: datetime) -> Staff | None:
    """Who answers for the region when nobody is there: who was given the duty, else by role in the order of DUTY.

    Not somebody whom the calendar says to be absent, unless there is nobody else.
    """
    order = case({role: place for place, role in enumerate(DUTY)}, value=Staff.role)
    query = (
        select(Staff)
        .where(Staff.active, Staff.role.in_(DUTY))
        .order_by(is_absent(now), Staff.duty.desc(), order, Staff.id)
        .limit(1)
    )
    if region_id is not None:
        query = query.where(Staff.region_id == region_id)
    return (await session.scalars(query)).one_or_none()


async def _present(session: AsyncSession, region_id: str | None, now: datetime) -> Sequence[Staff]:
    """The dispatchers who are there; where there are none, any helper who is."""
    there = await who_answers(session, region_id, now=now)
    return [row for row in there if row.role == Role.DISPATCHER] or there


def _is_near(row: Conversation, hours: promise.Hours | None, now: datetime) -> bool:
    if row.promised_at is None:
        return False
    made = row.promise_made_at or row.waiting_since or row.opened_at
    return now >= promise.warn_at(made, row.promised_at, hours)


def _make_urgent(conversation: Conversation) -> None:
    conversation.urgency = max(Urgency(conversation.urgency), Urgency.HIGH, key=RANK.__getitem__)
