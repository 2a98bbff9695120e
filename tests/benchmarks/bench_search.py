"""How well and how fast courses are found.

    python -m tests.benchmarks.bench_search [--dev]

Starts a private database in a temporary folder with the demo catalogue; needs the model that `make setup` makes. First
the judged questions (`search_quality`), those that nothing was tuned on; `--dev` shows the other half instead. Then the
catalogue grows to 50,000 runs, and questions are timed beside the barest query that could answer them.
"""

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import text

from bot.searching import embed_courses, find_runs
from bot.settings import Settings
from bot.understanding import Understanders
from data import embedded, geo, migrate
from data.catalog.search import CourseQuery, Near, search
from data.catalog.words import telling_text
from data.db import Database
from data.seed import seed
from tests.benchmarks.search_quality import Question, mean, ndcg, questions, recall, ways
from tests.data.catalogue import TODAY

COPIES = 11  # of the demo's 4,500 runs
TOWNS = ("gent", "antwerpen", "aalst", "leuven", "hasselt", "brugge", "kortrijk", "mechelen")
ASKED = 300  # questions of each kind that are timed
TOGETHER = 4  # searches at once, for the throughput
WORST = 10

Search = Callable[[random.Random], Awaitable[object]]


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def judge(database: Database, understanders: Understanders, split: str) -> None:
    """Print nDCG@5 and recall@10 of every way of looking, by language, and what went worst."""
    async with database.transaction() as session:
        taught = frozenset(await session.scalars(text("SELECT title FROM course_text")))
        asked = [question for question in questions(taught) if question.split == split]
        told = {
            name: [(question, await look(question)) for question in asked]
            for name, look in ways(session, understanders.vector_of).items()
        }
    judged = [question for question in asked if question.grades]
    say(f"{len(judged)} judged questions ({split}), nDCG@5, and recall@10 in the last line")
    say(f"{'':10}{'questions':>10}" + "".join(f"{name:>11}" for name in told))
    for language in [*dict.fromkeys(question.language for question in judged), "all"]:
        of = [language] if language != "all" else [question.language for question in judged]
        scores = [
            mean(
                [
                    ndcg(found, question.grades)
                    for question, found in answers
                    if question.grades and question.language in of
                ]
            )
            for answers in told.values()
        ]
        count = sum(question.language in of for question in judged)
        say(f"{language:10}{count:>10}" + "".join(f"{score:>11.3f}" for score in scores))
    scores = [
        mean([recall(found, q.grades) for q, found in answers if q.grades]) for answers in told.values()
    ]
    say(f"{'recall@10':10}{'':>10}" + "".join(f"{score:>11.3f}" for score in scores))
    _tell_what_is_not_taught(told)
    worst = sorted(
        (
            (ndcg(found, question.grades), question, found)
            for question, found in told["hybrid"]
            if question.grades
        ),
        key=lambda one: one[0],
    )[:WORST]
    say(f"\nthe {WORST} worst of hybrid")
    for score, question, found in worst:
        say(f"{score:5.2f}  {question.language}  {question.text:42} → {'; '.join(found[:3]) or 'nothing'}")


def _tell_what_is_not_taught(told: dict[str, list[tuple[Question, list[str]]]]) -> None:
    shares = [
        mean([float(not found) for question, found in answers if not question.grades])
        for answers in told.values()
    ]
    say(f"{'nothing*':10}{'':>10}" + "".join(f"{share:>11.3f}" for share in shares))
    say("* share of questions about what is not taught that find nothing, as they should")


async def grow(database: Database) -> None:
    """Copies of the demo under other titles, elsewhere and later: the shape of a catalogue of 50,000 runs."""
    async with database.transaction() as session:
        for table, columns, shown in (
            ("course", "provider_id, description, subject_ids, level, language, requirements, certificate",
             "title || ' (reeks ' || copy || ')'"),
        ):  # fmt: skip
            await session.execute(
                text(
                    f"INSERT INTO {table} ({columns}, title, source, source_id, fetched_at, checked_on)"  # noqa: S608
                    f" SELECT {columns}, {shown}, 'copy', source_id || '-' || copy, fetched_at, checked_on"
                    f" FROM {table}, generate_series(1, {COPIES}) AS copy"
                )
            )
        await session.execute(
            text(
                "INSERT INTO run (course_id, place_id, start_date, end_date, enrol_until, weekdays, starts, ends, day_parts,"
                " mode, lesson_hours, price_rule_id, material_cost, status, source, source_id, fetched_at, checked_on)"
                " SELECT twin.id, run.place_id, run.start_date + shift, run.end_date + shift, run.enrol_until + shift,"
                " run.weekdays, run.starts, run.ends, run.day_parts, run.mode, run.lesson_hours, run.price_rule_id,"
                " run.material_cost, run.status, 'copy', run.source_id || '-' || twin.source_id, run.fetched_at,"
                " run.checked_on FROM run JOIN course ON course.id = run.course_id"
                " JOIN course AS twin ON twin.source = 'copy' AND regexp_replace(twin.source_id, '-[0-9]+$', '') = course.source_id"
                " CROSS JOIN LATERAL (SELECT CAST(run.id % 90 AS integer) AS shift) AS later"
            )
        )
        await session.execute(
            text(
                "UPDATE course_text AS kept SET embedding = origin.embedding, encoder = origin.encoder, parts = ''"
                " FROM course_text AS origin WHERE kept.embedding IS NULL"
                " AND origin.title = regexp_replace(kept.title, ' \\(reeks \\d+\\)$', '')"
            )
        )
        await session.execute(text("ANALYZE"))


