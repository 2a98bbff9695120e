"""Files without words: the bot cannot read or hear them, says so, and a person can."""

from datetime import timedelta

from sqlalchemy import select

from bot.turn_types import Escalation, Outcome, Reply, Turn
from data.tables import Decision, Direction, Message
from dispatch.triage import Action

TOGETHER = timedelta(minutes=2)  # photos of one album come as messages of their own


async def listen(turn: Turn) -> Outcome:
    """A voice note: somebody of ours listens."""
    return Outcome(
        replies=(), dialogue=turn.dialogue, escalation=Escalation(reason="voice_note", reply="voice_note")
    )


async def look(turn: Turn) -> Outcome:
    """A photo or a document: please write a few words; who sends another one later has it looked at by a person."""
    before = await _before(turn)
    if before is None:
        return Outcome(replies=(Reply(text=turn.say("file_only")),), dialogue=turn.dialogue)
    if turn.message.created_at - before.created_at <= TOGETHER:
        return Outcome(replies=(), dialogue=turn.dialogue)  # said already
    return Outcome(
        replies=(), dialogue=turn.dialogue, escalation=Escalation(reason="only_file", reply="file_again")
    )


async def _before(turn: Turn) -> Message | None:
    """The message just before this one, when that was only a file too."""
    row = await turn.session.execute(
        select(Message, Decision.action)
        .outerjoin(Decision, Decision.message_id == Message.id)
        .where(
            Message.conversation_id == turn.conversation.id,
            Message.direction == Direction.IN,
            Message.id < turn.message.id,
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    found = row.one_or_none()
    return found[0] if found is not None and found[1] == Action.LOOK else None
