"""An answer outside the window: held, asked for by an approved text, and sent when the person writes."""

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import pytest
from sqlalchemy import select, text

from channels import held, templates
from channels.base import Inbound, Outgoing, Sent
from channels.outbox import SEND, put
from channels.sender import Sender
from channels.sms import Sms
from data.tables import Address, Author, Message, Status, TemplateState
from data.worker import Worker
from tests.desk_fixtures import PUBLIC, Desk
from tests.plain_http import plain_http
from tests.stubs.twilio import ACCOUNT, NUMBER, TOKEN, sid

CLIENT = "+32470000009"


class Windowed(Sms):
    """A channel with a window, that remembers which templates it was handed."""

    name: ClassVar[str] = "whatsapp"
    scheme: ClassVar[str] = "whatsapp"
    handed: ClassVar[list[Any]] = []

    async def send(self, message: Outgoing) -> Sent:
        self.handed.append(message.template)
        return await super().send(message)


@pytest.fixture
async def whatsapp(desk: Desk) -> AsyncIterator[Worker]:
    """Somebody wrote by WhatsApp two days ago; the worker that sends."""
    Windowed.handed.clear()
    channel = Windowed(
        account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, public_url=PUBLIC, api_base=desk.stub.url,
        transport=plain_http(),
    )  # fmt: skip
    await desk.inbox.accept("whatsapp", "whatsapp", [Inbound(external_id=sid(), path=CLIENT, text="dag")])
    await desk.run()
    async with desk.database.transaction() as session:
        await session.execute(text("UPDATE address SET last_in_at = now() - interval '2 days'"))
    worker = Worker(desk.database, {SEND: Sender(desk.database, {"whatsapp": channel}).handle})
    yield worker
    await worker.drain()
    await channel.close()


async def answer(desk: Desk, words: str, staff_id: int) -> Message:
    async with desk.database.transaction() as session:
        talk = await desk.conversation(session, CLIENT)
        address = (await session.scalars(select(Address).where(Address.path == CLIENT))).one()
        message, _ = await put(
            session, conversation=talk, address_id=address.id, channel="whatsapp", author=Author.STAFF,
            staff_id=staff_id, text=words,
        )  # fmt: skip
        return message


async def test_an_answer_waits_for_open_and_then_leaves(
    desk: Desk, whatsapp: Worker, make_staff: int
) -> None:
    async with desk.database.transaction() as session:
        text_ = templates.texts()[templates.OPEN, "whatsapp", "nl"]
        await templates.judge(session, text_, TemplateState.APPROVED, provider_id="HX9")
    first, second = [await answer(desk, words, make_staff) for words in ("je kan starten", "op 5 januari")]
    await whatsapp.run_until_idle()
    assert desk.stub.bodies() == [
        "Dag, de leerwinkel heeft een antwoord voor je. Antwoord OPEN om het te lezen."
    ]
    assert [(one.name, one.provider_id) for one in Windowed.handed] == [(templates.OPEN, "HX9")]
    assert [(await desk.again(one)).status for one in (first, second)] == [Status.HELD, Status.HELD]
    await desk.inbox.accept("whatsapp", "whatsapp", [Inbound(external_id=sid(), path=CLIENT, text="OPEN")])
    async with desk.database.transaction() as session:
        assert await held.release(session, first.address_id) == 2
    await whatsapp.run_until_idle()
    assert desk.stub.bodies()[1:] == ["je kan starten", "op 5 januari"]
    assert Windowed.handed[1:] == [None, None]


async def test_without_an_approved_text_it_is_withheld_with_the_reason(
    desk: Desk, whatsapp: Worker, make_staff: int
) -> None:
    message = await answer(desk, "je kan starten", make_staff)
    await whatsapp.run_until_idle()
    stored = await desk.again(message)
    assert (stored.status, stored.status_reason) == (
        Status.WITHHELD,
        "het tijdvenster voor vrije tekst is dicht",
    )
    assert desk.stub.requests == []
