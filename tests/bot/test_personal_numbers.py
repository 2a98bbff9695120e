"""What somebody should not have sent stands in no view of the console and in no log, and they are told once."""

import logging
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from bot.hub import Hub
from channels.base import Inbound
from data.tables import Decision, Message, Role, Staff
from handover import auth
from handover.console.routes import add_console

NUMBER, ACCOUNT, CARD = "85.07.30-033.28", "BE68 5390 0754 7034", "4111 1111 1111 1111"
TEXT = f"mijn rijksregisternummer is {NUMBER}, rekening {ACCOUNT} en kaart {CARD}, wat kost Spaans in Gent?"
PARTS = ("85.07.30", "-033.28", "BE68 ", " 5390 ", "5390 0754", "0754 7034", "4111 1111", "1111 1111")
TELLING = 9  # characters of a number in their order: fewer may be a phone number, a time or an id by chance


def shown(text: str) -> list[str]:
    """What `text` tells of the three numbers: parts as they were written, or enough of one whatever stands between."""
    compact = re.sub(r"[\W_]", "", text)
    numbers = [re.sub(r"\W", "", number) for number in (NUMBER, ACCOUNT, CARD)]
    runs = [run[start : start + TELLING] for run in numbers for start in range(len(run) - TELLING + 1)]
    return [part for part in PARTS if part in text] + [run for run in runs if run in compact]


async def write(hub: Hub, path: str, text: str) -> int:
    (accepted,) = await hub.inbox.accept(
        "sms", "sms", [Inbound(external_id=uuid4().hex, path=path, text=text)]
    )
    await hub.worker.run_until_idle()
    return accepted.message_id


async def thread_page(hub: Hub, conversation_id: int) -> str:
    """The thread as staff see it in the console."""
    app = FastAPI()
    app.state.database, app.state.secret = hub.database, b"secret"
    app.state.settings = SimpleNamespace(https=False, demo=False, public_url="http://test")
    add_console(app)
    now = datetime.now(UTC)
    async with hub.database.transaction() as session:
        admin = await session.scalar(select(Staff.id).where(Staff.role == Role.ADMIN).limit(1))
        token = await auth.start(session, admin or 0, now=now)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as browser:
        browser.cookies.set("leerlijn_staff", token)
        page = await browser.get(f"/console/gesprek/{conversation_id}")
    assert page.status_code == 200
    return page.text


async def test_personal_numbers_stand_nowhere(
    hub: Hub, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    message_id = await write(hub, number, TEXT)
    async with hub.database.transaction() as session:
        message = await session.get_one(Message, message_id)
        stored, conversation_id = message.text, message.conversation_id
        decision = (await session.scalars(select(Decision).where(Decision.message_id == message_id))).one()
        understood = str(decision.understanding) + str(decision.reasons)
        replies = [
            row.text for row in await session.scalars(select(Message).where(Message.answers_id == message_id))
        ]
    assert stored.startswith("mijn rijksregisternummer is ***, rekening *** en kaart ***, wat kost")
    page = await thread_page(hub, conversation_id)
    assert "rekening ***" in page
    said = [record.getMessage() + str(record.exc_text or "") for record in caplog.records]
    assert shown(TEXT)
    assert [shown(text) for text in (stored, understood, page, *replies, *said) if shown(text)] == []


async def test_the_person_is_told_once(hub: Hub, number: str) -> None:
    told = []
    for text in (TEXT, f"mijn nummer is {NUMBER}, en Frans in Gent?"):
        message_id = await write(hub, number, text)
        async with hub.database.transaction() as session:
            rows = await session.scalars(select(Message.text).where(Message.answers_id == message_id))
            told.append("Stuur geen rijksregisternummer" in "\n".join(rows))
    assert told == [True, False]
