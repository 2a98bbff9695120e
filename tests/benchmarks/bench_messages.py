"""Messages a second, from Twilio's webhook to the reply in Twilio's hands, through the real program.

    python -m tests.benchmarks.bench_messages [--rates 100:20 300:20 1000:10] [--several]

The program, the "Twilio" that takes the replies, PostgreSQL and the generator share this machine. Beside each other
in the same run: a bare ASGI echo (what HTTP alone costs) and one durable insert (what one commit alone costs).
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from tests.benchmarks.load import Answer, as_bytes, offer, percentile
from tests.benchmarks.stage import Stage, staged
from tests.benchmarks.talk import day
from tests.faults.program import ROOT, lend_model
from tests.stubs.twilio import inbound, signed

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rates", nargs="+", default=["100:20", "300:20", "1000:10"], metavar="RATE:SECONDS")
    parser.add_argument("--several", action="store_true", help="serve twice and work twice, with a Redis")
    parser.add_argument("--var", type=Path, help="keep the database here, for a second run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = (given.var or Path(made)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "model.npz").exists():
            lend_model(folder)
        measure(folder, [tuple(map(int, rate.split(":"))) for rate in given.rates], several=given.several)


def measure(folder: Path, rates: list[tuple[int, ...]], *, several: bool) -> None:
    seed = {**os.environ, "LEERLIJN_VAR_DIR": str(folder)}
    subprocess.run(
        [sys.executable, "-m", "bot", "seed"], cwd=ROOT, env=seed, check=True, stdout=subprocess.DEVNULL
    )
    with staged(folder, several=several) as stage:
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
        bare(stage)
        print(asyncio.run(durable(stage.dsn)))
        asyncio.run(courses_are_embedded(stage.dsn))
        run(stage, *WARMING)
        print(
            "rate/s | offered/s | late p99 | not 200 | accept p50/p99 ms | reply p50/p99 ms | last reply after"
            " | done/s | lost | doubled | out of order | silent | CPU ms a message"
        )
        for rate, seconds in rates:
            step = run(stage, rate, seconds)
            parts = ", ".join(f"{part} {ms:.1f}" for part, ms in step.parts.items())
            print(
                f"{step.rate:6} | {step.offered:9.0f} | {step.late:5.0f} ms | {step.refused:7} |"
                f" {step.accept[0]:8.1f}/{step.accept[1]:8.1f} | {step.whole[0]:7.1f}/{step.whole[1]:8.1f} |"
                f" {step.drained:14.1f} s | {step.done:6.0f} | {step.lost:4} | {step.doubled:7} |"
                f" {step.disordered:12} | {step.silent:6} | {sum(step.parts.values()):.1f}: {parts}",
                flush=True,
            )


def bare(stage: Stage) -> None:
    url = f"{stage.wire}/echo"
    request = as_bytes(url, b"x" * 400, {"content-type": "text/plain"})
    for rate in (100, 1000):
        answers = offer([url], [request] * rate * 3, rate)
        took = [answer.took for answer in answers]
        print(
            f"bare echo at {rate}/s: p50 {percentile(took, 0.5):.1f} ms, p99 {percentile(took, 0.99):.1f} ms"
        )


async def durable(dsn: str) -> str:
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
    return (
        f"one durable insert: p50 {percentile(took, 0.5):.1f} ms, p99 {percentile(took, 0.99):.1f} ms; "
        f"{rate:.0f}/s over 16 connections"
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
