"""One question after a conversation with one of ours is closed: did it help? On the same channel, asked once.

Not in quiet hours, not of who stopped messages, not after a crisis, and of one person at most once in thirty days.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.replies import BRUSSELS, replies
from channels import quiet
from channels.base import Choice
from channels.outbox import put
from channels.policy import may_send
from data.db import Database
from data.tables import (
    Address,
    Author,
    Conversation,
    Direction,
    Life,
    Message,
    Question,
    QuestionKind,
    Region,
    Urgency,
)
from handover import conversation as handover

PURPOSE = "follow_up"
AFTER = timedelta(minutes=10)  # a colleague may have closed too soon
UNTIL = timedelta(days=2)  # later nobody knows what it is about
REST = timedelta(days=30)  # of one person
AT_ONCE = 50


async def ask_due(database: Database, *, now: datetime) -> int:
    """Ask about conversations that were closed a while ago, each in a transaction of its own; returns how many."""
    async with database.transaction() as session:
        found = await session.execute(
            select(Conversation.id)
            .join(Region, Region.id == Conversation.region_id)
            .where(Region.ask_satisfied, *_due(now))
            .order_by(Conversation.closed_at)
            .limit(AT_ONCE)
        )
        due = found.scalars().all()
    asked = 0
    for conversation_id in due:
        async with database.transaction() as session:
            talk = await handover.lock(session, conversation_id)
            still = await session.scalar(
                select(Conversation.id).where(Conversation.id == talk.id, *_due(now))
            )
            if still is not None:
                asked += await _ask(session, talk, now=now)
    return asked


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Closed by a person, who had written in it; not asked, and nothing else going on with this person."""
    answered = exists().where(Message.conversation_id == Conversation.id, Message.author == Author.STAFF)
    before = exists().where(
        Question.person_id == Conversation.person_id,
        Question.kind == QuestionKind.SATISFIED,
        (Question.conversation_id == Conversation.id) | (Question.asked_at > now - REST),
    )
    other = Conversation.__table__.alias("other")
    open_again = exists().where(other.c.person_id == Conversation.person_id, other.c.life == Life.OPEN.value)
    return (
        Conversation.life == Life.CLOSED,
        Conversation.closed_at <= now - AFTER,
        Conversation.closed_at > now - UNTIL,
        Conversation.urgency != Urgency.CRISIS,
        Conversation.reason.is_distinct_from("merged"),
        answered,
        ~before,
        ~open_again,
    )


async def _ask(session: AsyncSession, talk: Conversation, *, now: datetime) -> bool:
    last = await session.scalar(
        select(Message)
        .where(Message.conversation_id == talk.id, Message.direction == Direction.IN)
        .order_by(Message.id.desc())
        .limit(1)
    )
    question = Question(
        person_id=talk.person_id, conversation_id=talk.id, region_id=talk.region_id, kind=QuestionKind.SATISFIED,
        channel=last.channel if last else talk.channel, asked_at=now,
    )  # fmt: skip
    address = await session.get(Address, last.address_id) if last is not None else None
    if address is not None and last is not None and address.scheme != "tel":
        undisturbed = await quiet.hours(session, talk.person_id)
        verdict = may_send(
            Message(purpose=PURPOSE, channel=last.channel, author=Author.BOT), address, now.astimezone(BRUSSELS),
            quiet=undisturbed,
        )  # fmt: skip
        if verdict.until is not None:
            return False  # at night: in the morning
        if verdict.allowed:
            person = await handover.lock_person(session, talk.person_id)
            say = replies(person.language)
            message, _ = await put(
                session, conversation=talk, address_id=address.id, channel=last.channel, author=Author.BOT,
                text=say("satisfied"), language=say.own, purpose=PURPOSE, client_msg_id=f"satisfied-{talk.id}",
                choices=[
                    Choice(label=say(f"satisfied_{digit}"), value=str(digit)) for digit in (1, 2, 3)
                ],
            )  # fmt: skip
            question.message_id = message.id
    session.add(question)  # also when it may not be asked: then it is not tried again
    await session.flush()
    return question.message_id is not None
