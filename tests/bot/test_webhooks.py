"""The whole application on a real port, and what it does with requests as nobody should send them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from bot import guard
from bot.app import create_app
from bot.settings import Settings, SmsSettings
from data.db import Database
from tests.databases import Databases
from tests.faults.program import lend_model
from tests.plain_http import plain_http
from tests.stubs import twilio
from tests.stubs.twilio import ACCOUNT, NUMBER, TOKEN, TwilioStub, inbound, signed

PUBLIC = "https://hub.example"
URL = f"{PUBLIC}/webhooks/sms"
LIMIT = 50_000
TABLES = ("message", "receipt", "person", "address", "job", "event", "parked_status")


@pytest.fixture(scope="session")
def var_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("var")
    lend_model(folder)
    return folder


@pytest.fixture(scope="session")
def the_stub() -> Iterator[TwilioStub]:
    with twilio.running() as server:
        yield server


@pytest.fixture(scope="session")
async def own_url(databases: Databases) -> str:
    """A database of the application's own: it runs on while other tests empty theirs."""
    return await databases.new("webhooks")


@pytest.fixture(scope="session")
async def the_app(own_url: str, var_dir: Path, the_stub: TwilioStub) -> AsyncIterator[tuple[FastAPI, str]]:
    """The application of `serve`, started once, and where it listens."""
    settings = Settings(
        database_url=own_url, var_dir=var_dir, public_url=PUBLIC, body_limit=LIMIT,
        sms=SmsSettings(account_sid=ACCOUNT, auth_token=SecretStr(TOKEN), number=NUMBER, api_base=the_stub.url),
    )  # fmt: skip
    app = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield app, f"http://{host}:{port}"
    server.should_exit = True
    await running


@pytest.fixture
def stub(the_stub: TwilioStub) -> TwilioStub:
    the_stub.taken.clear()
    return the_stub


@pytest.fixture
async def client(the_app: tuple[FastAPI, str], stub: TwilioStub) -> AsyncIterator[httpx.AsyncClient]:
    """Asks the application; leaves when it has done what was asked."""
    app, address = the_app
    async with httpx.AsyncClient(base_url=address, transport=plain_http()) as client:
        yield client
    await app.state.worker.drain()


@dataclass(frozen=True, kw_only=True)
class Store:
    """What the application stored since the test began."""

    database: Database
    before: dict[str, int]

    async def grown(self) -> set[str]:
        """The tables with more rows than before."""
        now = await count(self.database)
        return {table for table in TABLES if now[table] > self.before[table]}

    async def heard(self) -> list[str]:
        query = text("SELECT text FROM message WHERE direction = 'in' ORDER BY id OFFSET :before")
        async with self.database.transaction() as session:
            return list(await session.scalars(query, {"before": self.before["heard"]}))


async def count(database: Database) -> dict[str, int]:
    queries = {table: f"SELECT count(*) FROM {table}" for table in TABLES}  # noqa: S608
    queries["heard"] = "SELECT count(*) FROM message WHERE direction = 'in'"
    async with database.transaction() as session:
        return {name: await session.scalar(text(query)) or 0 for name, query in queries.items()}


@pytest.fixture
async def store(the_app: tuple[FastAPI, str]) -> Store:
    database: Database = the_app[0].state.database
    return Store(database=database, before=await count(database))


async def _post(client: httpx.AsyncClient, words: str, sender: str, **more: str) -> httpx.Response:
    body, headers = signed(URL, inbound(words, sender=sender) | more)
    return await client.post("/webhooks/sms", content=body, headers=headers)


async def test_a_signed_message_is_stored_and_answered(
    client: httpx.AsyncClient, store: Store, stub: TwilioStub, number: str
) -> None:
    answer = await _post(client, "Dag", number)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert b"<Response/>" in answer.content
    async with asyncio.timeout(10):
        while not stub.taken:
            await asyncio.sleep(0.02)
    assert await store.heard() == ["Dag"]
    assert stub.taken[0].to == number


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-twilio-signature": ""}, {"x-twilio-signature": "AAAA"}, {"x-twilio-signature": "\xe9"}],
)
@pytest.mark.parametrize("path", ["/webhooks/sms", "/webhooks/sms/status"])
async def test_unsigned_is_refused_and_leaves_nothing(
    client: httpx.AsyncClient, store: Store, headers: dict[str, str], path: str, number: str
) -> None:
    body, _ = signed(URL, inbound("geheim", sender=number))
    raw = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    answer = await client.post(path, content=body, headers=raw)
    assert answer.status_code == 403
    assert await store.grown() == set()


async def test_a_header_cannot_change_what_was_signed(client: httpx.AsyncClient, store: Store) -> None:
    """The public address comes from the settings: no Host or X-Forwarded-* of a caller's own choice."""
    evil = "https://evil.example/webhooks/sms"
    body, headers = signed(evil, inbound("dag"))
    forged = {
        "host": "evil.example",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
        "x-original-url": evil,
    }
    assert (await client.post("/webhooks/sms", content=body, headers=headers | forged)).status_code == 403
    assert await store.grown() == set()


