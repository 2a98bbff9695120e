"""Who referred somebody in hears how it goes, only while the client allows it; and it is counted."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from channels.email.channel import Email
from channels.email.sending import Server
from data import queue
from data.db import Database
from data.tables import Consent, Conversation, Event, Referral
from handover import referral_in, reports
from handover.referral_in import Told
from handover.referral_mail import LETTER, Letters
from handover.reports import Span
from tests.channels.mail import ADDRESS, SECRET
from tests.handover.conftest import NOW
from tests.handover.test_referrals_console import ORIGIN, log_in
from tests.stubs import smtp
from tests.stubs.smtp import MailServer

REFERRED = {
    "organisation": "OCMW Gent", "referrer": "An", "contact": "an@ocmw.example", "first_name": "Fatma",
    "phone": "+32470123499", "question": "Zoekt Nederlands", "language": "nl", "postcode": "9000",
}  # fmt: skip


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with smtp.running() as server:
        yield server


async def referred(world: Any, **more: str) -> Referral:
    reference = await referral_in.receive(world.session, Told(**(REFERRED | more)), now=NOW)
    await world.session.commit()
    return (await world.session.scalars(select(Referral).where(Referral.reference == reference))).one()


async def letters(database: Database, server: MailServer | None, folder: Path) -> int:
    """Hand over the letters that wait; returns how many."""
    email = None
    if server is not None:
        email = Email(
            address=ADDRESS, secret=SECRET, folder=folder,
            server=Server(host="127.0.0.1", port=server.port, security="none"),
        )  # fmt: skip
    handler = Letters(database, channel=email, public_url="http://test")
    async with database.transaction() as session:
        jobs = await queue.claim(session, [LETTER], "test", 10)
    for job in jobs:
        await handler.handle(job)
    return len(jobs)


async def press(browser: httpx.AsyncClient, csrf: str, referral: Referral, what: str, **form: str) -> int:
    path = f"/console/doorverwezen/{referral.id}/{what}"
    return (await browser.post(path, data={"csrf": csrf, **form}, headers=ORIGIN)).status_code


async def kinds(database: Database) -> list[str]:
    async with database.transaction() as session:
        found = await session.scalars(select(Event.kind).order_by(Event.id))
        return [kind for kind in found if kind.startswith("referral.progress")]


async def test_only_with_consent_by_mail_and_without_a_name(
    world: Any, browser: httpx.AsyncClient, database: Database, server: MailServer, tmp_path: Path
) -> None:
    referral = await referred(world)
    csrf = await log_in(world, browser)
    await world.session.commit()
    home = f"/console/client/{referral.person_id}"
    assert "Zeg hen niets over de cliënt" in (await browser.get(home)).text
    assert await press(browser, csrf, referral, "vertel", progress="spoken") == 409
    assert await letters(database, server, tmp_path) == 0
    assert await press(browser, csrf, referral, "mag-vertellen", allow="1", heard="phone") == 303
    assert await press(browser, csrf, referral, "mag-vertellen", allow="1", heard="phone") == 303
    async with database.transaction() as session:
        (consent,) = [row for row in await session.scalars(select(Consent)) if row.kind == "progress"]
    assert "OCMW Gent" in consent.wording
    assert consent.channel == "phone"
    assert await press(browser, csrf, referral, "vertel", progress="appointment") == 303
    assert await letters(database, server, tmp_path) == 1
    (mail,) = server.mails
    assert mail["To"] == "an@ocmw.example"
    words = mail.get_content()
    assert str(referral.reference) in words
    assert "Er is een afspraak" in words
    assert "Fatma" not in mail.as_string()
    assert "470123499" not in mail.as_string()
    assert "verteld dat er is een afspraak" in (await browser.get(home)).text
    assert await kinds(database) == ["referral.progress_allowed", "referral.progress_told"]


async def test_taken_back_even_what_waits_does_not_leave(
    world: Any, browser: httpx.AsyncClient, database: Database, server: MailServer, tmp_path: Path
) -> None:
    referral = await referred(world)
    csrf = await log_in(world, browser)
    await world.session.commit()
    await press(browser, csrf, referral, "mag-vertellen", allow="1", heard="desk")
    await press(browser, csrf, referral, "vertel", progress="guided")
    assert await press(browser, csrf, referral, "mag-vertellen", allow="0") == 303
    assert await letters(database, server, tmp_path) == 1
    assert server.mails == []
    assert await press(browser, csrf, referral, "vertel", progress="guided") == 409
    async with database.transaction() as session:
        rows = [row for row in await session.scalars(select(Consent)) if row.kind == "progress"]
    assert [row.withdrawn_at is not None for row in rows] == [True]


async def test_by_phone_where_there_is_no_mail_address(
    world: Any, browser: httpx.AsyncClient, database: Database, tmp_path: Path
) -> None:
    referral = await referred(world, contact="09 266 99 11")
    csrf = await log_in(world, browser)
    await world.session.commit()
    await press(browser, csrf, referral, "mag-vertellen", allow="1", heard="message")
    assert "Bel hen en noteer" in (await browser.get(f"/console/client/{referral.person_id}")).text
    assert await press(browser, csrf, referral, "vertel", progress="ended") == 303
    assert await letters(database, None, tmp_path) == 0
    async with database.transaction() as session:
        told = (await session.scalars(select(Event).where(Event.kind == "referral.progress_told"))).one()
        span = Span(
            start=NOW - timedelta(days=400), end=NOW + timedelta(days=400), regions=frozenset({"gent"})
        )
        counted = await reports.progress_told(session, span)
    assert (told.data["via"], told.region_id, counted) == ("phone", "gent", 1)


async def test_without_e_mail_a_colleague_has_it_to_do(
    world: Any, browser: httpx.AsyncClient, database: Database, tmp_path: Path
) -> None:
    referral = await referred(world)
    csrf = await log_in(world, browser)
    await world.session.commit()
    await press(browser, csrf, referral, "mag-vertellen", allow="1", heard="phone")
    await press(browser, csrf, referral, "vertel", progress="spoken")
    assert await letters(database, None, tmp_path) == 1
    async with database.transaction() as session:
        talk = (await session.scalars(select(Conversation))).one()
    assert (talk.holder, talk.reason) == ("queue", "progress_unsent")


async def test_what_is_no_answer(world: Any, browser: httpx.AsyncClient) -> None:
    referral = await referred(world)
    csrf = await log_in(world, browser)
    await world.session.commit()
    for what, form in (
        ("mag-vertellen", {"allow": "1", "heard": "pigeon"}), ("mag-vertellen", {"allow": "2"}),
        ("vertel", {"progress": "all of it"}),
    ):  # fmt: skip
        assert await press(browser, csrf, referral, what, **form) == 400
