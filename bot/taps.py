"""A tap on an earlier list of choices: its number stands for something else in the newest list, so it is not guessed."""

from typing import Any

from sqlalchemy import select

from bot.turn_types import Outcome, Reply, Turn
from channels.base import Choice
from channels.choices import is_number
from data.tables import Direction, Message


async def outdated(turn: Turn) -> Outcome | None:
    """The newest list again, when this message chooses from an older one in which the choice was another; else None.

    Only where the channel tells which message was tapped. The dialogue stays as it is.
    """
    tapped_id = turn.message.replies_to_id
    if tapped_id is None:
        return None
    tapped = await turn.session.get_one(Message, tapped_id)
    label = _label(tapped.choices, turn.message.text) if tapped.direction == Direction.OUT else None
    if label is None:
        return None
    newest = await turn.session.scalar(
        select(Message)
        .where(
            Message.person_id == turn.person.id, Message.direction == Direction.OUT, Message.id > tapped.id,
            Message.choices != [],
        )
        .order_by(Message.id.desc())
        .limit(1)
    )  # fmt: skip
    if newest is None or _label(newest.choices, turn.message.text) == label:
        return None
    choices = _choices(newest.choices)
    again = Reply(
        text=turn.say("old_list", choice=label),
        options=tuple(choice.label for choice in choices if is_number(choice)),
        extra=tuple(choice for choice in choices if not is_number(choice)),
    )
    return Outcome(replies=(again,), dialogue=turn.dialogue)


def _label(choices: list[Any], value: str) -> str | None:
    return next((choice.label for choice in _choices(choices) if choice.value == value), None)


def _choices(stored: list[Any]) -> list[Choice]:
    return [Choice(label=choice["label"], value=choice["value"]) for choice in stored]
