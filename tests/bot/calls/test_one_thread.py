"""One person by SMS, WhatsApp, telephone and e-mail: proved to be one, seen as one thread, every message once."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select, text

from bot.app import create_app
from bot.replies import BRUSSELS
from bot.settings import EmailSettings, WhatsAppSettings
from channels import outbox
from channels.email.channel import sign
from data.tables import Staff
from handover import conversation as handover
from handover.conversation import Step
from tests.bot.calls.conftest import Line, new_number, serving, settings_for
from tests.databases import Databases
from tests.hub_fixtures import fill_with_demo
from tests.plain_http import plain_http
from tests.stubs import meta, smtp
from tests.stubs.meta import MetaStub
from tests.stubs.phone import press, say
from tests.stubs.smtp import MailServer
from tests.stubs.twilio import TwilioStub

OURS = "leerlijn@leerlijn.example"
MAIL_SECRET = "what signs posted mail"
PATIENCE = 15.0  # seconds


@pytest.fixture(scope="module")
def graph() -> Iterator[MetaStub]:
    with meta.running() as server:
        yield server


@pytest.fixture(scope="module")
async def mail_server() -> AsyncIterator[MailServer]:
    async with smtp.running() as server:
        yield server


@pytest.fixture(scope="module")
async def everywhere(
    databases: Databases, calls_var: Path, calls_twilio: TwilioStub, graph: MetaStub, mail_server: MailServer
) -> AsyncIterator[Line]:
    """The application with four channels on."""
    url = await databases.new("everywhere", template="seeded", fill=fill_with_demo)
    more = {
        "whatsapp": WhatsAppSettings(
            phone_number_id=meta.NUMBER_ID, access_token=SecretStr(meta.TOKEN),
            app_secret=SecretStr(meta.APP_SECRET), verify_token=SecretStr(meta.VERIFY_TOKEN), api_base=graph.url,
        ),
        "email": EmailSettings(
            address=OURS, smtp_host="127.0.0.1", smtp_port=mail_server.port, smtp_security="none",
            webhook_secret=SecretStr(MAIL_SECRET),
        ),
    }  # fmt: skip
    app = create_app(settings_for(url, calls_var, calls_twilio).model_copy(update=more))
    async for address in serving(app):
        async with httpx.AsyncClient(base_url=address, transport=plain_http()) as client:
            yield Line(client=client, app=app, stub=calls_twilio)


async def until(happened: Callable[[], Any]) -> Any:
    async with asyncio.timeout(PATIENCE):
        while not (found := happened()):
            await asyncio.sleep(0.02)
    return found


def code_in(words: str) -> str:
    found = re.search(r"\d{3} \d{3}", words)
    assert found is not None, words
    return found[0]


async def by_whatsapp(line: Line, graph: MetaStub, number: str, words: str) -> str:
    """They write by WhatsApp; our answer."""
    who = number.lstrip("+")
    before = len(graph.texts(who))
    body, headers = meta.signed(meta.wrote(words, sender=who))
    for _ in range(2):  # Meta calls twice
        answer = await line.client.post("/webhooks/whatsapp", content=body, headers=headers)
        assert answer.status_code == 200
    await until(lambda: len(graph.texts(who)) > before)
    await line.settled()
    return str(graph.texts(who)[before])


async def by_mail(line: Line, address: str, words: str) -> None:
    """They write a mail, which is brought twice."""
    raw = f"From: Fatma <{address}>\nTo: {OURS}\nSubject: Vraag\nMessage-ID: <{uuid4().hex}@v.be>\n\n{words}\n".encode()
    at = int(time.time())
    signed = {
        "x-leerlijn-timestamp": str(at), "x-leerlijn-signature": sign(raw, at, MAIL_SECRET.encode()),
        "content-type": "message/rfc822",
    }  # fmt: skip
    for _ in range(2):
        assert (await line.client.post("/webhooks/email", content=raw, headers=signed)).status_code == 200
    await line.settled()


async def counsellor_answers(line: Line, person_id: int, words: str) -> None:
    """From the console, where the person wrote last; pressed twice."""
    async with line.database.transaction() as session:
        staff_id = (await session.scalars(select(Staff.id).where(Staff.role == "counsellor").limit(1))).one()
        now = datetime.now(BRUSSELS)
        talk = await handover.open_for(session, person_id, "email", None, now=now)
        await handover.move(session, talk, Step.STAFF_WROTE, staff_id=staff_id, now=now)
        for _ in range(2):
            await outbox.staff_message(
                session,
                conversation=talk,
                staff_id=staff_id,
                text=words,
                client_msg_id="one composed message",
            )


async def owners(line: Line, *paths: str) -> Sequence[int]:
    """Whose these addresses are now, each person once."""
    async with line.database.transaction() as session:
        rows = await session.execute(
            text(
                "SELECT DISTINCT l.person_id FROM address a JOIN address_link l ON l.address_id = a.id "
                "WHERE a.path = ANY(:paths) AND l.ended_at IS NULL"
            ),
            {"paths": list(paths)},
        )
        return [row.person_id for row in rows]


async def test_one_person_on_four_channels_is_one_thread_and_every_message_is_there_once(
    everywhere: Line, graph: MetaStub, mail_server: MailServer
) -> None:
    line, number, mail = everywhere, new_number(), f"f{uuid4().hex[:10]}@voorbeeld.be"
    app_number = new_number()

    await line.texts(number, "Waar kan ik leren lassen in Gent?")
    assert "lassen" in (await line.sent(number, 1))[0].lower()

    assert await by_whatsapp(line, graph, app_number, "dag, ik ben het van de sms")
    assert len(await owners(line, number, app_number)) == 2
    await line.texts(number, f"{app_number} is ook mijn whatsapp, koppel mijn whatsapp {app_number}")
    code = code_in((await line.sent(number, 2))[1])
    assert "allebei van jou" in await by_whatsapp(line, graph, app_number, code)
    assert len(await owners(line, number, app_number)) == 1

    assert "code van 6 cijfers" in await by_whatsapp(
        line, graph, app_number, f"{mail} is ook mijn mail: koppel mijn mail {mail}"
    )
    await until(lambda: [m for m in mail_server.mails if m["To"] and mail in m["To"]])
    posted = mail_server.mails[-1].get_body(("plain",))
    assert posted is not None
    assert "allebei van jou" in await by_whatsapp(line, graph, app_number, code_in(posted.get_content()))
    (person_id,) = await owners(line, number, app_number, mail)

    assert "belt je terug" in await by_whatsapp(line, graph, app_number, "bel me terug aub")
    phone = line.phone(number)
    await phone.dial_and_give(press("1"), say("Wat kost een cursus Spaans?"))
    await phone.hangs_up()
    await by_mail(line, mail, "Ik mail nu maar even. Wanneer bellen jullie?")
    before = len(mail_server.mails)  # a colleague has the question, so the bot is silent
    await counsellor_answers(line, person_id, "Dag Fatma, ik bel je straks om 14 uur. Els")
    await until(lambda: len(mail_server.mails) > before)
    await line.settled()
    answer = mail_server.mails[before]
    assert (answer["Subject"], mail in answer["To"]) == ("Re: Vraag", True)
    assert "14 uur" in answer.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    assert list(await owners(line, number, app_number, mail)) == [person_id]
    async with line.database.transaction() as session:
        rows = (
            await session.execute(
                text(
                    "SELECT direction, channel, status, text, external_id FROM message "
                    "WHERE person_id = :id ORDER BY id"
                ),
                {"id": person_id},
            )
        ).all()
        calls = (
            await session.execute(
                text("SELECT state FROM call_task WHERE person_id = :id"), {"id": person_id}
            )
        ).all()
    heard = [row for row in rows if row.direction == "in"]
    assert [row.channel for row in heard] == [
        "sms", "whatsapp", "sms", "whatsapp", "whatsapp", "whatsapp", "whatsapp", "voice", "email",
    ]  # fmt: skip
    ids = [row.external_id for row in rows if row.external_id]
    assert len(ids) == len(set(ids))
    for channel, arrived in (
        ("sms", line.stub.bodies(number)), ("whatsapp", graph.texts(app_number.lstrip("+"))),
    ):  # fmt: skip
        stored = [row.text for row in rows if row.channel == channel and row.direction == "out"]
        assert len(arrived) == len(stored), f"{channel}: {arrived} {stored}"
    assert [row.state for row in calls] == ["open"]
    assert {"queued", "sending", "failed", "unknown"}.isdisjoint({row.status for row in rows}), rows
