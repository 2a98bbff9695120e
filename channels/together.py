"""Taking in plain messages of many persons in one transaction, while a database could not take as many one by one.

Messages that come while a transaction is under way go together in the next one, so a quiet hub waits for nothing and a
busy one commits less often than it is asked. Whatever is more than words from a person who is not being answered right
now is left to be taken in alone, and so is everything of a transaction that failed: one bad message spoils no other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from channels import abilities
from channels.base import Inbound, Item, clean_text
from channels.outbox import address_topic
from data import events, queue
from data.db import Database, after_commit
from data.queue import LeasedJob

log = logging.getLogger(__name__)
MOST = 100  # messages of one transaction

# Locked without waiting: who is just being answered or taken in elsewhere is left for later.
_WRITERS = text(
    """
    SELECT address.path, address.id AS address_id, person.id AS person_id, person.region_id FROM address
    JOIN LATERAL (
        SELECT person_id FROM address_link WHERE address_id = address.id AND ended_at IS NULL
        ORDER BY is_primary DESC, id LIMIT 1
    ) AS whose ON true
    JOIN person ON person.id = whose.person_id AND person.merged_into_id IS NULL
    WHERE address.scheme = :scheme AND address.path = ANY(:paths)
    FOR NO KEY UPDATE OF address, person SKIP LOCKED
    """
)
_KNOWN = text(
    "SELECT external_id, message_id FROM receipt WHERE channel = :channel AND external_id = ANY(:ids)"
)
_NEW_ADDRESSES = text(
    """
    INSERT INTO address (scheme, path, display)
    SELECT :scheme, path, display FROM unnest(CAST(:paths AS text[]), CAST(:displays AS text[])) AS new (path, display)
    ORDER BY path ON CONFLICT DO NOTHING RETURNING id, path
    """
)
_NEW_PERSONS = text(
    """
    WITH new AS MATERIALIZED (
        SELECT nextval(pg_get_serial_sequence('person', 'id')) AS person_id, address_id, language
        FROM unnest(CAST(:address_ids AS bigint[]), CAST(:languages AS text[])) AS new (address_id, language)
    ), person AS (
        INSERT INTO person (id, language) SELECT person_id, language FROM new
    ), link AS (
        INSERT INTO address_link (address_id, person_id) SELECT address_id, person_id FROM new
    )
    SELECT address_id, person_id FROM new
    """
)
_MESSAGES = text(
    """
    WITH item AS MATERIALIZED (
        SELECT nextval(pg_get_serial_sequence('message', 'id')) AS message_id, given.* FROM (
            SELECT * FROM unnest(
                CAST(:external_ids AS text[]), CAST(:address_ids AS bigint[]), CAST(:person_ids AS bigint[]),
                CAST(:conversation_ids AS bigint[]), CAST(:region_ids AS text[]), CAST(:texts AS text[]),
                CAST(:languages AS text[])
            ) WITH ORDINALITY AS given (
                external_id, address_id, person_id, conversation_id, region_id, words, language, place
            ) ORDER BY place
        ) AS given
    ), stored AS (
        INSERT INTO message (
            id, conversation_id, person_id, address_id, channel, direction, author, text, language, status, external_id
        )
        SELECT message_id, conversation_id, person_id, address_id, :channel, 'in', 'person', words, language, 'received',
            external_id FROM item
    ), receipts AS (
        INSERT INTO receipt (channel, external_id, message_id) SELECT :channel, external_id, message_id FROM item
    ), heard AS (
        UPDATE address SET last_in_at = now(), blocked_at = NULL, unreachable = NULL FROM item WHERE address.id = item.address_id
    ), seen AS (
        UPDATE person SET last_seen_at = now() FROM item WHERE person.id = item.person_id
    ), told AS (
        INSERT INTO event (kind, person_id, conversation_id, region_id, data)
        SELECT 'message.received', person_id, conversation_id, region_id,
            jsonb_build_object('message_id', message_id, 'channel', CAST(:channel AS text)) FROM item ORDER BY message_id
    )
    SELECT external_id, message_id FROM item
    """
)


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Somebody whose message comes in, locked; `new` when they were made for it just now."""

    address_id: int
    person_id: int
    region_id: str | None = None
    new: bool = False


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The open conversation of a person, which now waits on us."""

    conversation_id: int
    region_id: str | None


OpenMany = Callable[[AsyncSession, Sequence[Writer], str], Awaitable[Mapping[int, Opened]]]
"""By person; who is left out is taken in alone."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A message that is in: `new` unless it was known already; the job of its turn if this process has it."""

    message_id: int
    new: bool
    job: LeasedJob | None = None


