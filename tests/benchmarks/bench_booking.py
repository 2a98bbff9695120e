"""How fast: free times of a region, the nearest of many counters, bookings at once.

    python -m tests.benchmarks.bench_booking

Starts a private database in a temporary folder; prints one line per measurement with its target.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time as clock_time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import text

from data import embedded, migrate
from data.db import Database
from data.tables import Counter, Person, Region, Role, Sitting, Staff
from dispatch import booking, calendar, counters, near
from dispatch.booking import Taken

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
COUNSELLORS = 60
COUNTERS = 300
PEOPLE = 400
TOGETHER = 32
ATTEMPTS = 1500
OVERLAPS = text(
    "SELECT count(*) FROM appointment AS a JOIN appointment AS b ON a.id < b.id AND a.staff_id = b.staff_id"
    " AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)"
    " WHERE a.status IN ('held', 'confirmed') AND b.status IN ('held', 'confirmed')"
)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


async def fill(database: Database) -> None:
    """A region with 60 counsellors who sit four half days a week, at 300 counters."""
    rng = random.Random(7)
    async with database.transaction() as session:
        session.add(Region(id="gent", name="Gent", office_hours={}))
        await session.flush()
        places = [
            Counter(
                region_id="gent", kind="place", name=f"loket {number}",
                lat=50.7 + rng.random() * 0.7, lon=2.6 + rng.random() * 3.2, languages=["nl"],
            )
            for number in range(COUNTERS)
        ]  # fmt: skip
        staff = [
            Staff(
                name=f"S {n}", email=f"s{n}@x.be", role=Role.COUNSELLOR, region_id="gent", password_hash="-"
            )
            for n in range(COUNSELLORS)
        ]
        session.add_all([*places, *staff, *(Person() for _ in range(PEOPLE))])
        await session.flush()
        for number, counsellor in enumerate(staff):
            for weekday in range(4):
                session.add(
                    Sitting(
                        counter_id=places[(number * 4 + weekday) % COUNTERS].id, staff_id=counsellor.id,
                        weekday=weekday, starts=time(9), ends=time(12, 45), valid_from=date(2026, 1, 1),
                    )
                )  # fmt: skip


async def timed(label: str, target: str, repeat: int, work: Callable[[], Awaitable[int]]) -> None:
    size, took = 0, []
    cpu_begun = clock_time.process_time()
    for _ in range(repeat):
        begun = clock_time.perf_counter()
        size = await work()
        took.append((clock_time.perf_counter() - begun) * 1000)
    cpu = (clock_time.process_time() - cpu_begun) / repeat * 1000
    p95 = statistics.quantiles(took, n=20)[-1]
    say(
        f"{label}: {size} found, p50 {statistics.median(took):.1f} ms, p95 {p95:.1f} ms (target {target}),"
        f" {cpu:.2f} ms of our CPU"
    )


async def attempts(database: Database, slots: list[calendar.Slot]) -> None:
    """Every attempt wants a random slot; most meet somebody, as at the opening of a popular day."""
    rng = random.Random(11)
    gate = asyncio.Semaphore(TOGETHER)

    async def attempt(number: int) -> bool:
        slot = rng.choice(slots)
        async with gate:
            async with database.transaction() as session:
                held = await booking.hold(session, slot, number % PEOPLE + 1, now=NOW)
            if isinstance(held, Taken):
                return False
            async with database.transaction() as session:
                return not isinstance(await booking.confirm(session, held.id, now=NOW), booking.Refused)

    begun, cpu_begun = clock_time.perf_counter(), clock_time.process_time()
    won = sum(await asyncio.gather(*(attempt(number) for number in range(ATTEMPTS))))
    rate = ATTEMPTS / (clock_time.perf_counter() - begun)
    cpu = (clock_time.process_time() - cpu_begun) / ATTEMPTS * 1000
    async with database.transaction() as session:
        overlaps = await session.scalar(OVERLAPS)
    say(
        f"booking: {ATTEMPTS} attempts, {won} booked, {rate:.0f} attempts/s, {overlaps} overlaps (target 200/s, 0),"
        f" {cpu:.2f} ms of our CPU an attempt"
    )


async def main(folder: Path) -> None:
    server = embedded.start(folder)
    try:
        await migrate.create_database(server.url)
        await migrate.upgrade(server.url)
        database = Database(server.url, pool_size=TOGETHER)
        await fill(database)

        async def free() -> int:
            async with database.transaction() as session:
                found = await calendar.free_slots(
                    session, kind="mediation", start=NOW, end=NOW + timedelta(weeks=4), region_id="gent"
                )
                return len(found)

        async def nearest() -> int:
            async with database.transaction() as session:
                return len(await near.near_counters(session, 51.05, 3.72))

        async def offers() -> int:
            async with database.transaction() as session:
                return len(await counters.nearest(session, 51.05, 3.72, now=NOW))

        await timed("free times, 60 counsellors, 4 weeks", "50 ms", 30, free)
        await timed("nearest of 300 counters", "5 ms", 50, nearest)
        await timed("nearest with a time", "-", 30, offers)
        async with database.transaction() as session:
            slots = await calendar.free_slots(
                session, kind="mediation", start=NOW, end=NOW + timedelta(weeks=4), region_id="gent"
            )
        await attempts(database, slots)
        await database.close()
    finally:
        server.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(main(Path(name)))
