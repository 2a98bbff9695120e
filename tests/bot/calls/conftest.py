"""The whole application with a telephone and SMS, on a real port, with the demo's courses and counters."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select

from bot.app import create_app
from bot.hub import Hub
from bot.settings import Settings, SmsSettings, VoiceSettings
from data.db import Database
from data.tables import Address, AddressLink, CallTask, Message, Person
from tests.databases import Databases
from tests.faults.program import lend_model
from tests.hub_fixtures import fill_with_demo
from tests.plain_http import plain_http
from tests.stubs import twilio
from tests.stubs.phone import Phone
from tests.stubs.twilio import ACCOUNT, NUMBER, TOKEN, TwilioStub, inbound, signed

PUBLIC = "https://hub.example"


@dataclass(frozen=True, kw_only=True)
class Line:
    """The application as a caller meets it, and what it stored about them."""

    client: httpx.AsyncClient
    app: FastAPI
    stub: TwilioStub

    @property
    def hub(self) -> Hub:
        return self.app.state.hub

    @property
    def database(self) -> Database:
        return self.hub.database

    def phone(self, number: str | None = None, **more: Any) -> Phone:
        return Phone(self.client, PUBLIC, number=number or new_number(), **more)

    async def texts(self, number: str, words: str) -> None:
        """They send an SMS, and we answer it."""
        body, headers = signed(f"{PUBLIC}/webhooks/sms", inbound(words, sender=number))
        answer = await self.client.post("/webhooks/sms", content=body, headers=headers)
        assert answer.status_code == 200
        await self.settled()

    async def settled(self) -> None:
        """All that this process had to do is done."""
        await self.hub.worker.drain()

    async def sent(self, number: str, count: int) -> list[str]:
        """The SMS that reached this number, once there are `count`; and whatever came with them."""
        for _ in range(200):
            if len(self.stub.bodies(number)) >= count:
                break
            await asyncio.sleep(0.05)
        await self.settled()
        return self.stub.bodies(number)

    async def person(self, number: str, scheme: str = "tel") -> Person:
        query = (
            select(Person)
            .join(AddressLink, AddressLink.person_id == Person.id)
            .join(Address, Address.id == AddressLink.address_id)
            .where(Address.scheme == scheme, Address.path == number)
        )
        async with self.database.transaction() as session:
            return (await session.scalars(query)).one()

    async def rows(self, table: Any, person: Person) -> Sequence[Any]:
        async with self.database.transaction() as session:
            query = select(table).where(table.person_id == person.id).order_by(table.id)
            return (await session.scalars(query)).all()

    async def thread(self, number: str) -> list[tuple[str, str, str, str]]:
        """Direction, channel, status and text of every message, in order."""
        rows = await self.rows(Message, await self.person(number))
        return [(row.direction, row.channel, row.status, row.text) for row in rows]

    async def calls(self, number: str) -> Sequence[CallTask]:
        return await self.rows(CallTask, await self.person(number))


def new_number() -> str:
    """A Belgian mobile number that nobody has used yet."""
    return f"+3247{uuid4().int % 10_000_000:07d}"


async def serving(app: FastAPI) -> AsyncIterator[str]:
    """The address of the application while it listens."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}"
    server.should_exit = True
    await running


def settings_for(url: str, var_dir: Path, stub: TwilioStub, **voice: Any) -> Settings:
    token = SecretStr(TOKEN)
    return Settings(
        database_url=url, var_dir=var_dir, public_url=PUBLIC,
        sms=SmsSettings(account_sid=ACCOUNT, auth_token=token, number=NUMBER, api_base=stub.url),
        voice=VoiceSettings(account_sid=ACCOUNT, auth_token=token, number=NUMBER, **voice),
    )  # fmt: skip


@pytest.fixture(scope="session")
async def calls_url(databases: Databases) -> str:
    return await databases.new("calls", template="seeded", fill=fill_with_demo)


@pytest.fixture(scope="session")
def calls_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calls")
    lend_model(folder)
    return folder


@pytest.fixture(scope="session")
def calls_twilio() -> Iterator[TwilioStub]:
    with twilio.running() as server:
        yield server


@pytest.fixture(scope="session")
async def the_line(calls_url: str, calls_var: Path, calls_twilio: TwilioStub) -> AsyncIterator[Line]:
    app = create_app(settings_for(calls_url, calls_var, calls_twilio))
    async for address in serving(app):
        async with httpx.AsyncClient(base_url=address, transport=plain_http()) as client:
            yield Line(client=client, app=app, stub=calls_twilio)


@pytest.fixture
async def line(the_line: Line) -> AsyncIterator[Line]:
    the_line.stub.taken.clear()
    yield the_line
    await the_line.settled()
