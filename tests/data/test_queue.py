"""The queue's promises: one owner, order within a key, nothing lost, poison buried."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from data import queue
from data.db import Database
from data.queue import Lane, LeasedJob
from data.tables import Job
from data.worker import Worker


async def _enqueue(database: Database, key: str, **more: object) -> LeasedJob | None:
    async with database.transaction() as session:
        return await queue.enqueue(session, "work", key=key, payload={}, **more)  # type: ignore[arg-type]


async def _claim(database: Database, owner: str = "me", count: int = 10) -> list[LeasedJob]:
    async with database.transaction() as session:
        return await queue.claim(session, ["work"], owner, count)


async def test_born_leased_only_when_first_of_its_key(database: Database) -> None:
    first = await _enqueue(database, "a", owner="me")
    second = await _enqueue(database, "a", owner="me")
    assert first is not None
    assert first.attempts == 1
    assert second is None
    assert await _claim(database) == []  # the second waits for the first
    async with database.transaction() as session:
        await queue.complete(session, first)
    assert len(await _claim(database)) == 1


async def test_rollback_takes_the_job_along(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as session:
            await queue.enqueue(session, "work", key="a", payload={})
            raise ZeroDivisionError
    assert await _claim(database) == []


async def test_two_claimers_never_share_a_job(database: Database) -> None:
    for number in range(40):
        await _enqueue(database, f"k{number}")
    taken = await asyncio.gather(*(_claim(database, f"w{n}", 10) for n in range(8)))
    ids = [job.id for jobs in taken for job in jobs]
    assert len(ids) == len(set(ids)) == 40


async def test_expired_lease_is_taken_over_and_the_late_owner_is_fenced_off(database: Database) -> None:
    await _enqueue(database, "a")
    (mine,) = await _claim(database, "slow")
    async with database.transaction() as session:
        await session.execute(update(Job).values(lease_until=text("now() - interval '1 second'")))
    (theirs,) = await _claim(database, "quick")
    assert theirs.fence == mine.fence + 1
    with pytest.raises(queue.LeaseLost):
        async with database.transaction() as session:
            await queue.complete(session, mine)
    async with database.transaction() as session:
        await queue.complete(session, theirs)


async def test_dedupe_key_makes_one_job(database: Database) -> None:
    await _enqueue(database, "a", dedupe="x")
    await _enqueue(database, "a", dedupe="x")
    async with database.transaction() as session:
        assert len((await session.scalars(select(Job))).all()) == 1


async def test_reply_lane_goes_before_follow_ups(database: Database) -> None:
    await _enqueue(database, "a", lane=Lane.BULK)
    await _enqueue(database, "b", lane=Lane.REPLY)
    (first,) = await _claim(database, count=1)
    assert first.key == "b"


async def test_poison_is_buried_and_its_successor_runs(database: Database) -> None:
    ran: list[int] = []
    dead: list[int] = []

    async def handler(job: LeasedJob) -> None:
        if job.payload.get("poison"):
            raise ValueError("cannot be done")
        async with database.transaction() as session:
            await queue.complete(session, job)
        ran.append(job.id)

    async def on_dead(job: LeasedJob) -> None:
        dead.append(job.id)

    worker = Worker(database, {"work": handler}, on_dead=on_dead)
    async with database.transaction() as session:
        await queue.enqueue(session, "work", key="a", payload={"poison": True})
        await queue.enqueue(session, "work", key="a", payload={})
    for _ in range(queue.MAX_ATTEMPTS):
        await worker.run_until_idle()
        async with database.transaction() as session:
            await session.execute(update(Job).where(Job.state == "ready").values(run_at=text("now()")))
    await worker.run_until_idle()
    assert len(dead) == 1
    assert len(ran) == 1


async def test_worker_wakes_without_polling(database: Database) -> None:
    done = asyncio.Event()

    async def handler(job: LeasedJob) -> None:
        async with database.transaction() as session:
            await queue.complete(session, job)
        done.set()

    task = asyncio.create_task(Worker(database, {"work": handler}).run())
    await asyncio.sleep(0.2)
    await _enqueue(database, "a")
    await asyncio.wait_for(done.wait(), 1.5)  # less than the poll interval
    task.cancel()


async def _property_order(database: Database, steps: list[tuple[str, str]]) -> None:
    async with database.transaction() as session:
        await session.execute(text("TRUNCATE job"))
    added: dict[str, list[int]] = {"a": [], "b": [], "c": []}
    finished: dict[str, list[int]] = {"a": [], "b": [], "c": []}
    held: dict[str, LeasedJob] = {}
    for key, step in steps:
        if step == "add":
            async with database.transaction() as session:
                await queue.enqueue(session, "work", key=key, payload={})
                added[key].append(await session.scalar(select(Job.id).order_by(Job.id.desc()).limit(1)) or 0)
        elif step == "take":
            for job in await _claim(database, count=3):
                assert job.key not in held, "two jobs of one key were leased together"
                held[job.key] = job
        elif step == "crash" and key in held:
            job = held.pop(key)
            async with database.transaction() as session:
                await session.execute(
                    update(Job).where(Job.id == job.id).values(lease_until=text("now() - interval '1 s'"))
                )
        elif step == "finish" and key in held:
            job = held.pop(key)
            async with database.transaction() as session:
                await queue.complete(session, job)
            finished[key].append(job.id)
    for key in added:
        assert finished[key] == added[key][: len(finished[key])], "a key was worked out of order"


def test_any_order_of_adding_taking_and_crashing_keeps_the_order_of_a_key(database_url: str) -> None:
    async def run(steps: list[tuple[str, str]]) -> None:
        database = Database(database_url)
        try:
            await _property_order(database, steps)
        finally:
            await database.close()

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.tuples(st.sampled_from("abc"), st.sampled_from(["add", "take", "finish", "crash"])),
            max_size=25,
        )
    )
    def check(steps: list[tuple[str, str]]) -> None:
        asyncio.run(run(steps))

    check()


def test_backoff_doubles_up_to_its_ceiling() -> None:
    assert queue.backoff(1) == timedelta(seconds=1)
    assert queue.backoff(3) == timedelta(seconds=4)
    assert queue.backoff(30) == timedelta(seconds=300)


async def test_purge_deletes_only_what_was_done_long_ago(database: Database) -> None:
    for key in "ab":
        await _enqueue(database, key)
    old, fresh = await _claim(database)
    async with database.transaction() as session:
        await queue.complete(session, old)
        await queue.complete(session, fresh)
        await session.execute(
            update(Job).where(Job.id == old.id).values(done_at=text("now() - interval '15 days'"))
        )
        await queue.purge(session, timedelta(days=14))
        assert (await session.scalars(select(Job.id))).all() == [fresh.id]