async def test_a_signature_is_for_one_address_only(client: httpx.AsyncClient) -> None:
    body, headers = signed(URL, inbound("dag"))
    assert (await client.post("/webhooks/sms/status", content=body, headers=headers)).status_code == 403
    assert (await client.post("/webhooks/sms?x=1", content=body, headers=headers)).status_code == 403


async def test_signed_but_malformed_is_told(client: httpx.AsyncClient, store: Store, number: str) -> None:
    assert (await _post(client, "dag", number, MessageSid="", SmsSid="")).status_code == 400
    assert await store.grown() == set()


async def test_signed_but_no_business_of_ours_is_accepted_and_ignored(
    client: httpx.AsyncClient, store: Store, number: str
) -> None:
    assert (await _post(client, "dag", number, From="whatsapp:+32470000001")).status_code == 200
    assert (await _post(client, "", number, MessageStatus="teleported")).status_code == 200
    assert await store.grown() == set()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_only_post_is_known(client: httpx.AsyncClient, method: str) -> None:
    assert (await client.request(method, "/webhooks/sms")).status_code == 405


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "messenger", "voice", "..%2fsms", "SMS"])
async def test_a_channel_that_is_off_is_not_there(client: httpx.AsyncClient, channel: str) -> None:
    assert (await client.post(f"/webhooks/{channel}", content=b"x")).status_code == 404


async def test_too_big_is_refused_before_anything_is_read(
    client: httpx.AsyncClient, store: Store, number: str
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * (LIMIT // 10)

    assert (await _post(client, "😀" * 250_000, number)).status_code == 413
    answer = await client.post("/webhooks/sms", content=chunks(), headers={"x-twilio-signature": "A"})
    assert answer.status_code == 413
    assert await store.grown() == set()


async def test_too_slow_is_refused(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "READ_TIMEOUT", 0.2)

    async def drips() -> AsyncIterator[bytes]:
        yield b"Body="
        await asyncio.sleep(0.6)
        yield b"x"

    assert (await client.post("/webhooks/sms", content=drips())).status_code == 408


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("nul \x00 byte", "nul  byte"),
        ("factuur \u202egpj.exe", "factuur gpj.exe"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("\ufeffDag\x07", "Dag"),
        ("مرحبا", "مرحبا"),
        ("e\u0301", "é"),
    ],
)
async def test_what_people_write_is_stored_clean(
    client: httpx.AsyncClient, store: Store, words: str, kept: str, number: str
) -> None:
    assert (await _post(client, words, number)).status_code == 200
    assert await store.heard() == [kept]


@pytest.mark.parametrize(
    "body",
    [
        b"text=%ED%A0%BD",
        b"text=%FF%FE",
        b"text=a%00b",
        b"text=" + b"%F0%9F%98%80" * 4000,
        b"\xff\xfe",
        b"text",
        b"",
    ],
    ids=["surrogate", "no utf-8", "nul", "emoji", "bytes", "no value", "empty"],
)
async def test_the_chat_takes_or_refuses_but_never_breaks(
    client: httpx.AsyncClient, store: Store, body: bytes
) -> None:
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "origin": str(client.base_url).rstrip("/"),
    }
    answer = await client.post("/chat", content=body, headers=headers)
    assert answer.status_code < 500
    assert not any(set("\x00\ud83d") & set(stored) for stored in await store.heard())


async def test_a_database_that_is_away_is_told_as_later(
    client: httpx.AsyncClient,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    number: str,
) -> None:
    """A table that is locked away: nothing can be stored, and the provider must come again."""
    async with store.database.engine.connect() as connection:
        await connection.execute(text("ALTER TABLE receipt RENAME TO receipt_away"))
        await connection.execute(text("COMMIT"))
        answer = await _post(client, "geheim verhaal", number)
        await connection.execute(text("ALTER TABLE receipt_away RENAME TO receipt"))
        await connection.execute(text("COMMIT"))
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    assert (await _post(client, "geheim verhaal", number)).status_code == 200
    assert "geheim" not in caplog.text
    assert number not in caplog.text


async def test_refusals_are_logged_without_the_persons_words(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, number: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        for noisy in ("httpx", "httpcore", "asyncio", "alembic"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
        body, headers = signed(URL, inbound("mijn geheim", sender=number), token="wrong")
        await client.post("/webhooks/sms", content=body, headers=headers)
        await _post(client, "mijn geheim", number, MessageSid="x")
        await _post(client, "mijn geheim", number)
        await asyncio.sleep(0.3)
    assert "without a valid signature" in caplog.text
    assert "malformed" in caplog.text
    for private in ("geheim", number, number[1:], TOKEN, headers["x-twilio-signature"]):
        assert private not in caplog.text
