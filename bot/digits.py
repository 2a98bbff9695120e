"""What follows when somebody answers a question of one digit (`handover.questions`)."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.turn_types import wording
from channels.outbox import put
from data.tables import (
    Address,
    Author,
    ConsentKind,
    Conversation,
    Direction,
    Holder,
    Message,
    Question,
    QuestionKind,
    Staff,
)
from handover import consents, file_consent, questions
from handover import conversation as handover
from handover.conversation import Step


async def heard(
    session: AsyncSession, message: Message, conversation: Conversation, *, now: datetime
) -> bool:
    """Whether the message was such an answer; then it is kept, and the person has their answer."""
    found = await questions.open_one(session, message, now=now)
    if found is None:
        return False
    question, digit = found
    await questions.answer(session, question, digit, now=now)
    if question.kind == QuestionKind.FILE:
        text, language = await _file(session, question, message, digit, now=now), None
    else:
        person = await handover.lock_person(session, message.person_id)
        say = wording(person, message)
        text, language = say(f"satisfied_thanks_{digit}"), say.own
    address = await session.get_one(Address, message.address_id)
    await put(
        session, conversation=conversation, address_id=address.id, channel=message.channel, author=Author.BOT,
        text=text, language=language, answers_id=message.id, step=0,
    )  # fmt: skip
    if question.kind == QuestionKind.SATISFIED:
        await _nothing_waits(session, message, conversation, now=now)
    return True


async def _file(
    session: AsyncSession, question: Question, message: Message, digit: int, *, now: datetime
) -> str:
    person = await handover.lock_person(session, message.person_id)
    counsellor = await session.get_one(Staff, question.data["counsellor_id"])
    if digit == questions.YES:
        await file_consent.agreed(session, question, channel=message.channel, now=now)
    part = "yes" if digit == questions.YES else "no"
    asked = question.data
    read = await consents.version(
        session, asked.get("text_id"), asked["region_id"], ConsentKind.FILE, person.language
    )
    return read.said(part, staff=counsellor.name.split()[0])


async def _nothing_waits(
    session: AsyncSession, message: Message, conversation: Conversation, *, now: datetime
) -> None:
    """A conversation that only this answer opened is closed again; else it waits on nobody of ours for it."""
    heard_in_it = await session.scalar(
        select(func.count()).where(
            Message.conversation_id == conversation.id, Message.direction == Direction.IN
        )
    )
    if heard_in_it == 1:
        await handover.move(session, conversation, Step.CLOSE, reason="answered", now=now)
    elif conversation.holder == Holder.BOT:
        await handover.move(session, conversation, Step.BOT_ANSWERED, now=now)
