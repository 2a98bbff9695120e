"""Staff draft what would be passed on, invite the client to read it, and pass on only what was agreed to."""

from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import select

from data.db import Database
from data.tables import Event, Partner, Referral, Role
from dispatch import partners
from handover import auth
from tests.handover.conftest import NOW

ORIGIN = {"origin": "http://test"}


async def log_in(world: Any, browser: httpx.AsyncClient) -> str:
    staff = await world.staff(Role.COUNSELLOR)
    now = datetime.now(UTC)
    token = await auth.start(world.session, staff.id, now=now)
    who = await auth.session_of(world.session, token, now=now)
    assert who is not None
    browser.cookies.set("leerlijn_staff", token)
    return who.csrf


async def test_drafted_read_agreed_and_passed_on(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    csrf = await log_in(world, browser)
    partner = await world.add(Partner(kind="vdab", name="VDAB Gent", owns="werk", phone="0800 30 700"))
    person = await world.person()
    await world.address(person, path="+32470123456")
    await world.conversation(person, holder="queue", waiting_on="us")
    await world.session.commit()
    home = f"/console/client/{person.id}"
    page = (await browser.get(home)).text
    assert "Naam: Fatma" in page
    assert "Bereikbaar op +32470123456" in page
    form = {"csrf": csrf, "partner_id": str(partner.id), "lines": "Naam: Fatma\n\nVraag: werk in de zorg"}
    drafted = await browser.post(f"{home}/doorverwijzen", data=form, headers=ORIGIN)
    assert drafted.status_code == 303
    async with database.transaction() as session:
        referral = (await session.scalars(select(Referral))).one()
    assert referral.lines == ["Naam: Fatma", "Vraag: werk in de zorg"]
    invited = (await browser.get(drafted.headers["location"])).text
    assert f"http://test/d/{referral.token}" in invited
    assert "Mag ik je vraag doorgeven aan VDAB Gent?" in invited

    done = f"/console/doorverwijzing/{referral.id}/doorgegeven"
    early = await browser.post(done, data={"csrf": csrf, "via": "phone"}, headers=ORIGIN)
    assert early.status_code == 409, "nothing leaves before the client says yes"
    async with database.transaction() as session:
        await partners.consent(session, referral.id, wording="ja", channel="web", now=NOW)
    assert "cliënt zei ja" in (await browser.get(home)).text
    assert (await browser.post(done, data={"csrf": csrf, "via": "pigeon"}, headers=ORIGIN)).status_code == 400
    assert (await browser.post(done, data={"csrf": csrf, "via": "phone"}, headers=ORIGIN)).status_code == 303
    assert (await browser.post(done, data={"csrf": csrf, "via": "phone"}, headers=ORIGIN)).status_code == 409
    async with database.transaction() as session:
        sent = (await session.scalars(select(Referral))).one()
        events = (await session.scalars(select(Event.kind).where(Event.kind == "referral.sent"))).all()
    assert (sent.state, sent.passed_via, len(events)) == ("sent", "phone", 1)


async def test_an_empty_or_endless_draft_is_refused(world: Any, browser: httpx.AsyncClient) -> None:
    csrf = await log_in(world, browser)
    partner = await world.add(Partner(kind="vdab", name="VDAB", owns="werk"))
    far = await world.add(Partner(kind="ocmw", name="Elders", owns="geld", region_id="antwerpen"))
    person = await world.person()
    await world.conversation(person, holder="queue")
    await world.session.commit()
    path = f"/console/client/{person.id}/doorverwijzen"
    for partner_id, lines, status in (
        (partner.id, " \n ", 409),
        (partner.id, "x" * 301, 409),
        (partner.id, "x\n" * 13, 409),
        (far.id, "Naam: Fatma", 404),
    ):
        form = {"csrf": csrf, "partner_id": str(partner_id), "lines": lines}
        assert (await browser.post(path, data=form, headers=ORIGIN)).status_code == status
