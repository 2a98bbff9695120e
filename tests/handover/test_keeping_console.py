"""The page of who is kept until when, the hold in a file, and the proofs as a file."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from channels.opt_outs import OptOuts
from data.db import Database
from data.tables import Consent, ErasureHold, Event, Message, Region, Role, Staff
from handover import erasing, retention, trajectory
from handover.expiry import Night, erase_next
from tests.handover.test_partners_console import log_in

TERMS = {"keep_chat_days": "30", "keep_contact_days": "400", "keep_file_years": "7"}
PAGE = "/console/beheer/bewaren"


async def post(browser: httpx.AsyncClient, csrf: str, path: str, **form: str) -> httpx.Response:
    return await browser.post(
        f"/console/{path}", data={**form, "csrf": csrf}, headers={"origin": "http://test"}
    )


async def quiet_for(world: Any, days: int, **more: Any) -> Any:
    at = datetime.now(UTC) - timedelta(days=days)
    return await world.person(created_at=at, last_seen_at=at, **more)


async def test_a_region_chooses_its_terms(world: Any, browser: httpx.AsyncClient, database: Database) -> None:
    csrf = await log_in(world, browser, Role.COORDINATOR)
    assert (await post(browser, csrf, "beheer/regio/gent/bewaren", **TERMS)).status_code == 303
    async with database.transaction() as session:
        found = retention.terms_of(await session.get_one(Region, "gent"))
    assert found == retention.Terms(chat_days=30, contact_days=400, file_years=7)
    page = (await browser.get("/console/beheer/regio/gent")).text
    assert "jaren dat een dossier bijgehouden wordt (was 5, nu 7)" in page
    told = (await browser.get(PAGE)).text
    assert "30 dagen" in told
    assert "7 jaar" in told
    assert (await post(browser, csrf, "beheer/regio/antwerpen/bewaren", **TERMS)).status_code == 404
    await log_in(world, browser, Role.COUNSELLOR)
    assert (await browser.get(PAGE)).status_code == 403


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("keep_chat_days", "6", "7 tot 365 dagen"), ("keep_contact_days", "1826", "30 tot 1825 dagen"),
        ("keep_file_years", "0", "1 tot 10 jaar"), ("keep_file_years", "", "1 tot 10 jaar"),
        ("keep_chat_days", "9" * 30, "7 tot 365 dagen"), ("keep_chat_days", "٣٠", "7 tot 365 dagen"),
    ],
)  # fmt: skip
async def test_a_term_that_cannot_be_is_not_taken(
    world: Any, browser: httpx.AsyncClient, database: Database, field: str, typed: str, said: str
) -> None:
    csrf = await log_in(world, browser, Role.COORDINATOR)
    refused = await post(browser, csrf, "beheer/regio/gent/bewaren", **TERMS | {field: typed})
    assert refused.status_code == 422
    assert said in refused.text
    async with database.transaction() as session:
        assert retention.terms_of(await session.get_one(Region, "gent")) == retention.DEFAULT


async def test_who_goes_who_stays_and_why(world: Any, browser: httpx.AsyncClient) -> None:
    await quiet_for(world, 70, name="Fatma Gaatweg")
    await quiet_for(world, 10, name="Ali Blijft")
    waits = await quiet_for(world, 200, name="Vera Wacht")
    await world.conversation(waits, holder="queue", waiting_on="us")
    await quiet_for(world, 70, name="Sara Elders", region="antwerpen")
    held = await quiet_for(world, 200, name="Omar Vast")
    csrf = await log_in(world, browser, Role.COORDINATOR)
    assert (
        await post(browser, csrf, f"client/{held.id}/niet-wissen", reason="klacht <b>")
    ).status_code == 303
    page = (await browser.get(PAGE)).text
    for section, there, absent in (
        ("coming", ["Fatma Gaatweg", "90 dagen voorbij"], ["Ali", "Vera", "Sara", "Omar"]),
        ("held", ["Omar Vast", "klacht &lt;b&gt;"], ["Fatma", "Vera"]),
        ("open", ["Vera Wacht", "gesprek wacht op ons"], ["Omar", "Fatma"]),
    ):
        part = page.split(f'<h2 id="{section}">')[1].split("</section>")[0]
        assert all(words in part for words in there), section
        assert not any(words in part for words in absent), section
    assert "Sara" not in page


async def test_a_hold_is_seen_by_all_and_placed_and_released_by_the_coordinator(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    person, counsellor = await quiet_for(world, 1), await world.staff()
    await world.trajectory(person, counsellor)
    at = f"client/{person.id}/niet-wissen"
    csrf = await log_in(world, browser, Role.DISPATCHER)
    assert (await post(browser, csrf, at, reason="x")).status_code == 403
    csrf = await log_in(world, browser, Role.COORDINATOR)
    assert (await post(browser, csrf, at, reason="  ")).status_code == 409
    assert (await post(browser, csrf, f"{at}/opheffen")).status_code == 409
    assert (await post(browser, csrf, at, reason="Er loopt een klacht")).status_code == 303
    again = await post(browser, csrf, at, reason="nog")
    assert (again.status_code, "wordt al niet gewist" in again.text) == (409, True)
    await log_in(world, browser, Role.DISPATCHER)
    file = (await browser.get(f"/console/client/{person.id}")).text
    assert "Er loopt een klacht" in file
    assert 'action="/console/client/' + str(person.id) + '/niet-wissen"' not in file
    csrf = await log_in(world, browser, Role.COORDINATOR)
    assert f"{at}/opheffen" in (await browser.get(f"/console/client/{person.id}")).text
    assert (await post(browser, csrf, f"{at}/opheffen")).status_code == 303
    async with database.transaction() as session:
        (hold,) = await session.scalars(select(ErasureHold))
        assert hold.released_at is not None
        assert await session.get_one(Staff, hold.released_by_id)
        kinds = (
            select(Event.kind).where(Event.kind.in_(("person.held", "person.released"))).order_by(Event.id)
        )
        assert list(await session.scalars(kinds)) == ["person.held", "person.released"]


async def test_the_proofs_are_shown_and_taken_along_without_a_formula(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    await world.session.execute(update(Region).where(Region.id == "gent").values(name="=Gent()"))
    await quiet_for(world, 200, name="Fatma Zwaardvogel")
    await quiet_for(world, 200, name="Ver Weg", region="antwerpen")
    asked = await quiet_for(world, 1, name="Vroeg Zelf")
    await world.session.commit()
    async with database.transaction() as session:
        await erasing.erase(session, asked.id, opt_outs=OptOuts(b"x"), now=datetime.now(UTC))
    await erase_next(database, Night(), opt_outs=OptOuts(b"x"), now=datetime.now(UTC))
    await log_in(world, browser, Role.COORDINATOR)
    page = (await browser.get(PAGE)).text
    part = page.split('<h2 id="proofs">')[1]
    assert "termijn voorbij" in part
    assert "vroeg het zelf" in part
    answer = await browser.get(f"{PAGE}/gewist.csv")
    rows = list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert [(row["Waarom"], row["Regio"], row["Termijn"], row["person"], row["message"]) for row in rows] == [
        ("termijn voorbij", "'=Gent()", "90", "1", "0"), ("vroeg het zelf", "'=Gent()", "90", "1", "0")
    ]  # fmt: skip
    for name in ("Fatma", "Zwaardvogel", "Vroeg Zelf", "Ver Weg"):
        assert name not in answer.text
        assert name not in page
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", ("Garder et effacer", "parlé seulement avec le bot", "90 jours")), ("en", ("Keeping and erasing", "spoke with the bot only", "90 days"))],
)  # fmt: skip
async def test_the_page_in_the_language_of_who_reads_it(
    world: Any, browser: httpx.AsyncClient, language: str, said: tuple[str, ...]
) -> None:
    person = await quiet_for(world, 70, name="Fatma")
    csrf = await log_in(world, browser, Role.COORDINATOR)
    await world.session.execute(update(Staff).values(console_language=language))
    await world.session.commit()
    page = (await browser.get(PAGE)).text
    assert all(words in page for words in said)
    assert "Bijgehouden" not in page
    refused = await post(browser, csrf, f"client/{person.id}/niet-wissen", reason="")
    assert {"fr": "Écrivez pourquoi", "en": "Write why"}[language] in refused.text
    assert (await browser.get(f"{PAGE}/gewist.csv")).text.startswith({"fr": "\ufeffEffacé le", "en": "\ufeffErased on"}[language])  # fmt: skip


async def test_the_term_that_was_read_stays_with_the_consent(
    world: Any, browser: httpx.AsyncClient, database: Database
) -> None:
    person, counsellor = await world.person(), await world.staff(name="Els Maes")
    address = await world.address(person)
    await world.message(await world.conversation(person), address)
    csrf = await log_in(world, browser, Role.COORDINATOR)
    await post(browser, csrf, "beheer/regio/gent/bewaren", **TERMS)
    asked = await post(
        browser, csrf, f"client/{person.id}/traject/vraag", staff_id=str(counsellor.id), question="hout",
        client_msg_id="4f7a3f8e-0000-4000-8000-000000000001",
    )  # fmt: skip
    assert asked.status_code == 303
    async with database.transaction() as session:
        (text,) = await session.scalars(select(Message.text).where(Message.author == "staff"))
        assert "tot 7 jaar na ons laatste contact" in text
    opened = await post(
        browser, csrf, f"client/{person.id}/traject", staff_id=str(counsellor.id), question="hout", agreed="1"
    )
    assert opened.status_code == 303
    await post(browser, csrf, "beheer/regio/gent/bewaren", **TERMS | {"keep_file_years": "10"})
    async with database.transaction() as session:
        (consent,) = await session.scalars(select(Consent))
        assert "7 jaar" in consent.wording
        track = await trajectory.current(session, person.id)
        assert track is not None
        by = await session.get_one(Staff, counsellor.id)
        await trajectory.close(session, track, outcome="klaar", by_id=by.id, now=datetime.now(UTC))
        found = await retention.of(session, person.id, now=datetime.now(UTC))
        assert found is not None
        assert (found.kind, found.term) == ("file", 7)
