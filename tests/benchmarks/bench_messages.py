"""Messages a second, from Twilio's webhook to the reply in Twilio's hands, through the real program.

    python -m tests.benchmarks.bench_messages [--rates 100:20 300:20 1000:10] [--setups one several] [--write]

The program, the "Twilio" that takes the replies, PostgreSQL and the generator share this machine. Beside each other
in the same run: a bare ASGI echo (what HTTP alone costs) and one durable insert (what one commit alone costs); then
what two thousand idle chats cost. --write puts the results in docs/messages-benchmark.json, .md and .svg.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import asyncpg

from tests.benchmarks import bench_chats
from tests.benchmarks import bench_messages_report as report
from tests.benchmarks.load import Answer, as_bytes, offer, percentile
from tests.benchmarks.stage import Stage, staged
from tests.benchmarks.talk import day
from tests.faults.program import ROOT, lend_model
from tests.stubs.twilio import inbound, signed

REPORT = ROOT / "docs" / "messages-benchmark"
SETUPS = ("one", "several")
WARMING = 20, 5  # messages a second, seconds: caches fill
DRAINS_WITHIN = 240  # seconds
OUTCOME = """
    SELECT i.external_id AS asked, i.person_id, i.id, o.external_id AS sid, o.status, d.id AS decided
    FROM message i LEFT JOIN message o ON o.answers_id = i.id AND o.direction = 'out'
    LEFT JOIN decision d ON d.message_id = i.id
    WHERE i.direction = 'in' AND i.external_id = ANY($1) ORDER BY i.id, o.step
"""
LACKING = """
    SELECT EXISTS (SELECT FROM course_text WHERE encoder IS NULL)
        OR EXISTS (SELECT FROM subject_term WHERE encoder IS NULL)
"""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one rate came to; times in milliseconds, `parts` in milliseconds of processor for each message."""

    rate: int
    offered: float
    late: float
    refused: int
    accept: tuple[float, float]
    whole: tuple[float, float]
    drained: float
    done: float  # messages a second, from the first one to the last reply
    parts: Mapping[str, float]
    lost: int
    silent: int
    doubled: int
    disordered: int


