"""import-catalog, export-catalog: the offer in and out, in the formats that others use."""

import argparse
import getpass
import io
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from bot.hub import open_database
from bot.replies import BRUSSELS
from bot.settings import Settings
from data.catalog.exporters import elm, schemaorg
from data.catalog.fetching import Fetcher
from data.catalog.importers import IMPORTERS, importer_for, plain_csv
from data.catalog.importers.base import Document, Problem, Unreadable
from data.catalog.importing import CHUNK, Counted, Order, Report, import_catalogue
from data.catalog.indexing import index_texts
from data.catalog.staging import Change, Origin
from data.db import Database

Subparsers = argparse._SubParsersAction
EXPORTERS = {module.NAME: module for module in (schemaorg, elm)}
WIDTH = 30  # characters of the progress bar
SIGNS = {"new": "+", "changed": "~", "gone": "-"}


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "import-catalog", help="take over courses and runs from a file or an address"
    )
    command.add_argument("origin", nargs="?", metavar="FILE|URL", help="a file, or an http(s) address")
    command.add_argument("--template", action="store_true", help="only write an empty table to fill in")
    command.add_argument("--format", choices=list(IMPORTERS), help="guessed when not given")
    command.add_argument("--source", help="whose offer this is, always the same name; guessed when not given")
    command.add_argument("--provider", help="the school, where the records do not say")
    command.add_argument("--licence", help="under which licence it may be used")
    command.add_argument(
        "--checked-on", type=date.fromisoformat, metavar="DATE", help="when it was checked; today"
    )
    command.add_argument("--dry-run", action="store_true", help="only tell what is new, changed and gone")
    command.add_argument(
        "--skip-rejected", action="store_true", help="take over what is right, although some is not"
    )
    command.add_argument(
        "--many-gone", action="store_true", help="end even more than half of what the source had"
    )
    command.add_argument("--invented", action="store_true", help="demo data; said wherever it shows")
    command.add_argument("--allow-private", action="store_true", help="also addresses in a private network")
    command.add_argument("--show", type=int, default=20, metavar="N", help="changes to tell of each kind; 20")
    command.set_defaults(run=run_import)
    export = commands.add_parser("export-catalog", help="write the offer as schema.org or ELM")
    export.add_argument("--format", choices=list(EXPORTERS), required=True)
    export.add_argument("--source", help="only what came from this source, under its own ids")
    export.add_argument("--invented", action="store_true", help="demo data too")
    export.add_argument("--output", type=Path, metavar="FILE", help="a file; otherwise it is printed")
    export.set_defaults(run=run_export)


async def run_import(settings: Settings, arguments: argparse.Namespace) -> int:
    """Import, or tell what an import would do; 1 when nothing was taken over because something is wrong."""
    if arguments.template:
        sys.stdout.write(plain_csv.template())
        return 0
    if not arguments.origin:
        print(
            "Name a file or an address. An empty table: python -m bot import-catalog --template",
            file=sys.stderr,
        )
        return 2
    with ExitStack() as stack:
        try:
            document = _open(arguments, stack)
            importer = importer_for(document, arguments.format)
        except Unreadable as error:
            print(error, file=sys.stderr)
            return 1
        source = arguments.source or _source(arguments.origin)
        _clear()
        print(f"{document.origin}: {importer.LABEL}, source “{source}”.")
        now = datetime.now(UTC)
        today = now.astimezone(BRUSSELS).date()
        order = Order(
            origin=Origin(
                source=source,
                licence=arguments.licence,
                checked_on=arguments.checked_on or today,
                fetched_at=now,
                invented=arguments.invented,
            ),
            by=getpass.getuser(),
            provider=arguments.provider,
            dry_run=arguments.dry_run,
            skip_rejected=arguments.skip_rejected,
            many_gone=arguments.many_gone,
            show=arguments.show,
        )
        async with open_database(settings) as url:
            database = Database(url)
            try:
                async with database.transaction() as session:
                    report = await import_catalogue(
                        session, document, importer, order, today=today, on_problem=_tell_problem
                    )
                if report.course_ids:  # found by words at once; vectors follow, see index-courses
                    async with database.transaction() as session:
                        await index_texts(session)
            finally:
                await database.close()
    _clear()
    _tell(report, dry_run=arguments.dry_run)
    return 1 if report.refused else 0


