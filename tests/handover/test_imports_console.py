"""The page of what was imported into the catalogue."""

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from data.tables import CatalogueImport, Role
from handover import auth

NONE = {"new": 0, "changed": 0, "gone": 0}


async def log_in(world: Any, browser: httpx.AsyncClient, role: Role) -> None:
    staff = await world.staff(role, "gent")
    browser.cookies.set("leerlijn_staff", await auth.start(world.session, staff.id, now=datetime.now(UTC)))
    await world.session.commit()


def kept(source: str, outcome: str, counts: dict[str, Any], **more: Any) -> CatalogueImport:
    return CatalogueImport(
        source=source, format="csv", origin=f"{source}.csv", sha256="0" * 64, bytes=100, checked_on=date(2026, 11, 20),
        started_by="terminal", outcome=outcome, counts=counts, started_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC), **more,
    )  # fmt: skip


async def test_nothing_was_imported_yet(world: Any, browser: httpx.AsyncClient) -> None:
    await log_in(world, browser, Role.COORDINATOR)
    assert "Nog niets ingelezen" in (await browser.get("/console/rapporten/import")).text
    assert "/console/rapporten/import" in (await browser.get("/console/rapporten")).text


async def test_what_came_of_each_import_and_why_lines_were_rejected(
    world: Any, browser: httpx.AsyncClient
) -> None:
    run = {"new": 3, "changed": 2, "gone": 41}
    world.session.add(
        kept(
            "avansa",
            "done",
            {"read": 50, "rejected": 0, "run": run, "course": {**NONE, "new": 4}},
            problems=[],
            notes=["Read as a table."],
        )
    )
    world.session.add(
        kept("<b>cvo</b>", "refused", {"read": 9, "rejected": 1}, notes=["1 of 9 records were rejected."],
             problems=[{"line": 17, "page": "", "sentence": "The postcode 1234 does not exist in Belgium."}])
    )  # fmt: skip
    await log_in(world, browser, Role.ADMIN)
    page = (await browser.get("/console/rapporten/import")).text
    assert "cursusmomenten: 3 nieuw, 2 gewijzigd, 41 beëindigd" in page
    assert '<td class="num">7</td><td class="num">2</td><td class="num">41</td>' in page
    assert "niet overgenomen" in page
    assert '<td class="num">17</td><td lang="en">' in page
    assert "The postcode 1234 does not exist in Belgium." in page
    assert "<b>cvo</b>" not in page
    assert page.index("17</td>") < page.index("41 beëindigd"), "the newest comes first"
    only = (await browser.get("/console/rapporten/import", params={"bron": "avansa"})).text
    assert "41 beëindigd" in only
    assert "1234" not in only


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.DISPATCHER, Role.ANALYST])
async def test_only_who_manages_sees_it(world: Any, browser: httpx.AsyncClient, role: Role) -> None:
    await log_in(world, browser, role)
    assert (await browser.get("/console/rapporten/import")).status_code == 403
