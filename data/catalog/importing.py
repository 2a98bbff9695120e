"""Import of a catalogue file: read, checked, compared and taken over, or nothing at all."""

from __future__ import annotations

import codecs
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog import corrections, reading, shipped_rules, staging, twins
from data.catalog.checking import Checker, Row, Rule
from data.catalog.importers.base import Document, Found, Importer, Problem, Unreadable
from data.catalog.staging import Change, Origin
from data.tables import CatalogueImport, PriceRule

LARGEST = 2 * 1024**3  # bytes
CHUNK = 1 << 20
KEPT_PROBLEMS = 100  # in the table; all are handed to `on_problem`
MOST_HELD = 10_000  # rejected rows that may be left out
FEW = 10  # runs; a source with fewer may lose most of them at once
COLUMNS = tuple(Row.__slots__)


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is asked. `origin`: what all records share.

    `provider`: whose offer it is, where a record does not say. `skip_rejected`: take over what is right although some is not; what was rejected stays as it was. `many_gone`: end
    also more than half of what the source had. `show`: how many changes of each kind to tell.
    """

    origin: Origin
    by: str
    provider: str | None = None
    dry_run: bool = False
    skip_rejected: bool = False
    many_gone: bool = False
    show: int = 20


@dataclass(kw_only=True)
class Report:
    """What came of it. `refused`: why the catalogue is as it was; `course_ids`: courses that are new or changed.

    `corrected`: what staff had corrected, and what the source makes of that now.
    """

    read: int = 0
    rejected: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    course_ids: list[int] = field(default_factory=list)
    corrected: corrections.Applied = field(default_factory=corrections.Applied)
    refused: str = ""
    sha256: str = ""
    size: int = 0


def examine(document: Document) -> tuple[str, int]:
    """The SHA-256 and the size of a document, and on the way its encoding. Raises Unreadable.

    Reads it once: a NUL byte, more than 2 GB, or text in no encoding that we know is refused before anything else.
    """
    digest, size, lines = hashlib.sha256(), 0, 1
    file = document.start()
    if file.seek(0, io.SEEK_END) > LARGEST:
        raise Unreadable(f"The file is larger than {LARGEST // 1024**3} GB. Split it, one file a source.")
    wide = document.head()[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    decode = codecs.getincrementaldecoder("utf-8")().decode
    plain = not wide
    file.seek(0)
    while chunk := file.read(CHUNK):
        size += len(chunk)
        digest.update(chunk)
        if not wide and b"\x00" in chunk:
            line = lines + chunk.count(b"\n", 0, chunk.index(b"\x00"))
            raise Unreadable(f"There is a NUL byte on line {line}: this is no text, or the file is damaged.")
        lines += chunk.count(b"\n")
        if plain:
            try:
                decode(chunk)
            except UnicodeDecodeError:
                plain = False
    if plain:
        try:
            decode(b"", True)
        except UnicodeDecodeError:
            plain = False
    document.encoding = "utf-16" if wide else "utf-8-sig" if plain else "cp1252"
    return digest.hexdigest(), size


async def import_catalogue(
    session: AsyncSession,
    document: Document,
    importer: Importer,
    order: Order,
    *,
    today: date,
    on_problem: Callable[[Problem], None],
) -> Report:
    """Import a document in the caller's transaction: all of it or nothing, with a row in `catalogue_import`.

    A dry run compares and tells as well, but leaves nothing behind. `on_problem` gets every rejected record.
    """
    report = Report()
    kept: list[Problem] = []

    def reject(problem: Problem) -> None:
        problem = replace(problem, sentence=reading.clean(problem.sentence), page=reading.clean(problem.page))
        report.rejected += 1
        if len(kept) < KEPT_PROBLEMS:
            kept.append(problem)
        on_problem(problem)

    attempt = await session.begin_nested()
    try:
        report.sha256, report.size = examine(document)
        await session.execute(text("SELECT pg_advisory_xact_lock(71172)"))  # one import at a time
        await _import(session, document, importer, order, today, report, reject)
    except Unreadable as error:
        report.refused = reading.clean(str(error))
    except RecursionError:
        report.refused = "Something in this file is nested too deep to be a catalogue."
    report.notes = [reading.clean(note) for note in document.notes]
    if order.dry_run or report.refused:
        await attempt.rollback()
        report.course_ids = []
    else:
        await staging.close_tables(session)
        await attempt.commit()
    if not order.dry_run:
        session.add(_record(document, importer, order, report, kept))
        await session.flush()
    return report


async def _import(
    session: AsyncSession,
    document: Document,
    importer: Importer,
    order: Order,
    today: date,
    report: Report,
    reject: Callable[[Problem], None],
) -> None:
    origin = order.origin
    await shipped_rules.ensure(session, origin.fetched_at)
    checker = Checker(await _rules(session), today, order.provider)
    held: list[str] = []
    nameless = False  # whether something was rejected of which nobody knows what it is
    no_start = no_place = 0

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal nameless, no_start, no_place
        values = attrgetter(*COLUMNS)
        for item in importer.read(document):
            report.read += 1
            row = item if isinstance(item, Problem) else checker.check(item)
            if isinstance(row, Row):
                no_start += row.run_id is not None and row.start_date is None
                no_place += row.municipality == "" and row.mode != "online"
                yield values(row)
                continue
            reject(row if isinstance(row, Problem) else _problem(item, row))
            if isinstance(item, Found) and item.run_id and len(held) <= MOST_HELD:
                held.append(reading.short_id(item.run_id))
            else:
                nameless = True

    await staging.open_tables(session)
    raw: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    await raw.copy_records_to_table("import_row", records=rows(), columns=COLUMNS)
    for count, what in ((no_start, "first day"), (no_place, "town")):
        if count:
            document.tell(
                f"{count} of the runs have no {what}: they are shown as such, and fit no filter on it."
            )
    for line, page, run_id, first in await staging.duplicates(session):
        reject(Problem(line=line, page=page, sentence=f"The id “{run_id}” stands on line {first} already."))
    if not report.read:
        raise Unreadable("There is not a single record in this file.")
    if report.rejected == report.read:
        raise Unreadable("Every record was rejected.")
    if report.rejected and not order.skip_rejected:
        raise Unreadable(
            f"{report.rejected} of {report.read} records were rejected. Correct them, or leave them out with "
            "--skip-rejected."
        )
    if report.rejected > MOST_HELD:
        raise Unreadable(f"More than {MOST_HELD} records were rejected: this file needs mending first.")
    living = await staging.living_runs(session, origin.source)
    await corrections.lift(session, source=origin.source)
    await staging.take_over(session, origin, None if nameless else held)
    if nameless:
        document.tell("Nothing was ended: among what was rejected there is something without an id.")
    report.counts = await staging.counts(session)
    report.changes = await staging.changes(session, origin.source, order.show)
    report.course_ids = await staging.changed_courses(session, origin.source)
    report.corrected = await corrections.apply(session, source=origin.source)
    await twins.find_twins(session)
    gone = report.counts["run"]["gone"]
    if living >= FEW and gone * 2 > living and not order.many_gone:
        raise Unreadable(
            f"{gone} of the {living} runs that {origin.source} had are not in this file. If they really ended, add "
            "--many-gone; if the file holds only a part, it needs a --source of its own."
        )


def _problem(found: Found | Problem, sentences: list[str]) -> Problem:
    return Problem(line=found.line, page=found.page, sentence=" ".join(sentences))


async def _rules(session: AsyncSession) -> list[Rule]:
    """The rules a document may name: not those that an import made itself."""
    found = await session.scalars(select(PriceRule).order_by(PriceRule.id))
    return [
        Rule(
            id=rule.id,
            names=(rule.source_id, rule.key),
            per_hour=bool(rule.per_hour),
            valid_from=rule.valid_from,
            valid_to=rule.valid_to,
        )
        for rule in found
        if not rule.key.startswith(f"{rule.source}.")
    ]


def _record(
    document: Document, importer: Importer, order: Order, report: Report, problems: list[Problem]
) -> CatalogueImport:
    origin = order.origin
    return CatalogueImport(
        source=origin.source,
        format=importer.NAME,
        origin=document.origin,
        sha256=report.sha256,
        bytes=report.size,
        licence=origin.licence,
        checked_on=origin.checked_on,
        started_by=order.by,
        outcome="refused" if report.refused else "done",
        counts={"read": report.read, "rejected": report.rejected, **report.counts},
        problems=[{"line": item.line, "page": item.page, "sentence": item.sentence} for item in problems],
        notes=[*report.notes, *([report.refused] if report.refused else [])],
        started_at=origin.fetched_at,
    )


class Counted(io.FileIO):
    """A file that tells how far it was read, as a share of its size, whenever another hundredth is done."""

    def __init__(self, path: Path, on_progress: Callable[[float], None]) -> None:
        super().__init__(path)
        self._size, self._tell, self._last = max(path.stat().st_size, 1), on_progress, -1

    def readinto(self, buffer: Any) -> int:
        count = super().readinto(buffer)
        share = 100 * self.tell() // self._size
        if share != self._last:
            self._last = share
            self._tell(share / 100)
        return count
