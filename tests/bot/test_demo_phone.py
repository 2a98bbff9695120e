"""The demo's phone against the real program over HTTP: an SMS goes in signed, and the answer comes back delivered."""

import asyncio
import re
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from bot.app import create_app
from bot.demo_phone import LEERWINKEL, MESSAGES, NUMBERS, DemoPhone, Sms, phone_number
from bot.settings import Settings, SmsSettings
from channels.base import Outgoing
from data.tables import Address, Direction, Message
from tests.databases import Databases
from tests.plain_http import plain_http


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A running program with phones, and a browser in front of them."""

    app: FastAPI
    phone: DemoPhone
    settings: Settings
    browser: httpx.AsyncClient

    async def screen(self, number: str) -> str:
        return (await self.browser.get("/demo-phone", params={"number": number})).text

    async def texts(self, text: str, number: str) -> None:
        answer = await self.browser.post("/demo-phone", data={"number": number, "text": text})
        assert answer.status_code == 303

    async def stored(self, number: str) -> list[Message]:
        """What was stored of a phone's thread, both ways."""
        async with self.app.state.database.transaction() as session:
            query = (
                select(Message)
                .join(Address, Address.id == Message.address_id)
                .where(Address.path == number)
                .order_by(Message.id)
            )
            return list(await session.scalars(query))

    async def until_delivered(self, number: str, count: int) -> list[Message]:
        """The messages to a phone, when that many are delivered."""
        for _ in range(150):
            messages = [row for row in await self.stored(number) if row.direction == Direction.OUT]
            if [message.status for message in messages] == ["delivered"] * count:
                return messages
            await asyncio.sleep(0.1)
        raise AssertionError([(message.status, message.status_reason) for message in messages])

    @property
    def api(self) -> str:
        sms = self.settings.sms
        return f"{sms.api_base}/2010-04-01/Accounts/{sms.account_sid}/Messages.json"


@pytest.fixture(scope="module")
async def program(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[FastAPI, DemoPhone, Settings]]:
    """As `bot demo` serves it, on a free port, over a database without demo data; its public address is another one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings(
        database_url=await databases.new("phones"), var_dir=tmp_path_factory.mktemp("var"), port=port,
        public_url="https://demo.example", demo=True,
    )  # fmt: skip
    phone = DemoPhone(settings)
    settings = settings.model_copy(update={"sms": phone.sms})
    app = create_app(settings)
    app.include_router(phone.router())
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", ws="websockets-sansio"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), "the program did not start"
        await asyncio.sleep(0.02)
    yield app, phone, settings
    server.should_exit = True
    await serving


@pytest.fixture
async def demo(program: tuple[FastAPI, DemoPhone, Settings]) -> AsyncIterator[Demo]:
    """The program, with a browser of this test's own."""
    app, phone, settings = program
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{settings.port}", transport=plain_http()
    ) as browser:
        yield Demo(app=app, phone=phone, settings=settings, browser=browser)


