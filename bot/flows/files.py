"""Files without words: the bot cannot read or hear them, says so, and a person can."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select

from bot.turn_types import Escalation, Outcome, Reply, Turn
from data.tables import Attachment, Direction, Message

TOGETHER = timedelta(minutes=2)  # photos of one album come as messages of their own


async def listen(turn: Turn) -> Outcome:
    """A voice note: somebody of ours listens."""
    return Outcome(
        replies=(), dialogue=turn.dialogue, escalation=Escalation(reason="voice_note", reply="voice_note")
    )


async def look(turn: Turn) -> Outcome:
    """A photo or a document: please write a few words; who sends another one later has it looked at by a person."""
    before = await _before(turn)
    if before is not None and before.at >= turn.message.created_at - TOGETHER:
        return Outcome(replies=(), dialogue=turn.dialogue)  # said already
    if before is not None and before.alone:
        escalation = Escalation(reason="only_file", reply="file_again")
        return Outcome(replies=(), dialogue=turn.dialogue, escalation=escalation)
    return Outcome(replies=(Reply(text=turn.say("file_only")),), dialogue=turn.dialogue)


@dataclass(frozen=True, kw_only=True)
class _Before:
    """The message just before this one, which had files too; `alone`: without words."""

    at: datetime
    alone: bool


async def _before(turn: Turn) -> _Before | None:
    found = await turn.session.execute(
        select(Message.created_at, Message.text, exists().where(Attachment.message_id == Message.id))
        .where(
            Message.conversation_id == turn.conversation.id,
            Message.direction == Direction.IN,
            Message.id < turn.message.id,
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return _Before(at=row[0], alone=not row[1]) if row is not None and row[2] else None
