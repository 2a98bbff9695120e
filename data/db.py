"""The engine and the one place that commits.

One request or one job is one `transaction()`. What must be told to the world after the commit (a wake-up for
the workers, news for a browser) is put on the session with `after_commit` and sent only if the commit held.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
from sqlalchemy import Executable, Row
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from data.wakeups import Wakeups

PREPARED = 400  # statements that a connection keeps prepared: all that the pages of a day ask for


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


class Database:
    """A pool of connections to one PostgreSQL, and the wake-ups that go with its commits."""

    def __init__(self, url: str, *, wakeups: Wakeups | None = None, pool_size: int = 16) -> None:
        self.url = url
        self.wakeups = wakeups or Wakeups()
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=2 * pool_size,  # at most, and kept
            max_overflow=0,  # a connection of the moment is dear to make, and knows no statement yet
            pool_use_lifo=True,  # so that few connections do most, and have prepared what is asked
            pool_pre_ping=False,
            hide_parameters=True,  # an error's text goes to the log, and parameters are what people wrote
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
            connect_args={"prepared_statement_cache_size": PREPARED},
        )
        self._alone = self.engine.execution_options(isolation_level="AUTOCOMMIT")  # of the same pool

    async def once(self, statement: Executable, values: Mapping[str, Any]) -> Row[Any] | None:
        """The first row of one statement that is a transaction by itself: without a trip to begin and one to end it."""
        async with self._alone.connect() as connection:
            return (await connection.execute(statement, values)).first()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed at the end, or undone when an exception leaves the block."""
        async with AsyncSession(self.engine, expire_on_commit=False, autoflush=True) as session:
            try:
                yield session
            except BaseException:
                await session.rollback()
                raise
            await session.commit()
        for topic in dict.fromkeys(session.info.get("topics", ())):
            self.wakeups.publish(topic)

    async def close(self) -> None:
        await self.engine.dispose()


def after_commit(session: AsyncSession, topic: str) -> None:
    """Publish `topic` to all processes once (and only if) this transaction is committed."""
    session.info.setdefault("topics", []).append(topic)
