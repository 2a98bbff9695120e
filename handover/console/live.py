"""News for a browser: a stream of "this happened", each event checked against who may see it as it is sent.

The page is the snapshot, the stream says when it is old: ids and kinds only, never words. Whoever was away
(sleep, restart, no network) comes back with the last id it had and gets what it missed.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime

import orjson
from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy import select

from data import events
from data.db import Database
from data.tables import Event, Staff
from handover import access, auth
from handover.console.desk import refusal, session_token

POLL = 10.0  # seconds; the backstop of a lost wake-up, and how soon a log-out is noticed
TOGETHER = 0.1  # seconds in which what happens at once is sent at once
# Ids are given out before the commit: one that is a little older may still appear after a newer one.
SETTLED = 10.0
MOST = 200


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
    """/console/events?after=123"""
    database: Database = request.app.state.database
    token = session_token(request)
    async with database.transaction() as session:
        who = await auth.session_of(session, token, now=datetime.now(UTC))
        if who is None or who.staff.role not in access.SEES_PEOPLE:
            return refusal(request, 401 if who is None else 403)
        asked = request.headers.get("last-event-id") or request.query_params.get("after", "")
        newest = await session.scalar(select(Event.id).order_by(Event.id.desc()).limit(1)) or 0
        after = min(int(asked), newest) if asked.isascii() and asked.isdigit() and len(asked) < 19 else newest
    return StreamingResponse(
        news(database, token, after),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def news(database: Database, token: str | None, after: int) -> AsyncIterator[bytes]:
    """What goes over the wire from event `after` on, until the session ends."""
    seen = Seen(after)
    yield b"retry: 2000\n: hello\n\n"
    async with database.wakeups.subscribe(events.TOPIC) as wake:
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
            now = time.monotonic()
            fresh = [row for row in rows if seen.new(row.id, now)]
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
    }  # fmt: skip
    return b"id: %d\nevent: news\ndata: %s\n\n" % (row.id, orjson.dumps(data))
