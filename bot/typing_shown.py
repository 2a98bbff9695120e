"""An answer that takes a moment shows that it is coming, on channels that can (`channels.base.Types`)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from sqlalchemy import select

from channels.base import Channel, SendError, Types
from data.db import Database
from data.tables import Address, Conversation, Holder, Message

log = logging.getLogger(__name__)
AFTER, WITHIN = 0.8, 5.0  # seconds before it is worth showing, and for telling the provider


@asynccontextmanager
async def typing_shown(
    database: Database, channels: Mapping[str, Channel], message_id: int
) -> AsyncIterator[None]:
    """Around the turn of a message; a quick one costs nothing, and neither does one where no channel can show it."""
    if not any(isinstance(channel, Types) for channel in channels.values()):
        yield
        return
    showing = asyncio.create_task(_show(database, channels, message_id))
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)


async def _show(database: Database, channels: Mapping[str, Channel], message_id: int) -> None:
    await asyncio.sleep(AFTER)
    async with database.transaction() as session:
        found = await session.execute(
            select(Message.channel, Message.external_id, Address.path, Conversation.holder)
            .join(Address, Address.id == Message.address_id)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(Message.id == message_id)
        )
        row = found.one_or_none()
    channel = channels.get(row.channel) if row is not None else None
    if row is None or not isinstance(channel, Types) or row.holder != Holder.BOT:
        return  # with a colleague, nobody is writing yet
    try:
        async with asyncio.timeout(WITHIN):
            await channel.typing(row.path, row.external_id or "")
    except (SendError, TimeoutError) as error:  # which nobody minds
        log.info("%s: typing was not shown (%s)", row.channel, type(error).__name__)
