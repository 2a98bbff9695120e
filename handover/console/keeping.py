"""Who is kept until when, who goes soon, whom a hold keeps, and the proofs of who was erased."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from fastapi.responses import Response
from sqlalchemy import Select, select

from data.tables import Erasure, Person, Region
from data.translation import _
from dispatch import clock
from handover import access, expiry, holds, retention, sheets
from handover.console.desk import Desk, Route
from handover.console.labels import word
from handover.erased_columns import DELETED, EMPTIED
from handover.sheets import Cell

AHEAD = 30  # days
SHOWN = 100  # persons of a list
PROOFS = 20


async def show(desk: Desk) -> Response:
    """/console/beheer/bewaren"""
    session, regions = desk.session, access.visible_regions(desk.staff)
    today = clock.day_of(desk.now)
    until = today + timedelta(days=AHEAD)
    standings = await retention.everybody(session, regions, now=desk.now)
    coming = [one for one in standings if one.over(until)]
    held = [one for one in standings if one.stays == "held"]
    open_ = [one for one in standings if one.stays not in (None, "held") and one.until < today]
    listed = [one.person_id for rows in (coming[:SHOWN], held, open_[:SHOWN]) for one in rows]
    query = select(Region).order_by(Region.name)
    return await desk.page(
        "keeping.html", tallies=retention.counted(standings, today=expiry.next_night(desk.now), until=until), ahead=AHEAD, shown=SHOWN,
        coming=coming, held=held, open_=open_, people=await _people(desk, listed),
        reasons={hold.person_id: (hold, name) for hold, name in await holds.standing(session, listed)},
        regions=[
            (region, retention.terms_of(region))
            for region in await session.scalars(query)
            if regions is None or region.id in regions
        ],
        proofs=(await session.execute(_proofs(regions).limit(PROOFS))).all(),
    )  # fmt: skip


async def download(desk: Desk) -> Response:
    """/console/beheer/bewaren/gewist.csv: a row for everybody who was erased, and none that says who."""
    tables = (*DELETED, *EMPTIED)
    head = (
        _("Gewist op"), _("Bijgehouden als"), _("Waarom"), _("Regio"), _("Termijn"), _("Eenheid"), _("Regels"),
        *tables,
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            row.erased_at, word(row.kind, "kept"), word(row.why, "erased_why"), region or "", row.term,
            _("jaar") if row.kind == "file" else _("dagen"), row.rules, *(row.rows.get(table, 0) for table in tables),
        )
        for row, region in await desk.session.execute(_proofs(access.visible_regions(desk.staff)))
    ]  # fmt: skip
    return Response(
        sheets.as_csv(head, rows), media_type=sheets.TYPES["csv"],
        headers={"Content-Disposition": 'attachment; filename="gewist.csv"', "Cache-Control": "no-store"},
    )  # fmt: skip


async def place(desk: Desk) -> Response:
    """Nothing of this person may be erased."""
    person = await desk.person()
    await holds.place(
        desk.session, person.id, reason=desk.text("reason", holds.LONGEST), by=desk.staff, now=desk.now
    )
    here = f"/console/client/{person.id}"
    return desk.done(desk.go(here), _("Dit dossier wordt niet gewist."), f"{here}/niet-wissen/opheffen")


async def release(desk: Desk) -> Response:
    """It may again."""
    person = await desk.person()
    await holds.release(desk.session, person.id, by=desk.staff, now=desk.now)
    return desk.go(f"/console/client/{person.id}")


def _proofs(regions: frozenset[str] | None) -> Select[Erasure, str]:
    """The newest first, with the name of the region."""
    query = select(Erasure, Region.name).outerjoin(Region, Region.id == Erasure.region_id)
    if regions is not None:
        query = query.where(Erasure.region_id.in_(regions))
    return query.order_by(Erasure.id.desc())


async def _people(desk: Desk, listed: Collection[int]) -> dict[int, Person]:
    """Of those listed whom this member of staff may open."""
    found = await desk.session.scalars(access.persons_of(desk.staff).where(Person.id.in_(listed)))
    return {person.id: person for person in found}


ROUTES = (
    Route(method="GET", path="/beheer/bewaren", handler=show, roles=access.MANAGES),
    Route(method="GET", path="/beheer/bewaren/gewist.csv", handler=download, roles=access.MANAGES),
    Route(method="POST", path="/client/{person_id}/niet-wissen", handler=place, roles=access.MANAGES),
    Route(
        method="POST", path="/client/{person_id}/niet-wissen/opheffen", handler=release, roles=access.MANAGES
    ),
)
