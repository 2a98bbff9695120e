"""Web chat: the visitor's browser is the provider, a random token is the address.

The token (256 bits) is known to the browser only; the database holds its hash. The pages and the socket are
bot.pages'; this file is what they and the hub share.
"""

import hashlib
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.base import Choice, Inbound, clean_text
from channels.inbox import Inbox
from channels.outbox import address_topic
from data.db import Database
from data.tables import Address, Direction, Message, Staff, Status

ID_LIMIT = 200  # bytes kept of a browser's own id of a message
SHOWN = (Status.SENT, Status.DELIVERED, Status.READ)


@dataclass(frozen=True, kw_only=True)
class ChatMessage:
    """A message as a browser sees it; `seq` only grows within a thread."""

    seq: int
    author: str
    name: str | None
    text: str
    choices: tuple[Choice, ...]
    lang: str | None
    at: datetime


class WebChat:
    """What the chat pages ask of the hub."""

    def __init__(self, database: Database, inbox: Inbox) -> None:
        self._database = database
        self._inbox = inbox

    async def open(self, token: str | None, language: str) -> str:
        """The visitor's token if it can be one, else a new one. Nothing is stored before the first message."""
        if token and re.fullmatch(r"[A-Za-z0-9_-]{43}", token):
            return token
        return secrets.token_urlsafe(32)

    async def receive(self, token: str, client_msg_id: str, text: str, language: str | None) -> int:
        """Store what the visitor wrote, once for one `client_msg_id`; returns its seq."""
        path = _path(token)
        external_id = f"{path[:24]}:{clean_text(client_msg_id, ID_LIMIT)}"
        item = Inbound(external_id=external_id, path=path, text=text, language=language)
        (accepted,) = await self._inbox.accept("web", "web", [item])
        return accepted.message_id

    async def history(self, token: str, after: int = 0, limit: int = 200) -> list[ChatMessage]:
        """The thread of this visitor on this browser after `after`, oldest first."""
        async with self._database.transaction() as session:
            rows = await session.execute(
                select(Message, Staff.name)
                .join(Address, Address.id == Message.address_id)
                .outerjoin(Staff, Staff.id == Message.staff_id)
                .where(
                    Address.scheme == "web",
                    Address.path == _path(token),
                    Message.id > after,
                    or_(Message.direction == Direction.IN, Message.status.in_(SHOWN)),
                )
                .order_by(Message.id)
                .limit(limit)
            )
            return [_shown(message, name) for message, name in rows]

    @asynccontextmanager
    async def subscribe(self, token: str) -> AsyncIterator[AsyncIterator[None]]:
        """Yields at every wake-up: something new may be in the history."""
        async with self._database.wakeups.subscribe(address_topic("web", _path(token))) as event:

            async def wakes() -> AsyncIterator[None]:
                while True:
                    await event.wait()
                    event.clear()
                    yield

            yield wakes()


async def address_of(session: AsyncSession, token: str) -> Address | None:
    """The stored address of a visitor's token, if they ever wrote."""
    return await session.scalar(select(Address).where(Address.scheme == "web", Address.path == _path(token)))


def _path(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _shown(message: Message, staff_name: str | None) -> ChatMessage:
    return ChatMessage(
        seq=message.id, author=message.author, name=staff_name, text=message.text,
        choices=tuple(Choice(label=c["label"], value=c["value"]) for c in message.choices),
        lang=message.language, at=message.created_at,
    )  # fmt: skip
