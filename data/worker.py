"""Runs leased jobs: those born leased here at once, all others by claiming; poll and wake-up together."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial

from data import queue
from data.db import Database
from data.queue import LeasedJob, LeaseLost

log = logging.getLogger(__name__)
Handler = Callable[[LeasedJob], Awaitable[None]]

AHEAD = 2  # jobs leased for each slot, so that a slot that is free need not wait for a claim
REAP_EVERY = 5.0  # seconds
POLL = 2.0  # seconds; the backstop when a wake-up is lost
PURGE_EVERY = timedelta(hours=1)
RENEWED_AFTER = queue.LEASE.total_seconds() / 3  # seconds of waiting for a slot
KEEP_DONE = timedelta(days=14)  # longer than any provider repeats a webhook


class Worker:
    """Claims and runs jobs of the kinds in `handlers`, at most `concurrency` at a time.

    A handler does its work in its own transactions and calls `queue.complete` in the last one. If it raises,
    the job is tried again with growing delays, and buried after `queue.MAX_ATTEMPTS`; `on_dead` is told.
    """

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        *,
        concurrency: int = 8,
        on_dead: Callable[[LeasedJob], Awaitable[None]] | None = None,
    ) -> None:
        self.database = database
        self.name = queue.process_name()
        self._handlers = dict(handlers)
        self._slots = asyncio.Semaphore(concurrency)
        self._concurrency = concurrency
        self._running: dict[asyncio.Task[None], int] = {}  # with the id of the job
        self._within: set[int] = set()  # ids of jobs that run inside those
        self._on_dead = on_dead
        self.beat = 0.0  # loop time of the last claim, for /ready

    @property
    def has_room(self) -> bool:
        """Whether a job that is born here would run soon; others are better left to whoever comes to them first."""
        return len(self._running) < AHEAD * self._concurrency

    def start(self, job: LeasedJob) -> None:
        """Run a job that was born leased to this process."""
        task = asyncio.create_task(self._run(job), name=f"job {job.id}")
        self._running[task] = job.id
        task.add_done_callback(self._running.pop)

    async def within(self, job: LeasedJob, handler: Handler) -> None:
        """Run a job that was born leased inside the one that is running, in its slot: at once, and to its end."""
        self._within.add(job.id)
        try:
            await self._do(job, handler)
        finally:
            self._within.discard(job.id)

    async def run(self) -> None:
        """Claim and run until cancelled."""
        purge_at = reap_at = 0.0
        async with self.database.wakeups.subscribe(queue.TOPIC) as wake:
            while True:
                wake.clear()
                loop = asyncio.get_running_loop()
                try:
                    taken = await self._claim()
                    self.beat = loop.time()
                    if loop.time() > reap_at:
                        reap_at = loop.time() + REAP_EVERY
                        async with self.database.transaction() as session:
                            running = {*self._running.values(), *self._within}
                            await queue.release_lost_leases(session, self.name, running)
                    if loop.time() > purge_at:
                        purge_at = loop.time() + PURGE_EVERY.total_seconds()
                        async with self.database.transaction() as session:
                            await queue.purge(session, KEEP_DONE)
                except Exception as error:  # whatever it is, a worker that stops helps nobody
                    log.warning("the queue cannot be read (%s); trying again", type(error).__name__)
                    taken = 0
                if not taken:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(wake.wait(), POLL)

    async def drain(self, timeout: float = 10.0) -> None:
        """Let running jobs finish, and those that they start; used at shutdown and in tests."""
        until = asyncio.get_running_loop().time() + timeout
        while self._running and (left := until - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(set(self._running), timeout=left)

    async def run_until_idle(self) -> None:
        """Run everything that is due now, in this task; for the command line and for tests."""
        while True:
            await self.drain()
            async with self.database.transaction() as session:
                jobs = await queue.claim(session, self._handlers, self.name, self._concurrency)
            if not jobs and not self._running:
                return
            for job in jobs:
                await self._run(job)

    async def _claim(self) -> int:
        free = AHEAD * self._concurrency - len(self._running)
        if (
            free < (AHEAD - 1) * self._concurrency
        ):  # several at a time: a claim costs as much for one as for many
            await asyncio.wait(set(self._running), return_when=asyncio.FIRST_COMPLETED)
            return 1
        async with self.database.transaction() as session:
            jobs = await queue.claim(session, self._handlers, self.name, free)
        for job in jobs:
            self.start(job)
        return len(jobs)

    async def _run(self, job: LeasedJob) -> None:
        waits_since = asyncio.get_running_loop().time()
        async with self._slots:
            waited = asyncio.get_running_loop().time() - waits_since
            handler = self._handlers[job.kind]
            await self._do(job, handler if waited < RENEWED_AFTER else partial(self._if_still_ours, handler))

    async def _if_still_ours(self, handler: Handler, job: LeasedJob) -> None:
        """After a long wait for a slot another process may have claimed the job: better know before doing it twice."""
        async with self.database.transaction() as session:
            await queue.renew(session, job)
        await handler(job)

    async def _do(self, job: LeasedJob, handler: Handler) -> None:
        try:
            if job.attempts > queue.MAX_ATTEMPTS:
                await self._bury(job, "too many attempts")
                return
            await handler(job)
        except LeaseLost:
            log.warning("job %s (%s): lease lost, left to its new owner", job.id, job.kind)
        except Exception as error:
            log.exception("job %s (%s) failed at attempt %s", job.id, job.kind, job.attempts)
            await self._failed(job, type(error).__name__)

    async def _failed(self, job: LeasedJob, error: str) -> None:
        try:
            if job.attempts >= queue.MAX_ATTEMPTS:
                await self._bury(job, error)
                return
            async with self.database.transaction() as session:
                await queue.retry(session, job, delay=queue.backoff(job.attempts), error=error)
        except LeaseLost:
            log.warning("job %s (%s): lease lost, left to its new owner", job.id, job.kind)
        except Exception:  # the database, most likely
            log.warning("job %s: its failure could not be stored; the lease will run out", job.id)

    async def _bury(self, job: LeasedJob, error: str) -> None:
        async with self.database.transaction() as session:
            await queue.bury(session, job, error)
        log.error("job %s (%s) is dead after %s attempts: %s", job.id, job.kind, job.attempts, error)
        if self._on_dead is not None:
            await self._on_dead(job)
