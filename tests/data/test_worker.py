"""The worker's promises at its edges: death, shutdown, and coming back too late."""

import asyncio
import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import text

from data import queue
from data.db import Database
from data.queue import LeasedJob, LeaseLost
from data.worker import Worker


async def _born(database: Database, owner: str, key: str = "a") -> LeasedJob:
    async with database.transaction() as session:
        job = await queue.enqueue(session, "work", key=key, payload={}, owner=owner)
    assert job is not None
    return job


async def _free(database: Database) -> int:
    async with database.transaction() as session:
        return await queue.release_dead_leases(session)


def _dead_pid() -> int:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    return gone.pid


async def test_leases_of_the_dead_are_free_at_once_and_those_of_the_living_are_not(
    database: Database,
) -> None:
    here = socket.gethostname()
    alive = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owners = {
        "dead": f"{here}:{_dead_pid()}:aa",
        "alive": f"{here}:{alive.pid}:bb",
        "elsewhere": f"{here}-other:{_dead_pid()}:cc",
        "same number": f"{here}:{os.getpid()}:dd",  # as number 1 in a container that was started again
    }
    for key, owner in owners.items():
        await _born(database, owner, key)
    assert await _free(database) == 2
    async with database.transaction() as session:
        free = await session.scalars(text("SELECT key FROM job WHERE lease_owner IS NULL ORDER BY key"))
        assert free.all() == ["dead", "same number"]
    alive.communicate()


@pytest.mark.parametrize("settle", ["retry", "postpone", "bury", "complete", "renew"])
async def test_whoever_lost_the_lease_can_settle_nothing(database: Database, settle: str) -> None:
    late = await _born(database, "slow")
    async with database.transaction() as session:
        await session.execute(text("UPDATE job SET lease_until = now() - interval '1 second'"))
        (current,) = await queue.claim(session, ["work"], "next", 1)
    soon = timedelta(0)
    with pytest.raises(LeaseLost):
        async with database.transaction() as session:
            match settle:
                case "retry":
                    await queue.retry(session, late, delay=soon, error="x")
                case "postpone":
                    await queue.postpone(session, late, delay=soon, reason="x")
                case "bury":
                    await queue.bury(session, late, "x")
                case "complete":
                    await queue.complete(session, late)
                case _:
                    await queue.renew(session, late)
    async with database.transaction() as session:
        await queue.complete(session, current)


async def test_shutdown_waits_for_what_running_jobs_start(database: Database) -> None:
    done: list[int] = []

    async def handler(job: LeasedJob) -> None:
        await asyncio.sleep(0.05)
        if job.key == "a":
            worker.start(await _born(database, worker.name, "b"))
        async with database.transaction() as session:
            await queue.complete(session, job)
        done.append(job.id)

    worker = Worker(database, {"work": handler})
    worker.start(await _born(database, worker.name))
    await worker.drain()
    assert len(done) == 2


async def test_shutdown_does_not_wait_for_ever(database: Database) -> None:
    async def handler(job: LeasedJob) -> None:
        await asyncio.Event().wait()

    worker = Worker(database, {"work": handler})
    worker.start(await _born(database, worker.name))
    async with asyncio.timeout(2):
        await worker.drain(timeout=0.1)
    for task in tuple(worker._running):
        task.cancel()


async def test_a_job_that_fails_is_never_done(database: Database) -> None:
    async def handler(job: LeasedJob) -> None:
        raise ZeroDivisionError

    worker = Worker(database, {"work": handler})
    worker.start(await _born(database, worker.name))
    await worker.drain()
    async with database.transaction() as session:
        state, error = (await session.execute(text("SELECT state, last_error FROM job"))).one()
    assert (state, error) == ("ready", "ZeroDivisionError")


async def test_a_lost_lease_ends_quietly_whatever_the_handler_does(database: Database) -> None:
    async def handler(job: LeasedJob) -> None:
        async with database.transaction() as session:
            await session.execute(text("UPDATE job SET fence = fence + 1"))
        raise ZeroDivisionError

    worker = Worker(database, {"work": handler})
    worker.start(await _born(database, worker.name))
    await worker.drain()
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT last_error FROM job")) is None


