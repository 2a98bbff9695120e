"""Web chat: the visitor's browser is the provider, a random token is the address.

The token (256 bits) is known to the browser only; the database holds its hash. The pages and the socket are
bot.pages'; this file is what they and the hub share.
"""

import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.base import Choice, Inbound, Kept, clean_text
from channels.inbox import Inbox
from channels.outbox import address_topic
from data.db import Database
from data.tables import Address, Attachment, Direction, Message, Staff, Status

ID_LIMIT = 200  # bytes kept of a browser's own id of a message
SHOWN = (Status.SENT, Status.DELIVERED, Status.READ)


@dataclass(frozen=True, kw_only=True)
class ChatFile:
    """A file of a message as a browser sees it; `name` is empty when it has none."""

    id: int
    kind: str
    name: str


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
    files: tuple[ChatFile, ...] = ()


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

    async def receive(
        self, token: str, client_msg_id: str, text: str, language: str | None, files: tuple[Kept, ...] = ()
    ) -> int:
        """Store what the visitor wrote and sent along, once for one `client_msg_id`; returns its seq."""
        path = _path(token)
        external_id = f"{path[:24]}:{clean_text(client_msg_id, ID_LIMIT)}"
        item = Inbound(external_id=external_id, path=path, text=text, language=language, media=files)
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
            found = rows.all()
            files = await _files(session, [message.id for message, _ in found])
            return [_shown(message, name, files.get(message.id, ())) for message, name in found]

    async def newest(self, token: str) -> int:
        """The seq of the last message of this thread; 0 when there is none."""
        async with self._database.transaction() as session:
            query = select(func.max(Message.id)).join(Address, Address.id == Message.address_id)
            return (
                await session.scalar(query.where(Address.scheme == "web", Address.path == _path(token))) or 0
            )

    async def file(self, token: str, attachment_id: int) -> Attachment | None:
        """A file of this visitor's own thread."""
        async with self._database.transaction() as session:
            return await session.scalar(_own_files(token).where(Attachment.id == attachment_id))

    async def files_since(self, token: str, since: datetime) -> int:
        """How many files this visitor sent since then."""
        async with self._database.transaction() as session:
            own = _own_files(token).where(Attachment.created_at > since).subquery()
            return await session.scalar(select(func.count()).select_from(own)) or 0

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


def _own_files(token: str) -> Select[Attachment]:
    return (
        select(Attachment)
        .join(Message, Message.id == Attachment.message_id)
        .join(Address, Address.id == Message.address_id)
        .where(Address.scheme == "web", Address.path == _path(token))
    )


async def _files(session: AsyncSession, message_ids: Sequence[int]) -> dict[int, tuple[ChatFile, ...]]:
    rows = await session.scalars(
        select(Attachment).where(Attachment.message_id.in_(message_ids)).order_by(Attachment.id)
    )
    found: dict[int, tuple[ChatFile, ...]] = {}
    for row in rows:
        file = ChatFile(id=row.id, kind=row.kind, name=row.name or "")
        found[row.message_id] = (*found.get(row.message_id, ()), file)
    return found


def _shown(message: Message, staff_name: str | None, files: tuple[ChatFile, ...]) -> ChatMessage:
    return ChatMessage(
        seq=message.id, author=message.author, name=staff_name, text=message.text,
        choices=tuple(Choice(label=c["label"], value=c["value"]) for c in message.choices),
        lang=message.language, at=message.created_at, files=files,
    )  # fmt: skip