async def timed(
    label: str, database: Database, work: Callable[[Database, random.Random], Awaitable[object]]
) -> list[float]:
    """Milliseconds of `ASKED` searches one after the other; the first few only warm up. Says the CPU of one, too."""
    rng, took, busy = random.Random(5), [], 0.0
    for number in range(ASKED + 20):
        begun = time.perf_counter()
        await work(database, rng)
        if number >= 20:
            took.append((time.perf_counter() - begun) * 1000)
        elif number == 19:
            busy = await cpu(database)
    busy = (await cpu(database) - busy) / ASKED * 1000
    say(f"{label:44} {spread(took)}   CPU {busy:6.1f} ms")
    return took


def spread(took: Sequence[float]) -> str:
    """The middle and the slow end, in milliseconds."""
    return f"p50 {statistics.median(took):6.1f} ms   p95 {statistics.quantiles(took, n=20)[-1]:6.1f} ms"


async def cpu(database: Database) -> float:
    """Seconds of CPU of this process and the database's, which tell more than the clock on a busy machine."""
    async with database.transaction() as session:
        backend = await session.scalar(text("SELECT pg_backend_pid()"))
    server = int(_stat(Path(f"/proc/{backend}/stat"))[1])
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = _stat(path)
            if int(fields[1]) == server or int(path.parent.name) == os.getpid():
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(path: Path) -> list[str]:
    """From the state of a process on: its parent is next, the clock ticks as itself and in the kernel are 11 and 12."""
    return path.read_text().rpartition(")")[2].split()


async def race(database: Database, understanders: Understanders) -> None:
    """Time every kind of question."""
    asked = [question.text for question in questions()]
    vectors = {words: understanders.vector_of(telling_text(words)) for words in asked}
    towns = list(map(_near, TOWNS))
    subjects = ("spaans", "naaien", "boekhouden", "nt2", "koken", "lassen", "excel", "zorgkundige")

    def kind(
        **made: Callable[[random.Random], object],
    ) -> Callable[[Database, random.Random], Awaitable[object]]:
        async def ask(database: Database, rng: random.Random) -> object:
            wishes = {name: make(rng) for name, make in made.items()}
            if "text" in wishes:
                wishes["vector"] = vectors[str(wishes["text"])]
            async with database.transaction() as session:
                return await search(session, CourseQuery(**wishes), today=TODAY)  # type: ignore[arg-type]

        return ask

    async def bare(database: Database, rng: random.Random) -> object:
        async with database.transaction() as session:
            return await session.execute(
                text(
                    "SELECT run.id FROM run JOIN course ON course.id = run.course_id"
                    " WHERE course.subject_ids && :subjects AND run.status = 'open' ORDER BY start_date LIMIT 5"
                ),
                {"subjects": [rng.choice(subjects)]},
            )

    async def whole(database: Database, rng: random.Random) -> object:
        query = CourseQuery(text=rng.choice(asked), near=rng.choice(towns))
        async with database.transaction() as session:
            return await find_runs(session, query, today=TODAY, vector_of=understanders.vector_of)

    kinds = {
        "words and vector, near a place": kind(text=lambda rng: rng.choice(asked), near=lambda rng: rng.choice(towns)),
        "words and vector, anywhere": kind(text=lambda rng: rng.choice(asked)),
        "subject, near a place": kind(
            subject_ids=lambda rng: (rng.choice(subjects),), near=lambda rng: rng.choice(towns)
        ),
        "subject, evening, weekday, near a place": kind(
            subject_ids=lambda rng: (rng.choice(subjects),), near=lambda rng: rng.choice(towns),
            time_of_day=lambda _: "evening", weekdays=lambda rng: (rng.randrange(5),),
        ),
        "place only": kind(near=lambda rng: rng.choice(towns)),
    }  # fmt: skip
    await timed("reference: bare subject filter", database, bare)
    every = [took for label, work in kinds.items() for took in await timed(label, database, work)]
    await timed("words with embedding the question, near a place", database, whole)
    say(f"{'all kinds alike (aim: p95 ≤ 30 ms)':44} {spread(every)}")
    await _throughput(database, list(kinds.values()))


async def _throughput(
    database: Database, kinds: Sequence[Callable[[Database, random.Random], Awaitable[object]]]
) -> None:
    async def work(number: int) -> None:
        rng = random.Random(number)
        for turn in range(100):
            await kinds[turn % len(kinds)](database, rng)

    begun = time.perf_counter()
    await asyncio.gather(*(work(number) for number in range(TOGETHER)))
    rate = TOGETHER * 100 / (time.perf_counter() - begun)
    say(f"{TOGETHER} at once: {rate:.0f} searches a second (aim: ≥ 100)")


def _near(key: str) -> Near:
    place = geo.by_key(key)
    if place is None:
        raise LookupError(key)
    return Near(lat=place.lat, lon=place.lon)


async def main(folder: Path, split: str) -> None:
    understanders = Understanders(Settings())
    understanders.load()
    server = await asyncio.to_thread(embedded.start, folder)
    try:
        await migrate.create_database(server.url)
        await migrate.upgrade(server.url)
        database = Database(server.url)
        async with database.transaction() as session:
            await seed(session, today=TODAY, hash_password=lambda _: "-")
        begun = time.perf_counter()
        done = await embed_courses(database, understanders.vector_of, understanders.encoder_name or "")
        say(f"{done} texts of courses and subjects embedded in {time.perf_counter() - begun:.0f} s\n")
        await judge(database, understanders, split)
        await grow(database)
        async with database.transaction() as session:
            runs, texts = (
                await session.execute(
                    text("SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM course_text)")
                )
            ).one()
        say(f"\n{runs} runs, {texts} texts")
        await race(database, understanders)
        await database.close()
    finally:
        server.close()
        understanders.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--dev", action="store_true", help="the questions that weights and synonyms were tuned on"
    )
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(main(Path(name), "dev" if parser.parse_args().dev else "test"))
