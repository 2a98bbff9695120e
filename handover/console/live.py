"""News for a browser: a stream of "this happened", each event checked against who may hear it, and what the bar counts.

Besides, for the one thread that the page shows: which colleagues look at it, and who writes.

The page is the snapshot, the stream says when it is old: ids and kinds only, never words. Whoever was away
(sleep, restart, no network) comes back with the last id it had and gets what it missed.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from functools import cache

import orjson
from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy import Select, bindparam, func, select

from data.db import Database
from data.ids import id_of
from data.tables import Event, Staff
from handover import access, attention, auth
from handover.access import Viewer
from handover.attention import Other
from handover.console.desk import refusal, session_token
from handover.console.newsroom import MOST, POLL, Ear, Newsroom, Seen, about
from handover.queue import Counts

OWNERS = (
    "counsellor_id",
    "deputy_id",
    "from_staff_id",
)  # in what is recorded of a conversation: whose client it is


class Also(asyncio.Event):
    """Set together with another event, so that one can wait for that one and still tell which it was."""

    def __init__(self, other: asyncio.Event) -> None:
        super().__init__()
        self._other = other

    def set(self) -> None:
        super().set()
        self._other.set()


async def stream(request: Request) -> Response:
    """/console/events?after=123&person=45"""
    database: Database = request.app.state.database
    token = session_token(request)
    async with database.transaction() as session:
        who = await auth.session_of(session, token, now=datetime.now(UTC))
        if who is None or who.staff.role not in access.SEES_PEOPLE:
            return refusal(request, 401 if who is None else 403)
        asked = request.headers.get("last-event-id") or request.query_params.get("after", "")
        newest = await session.scalar(_NEWEST) or 0
        last = id_of(asked)
        after = min(last, newest) if last is not None else newest
        person_id = id_of(request.query_params.get("person", ""))
        if person_id is not None:
            wanted = access.values(who.staff) | {"person_id": person_id}
            if await session.scalar(access.person_of(access.viewer(who.staff)), wanted) is None:
                person_id = None
    return StreamingResponse(
        news(database, newsroom_of(request), token, after, person_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def newsroom_of(request: Request) -> Newsroom:
    """The one of this process."""
    state = request.app.state
    if not hasattr(state, "newsroom"):
        state.newsroom = Newsroom(state.database)
    made: Newsroom = state.newsroom
    return made


async def news(
    database: Database, newsroom: Newsroom, token: str | None, after: int, person_id: int | None = None
) -> AsyncIterator[bytes]:
    """What goes over the wire from event `after` on, until the session ends; with who is at the thread of a person."""
    seen = Seen(after)
    beside: list[Other] = []
    counts: Counts | None = None
    yield b"retry: 2000\n: hello\n\n"
    async with AsyncExitStack() as stack:
        wake = asyncio.Event()
        moved = Also(wake)
        moved.set()
        topics = [] if person_id is None else [attention.topic(person_id)]
        await stack.enter_async_context(database.wakeups.subscribe(*topics, event=moved))
        ear = Ear(wake, token or "", person_id)
        await stack.enter_async_context(newsroom.listen(ear))
        while True:
            quiet = not wake.is_set()
            wake.clear()
            now = time.monotonic()
            heard, said = ear.take(), []
            if moved.is_set() or any(ear.staff and about(one.event, ear.staff) for one in heard):
                moved.clear()
                async with database.transaction() as session:
                    who = await auth.session_of(session, token, now=datetime.now(UTC))
                    ear.gone = who is None
                    if who is not None:
                        if ear.staff is None:  # what was missed, as far as one may hear it
                            asked = access.values(who.staff) | {"after": after}
                            missed = await session.scalars(_missed(access.viewer(who.staff)), asked)
                            said += [_line(row, who.staff) for row in missed if seen.new(row.id, now)]
                        newsroom.recognise(ear, who.staff)
                        if person_id is not None:
                            ear.beside = await attention.others(
                                session, person_id, who.staff.id, now=datetime.now(UTC)
                            )
            if ear.gone or ear.staff is None:
                yield b"event: gone\ndata: {}\n\n"
                return
            if ear.beside != beside:
                beside = ear.beside
                said.append(_beside(beside))
            said += [
                _line(one.event, ear.staff, client=one.is_client_of(ear.staff))
                for one in heard
                if one.event.id > after and access.hears(ear.staff, one) and seen.new(one.event.id, now)
            ]
            if ear.counts is not None and ear.counts != counts:
                counts = ear.counts
                said.append(_counts(counts))
            if said:
                yield b"".join(said)
            elif quiet:
                yield b": still here\n\n"
            seen.settle(now)
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), POLL)


_NEWEST = select(func.max(Event.id))


@cache
def _missed(viewer: Viewer) -> Select[Event]:
    """What happened after the event `after`, as far as one may hear it."""
    news = select(Event).where(Event.id > bindparam("after"), access.may_see_event(viewer))
    return news.order_by(Event.id).limit(MOST)


def _line(row: Event, staff: Staff, *, client: bool = True) -> bytes:
    """`client`: it may be about somebody whom `staff` guides or talks with."""
    data = {
        "kind": row.kind, "conversation": row.conversation_id, "person": row.person_id,
        "own": row.staff_id == staff.id, "urgency": row.data.get("urgency"), "client": client,
        "yours": staff.id in (row.data.get(name) for name in OWNERS),
    }  # fmt: skip
    return b"id: %d\nevent: news\ndata: %s\n\n" % (row.id, orjson.dumps(data))


def _beside(there: Sequence[Other]) -> bytes:
    """Without an id: it is how things stand now, and nothing that can be missed."""
    data = [{"name": one.name, "writes": one.writing_since is not None} for one in there]
    return b"event: looking\ndata: %s\n\n" % orjson.dumps(data)


def _counts(counts: Counts) -> bytes:
    data = {
        "waiting": counts.waiting, "crisis": counts.crisis, "late": counts.late, "mine": counts.mine
    }  # fmt: skip
    return b"event: counts\ndata: %s\n\n" % orjson.dumps(data)
