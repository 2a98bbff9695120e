"""The event log read once for all the browsers of this process: what is new, who may hear it, and what the bars count.

Three hundred streams that each asked the database at every event would leave no time for pages. So one reader asks, with
what `access.hears` needs to know of each event, and wakes the streams for which it is news. The same reader asks now and
then for all of them who is still logged in, and who else is at the threads that they show.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.db import Database
from data.tables import Conversation, Event, QueueDiversion, Staff, Trajectory
from handover import access, attention, auth, queue
from handover.access import Heard
from handover.attention import Other
from handover.queue import Board, Counts

log = logging.getLogger(__name__)
POLL = 10.0  # seconds; the backstop of a lost wake-up
TOGETHER = 0.1  # seconds in which what happens at once is read at once
# Ids are given out before the commit: one that is a little older may still appear after a newer one.
SETTLED = 10.0
MOST = (
    500  # events that a browser which reads slowly is behind at most; its page is looked at as a whole anyway
)
COUNTED = ("conversation.", "message.received", "queue.")  # after these the bars may say something else


class Seen:
    """Which events were read, so that a late commit is still read and nothing twice."""

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


@dataclass(eq=False)
class Ear:
    """One stream: who listens, the thread that they look at, and what was not passed on yet. `wake` is set when there is
    something."""

    wake: asyncio.Event
    token: str
    person_id: int | None = None
    staff: Staff | None = None  # None: not looked up yet
    gone: bool = False  # the session ended
    pending: list[Heard] = field(default_factory=list)
    counts: Counts | None = None
    beside: list[Other] = field(default_factory=list)

    def take(self) -> Sequence[Heard]:
        taken, self.pending = self.pending, []
        return taken

    def tell(self, heard: Sequence[Heard], board: Board | None) -> None:
        """Keep what is for who listens; of a stream that was not looked up yet, everything."""
        staff = self.staff
        news = [one for one in heard if staff is None or access.hears(staff, one) or about(one.event, staff)]
        counts = board.counts(staff) if board is not None and staff is not None else self.counts
        if news or counts != self.counts:
            self.pending = [*self.pending, *news][-MOST:]
            self.counts = counts
            self.wake.set()


def about(row: Event, staff: Staff) -> bool:
    """Whether it is about who listens (closed, logged out, another role or password): then they are looked up at once."""
    return row.kind.startswith("staff.") and staff.id in (row.staff_id, row.data.get("account_id"))


class Newsroom:
    """Runs while somebody listens."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ears: set[Ear] = set()
        self._reader: asyncio.Task[None] | None = None
        self._board: Board | None = None

    @asynccontextmanager
    async def listen(self, ear: Ear) -> AsyncIterator[None]:
        """`ear` is told of all that is committed from now on."""
        self._ears.add(ear)
        if self._reader is None:
            self._reader = asyncio.create_task(self._read(), name="newsroom")
        try:
            yield
        finally:
            self._ears.discard(ear)
            if not self._ears and self._reader is not None:
                self._reader.cancel()
                self._reader = None

    def recognise(self, ear: Ear, staff: Staff) -> None:
        """Who listens was looked up: from now on they are told only what is for them, and what their bar counts."""
        ear.staff = staff
        ear.tell((), self._board)

    async def _read(self) -> None:
        while True:
            try:
                await self._read_on()
            except (DBAPIError, OSError) as error:
                log.warning("the newsroom was interrupted (%s); reading on", type(error).__name__)
                await asyncio.sleep(1)

    async def _read_on(self) -> None:
        async with self._database.transaction() as session:
            seen = Seen(await _start(session))
            self._tell((), await queue.board(session, now=datetime.now(UTC)))
        asked = called = time.monotonic()
        async with self._database.wakeups.subscribe(events.TOPIC) as wake:
            while True:
                wake.clear()
                now = time.monotonic()
                async with self._database.transaction() as session:
                    heard = await _newer(session, seen, now)
                    board = None
                    counts = any(one.event.kind.startswith(COUNTED) for one in heard)
                    if counts or now - asked > POLL:  # promises also pass without an event
                        board = await queue.board(session, now=datetime.now(UTC))
                        asked = now
                seen.settle(now)
                self._tell(heard, board)
                if now - called >= POLL:
                    await self._call_the_roll()
                    called = now
                with suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), POLL)
                await asyncio.sleep(TOGETHER)

    def _tell(self, heard: Sequence[Heard], board: Board | None) -> None:
        self._board = board or self._board
        for ear in self._ears if heard or board is not None else ():
            ear.tell(heard, board)

    async def _call_the_roll(self) -> None:
        """Who is still logged in, and who is at the threads that are open: a colleague may go without saying so."""
        ears = [ear for ear in self._ears if ear.staff is not None]
        now = datetime.now(UTC)
        async with self._database.transaction() as session:
            there = await auth.sessions_of(session, {ear.token for ear in ears}, now=now)
            shown = {ear.person_id for ear in ears if ear.person_id is not None}
            looking = await attention.at(session, shown, now=now)
        for ear in ears:
            who = there.get(ear.token)
            if who is None:
                ear.gone = True
                ear.wake.set()
                continue
            ear.staff = who.staff
            beside = [one for one in looking.get(ear.person_id or 0, ()) if one.staff_id != who.staff.id]
            if beside != ear.beside:
                ear.beside = beside
                ear.wake.set()


async def _start(session: AsyncSession) -> int:
    """The last event before which none can still appear."""
    settled = Event.created_at < datetime.now(UTC) - timedelta(seconds=SETTLED)
    return await session.scalar(select(Event.id).where(settled).order_by(Event.id.desc()).limit(1)) or 0


async def _newer(session: AsyncSession, seen: Seen, now: float) -> list[Heard]:
    """What was committed since the last time, each with who it is about."""
    found = (
        await session.execute(
            select(Event, Conversation.id, Conversation.region_id, Conversation.staff_id)
            .outerjoin(Conversation, Conversation.id == Event.conversation_id)
            .where(Event.id > seen.floor)
            .order_by(Event.id)
            .limit(MOST)
        )
    ).all()
    fresh = [row for row in found if seen.new(row[0].id, now)]
    if not fresh:
        return []
    persons = {event.person_id for event, *_ in fresh if event.person_id is not None}
    guides: dict[int, set[int]] = {}
    tracks = await session.execute(
        select(Trajectory.person_id, Trajectory.staff_id, Trajectory.deputy_id, Trajectory.closed_at).where(
            Trajectory.person_id.in_(persons)
        )
    )
    for person_id, staff_id, deputy_id, closed_at in tracks:
        also = {deputy_id} if deputy_id is not None and closed_at is None else set()
        guides.setdefault(person_id, set()).update({staff_id}, also)
    at = datetime.now(UTC)
    diverted: dict[str, set[str]] = {}
    lasting = (QueueDiversion.starts_at <= at) & (QueueDiversion.ends_at > at)
    for region_id, to_region_id in await session.execute(
        select(QueueDiversion.region_id, QueueDiversion.to_region_id).where(lasting)
    ):
        diverted.setdefault(region_id, set()).add(to_region_id)
    return [
        Heard(
            event=event, talk=talk is not None, talk_region=region, talk_staff=staff_id,
            guides=frozenset(guides.get(event.person_id or 0, ())),
            diverted_to=frozenset(diverted.get(event.region_id or "", ())),
        )
        for event, talk, region, staff_id in fresh
    ]  # fmt: skip
