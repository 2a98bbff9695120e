"""One process of all: the others wait, and go on when it is gone."""

import asyncio

import pytest
from sqlalchemy import text

from data import alone as module
from data.alone import alone
from data.db import Database


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TRY_EVERY", 0.05)
    monkeypatch.setattr(module, "LOOK_EVERY", 0.05)


class Work:
    """Counts who is at it."""

    def __init__(self) -> None:
        self.now = self.begun = 0
        self.most = 0

    async def run(self) -> None:
        self.now, self.begun = self.now + 1, self.begun + 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(60)
        finally:
            self.now -= 1


async def until(condition) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_only_one_of_two_works_and_the_other_takes_over(database: Database, database_url: str) -> None:
    work = Work()
    other = Database(database_url)
    first = asyncio.create_task(alone(database, "a mailbox", work.run))
    await until(lambda: work.now == 1)
    second = asyncio.create_task(alone(other, "a mailbox", work.run))
    await asyncio.sleep(0.3)
    assert (work.begun, work.now) == (1, 1)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await until(lambda: work.begun == 2)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    await other.close()
    assert (work.most, work.now) == (1, 0)


async def test_two_names_do_not_meet(database: Database) -> None:
    work = Work()
    tasks = [asyncio.create_task(alone(database, name, work.run)) for name in ("a", "b")]
    await until(lambda: work.now == 2)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_lost_connection_stops_the_work_until_the_lock_is_back(database: Database) -> None:
    work = Work()
    task = asyncio.create_task(alone(database, "a mailbox", work.run))
    await until(lambda: work.now == 1)
    async with database.transaction() as session:
        await session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
                "WHERE locktype = 'advisory' AND datname = current_database()"  # the server has others' too
            )
        )
    await until(lambda: work.begun == 2)
    assert work.most == 1
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_work_that_is_done_lets_go_and_one_that_fails_says_so(database: Database) -> None:
    async def done() -> None:
        return

    async def broken() -> None:
        raise ZeroDivisionError

    await alone(database, "a mailbox", done)
    with pytest.raises(ZeroDivisionError):
        await alone(database, "a mailbox", broken)
    await alone(database, "a mailbox", done)