@dataclass(frozen=True, kw_only=True)
class Floor:
    """What nothing can be faster than here: a bare echo and one durable insert, p50 and p99 in milliseconds."""

    echo: tuple[float, float]  # at 100 a second
    echo_fast: tuple[float, float]  # at 1,000 a second
    insert: tuple[float, float]  # over one connection
    inserts: float  # a second over sixteen


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--rates", nargs="+", default=["100:20", "300:20", "1000:10"], metavar="RATE:SECONDS")
    given.add_argument("--setups", nargs="+", default=list(SETUPS), choices=SETUPS)
    given.add_argument("--no-chats", action="store_true", help="leave the idle chats out")
    given.add_argument(
        "--write", action="store_true", help=f"keep the results in {REPORT.relative_to(ROOT)}.*"
    )
    arguments = given.parse_args()
    rates = [(int(rate), int(seconds)) for rate, seconds in (given.split(":") for given in arguments.rates)]
    results: dict[str, Any] = {
        "measured": time.strftime("%Y-%m-%d"), "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "setups": {},
    }  # fmt: skip
    for setup in arguments.setups:
        with tempfile.TemporaryDirectory() as folder:
            results["setups"][setup] = measure(Path(folder), rates, several=setup == "several")
    if not arguments.no_chats:
        with tempfile.TemporaryDirectory() as folder:
            lend_model(Path(folder))
            results["chats"] = asdict(bench_chats.measure(Path(folder)))
    print(report.table(results))
    if arguments.write:
        REPORT.with_suffix(".json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        REPORT.with_suffix(".md").write_text(report.table(results), encoding="utf-8")
        REPORT.with_suffix(".svg").write_text(report.plot(results), encoding="utf-8")


def measure(folder: Path, rates: Sequence[tuple[int, int]], *, several: bool) -> dict[str, Any]:
    """One set-up with a new database: its floor and what each rate came to."""
    lend_model(folder)
    seed = {**os.environ, "LEERLIJN_VAR_DIR": str(folder)}
    subprocess.run(
        [sys.executable, "-m", "bot", "seed"], cwd=ROOT, env=seed, check=True, stdout=subprocess.DEVNULL
    )
    with staged(folder, several=several) as stage:
        asyncio.run(courses_are_embedded(stage.dsn))
        floor = asyncio.run(durable(stage.dsn, bare(stage, 100), bare(stage, 1000)))
        run(stage, *WARMING)
        steps = []
        for rate, seconds in rates:
            steps.append(asdict(run(stage, rate, seconds)))
            print(time.strftime("%H:%M:%S"), "several" if several else "one", steps[-1], flush=True)
        return {"floor": asdict(floor), "steps": steps}


def bare(stage: Stage, rate: int) -> tuple[float, float]:
    url = f"{stage.wire}/echo"
    request = as_bytes(url, b"x" * 400, {"content-type": "text/plain"})
    took = [answer.took for answer in offer([url], [request] * rate * 3, rate)]
    return percentile(took, 0.5), percentile(took, 0.99)


async def durable(dsn: str, echo: tuple[float, float], echo_fast: tuple[float, float]) -> Floor:
    """One row a commit over one connection, then over sixteen at once."""
    pool = await asyncpg.create_pool(dsn, min_size=16, max_size=16)
    await pool.execute("CREATE TABLE IF NOT EXISTS bench (id bigserial PRIMARY KEY, body text)")
    took = []
    for _ in range(500):
        began = time.perf_counter()
        await pool.execute("INSERT INTO bench (body) VALUES ($1)", "x" * 400)
        took.append(time.perf_counter() - began)
    began = time.perf_counter()
    await asyncio.gather(*(pool.execute("INSERT INTO bench (body) VALUES ($1)", "x") for _ in range(3000)))
    rate = 3000 / (time.perf_counter() - began)
    await pool.execute("DROP TABLE bench")
    await pool.close()
    return Floor(
        echo=echo, echo_fast=echo_fast, insert=(percentile(took, 0.5), percentile(took, 0.99)), inserts=rate
    )


async def courses_are_embedded(dsn: str) -> None:
    """A program that just started still embeds the offer, which is no part of answering."""
    connection = await asyncpg.connect(dsn)
    while await connection.fetchval(LACKING):
        await asyncio.sleep(1)
    await connection.close()


def run(stage: Stage, rate: int, seconds: int) -> Step:
    said = day(rate * seconds, random.Random())
    forms = [inbound(text, sender=number) for number, text in said]
    urls = [f"{url}/webhooks/sms" for url in stage.urls]
    requests = []
    for n, form in enumerate(forms):
        url = urls[n % len(urls)]
        requests.append(as_bytes(url, *signed(url, form)))
    used, own = stage.used(), time.process_time()
    answers = offer(urls, requests, rate)
    own = time.process_time() - own
    accepted = {
        form["MessageSid"]: answer
        for form, answer in zip(forms, answers, strict=True)
        if answer.status == 200
    }
    asyncio.run(nothing_left(stage.dsn))
    parts = {part: seconds - used[part] for part, seconds in stage.used().items()} | {"generator": own}
    each = {part: 1000 * seconds / max(1, len(accepted)) for part, seconds in parts.items() if seconds}
    rows, taken = asyncio.run(outcome(stage, list(accepted)))
    return judge(rate, answers, accepted, rows, taken, each)


async def nothing_left(dsn: str) -> None:
    """Wait until nothing is to be done any more."""
    connection = await asyncpg.connect(dsn)
    until = time.monotonic() + DRAINS_WITHIN
    while time.monotonic() < until:
        if not await connection.fetchval(
            "SELECT count(*) FROM job WHERE state = 'ready' AND kind IN ('turn', 'send')"
        ):
            break
        await asyncio.sleep(0.5)
    await connection.close()


async def outcome(stage: Stage, asked: list[str]) -> tuple[list[Any], list[tuple[str, float]]]:
    """What is stored, and what "Twilio" took."""
    connection = await asyncpg.connect(stage.dsn)
    rows = await connection.fetch(OUTCOME, asked)
    await connection.close()
    with urllib.request.urlopen(f"{stage.wire}/taken") as answer:
        return rows, json.load(answer)


def judge(
    rate: int,
    answers: Sequence[Answer],
    accepted: Mapping[str, Answer],
    rows: list[Any],
    taken: list[tuple[str, float]],
    parts: Mapping[str, float],
) -> Step:
    """Compare what was asked, what is stored and what "Twilio" took.

    Lost: accepted, but no decision was taken, or a reply that did not leave. Silent: decided to say nothing, because
    a person has the conversation by then. Doubled: taken by "Twilio" more than once, or without a row of ours.
    """
    times = dict(taken)
    answered: dict[str, float] = {}
    by_person: dict[int, list[float]] = {}
    undone = {row["asked"] for row in rows if row["decided"] is None}
    for row in rows:
        if row["sid"] in times:
            answered.setdefault(row["asked"], times[row["sid"]])
            by_person.setdefault(row["person_id"], []).append(times[row["sid"]])
        elif row["sid"] or row["status"] not in (None, "withheld"):
            undone.add(row["asked"])
    began, ended = min(answer.due for answer in answers), max(answer.due for answer in answers)
    replies = [row["sid"] for row in rows if row["sid"]]
    taken_now = [sid for sid, at in taken if at >= began]
    took = [answer.took for answer in answers if answer.status == 200]
    waits = [at - accepted[asked].due for asked, at in answered.items()]
    last = max((max(at) for at in by_person.values()), default=began)
    return Step(
        rate=rate, offered=(len(answers) - 1) / (max(answer.sent for answer in answers) - began),
        late=percentile((answer.sent - answer.due for answer in answers), 0.99),
        refused=len(answers) - len(accepted), accept=(percentile(took, 0.5), percentile(took, 0.99)),
        whole=(percentile(waits, 0.5), percentile(waits, 0.99)), drained=last - ended,
        done=len(accepted) / (last - began), parts=parts,
        lost=len(undone | (accepted.keys() - {row["asked"] for row in rows})),
        silent=len(accepted) - len(answered), doubled=len(taken_now) - len(set(replies) & set(taken_now)),
        disordered=sum(later < earlier for at in by_person.values() for earlier, later in itertools.pairwise(at)),
    )  # fmt: skip


if __name__ == "__main__":
    main()
