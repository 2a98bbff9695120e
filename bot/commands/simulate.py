"""simulate: a year of one region with the counters it has, and what would change with more."""

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.evaluation.plots import bars
from bot.hub import open_database
from bot.replies import BRUSSELS
from bot.settings import Settings
from data import geo
from data.db import Database
from data.geo import RegionId
from data.tables import Counter, Role, Sitting, Staff
from dispatch.simulation import Assumptions, CounterPlan, Service, SittingPlan, Town, Year, play

Subparsers = argparse._SubParsersAction
WEEKDAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
_EXTRA = re.compile(
    r"(?P<counter>.+?) (?P<day>ma|di|wo|do|vr|za|zo) (?P<starts>\d\d?:\d\d)-(?P<ends>\d\d?:\d\d)"
)
_PAGE = """<!doctype html>
<html lang="nl"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Een jaar van {region}</title>
<style>body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 0 auto; padding: 24px 16px }}
svg text {{ font: 13px system-ui, sans-serif }} .track {{ fill: #e2f1f2 }} .bar {{ fill: #0a6470 }} svg {{ max-width: 100% }}
pre {{ overflow-x: auto }}</style>
<h1>Een jaar van {region}</h1><pre>{table}</pre>{plots}</html>
"""


def add_to(commands: "Subparsers[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("simulate", help="play a year of a region: waits, load, cost, promises")
    command.add_argument("--region", choices=[one.value for one in RegionId], default="oost-vlaanderen")
    command.add_argument("--year", type=int, default=0, help="the coming year by default")
    command.add_argument("--people", type=int, default=Assumptions().people, help="who write in that year")
    command.add_argument("--seed", type=int, default=1, help="another seed gives another year")
    command.add_argument(
        "--counsellors",
        type=int,
        default=0,
        metavar="N",
        help="what if there were N more, with weeks as ours",
    )
    command.add_argument(
        "--dispatchers", type=int, default=0, metavar="N", help="what if there were N more at the desk"
    )
    command.add_argument(
        "--sitting", action="append", default=[], metavar='"bib Aalst di 9:00-12:30"',
        help="what if somebody more sat there; may be given again",
    )  # fmt: skip
    command.set_defaults(run=run_simulate)


async def run_simulate(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the year as it would be, and beside it the year with what was asked for; draw both."""
    async with open_database(settings) as url:
        database = Database(url)
        try:
            async with database.transaction() as session:
                service = await service_of(session, arguments.region)
        finally:
            await database.close()
    if not service.sittings:
        print(
            f"{arguments.region} has no sittings. Enter them first, or choose another region.",
            file=sys.stderr,
        )
        return 2
    try:
        wished = changed(service, arguments.counsellors, arguments.dispatchers, arguments.sitting)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    assumed = replace(Assumptions(), people=max(1, arguments.people))
    year = arguments.year or datetime.now(BRUSSELS).year + 1
    years = {"nu": play(service, assumed, year=year, seed=arguments.seed)}
    if wished != service:
        years["als"] = play(wished, assumed, year=year, seed=arguments.seed)
    table = told(years)
    print(table)
    print(f"\n{write(settings.var_dir, arguments.region, table, years)}")
    return 0


async def service_of(session: AsyncSession, region_id: str) -> Service:
    """The region's counters, sittings and dispatchers as they stand, and the towns people live in."""
    rows = await session.execute(
        select(Counter.name, Staff.name, Sitting.weekday, Sitting.starts, Sitting.ends, Sitting.schools)
        .join(Counter, Counter.id == Sitting.counter_id)
        .join(Staff, Staff.id == Sitting.staff_id)
        .where(Counter.region_id == region_id, Counter.active, Staff.active, Sitting.valid_to.is_(None))
        .order_by(Sitting.id)
    )
    sittings = tuple(
        SittingPlan(
            counter=counter, counsellor=counsellor, weekday=weekday, starts=starts, ends=ends, schools=schools
        )
        for counter, counsellor, weekday, starts, ends, schools in rows
    )
    counters = await session.scalars(
        select(Counter).where(Counter.region_id == region_id, Counter.active).order_by(Counter.id)
    )
    desk = await session.scalar(
        select(func.count())
        .select_from(Staff)
        .where(Staff.region_id == region_id, Staff.role == Role.DISPATCHER, Staff.active)
    )
    return Service(
        counters=tuple(CounterPlan(name=c.name, lat=c.lat, lon=c.lon) for c in counters),
        sittings=sittings, dispatchers=desk or 0, towns=towns_of(region_id),
    )  # fmt: skip


def towns_of(region_id: str) -> tuple[Town, ...]:
    """Where people of a region live, as far as the gazetteer knows how many."""
    return tuple(
        Town(name=place.key, lat=place.lat, lon=place.lon, people=place.population)
        for place in geo.places()
        if place.region == region_id and place.population
    )


def changed(service: Service, counsellors: int, dispatchers: int, sittings: Sequence[str]) -> Service:
    """The service with more of it. Raises ValueError with a sentence when a sitting cannot be read."""
    known = {counter.name: counter.name for counter in service.counters}
    weeks: dict[str, list[SittingPlan]] = {}
    for sitting in service.sittings:
        weeks.setdefault(sitting.counsellor, []).append(sitting)
    more: list[SittingPlan] = []
    for number in range(counsellors):
        week = list(weeks.values())[number % len(weeks)]
        more += [replace(sitting, counsellor=f"extra {number + 1}") for sitting in week]
    for wanted in sittings:
        found = _EXTRA.fullmatch(wanted.strip())
        if found is None or found["counter"] not in known:
            raise ValueError(
                f'"{wanted}" is no sitting. Write it as "COUNTER di 9:00-12:30"; counters: {", ".join(known)}.'
            )
        starts, ends = (time.fromisoformat(found[end].zfill(5)) for end in ("starts", "ends"))
        if starts >= ends:
            raise ValueError(f'"{wanted}" ends before it begins. Give the earlier hour first.')
        more.append(
            SittingPlan(
                counter=found["counter"], counsellor=f"extra {found['counter']} {found['day']}",
                weekday=WEEKDAYS.index(found["day"]), starts=starts, ends=ends,
            )
        )  # fmt: skip
    return replace(
        service, sittings=(*service.sittings, *more), dispatchers=service.dispatchers + max(0, dispatchers)
    )


def told(years: Mapping[str, Year]) -> str:
    """The table: one column a year."""
    rows = [
        ("", list(years)),
        ("mensen: informatie", [str(y.people.get("information", 0)) for y in years.values()]),
        ("  door de bot beantwoord", [str(y.by_bot) for y in years.values()]),
        ("mensen: bemiddeling", [str(y.people.get("mediation", 0)) for y in years.values()]),
        ("mensen: traject", [str(y.people.get("trajectory", 0)) for y in years.values()]),
        ("wachten op het eerste gesprek, mediaan", [f"{y.wait_median:.0f} dagen" for y in years.values()]),
        ("  negen op de tien binnen", [f"{y.wait_p90:.0f} dagen" for y in years.values()]),
        ("  binnen twee weken", [f"{y.within_two_weeks:.0%}" for y in years.values()]),
        ("  vond niets in twaalf weken", [str(y.found_nothing) for y in years.values()]),
        ("afstand in vogelvlucht, mediaan", [f"{y.distance_median:.0f} km" for y in years.values()]),
        ("  binnen 10 km", [f"{y.within_10_km:.0%}" for y in years.values()]),
        ("gesprekken gehouden", [str(y.sessions) for y in years.values()]),
        ("  niet gekomen", [str(y.missed) for y in years.values()]),
        ("microcontacten tussendoor", [str(y.contacts) for y in years.values()]),
        ("plaatsen in de zitdagen gebruikt", [f"{y.seats_used:.0%}" for y in years.values()]),
        ("beloften van de dispatcher gehouden", [_kept(y) for y in years.values()]),
        ("kost informatie", [f"€ {y.euro.get('information', 0):,.0f}" for y in years.values()]),
        ("kost bemiddeling", [f"€ {y.euro.get('mediation', 0):,.0f}" for y in years.values()]),
        ("kost traject", [f"€ {y.euro.get('trajectory', 0):,.0f}" for y in years.values()]),
        ("kost samen", [f"€ {y.total_euro:,.0f}" for y in years.values()]),
    ]
    names = dict.fromkeys(name for year in years.values() for name in year.load)
    rows += [
        (f"werkdruk {name}", [f"{y.load[name]:.0%}" if name in y.load else "-" for y in years.values()])
        for name in names
    ]
    return "\n".join(f"{name:<42}" + "".join(f"{cell:>14}" for cell in cells) for name, cells in rows)


def write(var_dir: Path, region: str, table: str, years: Mapping[str, Year]) -> Path:
    """The same with a drawing of the waits, month by month; returns where."""
    longest = max((month.wait_days for year in years.values() for month in year.months), default=0) or 1
    plots = "".join(
        str(
            bars(
                f"Dagen wachten op het eerste gesprek ({name})",
                [
                    (m.label, m.wait_days / longest, f"{m.wait_days:.0f} dagen, {m.people} mensen")
                    for m in year.months
                ],
            )
        )
        for name, year in years.items()
    )
    path = var_dir / "reports" / f"simulate-{region}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_PAGE.format(region=region, table=table, plots=plots), encoding="utf-8")
    return path


def _kept(year: Year) -> str:
    return f"{year.kept / year.promises:.0%} van {year.promises}" if year.promises else "geen"
