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
from data.translation import N_, _, language, speaking
from dispatch import clock
from handover import access
from handover.console import labels
from handover.console.desk import Desk, Route

SHOWN = 200
SPANS = {"1": N_("deze maand"), "3": N_("3 maanden"), "12": N_("12 maanden")}
KINDS = {
    "none": N_("niets gevonden"), "relaxed": N_("alleen anders"), "full": N_("volzet"), "too_far": N_("te ver"),
    "unknown_topic": N_("onbekend onderwerp"), REST: N_("samen"),
}  # fmt: skip
WISHES = {
    "weekday": N_("dag"), "time_of_day": N_("dagdeel"), "distance": N_("afstand"), "start": N_("startdatum"),
    "subject": N_("onderwerp"), "price": N_("prijs"), "mode": N_("lesvorm"), "level": N_("niveau"), "language": N_("taal"),
}  # fmt: skip
AND = N_("en")
PARTS = {"morning": N_("voormiddag"), "afternoon": N_("namiddag"), "evening": N_("avond")}
MODES = {"contact": N_("in de les"), "blended": N_("deels online"), "online": N_("online")}
BARRIERS = {
    "childcare": N_("kinderopvang"), "money": N_("geld"), "mobility": N_("vervoer"), "health": N_("gezondheid"),
    "language": N_("taal"), "digital": N_("computer"), "time": N_("tijd of uren"), "": N_("niet genoemd"),
    REST: N_("andere, samen"),
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
        "gaps.html", found=found, rows=[words(gap, names) for gap in found.gaps[:SHOWN]], k=k, span=span,
        spans={code: _(said) for code, said in SPANS.items()},
        regions=choices, chosen=chosen, names=names, wanted=wanted, barriers=named, barrier_words={code: _(said) for code, said in BARRIERS.items()}, rest=REST,
        demo=desk.request.app.state.settings.demo, left_out=max(0, len(found.gaps) - SHOWN),
    )  # fmt: skip


async def download(desk: Desk) -> Response:
    """/console/rapporten/tekorten.csv?regio=: the twelve months that are over, to give to providers: in Dutch, whoever takes it."""
    regions, _choices, _chosen = await _regions(desk)
    wanted = year_until(clock.day_of(desk.now), closed=True)
    found = await gaps(desk.session, wanted, k=_k(desk), regions=regions)
    names = {region.id: region.name for region in (await desk.session.scalars(select(Region))).all()}
    with speaking("nl"):
        text = as_csv(found, names)
    return Response(
        text, media_type="text/csv; charset=utf-8",
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
    """A line of the table, in the language of who reads it."""
    kind, _colon, wishes = gap.kind.partition(":")
    outcome = _(KINDS.get(kind, kind))
    if wishes:
        others = f" {_(AND)} ".join(_(WISHES.get(wish, wish)) for wish in wishes.split("+"))
        outcome = _("{outcome}, met andere {wishes}", outcome=outcome, wishes=others)
    return (
        outcome,
        subject_words(gap.subject),
        _or_rest(gap.level, {}, N_("geen")),
        _or_rest(gap.language, labels.LANGUAGES, N_("onbekend")),
        _municipalities().get(gap.nis) or (_("samen") if gap.nis == REST else _("onbekend")),
        _or_rest(gap.region, regions, N_("onbekend")),
        _or_rest(gap.day_part, PARTS, N_("maakt niet uit")),
        _or_rest(gap.mode, MODES, N_("maakt niet uit")),
        gap.count,
    )


def subject_words(code: str) -> str:
    """What a gap is about, in the language of who reads it."""
    if code == REST:
        return _("alle andere onderwerpen")
    if code.startswith(found_gaps.AREA):
        return _("{area}, samen", area=labels.word(code.removeprefix(found_gaps.AREA), "area"))
    if code.startswith(found_gaps.TOPIC):
        return code.removeprefix(found_gaps.TOPIC) or _("onbekende onderwerpen, samen")
    known = subject(code)
    return known.label(language()) if known else code or _("geen onderwerp")


def _or_rest(code: str, words: Mapping[str, str], empty: str) -> str:
    if code == REST:
        return _("samen")
    return _(words.get(code, code) if code else empty)


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
    for _step in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def _k(desk: Desk) -> int:
    k: int = desk.request.app.state.settings.gaps_k
    return k


ROUTES = (
    Route(method="GET", path="/rapporten/tekorten", handler=show, roles=access.READS_GAPS),
    Route(method="GET", path="/rapporten/tekorten.csv", handler=download, roles=access.READS_GAPS),
)
