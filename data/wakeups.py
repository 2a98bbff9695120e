"""Wake-ups: "something new may be there", said inside a process and across processes.

Never durable and never the only copy: whoever listens also polls. Inside the process they are direct; across
processes they go over PostgreSQL's LISTEN/NOTIFY, or over Redis where `LEERLIJN_REDIS_URL` is set.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

import asyncpg

CHANNEL = "leerlijn"
MOST_WAITING = 10_000  # topics, while the carrier is away
GATHER = 0.02  # seconds; the first wake-up goes at once, those right after it go together
log = logging.getLogger(__name__)


class Carrier(Protocol):
    """Takes topics to the other processes and brings theirs."""

    async def run(self, deliver: Callable[[str], None]) -> None: ...
    async def send(self, topic: str) -> None: ...


class Wakeups:
    """Subscribe to topics such as `job`, `events` or `web:<address id>`; publish them after a commit."""

    def __init__(self, carrier: Carrier | None = None) -> None:
        self._carrier = carrier
        self._listeners: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._outgoing: dict[str, None] = {}  # a topic that waits already says it all
        self._some = asyncio.Event()

    def publish(self, topic: str) -> None:
        self._deliver(topic)
        if self._carrier is not None and len(self._outgoing) < MOST_WAITING:  # the others poll as well
            self._outgoing[topic] = None
            self._some.set()

    @asynccontextmanager
    async def subscribe(
        self, *topics: str, event: asyncio.Event | None = None
    ) -> AsyncIterator[asyncio.Event]:
        """An event (a new one, or `event`) that is set at every wake-up of any of `topics`; the listener clears it."""
        event = event or asyncio.Event()
        for topic in topics:
            self._listeners[topic].add(event)
        try:
            yield event
        finally:
            for topic in topics:
                self._listeners[topic].discard(event)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    async def run(self) -> None:
        """Carry topics between processes until cancelled; a lost connection is made anew."""
        carrier = self._carrier
        if carrier is None:
            return
        while True:
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(carrier.run(self._deliver))
                    group.create_task(self._send_all(carrier))
            except* Exception as errors:
                log.warning("wake-ups interrupted (%s); polling goes on", type(errors.exceptions[0]).__name__)
                await asyncio.sleep(2)

    async def _send_all(self, carrier: Carrier) -> None:
        while True:
            await self._some.wait()
            self._some.clear()
            topics, self._outgoing = self._outgoing, {}
            for topic in topics:
                await carrier.send(topic)
            await asyncio.sleep(GATHER)

    def _deliver(self, topic: str) -> None:
        for event in self._listeners.get(topic, ()):
            event.set()


class PostgresCarrier:
    """LISTEN/NOTIFY over one connection of its own."""

    def __init__(self, url: str) -> None:
        self._dsn = url.replace("postgresql+asyncpg://", "postgresql://", 1)
        self._connection: asyncpg.Connection[Any] | None = None

    async def run(self, deliver: Callable[[str], None]) -> None:
        connection = await asyncpg.connect(self._dsn)
        closed = asyncio.Event()
        connection.add_termination_listener(lambda *_: closed.set())
        await connection.add_listener(CHANNEL, lambda *args: deliver(str(args[3])))
        self._connection = connection
        try:
            await closed.wait()
            raise ConnectionError("the listening connection was closed")
        finally:
            self._connection = None
            with suppress(Exception):
                await connection.close(timeout=2)

    async def send(self, topic: str) -> None:
        if self._connection is not None:
            await self._connection.execute("SELECT pg_notify($1, $2)", CHANNEL, topic)


class RedisCarrier:
    """Publish/subscribe over Redis; losing it loses nothing but speed."""

    def __init__(self, url: str) -> None:
        import redis.asyncio as redis  # as slow to import as a web framework, and only for who has a Redis

        self._client = redis.Redis.from_url(url)

    async def run(self, deliver: Callable[[str], None]) -> None:
        async with self._client.pubsub() as pubsub:
            await pubsub.subscribe(CHANNEL)
            async for item in pubsub.listen():
                if item["type"] == "message":
                    deliver(item["data"].decode())

    async def send(self, topic: str) -> None:
        await self._client.publish(CHANNEL, topic)
