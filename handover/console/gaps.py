"""What people asked for and did not find, and what stood in their way: for the network, and as a file for providers."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from fastapi.responses import Response
from sqlalchemy import select

from data import geo
from data.catalog import barriers as found_barriers
from data.catalog import gaps as found_gaps
from data.catalog.folding import REST
from data.catalog.gaps import Gap, Gaps, gaps, months, year_until
from data.catalog.subjects import subject
from data.tables import Region
from dispatch import clock
from handover import access
from handover.console.desk import Desk, Route
from handover.console.labels import LANGUAGES

SHOWN = 200
SPANS = {"1": "deze maand", "3": "3 maanden", "12": "12 maanden"}
KINDS = {
    "none": "niets gevonden", "relaxed": "alleen anders", "full": "volzet", "too_far": "te ver",
    "unknown_topic": "onbekend onderwerp", REST: "samen",
}  # fmt: skip
WISHES = {
    "weekday": "dag", "time_of_day": "dagdeel", "distance": "afstand", "start": "startdatum", "subject": "onderwerp",
    "price": "prijs", "mode": "lesvorm", "level": "niveau", "language": "taal",
}  # fmt: skip
PARTS = {"morning": "voormiddag", "afternoon": "namiddag", "evening": "avond"}
MODES = {"contact": "in de les", "blended": "deels online", "online": "online"}
BARRIERS = {
    "childcare": "kinderopvang", "money": "geld", "mobility": "vervoer", "health": "gezondheid", "language": "taal",
    "digital": "computer", "time": "tijd of uren", "": "niet genoemd", REST: "andere, samen",
}  # fmt: skip
COLUMNS = (
    "uitkomst", "onderwerp", "niveau", "taal", "gemeente", "regio", "dagdeel", "lesvorm", "aantal",
)  # fmt: skip


async def show(desk: Desk) -> Response:
    """/console/rapporten/tekorten?maanden=3&regio=gent"""
    today = clock.day_of(desk.now)
    wanted_span = desk.request.query_params.get("maanden", "3")
    span = wanted_span if wanted_span in SPANS else "3"
    wanted = months(_months_back(today.replace(day=1), int(span) - 1), today)
    regions, choices, chosen = await _regions(desk)
    k = _k(desk)
    found = await gaps(desk.session, wanted, k=k, regions=regions)
    names = {region.id: region.name for region in (await desk.session.scalars(select(Region))).all()}
    named = await found_barriers.barriers(desk.session, wanted, k=k, regions=regions)
    return await desk.page(
        "gaps.html", found=found, rows=[words(gap, names) for gap in found.gaps[:SHOWN]], k=k, span=span, spans=SPANS,
        regions=choices, chosen=chosen, names=names, wanted=wanted, barriers=named, barrier_words=BARRIERS, rest=REST,
        demo=desk.request.app.state.settings.demo, left_out=max(0, len(found.gaps) - SHOWN),
    )  # fmt: skip


async def download(desk: Desk) -> Response:
    """/console/rapporten/tekorten.csv?regio=: the twelve months that are over, to give to providers."""
    regions, _, _ = await _regions(desk)
    wanted = year_until(clock.day_of(desk.now), closed=True)
    found = await gaps(desk.session, wanted, k=_k(desk), regions=regions)
    names = {region.id: region.name for region in (await desk.session.scalars(select(Region))).all()}
    return Response(
        as_csv(found, names), media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="tekorten-{wanted[0]}-{wanted[-1]}.csv"',
            "Cache-Control": "no-store",
        },
    )  # fmt: skip


def as_csv(found: Gaps, regions: Mapping[str, str]) -> str:
    """The gaps as a file for a spreadsheet: with the code of each municipality, and no cell that begins a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([*COLUMNS, "nis"])
    for gap in found.gaps:
        *said, count = words(gap, regions)
        writer.writerow([*map(_inert, said), count, gap.nis if gap.nis != REST else ""])
    return "\ufeff" + text.getvalue()


def _inert(value: str) -> str:
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t") else value


def words(gap: Gap, regions: Mapping[str, str]) -> tuple[str, str, str, str, str, str, str, str, int]:
    """A line of the table in Dutch."""
    kind, _, wishes = gap.kind.partition(":")
    outcome = KINDS.get(kind, kind)
    if wishes:
        outcome += ", met andere " + " en ".join(WISHES.get(wish, wish) for wish in wishes.split("+"))
    return (
        outcome,
        subject_words(gap.subject),
        _or_rest(gap.level, {}, "geen"),
        _or_rest(gap.language, LANGUAGES, "onbekend"),
        _municipalities().get(gap.nis, "samen" if gap.nis == REST else "onbekend"),
        _or_rest(gap.region, regions, "onbekend"),
        _or_rest(gap.day_part, PARTS, "maakt niet uit"),
        _or_rest(gap.mode, MODES, "maakt niet uit"),
        gap.count,
    )


def subject_words(code: str) -> str:
    """What a gap is about, in Dutch."""
    if code == REST:
        return "alle andere onderwerpen"
    if code.startswith(found_gaps.AREA):
        return f"{code.removeprefix(found_gaps.AREA)}, samen"
    if code.startswith(found_gaps.TOPIC):
        return code.removeprefix(found_gaps.TOPIC) or "onbekende onderwerpen, samen"
    known = subject(code)
    return known.label("nl") if known else code or "geen onderwerp"


def _or_rest(code: str, words: Mapping[str, str], empty: str) -> str:
    if code == REST:
        return "samen"
    return words.get(code, code) if code else empty


@cache
def _municipalities() -> Mapping[str, str]:
    return {place.nis: place.municipality for place in geo.places()}


async def _regions(desk: Desk) -> tuple[frozenset[str] | None, Sequence[Region], str]:
    """The regions to show, those to choose from, and the one chosen."""
    regions = (await desk.session.scalars(select(Region).order_by(Region.name))).all()
    visible = access.visible_regions(desk.staff)
    chosen = desk.request.query_params.get("regio", "")
    if visible is not None:
        return visible, [], ""
    return (
        (frozenset({chosen}), regions, chosen)
        if chosen in {row.id for row in regions}
        else (None, regions, "")
    )


def _months_back(first: date, count: int) -> date:
    for _ in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def _k(desk: Desk) -> int:
    k: int = desk.request.app.state.settings.gaps_k
    return k


ROUTES = (
    Route(method="GET", path="/rapporten/tekorten", handler=show, roles=access.READS_GAPS),
    Route(method="GET", path="/rapporten/tekorten.csv", handler=download, roles=access.READS_GAPS),
)
