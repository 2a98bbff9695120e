"""gaps: what people look for and do not find, without anybody to be recognised."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import select

from bot.hub import open_database
from bot.replies import BRUSSELS
from bot.settings import Settings
from data.catalog.gaps import Gaps, Month, gaps, months, year_until
from data.db import Database
from data.geo import RegionId
from data.tables import Region
from handover.console.gaps import COLUMNS, as_csv, words

Subparsers = argparse._SubParsersAction
WIDEST = 34  # characters of a column of the table


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("gaps", help="what people look for and do not find, by month and place")
    command.add_argument("--from", dest="first", type=_day, metavar="2026-01", help="first month; a year ago")
    command.add_argument("--until", dest="last", type=_day, metavar="2026-12", help="last month; this one")
    command.add_argument("--region", choices=[region.value for region in RegionId], help="one region; all")
    command.add_argument("--format", choices=("table", "csv", "json"), default="table")
    command.set_defaults(run=run_gaps)


async def run_gaps(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the demand without offer of whole months."""
    today = datetime.now(BRUSSELS).date()
    wanted = year_until(today, closed=False)
    if arguments.first or arguments.last:
        wanted = months(arguments.first or wanted[0].first, arguments.last or today)
    if not wanted:
        print("--from lies after --until. Give the earlier month first.", file=sys.stderr)
        return 2
    regions = frozenset({arguments.region}) if arguments.region else None
    async with open_database(settings) as url:
        database = Database(url)
        try:
            async with database.transaction() as session:
                found = await gaps(session, wanted, k=settings.gaps_k, regions=regions)
                names = {row.id: row.name for row in (await session.scalars(select(Region))).all()}
        finally:
            await database.close()
    print(_told(found, wanted, names, settings.gaps_k, arguments.format))
    return 0


def _told(found: Gaps, wanted: list[Month], names: dict[str, str], k: int, form: str) -> str:
    if form == "csv":
        return as_csv(found, names).rstrip("\r\n")
    if form == "json":
        told = {
            "from": str(wanted[0]), "until": str(wanted[-1]), "k": k, "total": found.total,
            "too_few": [str(month) for month in found.too_few], "gaps": [asdict(gap) for gap in found.gaps],
        }  # fmt: skip
        return json.dumps(told, ensure_ascii=False, indent=2)
    lines = [COLUMNS, *(tuple(map(str, words(gap, names))) for gap in found.gaps)]
    widths = [min(WIDEST, max(len(line[column]) for line in lines)) for column in range(len(COLUMNS))]
    table = [
        "  ".join(cell[:width].ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    tail = [
        f"{found.total} questions without a good answer, {wanted[0]} to {wanted[-1]}; behind every figure at least {k} people."
    ]
    if found.too_few:
        tail.append(f"Too few to show in: {', '.join(map(str, found.too_few))}.")
    return "\n".join([*table, "", *tail] if found.gaps else tail)


def _day(typed: str) -> date:
    """A month, or a day of it. Raises argparse's own error, which says what is wrong."""
    try:
        return date.fromisoformat(typed if len(typed) > 7 else f"{typed}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{typed}' is no month; write 2026-11") from None