async def test_a_lease_nobody_works_on_is_given_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit that made the job was answered by a broken connection: nobody here ever heard of it."""
    monkeypatch.setattr(queue, "LOST_AFTER", timedelta(0))
    done: list[str] = []

    async def handler(job: LeasedJob) -> None:
        await asyncio.sleep(0.2)
        async with database.transaction() as session:
            await queue.complete(session, job)
        done.append(job.key)

    worker = Worker(database, {"work": handler})
    await _born(database, worker.name, "lost")
    worker.start(await _born(database, worker.name, "running"))
    working = asyncio.create_task(worker.run())
    async with asyncio.timeout(5):
        while len(done) < 2:
            await asyncio.sleep(0.02)
    working.cancel()
    await worker.drain()
    assert sorted(done) == ["lost", "running"]
    async with database.transaction() as session:
        fences = await session.scalars(text("SELECT fence FROM job ORDER BY key"))
        assert fences.all() == [2, 1]  # the one that was running was left alone


async def test_finishing_wakes_only_when_somebody_waits(database: Database) -> None:
    async with database.wakeups.subscribe(queue.TOPIC) as woken:
        alone = await _born(database, "me")
        async with database.transaction() as session:
            await queue.complete(session, alone)
        assert not woken.is_set()
        first = await _born(database, "me")
        async with database.transaction() as session:
            await queue.enqueue(session, "work", key="a", payload={})
        woken.clear()
        async with database.transaction() as session:
            await queue.complete(session, first)
        assert woken.is_set()


async def test_a_job_within_another_keeps_its_lease(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reply that is being handed over in the slot of its turn is nobody else's, however long that takes."""
    monkeypatch.setattr(queue, "LOST_AFTER", timedelta(0))
    done: list[str] = []
    begun = asyncio.Event()

    async def hand_over(job: LeasedJob) -> None:
        begun.set()
        await asyncio.sleep(0.4)
        async with database.transaction() as session:
            await queue.complete(session, job)
        done.append(job.key)

    async def turn(job: LeasedJob) -> None:
        inside = await _born(database, worker.name, "reply")
        async with database.transaction() as session:
            await queue.complete(session, job)
        await worker.within(inside, hand_over)

    worker = Worker(database, {"work": turn})
    worker.start(await _born(database, worker.name, "turn"))
    await begun.wait()
    working = asyncio.create_task(worker.run())  # which looks for lost leases at once
    async with asyncio.timeout(5):
        while not done:
            await asyncio.sleep(0.02)
    working.cancel()
    await worker.drain()
    async with database.transaction() as session:
        assert (await session.scalars(text("SELECT fence FROM job"))).all() == [1, 1]
    assert done == ["reply"]


async def test_what_fails_within_another_is_tried_again_by_itself(database: Database) -> None:
    async def fails(job: LeasedJob) -> None:
        raise ZeroDivisionError

    worker = Worker(database, {})
    await worker.within(await _born(database, worker.name), fails)
    async with database.transaction() as session:
        row = (await session.execute(text("SELECT state, last_error, lease_owner FROM job"))).one()
    assert tuple(row) == ("ready", "ZeroDivisionError", None)


@pytest.mark.parametrize("taken", [False, True])
async def test_after_a_long_wait_for_a_slot_a_job_is_run_only_if_it_is_still_ours(
    database: Database, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    monkeypatch.setattr("data.worker.RENEWED_AFTER", 0.0)
    ran: list[int] = []

    async def handler(job: LeasedJob) -> None:
        ran.append(job.id)

    worker = Worker(database, {"work": handler})
    job = await _born(database, worker.name)
    if taken:
        async with database.transaction() as session:
            await session.execute(text("UPDATE job SET fence = fence + 1"))
    worker.start(job)
    await worker.drain()
    assert ran == ([] if taken else [job.id])