def read(page: str) -> list[str]:
    """The SMS on the screen, as people read them."""
    bodies = re.findall(r'<div class="msg-body" dir="auto">(.*?)</div>', page, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", body)) for body in bodies]


async def test_an_sms_from_the_phone_is_answered_on_the_phone(demo: Demo, number: str) -> None:
    await demo.texts("Dag, wie ben jij?", number)
    (answer,) = await demo.until_delivered(number, 1)
    assert answer.channel == "sms"
    mine, theirs = read(await demo.screen(number))
    assert mine == "Dag, wie ben jij?"
    assert "digitale assistent" in theirs
    assert theirs == answer.text
    assert [sms.sid for sms in demo.phone.thread(number) if not sms.mine] == [answer.external_id]
    assert {message.person_id for message in await demo.stored(number)} == {answer.person_id}

    assert read(await demo.screen("+32470999999")) == [], "every number has a thread of its own"
    assert number in await demo.screen("+32470999999"), "the other phones can be picked"

    await demo.texts("stop", number)
    await demo.until_delivered(number, 2)
    await demo.texts("Dag", number)
    await asyncio.sleep(0.5)
    assert read(await demo.screen(number))[-1] == "Dag", "whoever stopped gets no answer"


async def test_the_channel_finds_what_it_sent(demo: Demo, number: str) -> None:
    channel = demo.app.state.hub.channels["sms"]
    before = time.time()
    message = Outgoing(message_id=1, path=number, text="Tot morgen")
    sent = await channel.send(message)
    found = await channel.find(message, before)
    assert found == sent
    assert await channel.find(Outgoing(message_id=2, path=number, text="Iets anders"), before) is None


async def test_only_our_channel_may_send_by_the_stand_in(demo: Demo, number: str) -> None:
    form = {"To": number, "From": LEERWINKEL, "Body": "van een ander"}
    token = demo.settings.sms.auth_token.get_secret_value()
    for name, password in (("AC" + "0" * 32, token), (demo.settings.sms.account_sid, "geraden")):
        for answer in (
            await demo.browser.post(demo.api, data=form, auth=(name, password)),
            await demo.browser.get(demo.api, auth=(name, password)),
        ):
            assert answer.status_code == 401
    assert (await demo.browser.post(demo.api, data=form)).status_code == 401
    wrong = await demo.browser.post(
        demo.api, data=form | {"To": "Els"}, auth=(demo.settings.sms.account_sid, token)
    )
    assert (wrong.status_code, wrong.json()["code"]) == (400, 21211)
    assert read(await demo.screen(number)) == []


async def test_a_message_that_was_not_taken_says_so(demo: Demo, number: str) -> None:
    stranger = DemoPhone(demo.settings)
    await stranger._send(number, "met een andere sleutel getekend")
    assert await demo.stored(number) == []
    assert [sms.failed for sms in stranger.thread(number)] == [
        "Dit bericht is niet aangekomen. Stuur het opnieuw."
    ]


async def test_the_page_keeps_a_number_and_shows_what_is_wrong_with_one(demo: Demo, number: str) -> None:
    first = await demo.browser.get("/demo-phone")
    assert "getekende telefoon" in first.text
    assert "geen echte sms" in first.text
    assert first.headers["cache-control"] == "no-store"
    given = re.findall(r'name="number" value="(\+32470\d{6})"', unescape(first.text))[0]
    assert given in unescape((await demo.browser.get("/demo-phone")).text), "the browser keeps its phone"
    wrong = await demo.screen("<b>geen nummer</b>")
    assert "Dit is geen telefoonnummer" in wrong
    assert "<b>" not in wrong
    await demo.texts("   ", number)
    assert read(await demo.screen(number)) == []


async def test_what_is_on_the_screen_is_text(demo: Demo, number: str) -> None:
    demo.phone.keep(
        number,
        Sms(
            sid="SM1",
            mine=False,
            text="<script>x</script> http://demo.example/a/1?b=2&c=3",
            at=datetime.now(UTC),
        ),
    )
    page = await demo.screen(number)
    assert "<script>x" not in page
    assert 'href="http://demo.example/a/1?b=2&amp;c=3"' in page
    assert "style=" not in page, "the content policy allows none"
    assert not re.findall(r"<script(?![^>]*src=)", page)


def test_the_phones_remember_little() -> None:
    phone = DemoPhone(Settings())
    now = datetime.now(UTC)
    for number in range(NUMBERS + 5):
        for count in range(MESSAGES + 3 if number == NUMBERS else 1):
            phone.keep(f"+324700000{number:02d}", Sms(sid=str(count), mine=True, text="x", at=now))
    assert phone.thread("+32470000004") == ()
    assert len(phone.thread("+32470000005")) == 1
    kept = phone.thread(f"+324700000{NUMBERS:02d}")
    assert [kept[0].sid, kept[-1].sid, len(kept)] == ["3", str(MESSAGES + 2), MESSAGES]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+32470123456", "+32470123456"), ("0470 12 34 56", "+32470123456"), ("0032470123456", "+32470123456"),
        ("+32 (470) 12.34-56", "+32470123456"), ("09 123 45 67", "+3291234567"), ("", None), ("112", None),
        ("Els", None), ("+0470123456", None), ("+32470123456789012", None), ("+3247012345٣", None),
    ],
)  # fmt: skip
def test_a_number_as_people_type_it(typed: str, number: str | None) -> None:
    assert phone_number(typed) == number


@pytest.mark.parametrize(
    ("host", "api"),
    [
        ("127.0.0.1", "http://127.0.0.1:8001"), ("0.0.0.0", "http://127.0.0.1:8001"),  # noqa: S104
        ("::", "http://[::1]:8001"), ("hub.lan", "http://hub.lan:8001"),
    ],
)  # fmt: skip
def test_the_channel_reaches_the_phone_on_this_machine(host: str, api: str) -> None:
    settings = Settings(host=host, port=8001, public_url="https://demo.example")
    assert DemoPhone(settings).sms.api_base == f"{api}/demo-phone/twilio"


def test_every_phone_has_its_own_key_and_only_a_whole_account_is_one() -> None:
    one, two = DemoPhone(Settings()).sms, DemoPhone(Settings()).sms
    assert one.on
    assert one.auth_token != two.auth_token
    assert not SmsSettings().on
    assert not SmsSettings(account_sid="AC1").on


async def test_a_served_program_has_no_phone() -> None:
    transport = httpx.ASGITransport(app=create_app(Settings(demo=True)))
    async with httpx.AsyncClient(transport=transport, base_url="http://leerlijn.test") as browser:
        assert (await browser.get("/demo-phone")).status_code == 404
