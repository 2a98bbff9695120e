"""Whole conversations as data, played against the real hub: inbox, turn, sender, database."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from sqlalchemy import select

from bot.hub import Hub
from channels.base import Inbound
from data.tables import Appointment, Conversation, Decision, Message, Status

HERE = Path(__file__).parent


@dataclass
class Story:
    name: str
    channel: str
    turns: list[dict[str, Any]] = field(default_factory=list)


def stories() -> list[Story]:
    found = []
    for file in sorted(HERE.glob("*.yaml")):
        found += [Story(**entry) for entry in yaml.safe_load(file.read_text(encoding="utf-8"))]
    return found


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.name)
async def test_story(hub: Hub, story: Story) -> None:
    path = f"+3247{uuid4().int % 10_000_000:07d}"
    for number, turn in enumerate(story.turns, 1):
        where = f"turn {number}, {turn['say']!r}"
        item = Inbound(external_id=uuid4().hex, path=path, text=turn["say"])
        (accepted,) = await hub.inbox.accept(story.channel, story.channel, [item])
        await hub.worker.run_until_idle()
        async with hub.database.transaction() as session:
            answers = (
                await session.scalars(
                    select(Message).where(Message.answers_id == accepted.message_id).order_by(Message.id)
                )
            ).all()
            asked = await session.get_one(Message, accepted.message_id)
            conversation = await session.get_one(Conversation, asked.conversation_id)
            decision = (
                await session.scalars(select(Decision).where(Decision.message_id == asked.id))
            ).one_or_none()
            booked = (
                await session.scalars(
                    select(Appointment).where(
                        Appointment.person_id == asked.person_id, Appointment.status == "confirmed"
                    )
                )
            ).all()
        said = "\n".join(_as_read(message) for message in answers)
        assert bool(said) != turn.get("silent", False), f"{where}: {said!r}"
        for words in turn.get("has", ()):
            assert words in said, f"{where}: {words!r} is not in {said!r}"
        for words in turn.get("not", ()):
            assert words not in said, f"{where}: {words!r} is in {said!r}"
        for words in turn.get("stored_not", ()):
            assert words not in asked.text, f"{where}: {words!r} was kept"
        assert decision is not None, where
        for name in ("intent", "tier"):
            if name in turn:
                assert getattr(decision, name) == turn[name], f"{where}: {decision.intent}, {decision.tier}"
        for name in ("holder", "urgency"):
            if name in turn:
                assert getattr(conversation, name) == turn[name], where
        if "appointments" in turn:
            assert len(booked) == turn["appointments"], where
        for message in answers:
            assert message.status == Status.SENT, f"{where}: {message.status} {message.status_reason}"


def _as_read(message: Message) -> str:
    """The message with its buttons, as somebody sees them."""
    buttons = (f"{choice['value']}) {choice['label']}" for choice in message.choices)
    return "\n".join([message.text, *(() if message.channel == "sms" else buttons)])
