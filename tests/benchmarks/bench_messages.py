"""Messages a second, from Twilio's webhook to the reply in Twilio's hands, through the real program.

    python tests/benchmarks/bench_messages.py [--rates 100:20 300:20 1000:10]

The program, the "Twilio" that takes the replies, PostgreSQL and the generator share this machine. Beside each other
in the same run: a bare ASGI echo (what HTTP alone costs) and one durable insert (what one commit alone costs).
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from data import embedded  # noqa: E402
from tests.benchmarks.load import Answer, as_bytes, offer, percentile  # noqa: E402
from tests.faults.program import Program, lend_model  # noqa: E402
from tests.stubs.twilio import inbound, signed  # noqa: E402

EACH = 3  # messages of one person in one step
DRAINS_WITHIN = 180  # seconds
SAID = [
    "Dag", "Spaanse les in Gent op dinsdagavond?", "wa kost ne cursus boekhouden", "kan ik starten zonder diploma",
    "ik wil mijn diploma secundair halen", "9000", "en in Aalst?", "goedkoper", "Je voudrais apprendre le néerlandais",
    "Is there a Dutch course in Antwerp?", "ik weet niet wat ik wil", "wat doet een leerwinkel?", "bedankt",
    "lassen in Hasselt in het weekend", "computerles voor beginners in Brugge",
]  # fmt: skip
OUTCOME = """
    SELECT i.external_id AS asked, i.person_id, i.id, o.external_id AS sid, o.status, d.id AS decided
    FROM message i LEFT JOIN message o ON o.answers_id = i.id AND o.direction = 'out'
    LEFT JOIN decision d ON d.message_id = i.id
    WHERE i.direction = 'in' AND i.external_id = ANY($1) ORDER BY i.id, o.step
"""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one rate came to; times in milliseconds."""

    rate: int
    offered: float
    late: float
    refused: int
    accept: tuple[float, float]
    whole: tuple[float, float]
    drained: float
    cpu: float
    lost: int
    silent: int
    doubled: int
    disordered: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rates", nargs="+", default=["100:20", "300:20", "1000:10"], metavar="RATE:SECONDS")
    parser.add_argument("--var", type=Path, help="keep the database here, for a second run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.var or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "model.npz").exists():
            lend_model(folder)
        measure(folder, [tuple(map(int, rate.split(":"))) for rate in given.rates])


def measure(folder: Path, rates: list[tuple[int, ...]]) -> None:
    seed = {**os.environ, "LEERLIJN_VAR_DIR": str(folder)}
    subprocess.run(
        [sys.executable, "-m", "bot", "seed"], cwd=ROOT, env=seed, check=True, stdout=subprocess.DEVNULL
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    wire = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.wire", str(port)], cwd=ROOT)
    program = Program(folder, sms_api=f"http://127.0.0.1:{port}")
    server = embedded.start(folder / "postgres")
    dsn = server.url.replace("+asyncpg", "")
    try:
        program.start()
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
        bare(f"http://127.0.0.1:{port}/echo")
        print(asyncio.run(durable(dsn)))
        taken_url = f"http://127.0.0.1:{port}/taken"
        run(program, dsn, taken_url, 10, 3)  # caches fill
        print(
            "rate/s | offered/s | late p99 | not 200 | accept p50/p99 ms | reply p50/p99 ms | last reply after"
            " | CPU ms each | lost | doubled | out of order | silent"
        )
        for rate, seconds in rates:
            step = run(program, dsn, taken_url, rate, seconds)
            print(
                f"{step.rate:6} | {step.offered:9.0f} | {step.late:5.0f} ms | {step.refused:7} |"
                f" {step.accept[0]:8.1f}/{step.accept[1]:8.1f} | {step.whole[0]:7.1f}/{step.whole[1]:8.1f} |"
                f" {step.drained:14.1f} s | {step.cpu:11.1f} | {step.lost:4} | {step.doubled:7} |"
                f" {step.disordered:12} | {step.silent:6}",
                flush=True,
            )
    finally:
        program.close()
        wire.terminate()
        wire.wait()
        server.close()


def bare(url: str) -> None:
    request = as_bytes(url, b"x" * 400, {"content-type": "text/plain"})
    for rate in (100, 1000):
        answers = offer(url, [request] * rate * 3, rate)
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


def cpu_seconds(program: Program) -> float:
    """What the program's process has used so far, which other work on the machine does not change."""
    assert program.process is not None
    fields = Path(f"/proc/{program.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(program: Program, dsn: str, taken_url: str, rate: int, seconds: int) -> Step:
    total = rate * seconds
    first = random.randrange(10_000_000, 90_000_000)
    people = max(1, total // EACH)
    forms = [inbound(SAID[n * 7 % len(SAID)], sender=f"+3246{first + n % people}") for n in range(total)]
    url = f"{program.url}/webhooks/sms"
    requests = [as_bytes(url, *signed(url, form)) for form in forms]
    used = cpu_seconds(program)
    answers = offer(url, requests, rate)
    accepted = {
        form["MessageSid"]: answer
        for form, answer in zip(forms, answers, strict=True)
        if answer.status == 200
    }
    rows, taken = asyncio.run(outcome(dsn, taken_url, list(accepted)))
    used = cpu_seconds(program) - used
    return judge(rate, answers, accepted, rows, taken, used)


async def outcome(dsn: str, taken_url: str, asked: list[str]) -> tuple[list[Any], list[tuple[str, float]]]:
    """Wait until nothing is to be done any more; then what is stored, and what "Twilio" took."""
    connection = await asyncpg.connect(dsn)
    until = time.monotonic() + DRAINS_WITHIN
    while time.monotonic() < until:
        if not await connection.fetchval(
            "SELECT count(*) FROM job WHERE state = 'ready' AND kind IN ('turn', 'send')"
        ):
            break
        await asyncio.sleep(0.5)
    rows = await connection.fetch(OUTCOME, asked)
    await connection.close()
    with urllib.request.urlopen(taken_url) as answer:
        return rows, json.load(answer)


def judge(
    rate: int,
    answers: list[Answer],
    accepted: dict[str, Answer],
    rows: list[Any],
    taken: list[tuple[str, float]],
    used: float,
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
        cpu=used / max(1, len(accepted)) * 1000, lost=len(undone | (accepted.keys() - {row["asked"] for row in rows})),
        silent=len(accepted) - len(answered), doubled=len(taken_now) - len(set(replies) & set(taken_now)),
        disordered=sum(later < earlier for at in by_person.values() for earlier, later in itertools.pairwise(at)),
    )  # fmt: skip


if __name__ == "__main__":
    main()