async def run_export(settings: Settings, arguments: argparse.Namespace) -> int:
    """Write the offer that holds today; 1 when the file cannot be written."""
    today = datetime.now(BRUSSELS).date()
    write = EXPORTERS[arguments.format].write
    with ExitStack() as stack:
        try:
            output = stack.enter_context(_output(arguments.output))
        except OSError as error:
            print(f"{arguments.output} cannot be written: {error.strerror}.", file=sys.stderr)
            return 1
        async with open_database(settings) as url:
            database = Database(url)
            try:
                async with database.transaction() as session:
                    source, invented = arguments.source, arguments.invented
                    async for piece in write(session, today=today, source=source, invented=invented):
                        output.write(piece)
            finally:
                await database.close()
    return 0


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    """Where to write. A file appears whole or not at all."""
    if path is None:
        yield sys.stdout
        return
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _open(arguments: argparse.Namespace, stack: ExitStack) -> Document:
    """The document, with a bar on the terminal while it is read. Raises Unreadable."""
    origin: str = arguments.origin
    fetcher = Fetcher(private=arguments.allow_private)
    stack.callback(fetcher.close)
    if re.match(r"[a-zA-Z][\w+.-]*://", origin):
        document = fetcher.open(origin, on_bytes=lambda size: _line(f"{size / 1e6:8.1f} MB fetched"))
    else:
        path = Path(origin)
        try:
            if not path.is_file():
                raise Unreadable(f"There is no file {origin}.")
            file = io.BufferedReader(Counted(path, _bar), CHUNK)
        except OSError as error:
            raise Unreadable(f"{origin} cannot be opened: {error.strerror}.") from error
        document = Document(file=file, origin=path.name, fetch=fetcher.open)
    stack.callback(document.file.close)
    return document


def _source(origin: str) -> str:
    """A name that stays the same from one delivery to the next: the host, or the file's name without numbers."""
    if "://" in origin:
        return urlsplit(origin).hostname or origin
    return re.sub(r"[\W\d_]+", " ", Path(origin).stem).strip() or Path(origin).stem


def _tell_problem(problem: Problem) -> None:
    _clear()
    print(f"rejected, {problem}")


def _tell(report: Report, *, dry_run: bool) -> None:
    for note in report.notes:
        print(note)
    for change in report.changes:
        print(_told(change))
    for kind, counts in report.counts.items():
        shown = {what: sum(c.kind == kind and c.what == what for c in report.changes) for what in SIGNS}
        more = [f"{counts[what] - shown[what]} more {what}" for what in SIGNS if counts[what] > shown[what]]
        told = f"{kind:10} {counts['new']:7} new {counts['changed']:7} changed {counts['gone']:7} gone"
        print(told + (f"   (not shown: {', '.join(more)})" if more and report.changes else ""))
    print(f"{report.read} record{'' if report.read == 1 else 's'} read, {report.rejected} rejected.")
    fixed = report.corrected
    if fixed.laid or fixed.taken_over:
        print(
            f"{fixed.laid} corrections by staff stay in force, {len(fixed.taken_over)} are in the file by now, "
            f"{len(fixed.changed)} are to be looked at again: the file says something new."
        )
    if report.refused:
        print(report.refused, file=sys.stderr)
        print("The catalogue is as before.", file=sys.stderr)
    elif dry_run:
        print("A dry run: the catalogue is as before.")
    else:
        print("The catalogue has it all.")


def _told(change: Change) -> str:
    fields = "; ".join(f"{name} {_value(old)} → {_value(new)}" for name, (old, new) in change.fields.items())
    return f"{SIGNS[change.what]} {change.kind} {change.source_id}: {change.label}{'; ' + fields if fields else ''}"


def _value(value: object) -> str:
    text = "–" if value is None or value == "" else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _bar(share: float) -> None:
    _line(f"[{'#' * int(share * WIDTH):{WIDTH}}] {share:4.0%}")


def _line(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text}", end="", file=sys.stderr, flush=True)


def _clear() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
