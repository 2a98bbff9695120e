"""Accounts: who may make and change which, the link to choose a password, and the page of who changed what."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from channels import templates
from data import events
from data.catalog import card_checks
from data.catalog.answer_cards import cards
from data.db import Database
from data.tables import Event, Region, Role, SavedReply, Staff, StaffSession, TemplateState
from handover import accounts, auth, region_rules, saved_replies
from handover.passwords import Passwords
from tests.handover.test_partners_console import log_in

RIGHT = {"name": "Noor Peeters", "email": "Noor@leerwinkel.invalid", "role": "counsellor", "taal_nl": "1", "taal_ar": "1"}  # fmt: skip
GOOD = "vier woorden na elkaar"


async def send(browser: httpx.AsyncClient, csrf: str, path: str, **form: str) -> httpx.Response:
    return await browser.post(path, data={**RIGHT, **form, "csrf": csrf}, headers={"origin": "http://test"})


async def called(database: Database, name: str) -> Staff:
    async with database.transaction() as session:
        return (await session.scalars(select(Staff).where(Staff.name == name))).one()


def link_in(page: httpx.Response) -> str:
    found = re.search(r"(/console/wachtwoord/[\w.]+)<", page.text)
    assert found is not None, page.text[-2_000:]
    return found[1]


async def test_a_new_colleague_chooses_a_password_once_and_logs_in(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    csrf = await log_in(world, browser, Role.COORDINATOR)
    made = await send(browser, csrf, "/console/beheer/medewerkers", region_id="antwerpen")
    assert made.status_code == 200
    noor = await called(database, "Noor Peeters")
    assert (noor.email, noor.region_id, noor.role) == ("noor@leerwinkel.invalid", "gent", "counsellor")
    assert noor.languages == ["nl", "ar"]
    link = link_in(made)
    assert link not in (await browser.get(f"/console/beheer/medewerker/{noor.id}")).text
    browser.cookies.clear()
    assert "Noor Peeters" in (await browser.get(link)).text
    for bad in ("kort", "noornoornoor", "aaaaaaaaaaaaaaaa"):
        refused = await browser.post(link, data={"password": bad}, headers={"origin": "http://test"})
        assert refused.status_code == 422
        assert bad not in refused.text
    elsewhere = await browser.post(link, data={"password": GOOD}, headers={"origin": "http://evil"})
    assert elsewhere.status_code == 403
    done = await browser.post(link, data={"password": GOOD}, headers={"origin": "http://test"})
    assert done.headers["location"] == "/console/login"
    assert (await browser.get(link)).status_code == 404, "a link works once"
    who = {"email": "noor@leerwinkel.invalid", "password": GOOD}
    entered = await browser.post("/console/login", data=who, headers={"origin": "http://test"})
    assert entered.status_code == 303


async def test_a_link_is_for_three_days_and_for_nobody_else(world: Any) -> None:
    one, other = await world.staff(), await world.staff()
    key, now = b"secret", world.now
    link = accounts.link(one, secret=key, now=now)
    assert await accounts.of_link(world.session, link, secret=key, now=now) is one
    late = now + accounts.LINK_HOLDS + timedelta(seconds=1)
    assert await accounts.of_link(world.session, link, secret=key, now=late) is None
    for forged in (link.replace(f"{one.id}.", f"{other.id}.", 1), f"{link[:-1]}g", "", "1.2.3"):
        assert await accounts.of_link(world.session, forged, secret=key, now=now) is None
    assert await accounts.of_link(world.session, link, secret=b"another", now=now) is None
    one.active = False
    assert await accounts.of_link(world.session, link, secret=key, now=now) is None


async def test_a_new_password_ends_every_session(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    colleague = await world.staff(password_hash=await Passwords().made("het oude wachtwoord"))
    await auth.start(world.session, colleague.id, now=datetime.now(UTC))
    csrf = await log_in(world, browser, Role.COORDINATOR)
    made = await send(browser, csrf, f"/console/beheer/medewerker/{colleague.id}/link")
    await browser.post(link_in(made), data={"password": GOOD}, headers={"origin": "http://test"})
    async with database.transaction() as session:
        mine = select(StaffSession).where(StaffSession.staff_id == colleague.id)
        assert (await session.scalars(mine)).all() == []
        kept = await session.get_one(Staff, colleague.id)
        assert await Passwords().right(GOOD, kept.password_hash)
        told = (await session.scalars(select(Event.kind).where(Event.kind.startswith("staff.")))).all()
    assert {"staff.link", "staff.password"} <= set(told)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", " ", "Vul de naam in"),
        ("email", "noor", "Dat is geen e-mailadres."),
        ("role", "admin", "Kies een rol uit de lijst."),
        ("name", "x" * 201, "Dat is te lang"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    world: Any, browser: httpx.AsyncClient, field: str, typed: str, said: str
) -> None:
    csrf = await log_in(world, browser, Role.COORDINATOR)
    answer = await send(browser, csrf, "/console/beheer/medewerkers", **{field: typed})
    assert answer.status_code == 422
    assert said in answer.text
    kept = RIGHT["email"] if field != "email" else RIGHT["name"]
    assert f'value="{kept}"' in answer.text


async def test_an_address_belongs_to_one_account(world: Any, browser: httpx.AsyncClient) -> None:
    await world.staff(email="noor@leerwinkel.invalid")
    csrf = await log_in(world, browser, Role.COORDINATOR)
    answer = await send(browser, csrf, "/console/beheer/medewerkers")
    assert (answer.status_code, "is er al een account" in answer.text) == (422, True)
    answer = await send(browser, csrf, "/console/beheer/medewerkers", email="n@leerwinkel.invalid", taal_nl="", taal_ar="")  # fmt: skip
    assert "Duid minstens één taal aan." in answer.text


async def test_nobody_gives_more_than_they_may(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    chief = await world.staff(Role.ADMIN, "gent", name="Chef")
    csrf = await log_in(world, browser, Role.COORDINATOR)
    for path in ("", "/gegevens", "/link"):
        answer = await send(browser, csrf, f"/console/beheer/medewerker/{chief.id}{path}", active="0")
        assert answer.status_code == 404
    assert (await called(database, "Chef")).active
    me = await called(database, (await _me(database, Role.COORDINATOR)).name)
    mine = f"/console/beheer/medewerker/{me.id}/gegevens"
    assert (await send(browser, csrf, mine, role="dispatcher")).status_code == 409
    csrf = await log_in(world, browser, Role.ADMIN, None)
    nowhere = await send(browser, csrf, "/console/beheer/medewerkers", region_id="")
    assert "Kies de regio" in nowhere.text
    analyst = await send(browser, csrf, "/console/beheer/medewerkers", region_id="", role="analyst")
    assert analyst.status_code == 200


async def _me(database: Database, role: Role) -> Staff:
    async with database.transaction() as session:
        return (await session.scalars(select(Staff).where(Staff.role == role))).one()


async def test_every_change_is_on_one_page_with_what_it_was(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    lies = await world.staff(name="Lies")
    csrf = await log_in(world, browser, Role.COORDINATOR)
    await send(
        browser, csrf, f"/console/beheer/medewerker/{lies.id}/gegevens", name="Lies V", role="dispatcher"
    )
    async with database.transaction() as session:
        person = await world.person()
        for kind, region, data in (
            ("partner.changed", "antwerpen", {"new": True, "changes": {"name": [None, "verweg"]}}),
            ("template.judged", None, {"name": "leerlijn_open"}),
        ):
            await events.record(session, kind, region_id=region, staff_id=lies.id, data=data)
        await events.record(session, "staff.logged_in", region_id="gent", staff_id=lies.id)
    await events.record(
        world.session, "note.written", region_id="gent", person_id=person.id, staff_id=lies.id
    )
    await world.session.commit()
    page = (await browser.get("/console/beheer/wijzigingen")).text
    assert "naam (was Lies, nu Lies V)" in page
    assert "rol (was leerloopbaanbegeleider, nu dispatcher)" in page
    assert "Sjabloon" in page, "what holds everywhere concerns every region"
    assert page.count('<li class="small">') == 2, "no other region, no client, no coming and going"
    only = (await browser.get("/console/beheer/wijzigingen?onderwerp=template")).text
    assert "Lies V)" not in only
    assert "Lies V)" in (await browser.get(f"/console/beheer/medewerker/{lies.id}")).text
    csrf = await log_in(world, browser, Role.ADMIN, None)
    assert "Partner" in (await browser.get("/console/beheer/wijzigingen?onderwerp=partner")).text
    await log_in(world, browser, Role.COUNSELLOR)
    assert (await browser.get("/console/beheer/wijzigingen")).status_code == 403


async def test_a_change_says_what_it_was_about(world: Any, browser: httpx.AsyncClient) -> None:
    lies = await world.staff(name="Lies")
    saved = await world.add(SavedReply(region_id="gent", name="Niet bereikt", created_by=lies.id))
    session, now = world.session, datetime.now(UTC)
    await card_checks.hold(session, "evc", reason="De prijs is oud.", by_id=lies.id, now=now)
    text = templates.texts()["leerlijn_open", "whatsapp", "nl"]
    await templates.judge(session, text, TemplateState.APPROVED, provider_id=None, staff_id=lies.id)
    region = await session.get_one(Region, "gent")
    rules = region_rules.Filled(quiet_from=20, quiet_until=9, ask_satisfied=True)
    await region_rules.save(session, region, rules, by_id=lies.id)
    await saved_replies.save(
        session,
        saved,
        name="Niet bereikt",
        texts={"nl": "Dag. Ik belde je."},
        active=False,
        by_id=lies.id,
        now=now,
    )
    await log_in(world, browser, Role.COORDINATOR)
    page = (await browser.get("/console/beheer/wijzigingen")).text
    for words in (
        f"Antwoordkaart verborgen <bdi>{cards()['evc'].said('nl').title}</bdi>: <bdi>De prijs is oud.</bdi>",
        "Sjabloon leerlijn_open, WhatsApp, Nederlands: goedgekeurd",
        "stil vanaf (was 21, nu 20)",
        "Standaardantwoord <bdi>Niet bereikt</bdi>: Nederlands · niet in gebruik",
    ):
        assert words in page, words
    assert "· Gent</li>" not in page, "a coordinator sees one region"
    await log_in(world, browser, Role.ADMIN, None)
    assert re.search(r"nu 20\).* · Gent</li>", (await browser.get("/console/beheer/wijzigingen")).text)