class Together:
    """Gathers the messages of one channel."""

    def __init__(
        self,
        database: Database,
        channel: str,
        scheme: str,
        *,
        turn: str,
        open_many: OpenMany,
        owner: Callable[[], str | None],
        mask: Callable[[str], str],
    ) -> None:
        self._database = database
        self._channel, self._scheme, self._turn = channel, scheme, turn
        self._open_many = open_many
        self._owner = owner
        self._mask = mask
        self._waiting: list[tuple[Inbound, asyncio.Future[Taken | None]]] = []
        self._alone: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    async def take(self, item: Inbound) -> Taken | None:
        """Take in one message with those that come now. None: take it in alone, and say so with `done_alone`."""
        future: asyncio.Future[Taken | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self._go_on()
        return await future

    def done_alone(self, item: Inbound) -> None:
        """What this person wrote next may come in."""
        self._alone.discard(item.path)
        self._go_on()

    def _go_on(self) -> None:
        if self._task is None and any(item.path not in self._alone for item, _ in self._waiting):
            self._task = asyncio.create_task(self._run(), name=f"{self._channel} comes in")

    async def _run(self) -> None:
        try:
            while batch := self._next():
                try:
                    taken = await self._store([item for item, _ in batch])
                except Exception as error:
                    log.warning("%d messages go in one by one (%s)", len(batch), type(error).__name__)
                    taken = {}
                for item, future in batch:
                    result = taken.get(item.external_id)
                    if result is None:
                        self._alone.add(item.path)
                    if not future.done():
                        future.set_result(result)
                    elif result is None:
                        self._alone.discard(item.path)  # whoever asked is gone
        finally:
            self._task = None

    def _next(self) -> list[tuple[Inbound, "asyncio.Future[Taken | None]"]]:
        """One message a person, so that those of one person stay in their order."""
        batch: list[tuple[Inbound, asyncio.Future[Taken | None]]] = []
        rest: list[tuple[Inbound, asyncio.Future[Taken | None]]] = []
        paths, ids = set(self._alone), set[str]()
        for item, future in self._waiting:
            if len(batch) < MOST and item.path not in paths and item.external_id not in ids:
                batch.append((item, future))
            else:
                rest.append((item, future))
            paths.add(item.path)
            ids.add(item.external_id)
        self._waiting = rest
        return batch

    async def _store(self, items: Sequence[Inbound]) -> dict[str, Taken]:
        async with self._database.transaction() as session:
            ids = [item.external_id for item in items]
            known = {
                row.external_id: Taken(message_id=row.message_id or 0, new=False)
                for row in await session.execute(_KNOWN, {"channel": self._channel, "ids": ids})
            }
            items = [item for item in items if item.external_id not in known]
            if not items:
                return known
            writers = await self._writers(session, items)
            opened = await self._open_many(session, list(writers.values()), self._channel) if writers else {}
            ready = [
                (item, writer, opened[writer.person_id])
                for item in items
                if (writer := writers.get(item.path)) is not None and writer.person_id in opened
            ]
            return known | (await self._messages(session, ready) if ready else {})

    async def _writers(self, session: AsyncSession, items: Sequence[Inbound]) -> dict[str, Writer]:
        """Who wrote, by path: the persons that could be locked, and new ones."""
        found: dict[str, Writer] = {}
        persons: set[int] = set()
        absent = {item.path: item for item in items}
        rows = await session.execute(_WRITERS, {"scheme": self._scheme, "paths": list(absent)})
        for row in rows:
            del absent[row.path]
            if row.person_id not in persons:  # one message a person, also where they have two addresses
                persons.add(row.person_id)
                found[row.path] = Writer(
                    address_id=row.address_id, person_id=row.person_id, region_id=row.region_id
                )
        if not absent:
            return found
        displays = [item.display for item in absent.values()]
        values = {"scheme": self._scheme, "paths": list(absent), "displays": displays}
        made = {row.id: row.path for row in await session.execute(_NEW_ADDRESSES, values)}
        if made:
            languages = [absent[path].language or "nl" for path in made.values()]
            rows = await session.execute(_NEW_PERSONS, {"address_ids": list(made), "languages": languages})
            for row in rows:
                found[made[row.address_id]] = Writer(
                    address_id=row.address_id, person_id=row.person_id, new=True
                )
        return found

    async def _messages(
        self, session: AsyncSession, ready: Sequence[tuple[Inbound, Writer, Opened]]
    ) -> dict[str, Taken]:
        rows = await session.execute(
            _MESSAGES,
            {
                "channel": self._channel,
                "external_ids": [item.external_id for item, _, _ in ready],
                "address_ids": [writer.address_id for _, writer, _ in ready],
                "person_ids": [writer.person_id for _, writer, _ in ready],
                "conversation_ids": [opened.conversation_id for _, _, opened in ready],
                "region_ids": [opened.region_id for _, _, opened in ready],
                "texts": [self._mask(clean_text(item.text)) for item, _, _ in ready],
                "languages": [item.language for item, _, _ in ready],
            },
        )
        stored = {row.external_id: row.message_id for row in rows}
        jobs = await queue.enqueue_many(
            session, self._turn, owner=self._owner(),
            jobs=[(f"turn:{writer.person_id}", {"message_id": stored[item.external_id]}) for item, writer, _ in ready],
        )  # fmt: skip
        after_commit(session, events.TOPIC)
        if abilities.of(self._channel).stored_is_sent:  # they may have a second window open
            for item, _, _ in ready:
                after_commit(session, address_topic(self._scheme, item.path))
        return {
            item.external_id: Taken(message_id=stored[item.external_id], new=True, job=job)
            for (item, _, _), job in zip(ready, jobs, strict=True)
        }


def is_plain(item: Item, channel: str) -> TypeGuard[Inbound]:
    """Only words of a person, which can come in with those of others. What is threaded may come from a machine."""
    return (
        isinstance(item, Inbound)
        and not abilities.of(channel).threads
        and not (item.media or item.subject or item.answers or item.aliases or item.automatic)
    )
