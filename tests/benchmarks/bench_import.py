"""How fast a catalogue of 50,000 runs is imported, and whether memory stays flat.

    python -m tests.benchmarks.bench_import

Starts a private database in a temporary folder. Each import is a process of its own, so that its peak of memory is its
own too. Beside it stands a bare COPY of the same file into a table of texts, in the same run.
"""

import asyncio
import csv
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from data import embedded, geo, migrate
from data.catalog.exporters import elm, schemaorg
from data.catalog.importers import importer_for, plain_csv
from data.catalog.importers.base import Document
from data.catalog.importing import Order, import_catalogue
from data.catalog.staging import Origin
from data.catalog.subjects import subjects
from data.db import Database

TODAY = date(2026, 11, 27)
SMALL, LARGE = 5_000, 50_000
TARGET = 2_000  # rows a second


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def generate(path: Path, count: int) -> None:
    """A plain table of invented runs: 60 schools, 300 places, five runs a course."""
    rng = random.Random(5)
    towns = [place for place in geo.places() if place.region][:300]
    topics = subjects()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(plain_csv.EXAMPLE), delimiter=";")
        writer.writeheader()
        for number in range(count):
            course, town = number // 5, rng.choice(towns)
            start = TODAY + timedelta(days=rng.randint(5, 200))
            topic = topics[course % len(topics)].label("nl")
            writer.writerow({
                "id": f"run-{number}", "aanbieder": f"CVO Proef {course % 60}", "straat": "Kerkstraat 1",
                "postcode": town.postcodes[0], "gemeente": town.name, "titel": f"{topic} {course}",
                "beschrijving": "Je leert het stap voor stap, in een kleine groep. " * 4, "niveau": "basis",
                "start": start, "einde": start + timedelta(weeks=15), "dagen": rng.choice(("ma", "di", "wo, vr")),
                "van": "18:30", "tot": "21:30", "lestijden": 60, "tarief": "cvo-standard", "materiaal": 25,
                "status": rng.choice(("open", "open", "volzet")), "link": f"https://proef.example/{number}",
            })  # fmt: skip


async def measure(url: str, path: Path) -> None:
    """Import one file and print what it took, as JSON: the whole command's work, without starting Python."""
    geo.by_postcode("9000")  # read from disk once a process, whatever the size of the file
    database = Database(url)
    with path.open("rb") as file:
        document = Document(file=file, origin=path.name)
        now = datetime.now(UTC)
        origin = Origin(source="bench", licence=None, checked_on=TODAY, fetched_at=now, invented=True)
        order = Order(origin=origin, by="bench", many_gone=True)
        before, begun, busy = peak(), time.perf_counter(), time.process_time()
        async with database.transaction() as session:
            report = await import_catalogue(
                session,
                document,
                importer_for(document),
                order,
                today=TODAY,
                on_problem=lambda p: say(str(p)),
            )
        took, busy = time.perf_counter() - begun, time.process_time() - busy
    await database.close()
    if report.refused:
        raise SystemExit(report.refused)
    found = {"rows": report.read, "took": took, "busy": busy, "before": before, "peak": peak()}
    say(json.dumps({**found, "new": report.counts["run"]["new"]}))


def peak() -> float:
    """The most memory that this process ever had, in MB."""
    # Not getrusage: on Linux a new program begins with the peak of the one that started it.
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())[0]) / 1024
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def imported(url: str, path: Path, label: str) -> float:
    """Run `measure` in another process; its peak of memory in MB."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_import", url, str(path)]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(result.stdout.splitlines()[-1])
    rate = found["rows"] / found["took"]
    say(
        f"{label}: {found['rows']} rows, {found['new']} new, in {found['took']:.1f} s ({found['busy']:.1f} s of a "
        f"core), {rate:.0f} rows/s (target {TARGET}), memory {found['before']:.0f} → {found['peak']:.0f} MB"
    )
    return float(found["peak"])


async def bare_copy(database: Database, path: Path) -> None:
    """The reference: PostgreSQL's own COPY of the same file, unchecked."""
    columns = ", ".join(f'"{name}" text' for name in plain_csv.EXAMPLE)
    async with database.transaction() as session:
        await session.execute(text(f"CREATE TABLE bare ({columns})"))
        raw = (await (await session.connection()).get_raw_connection()).driver_connection
        assert raw is not None
        begun = time.perf_counter()
        await raw.copy_to_table("bare", source=str(path), format="csv", delimiter=";", header=True)
        took = time.perf_counter() - begun
        await session.execute(text("DROP TABLE bare"))
    say(f"bare COPY of the same file into a table of texts: {LARGE / took:.0f} rows/s")


async def main(folder: Path) -> None:
    server = embedded.start(folder / "postgres")
    try:
        for name in ("small", "large"):
            await migrate.create_database(server.url_for(name))
            await migrate.upgrade(server.url_for(name))
        small, large = folder / "small.csv", folder / "large.csv"
        generate(small, SMALL)
        generate(large, LARGE)
        database = Database(server.url_for("large"))
        await bare_copy(database, large)
        low = imported(server.url_for("small"), small, "table, first time")
        url = server.url_for("large")
        high = imported(url, large, "table, first time")
        say(f"memory at {LARGE} rows against {SMALL}: {high - low:+.0f} MB (target: flat)")
        imported(url, large, "table, nothing changed")
        for module, ending in ((schemaorg, "json"), (elm, "xml")):
            path = folder / f"large.{ending}"
            begun = time.perf_counter()
            async with database.transaction() as session:
                with path.open("w", encoding="utf-8") as file:
                    async for piece in module.write(session, today=TODAY, source="bench", invented=True):
                        file.write(piece)
            say(
                f"export as {module.NAME}: {path.stat().st_size / 1e6:.0f} MB in {time.perf_counter() - begun:.1f} s"
            )
            imported(url, path, f"{module.NAME}, nothing changed")
        await database.close()
    finally:
        server.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(measure(sys.argv[1], Path(sys.argv[2])))
    else:
        with tempfile.TemporaryDirectory() as name:
            asyncio.run(main(Path(name)))
