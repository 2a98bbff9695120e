"""What was imported into the catalogue: from which source, when, what came of it, and which lines were rejected."""

from typing import Any

from fastapi.responses import Response
from sqlalchemy import select

from data.catalog.importers import IMPORTERS
from data.tables import CatalogueImport
from data.translation import N_
from handover import access
from handover.console.desk import Desk, Route

SHOWN = 50
KINDS = {
    "run": N_("cursusmomenten"), "course": N_("cursussen"), "place": N_("plaatsen"), "provider": N_("aanbieders"),
}  # fmt: skip


async def show_imports(desk: Desk) -> Response:
    """/console/rapporten/import?bron=…: the newest first."""
    sources = (
        await desk.session.scalars(select(CatalogueImport.source).distinct().order_by(CatalogueImport.source))
    ).all()
    asked = desk.request.query_params.get("bron", "")
    chosen = asked if asked in sources else ""
    query = select(CatalogueImport).order_by(CatalogueImport.id.desc()).limit(SHOWN)
    rows = (
        await desk.session.scalars(query.where(CatalogueImport.source == chosen) if chosen else query)
    ).all()
    return await desk.page(
        "imports.html", rows=[(row, _totals(row.counts)) for row in rows], sources=sources, chosen=chosen, most=SHOWN,
        formats={name: importer.LABEL for name, importer in IMPORTERS.items()}, kinds=KINDS,
    )  # fmt: skip


def _totals(counts: dict[str, Any]) -> dict[str, int]:
    """new, changed and gone, of all kinds together."""
    return {
        what: sum(counts[kind].get(what, 0) for kind in KINDS if kind in counts)
        for what in ("new", "changed", "gone")
    }


ROUTES = (Route(method="GET", path="/rapporten/import", handler=show_imports, roles=access.MANAGES),)
