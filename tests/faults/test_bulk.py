"""Much work in bulk, and somebody who writes meanwhile: they do not wait for it (fault 16)."""

import asyncio

from sqlalchemy import text

from data import queue
from data.db import Database
from data.queue import LeasedJob
from data.worker import Worker
from tests.desk_fixtures import Desk

MANY = 10_000


async def test_ten_thousand_conversations_erased_in_one_go_hold_up_nobody_who_writes(
    desk: Desk, database: Database
) -> None:
    """16. While the erasing is still going on (it is not committed yet), others write, are stored and answered."""
    async with database.transaction() as session:
        await session.execute(
            text(
                "WITH made AS (INSERT INTO person (facts) SELECT '{\"old\": true}' FROM generate_series(1, :many)"
                " RETURNING id) INSERT INTO conversation (person_id, channel, opened_at, life, closed_at)"
                " SELECT id, 'sms', now(), 'closed', now() FROM made"
            ),
            {"many": MANY},
        )
    async with asyncio.timeout(60), database.transaction() as session:
        erased = await session.execute(
            text(
                "DELETE FROM conversation WHERE person_id IN (SELECT id FROM person WHERE facts ? 'old') RETURNING id"
            )
        )
        assert len(erased.all()) == MANY
        await session.execute(text("UPDATE person SET name = NULL, municipality = NULL WHERE facts ? 'old'"))
        for number in range(20):
            begun = asyncio.get_running_loop().time()
            await desk.hears(f"+3247000{number:04}")
            await desk.run()
            assert asyncio.get_running_loop().time() - begun < 10
        async with database.transaction() as other:
            waiting = await other.scalar(
                text("SELECT count(*) FROM job WHERE kind = 'turn' AND state <> 'done'")
            )
        assert waiting == 0, "all of them were dealt with while the erasing was open"


async def test_ten_thousand_jobs_in_bulk_let_an_answer_pass(database: Database) -> None:
    """16. The lanes: what answers somebody goes before what was put there first."""
    done: list[str] = []
    asked = asyncio.Event()

    async def handle(job: LeasedJob) -> None:
        done.append(job.kind)
        if len(done) == 50:
            asked.set()
        async with database.transaction() as session:
            await queue.complete(session, job)

    async with database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO job (kind, key, lane, payload, run_at) SELECT 'bulk', 'k' || n, 2, '{}', now()"
                " FROM generate_series(1, :many) AS n"
            ),
            {"many": MANY},
        )
    worker = Worker(database, {"bulk": handle, "answer": handle}, concurrency=4)
    running = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(60):
            await asked.wait()
            async with database.transaction() as session:
                for number in range(20):
                    await queue.enqueue(session, "answer", key=f"person:{number}", payload={})
            before = len(done)
            while done.count("answer") < 20:
                await asyncio.sleep(0.01)
        last = max(index for index, kind in enumerate(done) if kind == "answer")
        between = sum(kind == "bulk" for kind in done[before : last + 1])
        assert between < 100, f"{between} of {MANY} went before the last of 20 answers"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await worker.drain()
