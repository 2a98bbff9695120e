"""News for a browser: a stream of "this happened", each event checked against who may see it as it is sent.

Besides, for the one thread that the page shows: which colleagues look at it, and who writes.

The page is the snapshot, the stream says when it is old: ids and kinds only, never words. Whoever was away
(sleep, restart, no network) comes back with the last id it had and gets what it missed.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import orjson
from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy import select

from data import events
from data.db import Database
from data.tables import Event, Person, Staff
from handover import access, attention, auth
from handover.attention import Other
from handover.console.desk import refusal, session_token

POLL = 10.0  # seconds; the backstop of a lost wake-up, and how soon a log-out is noticed
TOGETHER = 0.1  # seconds in which what happens at once is sent at once
# Ids are given out before the commit: one that is a little older may still appear after a newer one.
SETTLED = 10.0
MOST = 200
OWNERS = (
    "counsellor_id",
    "deputy_id",
    "from_staff_id",
)  # in what is recorded of a conversation: whose client it is


class Seen:
    """Which events this stream has sent, so that a late commit is still sent and nothing twice."""

    def __init__(self, after: int) -> None:
        self.floor = after
        self._sent: dict[int, float] = {}

    def new(self, event_id: int, now: float) -> bool:
        if event_id in self._sent:
            return False
        self._sent[event_id] = now
        return True

    def settle(self, now: float) -> None:
        """Forget what is old enough that nothing before it can still appear."""
        settled = [event_id for event_id, at in self._sent.items() if now - at > SETTLED]
        if settled:
            self.floor = max(self.floor, *settled)
            self._sent = {key: at for key, at in self._sent.items() if key > self.floor}


async def stream(request: Request) -> Response:
    """/console/events?after=123&person=45"""
    database: Database = request.app.state.database
    token = session_token(request)
    async with database.transaction() as session:
        who = await auth.session_of(session, token, now=datetime.now(UTC))
        if who is None or who.staff.role not in access.SEES_PEOPLE:
            return refusal(request, 401 if who is None else 403)
        asked = request.headers.get("last-event-id") or request.query_params.get("after", "")
        newest = await session.scalar(select(Event.id).order_by(Event.id.desc()).limit(1)) or 0
        after = min(int(asked), newest) if asked.isascii() and asked.isdigit() and len(asked) < 19 else newest
        shown = request.query_params.get("person", "")
        person_id = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 19 else None
        if person_id is not None:
            wanted = access.persons_of(who.staff).where(Person.id == person_id).with_only_columns(Person.id)
            person_id = await session.scalar(wanted)
    return StreamingResponse(
        news(database, token, after, person_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def news(
    database: Database, token: str | None, after: int, person_id: int | None = None
) -> AsyncIterator[bytes]:
    """What goes over the wire from event `after` on, until the session ends; with who is at the thread of a person."""
    seen = Seen(after)
    beside: list[Other] = []
    yield b"retry: 2000\n: hello\n\n"
    topics = [events.TOPIC] if person_id is None else [events.TOPIC, attention.topic(person_id)]
    async with database.wakeups.subscribe(*topics) as wake:
        while True:
            wake.clear()
            async with database.transaction() as session:
                who = await auth.session_of(session, token, now=datetime.now(UTC))
                if who is None:
                    yield b"event: gone\ndata: {}\n\n"
                    return
                found = await session.scalars(
                    select(Event)
                    .where(Event.id > seen.floor, access.may_see_event(who.staff))
                    .order_by(Event.id)
                    .limit(MOST)
                )
                rows = found.all()
                there: list[Other] = []
                if person_id is not None:
                    there = await attention.others(session, person_id, who.staff.id, now=datetime.now(UTC))
            now = time.monotonic()
            fresh = [row for row in rows if seen.new(row.id, now)]
            if there != beside:
                beside = there
                yield _beside(there)
            if fresh:
                yield b"".join(_line(row, who.staff) for row in fresh)
            elif not wake.is_set():
                yield b": still here\n\n"
            seen.settle(now)
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), POLL)
            await asyncio.sleep(TOGETHER)


def _line(row: Event, staff: Staff) -> bytes:
    data = {
        "kind": row.kind, "conversation": row.conversation_id, "person": row.person_id,
        "own": row.staff_id == staff.id, "urgency": row.data.get("urgency"),
        "yours": staff.id in (row.data.get(name) for name in OWNERS),
    }  # fmt: skip
    return b"id: %d\nevent: news\ndata: %s\n\n" % (row.id, orjson.dumps(data))


def _beside(there: Sequence[Other]) -> bytes:
    """Without an id: it is how things stand now, and nothing that can be missed."""
    data = [{"name": one.name, "writes": one.writing_since is not None} for one in there]
    return b"event: looking\ndata: %s\n\n" % orjson.dumps(data)
