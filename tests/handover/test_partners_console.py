"""The register of partners: who may change what, what is refused, and what is kept of a change."""

import re
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from data.db import Database
from data.tables import Event, Partner, Role
from dispatch import partner_register
from handover import auth
from handover.referral_in import key_hash

RIGHT = {
    "kind": "ocmw", "name": "OCMW Gent", "owns": "geld en rechten", "postcodes": "9000 9030, 9000", "phone": "09 266 99 11",
    "contact_name": "An", "reached_by": "phone", "hours": "ma-vr 9-12 uur", "active": "1",
}  # fmt: skip


async def log_in(world: Any, browser: httpx.AsyncClient, role: Role, region: str | None = "gent") -> str:
    staff = await world.staff(role, region)
    now = datetime.now(UTC)
    token = await auth.start(world.session, staff.id, now=now)
    who = await auth.session_of(world.session, token, now=now)
    assert who is not None
    browser.cookies.set("leerlijn_staff", token)
    await world.session.commit()
    return who.csrf


async def send(
    browser: httpx.AsyncClient, csrf: str, path: str = "/console/partners", **form: str
) -> httpx.Response:
    return await browser.post(path, data={**RIGHT, **form, "csrf": csrf}, headers={"origin": "http://test"})


async def the_one(database: Database) -> Partner:
    async with database.transaction() as session:
        return (await session.scalars(select(Partner))).one()


async def test_a_coordinator_adds_and_changes_one_of_the_region(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    csrf = await log_in(world, browser, Role.COORDINATOR)
    assert (await send(browser, csrf, region_id="antwerpen")).status_code == 303
    partner = await the_one(database)
    assert (partner.region_id, partner.postcodes, partner.active) == ("gent", ["9000", "9030"], True)
    path = f"/console/partners/{partner.id}"
    assert 'value="OCMW Gent"' in (await browser.get(path)).text
    assert (
        await send(browser, csrf, path, hours="ma-do 9-16 uur", phone="09 1", active="")
    ).status_code == 303
    changed = await the_one(database)
    assert (changed.hours, changed.active) == ("ma-do 9-16 uur", False)
    async with database.transaction() as session:
        query = select(Event).where(Event.kind == partner_register.CHANGED).order_by(Event.id)
        first, second = (await session.scalars(query)).all()
    assert first.data["new"] is True
    assert second.data["changes"] == {
        "hours": ["ma-vr 9-12 uur", "ma-do 9-16 uur"], "active": [True, False], "phone": [],
    }  # fmt: skip
    page = (await browser.get(path)).text
    assert "openingsuren (was: ma-vr 9-12 uur)" in page
    assert "09 266" not in page, "what a number was is not kept"


async def test_one_of_everywhere_is_the_admins(world: Any, browser: httpx.AsyncClient) -> None:
    general = await world.add(Partner(kind="vdab", name="VDAB", owns="werk"))
    path = f"/console/partners/{general.id}"
    csrf = await log_in(world, browser, Role.COORDINATOR)
    assert path not in (await browser.get("/console/partners")).text
    assert (await send(browser, csrf, path)).status_code == 404
    csrf = await log_in(world, browser, Role.ADMIN, None)
    assert (await send(browser, csrf, path, region_id="")).status_code == 303
    assert (await send(browser, csrf, path, region_id="nergens")).status_code == 404


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", " ", "Vul de naam in."),
        ("owns", "", "Vul waarmee ze helpen in."),
        ("kind", "OCMW!", "De soort is een kort woord"),
        ("postcodes", "9000 0001", "0001 is geen postcode die we kennen."),
        ("email", "an.ocmw", "Dat is geen e-mailadres."),
        ("phone", "bel maar", "Dat is geen telefoonnummer."),
        ("url", "javascript:alert(1)", "Schrijf de site als https://"),
        ("reached_by", "email", "Vul in hoe ze zo bereikt worden"),
        ("hours", "x" * 301, "Dat is te lang"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    world: Any, browser: httpx.AsyncClient, field: str, typed: str, said: str
) -> None:
    csrf = await log_in(world, browser, Role.COORDINATOR)
    answer = await send(browser, csrf, **{field: typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="An"' in answer.text
    assert (await world.session.scalars(select(Partner))).all() == []


async def test_a_key_is_shown_once_and_kept_as_a_hash(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    await world.add(Partner(kind="ocmw", name="OCMW Gent", owns="geld", region_id="gent"))
    csrf = await log_in(world, browser, Role.COORDINATOR)
    partner = await the_one(database)
    path = f"/console/partners/{partner.id}"
    made = await browser.post(f"{path}/sleutel", data={"csrf": csrf}, headers={"origin": "http://test"})
    key = re.search(r"<code>([\w-]{40,})</code>", made.text)
    assert key is not None
    kept = await the_one(database)
    assert kept.key_hash == key_hash(key[1])
    again = (await browser.get(path)).text
    assert key[1] not in again
    assert kept.key_hash not in again
