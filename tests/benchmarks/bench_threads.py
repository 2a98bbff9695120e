"""How fast: searching 100,000 messages of 10,000 persons as each role, in all threads and in one; and a page of a thread.

    python -m tests.benchmarks.bench_threads

Starts a private database in a temporary folder; prints one line per measurement with its target.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time as clock_time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select, text

from data import embedded, migrate
from data.db import Database
from data.tables import Address, Conversation, Message, Note, Person, Region, Role, Staff, Trajectory
from handover import search
from handover.console import thread

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PERSONS, MESSAGES, NOTES = 10_000, 100_000, 5_000
LONG = 5_000  # messages of the person with the longest thread
COUNSELLORS = 40
REGIONS = ("gent", "antwerpen", "limburg", "brussel")
COMMON = [
    "ik",
    "wil",
    "een",
    "cursus",
    "volgen",
    "in",
    "de",
    "buurt",
    "van",
    "mijn",
    "huis",
    "en",
    "liefst",
    "in",
    "de",
    "avond",
    "want",
    "ik",
    "werk",
    "overdag",
]
ARABIC = ["أريد", "أن", "أتعلم", "اللغة", "الهولندية", "في", "المساء", "قرب", "بيتي"]
UKRAINIAN = ["я", "хочу", "вивчати", "нідерландську", "мову", "ввечері", "біля", "дому"]
REPEAT = 30
TARGET = "200 ms"
KINDS = {
    "a rare word": "zeldzaam12",
    "three words": "cursus avond buurt",
    "a word in a third of all": "cursus",
    "two letters": "de",
    "Arabic": "الهولنديه",
    "Ukrainian, its beginning": "нідерл",
    "nothing": "zeppelin",
}


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def words(rng: random.Random, number: int) -> str:
    """A message: mostly Dutch, of common words and a few rare ones."""
    common = rng.choices((COMMON, ARABIC, UKRAINIAN), (8, 1, 1))[0]
    rare = [f"woord{rng.randrange(30_000)}" for _ in range(4)]
    said = [*rng.choices(common, k=rng.randrange(4, 20)), *rare]
    if number % 1000 == 0:
        said.append(f"zeldzaam{number // 1000}")
    rng.shuffle(said)
    return " ".join(said)


async def fill(database: Database) -> None:
    rng = random.Random(7)
    async with database.transaction() as session:
        session.add_all(Region(id=region, name=region, office_hours={}) for region in REGIONS)
        await session.flush()
        staff = [
            Staff(name=f"S {n}", email=f"s{n}@x.be", role=role, region_id=region, password_hash="-")
            for n, (role, region) in enumerate(
                [(Role.COUNSELLOR, REGIONS[n % 4]) for n in range(COUNSELLORS)]
                + [(Role.DISPATCHER, "gent"), (Role.ADMIN, None)]
            )
        ]
        session.add_all(staff)
        await session.flush()
        everybody = [
            {"id": n, "name": f"Persoon {n}", "region_id": REGIONS[n % 4]} for n in range(1, PERSONS + 1)
        ]
        await session.execute(insert(Person), everybody)
        await session.execute(
            insert(Address),
            [{"id": n, "scheme": "sms", "path": f"+3247{n:07d}"} for n in range(1, PERSONS + 1)],
        )
        await session.execute(
            insert(Conversation),
            [
                {
                    "id": n, "person_id": n, "region_id": REGIONS[n % 4], "channel": "sms", "opened_at": NOW,
                    "holder": "bot" if n % 3 else "staff", "staff_id": None if n % 3 else staff[n % COUNSELLORS].id,
                }
                for n in range(1, PERSONS + 1)
            ],
        )  # fmt: skip
        await session.execute(
            insert(Trajectory),
            [
                {"person_id": n, "region_id": REGIONS[n % 4], "staff_id": staff[n % COUNSELLORS].id}
                for n in range(1, PERSONS + 1, 7)
            ],
        )
        for batch in range(0, MESSAGES, 10_000):
            rows = []
            for number in range(batch, batch + 10_000):
                person = 1 if number < LONG else rng.randrange(1, PERSONS + 1)
                ours = number % 3 == 0
                rows.append(
                    {
                        "conversation_id": person, "person_id": person, "address_id": person, "channel": "sms",
                        "direction": "out" if ours else "in", "author": "bot" if ours else "person",
                        "text": words(rng, number), "status": "sent" if ours else "received",
                        "created_at": NOW + timedelta(minutes=number),
                    }
                )  # fmt: skip
            await session.execute(insert(Message), rows)
        await session.execute(
            insert(Note),
            [
                {"person_id": rng.randrange(1, PERSONS + 1), "staff_id": 1, "text": words(rng, n)}
                for n in range(NOTES)
            ],
        )
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(
            text("VACUUM ANALYZE")
        )


async def timed(label: str, work: Callable[[], Awaitable[int]]) -> None:
    found, took = 0, []
    for _ in range(REPEAT):
        begun = clock_time.perf_counter()
        found = await work()
        took.append((clock_time.perf_counter() - begun) * 1000)
    p95 = statistics.quantiles(took, n=20)[-1]
    say(f"{label}: {found} shown, p50 {statistics.median(took):.1f} ms, p95 {p95:.1f} ms (target {TARGET})")


async def main(folder: Path) -> None:
    server = embedded.start(folder)
    try:
        await migrate.create_database(server.url)
        await migrate.upgrade(server.url)
        database = Database(server.url)
        await fill(database)
        async with database.transaction() as session:
            people = {
                role: (
                    await session.scalars(select(Staff).where(Staff.role == role).order_by(Staff.id))
                ).first()
                for role in (Role.COUNSELLOR, Role.DISPATCHER, Role.ADMIN)
            }

        async def everywhere(role: Role, wanted: str, person_id: int | None = None) -> int:
            who = people[role]
            if who is None:
                raise LookupError(role)
            async with database.transaction() as session:
                found = await search.find(session, who, wanted, person_id=person_id)
                return len([hit.excerpt(wanted) for hit in found.hits])

        async def page(window: thread.Window) -> int:
            async with database.transaction() as session:
                return len((await thread.read(session, 1, window)).items)

        for role in people:
            for kind, wanted in KINDS.items():
                await timed(f"all threads, {role.value}, {kind}", lambda r=role, w=wanted: everywhere(r, w))  # type: ignore[misc]
        for kind in ("a rare word", "a word in a third of all"):
            wanted = KINDS[kind]
            await timed(
                f"a thread of {LONG} messages, {kind}",
                lambda w=wanted: everywhere(Role.ADMIN, w, person_id=1),
            )  # type: ignore[misc]
        await timed(f"newest page of a thread of {LONG} messages", lambda: page(thread.Window()))
        await timed("the page around a message", lambda: page(thread.Window(around=LONG // 2)))
        await timed(
            "the page of a day", lambda: page(thread.Window(since=NOW + timedelta(minutes=LONG // 2)))
        )
        await database.close()
    finally:
        server.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(main(Path(made)))
