"""Typing is shown when an answer takes a moment, by the bot only, and never in its way."""

import asyncio
from typing import Any

import pytest

from bot import typing_shown as module
from bot.typing_shown import typing_shown
from channels.base import Unavailable
from data.db import Database
from data.tables import Address, AddressLink, Conversation, Message, Person


class Line:
    """A channel that can show typing."""

    def __init__(self, error: Exception | None = None) -> None:
        self.shown: list[tuple[str, str]] = []
        self.error = error

    async def typing(self, path: str, external_id: str) -> None:
        self.shown.append((path, external_id))
        if self.error:
            raise self.error


async def stored(database: Database, **more: Any) -> int:
    async with database.transaction() as session:
        person, address = Person(language="nl"), Address(scheme="telegram", path="7")
        session.add_all([person, address])
        await session.flush()
        session.add(AddressLink(address_id=address.id, person_id=person.id))
        talk = Conversation(person_id=person.id, channel="telegram", dialogue={}, **more)
        session.add(talk)
        await session.flush()
        message = Message(
            conversation_id=talk.id, person_id=person.id, address_id=address.id, channel="telegram", text="dag",
            direction="in", author="person", status="received", external_id="7:1",
        )  # fmt: skip
        session.add(message)
        await session.flush()
        return message.id


@pytest.mark.parametrize(
    ("after", "takes", "holder", "shown"),
    [(0.0, 0.5, "bot", [("7", "7:1")]), (0.0, 0.5, "queue", []), (5.0, 0.05, "bot", [])],
)
async def test_only_a_slow_answer_of_the_bot_is_shown(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    after: float,
    takes: float,
    holder: str,
    shown: list[Any],
) -> None:
    monkeypatch.setattr(module, "AFTER", after)
    line = Line()
    message_id = await stored(database, holder=holder)
    async with typing_shown(database, {"telegram": line}, message_id):  # type: ignore[dict-item]
        await asyncio.sleep(takes)
    assert line.shown == shown


async def test_a_provider_that_fails_is_in_nobodys_way(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AFTER", 0.0)
    line = Line(Unavailable())
    async with typing_shown(database, {"telegram": line}, await stored(database)):  # type: ignore[dict-item]
        await asyncio.sleep(0.5)
    assert line.shown
    async with typing_shown(database, {}, 0):
        await asyncio.sleep(0.1)
    with pytest.raises(ZeroDivisionError):
        async with typing_shown(database, {}, 0):
            raise ZeroDivisionError
