"""Questions of one digit that we ask outside the bot's dialogue: may we open a file, and did it help.

The answer is taken whoever holds the conversation, as long as our question is the last thing we said to this person.
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Direction, Message, Question, QuestionKind

HOLDS = {QuestionKind.FILE: timedelta(days=14), QuestionKind.SATISFIED: timedelta(days=3)}
MOST = {QuestionKind.FILE: 2, QuestionKind.SATISFIED: 3}
_SAID = {
    1: ("ja", "yes", "oui", "evet", "نعم", "так", "tak", "si"),
    2: ("nee", "no", "non", "hayir", "لا", "ні", "nie"),
}
YES, NO = 1, 2


async def open_one(session: AsyncSession, message: Message, *, now: datetime) -> tuple[Question, int] | None:
    """The question that `message` answers, locked, and the digit; None when it is no answer to one of ours."""
    if (digit := read(message.text)) is None:
        return None
    last_said = (
        select(func.max(Message.id))
        .where(
            Message.person_id == message.person_id,
            Message.direction == Direction.OUT,
            Message.id < message.id,
        )
        .scalar_subquery()
    )
    found = await session.scalar(
        select(Question)
        .where(
            Question.person_id == message.person_id,
            Question.answered_at.is_(None),
            Question.message_id == last_said,
        )
        .with_for_update()
    )
    if found is None:
        return None
    kind = QuestionKind(found.kind)
    fits = digit <= MOST[kind] and now - found.asked_at <= HOLDS[kind]
    return (found, digit) if fits else None


async def answer(session: AsyncSession, question: Question, digit: int, *, now: datetime) -> None:
    """Keep the answer. What follows from it is for who knows the kind."""
    question.answer, question.answered_at = digit, now
    await session.flush()
    await events.record(
        session, "question.answered", person_id=question.person_id, conversation_id=question.conversation_id,
        region_id=question.region_id, data={"question_id": question.id, "kind": question.kind},
    )  # fmt: skip


def read(text: str) -> int | None:
    """The digit that a short answer means: "1", "2.", "Ja", "oui"; None for anything else."""
    word = _folded(text)
    if word in ("1", "2", "3"):
        return int(word)
    return _BY_WORD.get(word)


def _folded(text: str) -> str:
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
        if not unicodedata.combining(letter)
    )
    return bare.strip(" .!)\n")


_BY_WORD: Mapping[str, int] = {_folded(word): digit for digit, words in _SAID.items() for word in words}
