"""One process of all that run: for what two at once would fight over, such as listening to one mailbox."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from data.db import Database

log = logging.getLogger(__name__)
TRY_EVERY, LOOK_EVERY = (
    3.0,
    5.0,
)  # seconds: until whoever has it may be gone; between looks whether we still have it
_TAKE = text("SELECT pg_try_advisory_lock(hashtext('leerlijn'), hashtext(:name))")
_STILL = text("SELECT 1")


async def alone(database: Database, name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` whenever no other process runs what has this name; returns when it returns.

    The lock belongs to a connection of its own: a process that dies lets go of it at once. When the connection is lost,
    `work` is cancelled, because another process may have begun.
    """
    while True:
        try:
            async with database.engine.connect() as connection:
                connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
                try:
                    if await connection.scalar(_TAKE, {"name": name}) and await _while_held(connection, work):
                        return
                finally:
                    await connection.invalidate()  # back in the pool it would keep the lock
        except (DBAPIError, OSError) as error:
            log.warning("%s: the lock cannot be read (%s); trying again", name, type(error).__name__)
        await asyncio.sleep(TRY_EVERY)


async def _while_held(connection: AsyncConnection, work: Callable[[], Awaitable[None]]) -> bool:
    """True when the work is done, False when the lock is lost."""
    working = asyncio.ensure_future(work())
    try:
        while not working.done():
            await asyncio.wait({working}, timeout=LOOK_EVERY)
            if not working.done():
                await connection.execute(_STILL)
        await working
        return True
    except (DBAPIError, OSError):
        if working.done():
            raise
        return False
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await working
