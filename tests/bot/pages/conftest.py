"""The public pages on an application of their own, over the test's database, with a bot that says what a test wants."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from bot.hub import open_conversation
from bot.pages.routes import add_pages
from channels import outbox
from channels.base import Choice
from channels.inbox import TURN, Inbox
from channels.media import Media
from channels.web import WebChat
from data import queue
from data.catalog.demand import DemandLog
from data.db import Database
from data.queue import LeasedJob
from data.tables import Author, Conversation, Message
from data.worker import Worker
from handover.conversation import lock_person
from tests.bot.pages.own_scene import Scene

BASE = "http://leerlijn.test"


class Parrot:
    """Answers every message with `says`, through the real inbox, queue and outbox: what is tested is the page."""

    def __init__(self, database: Database) -> None:
        self.says: Sequence[str] = ("Ik hoor je.",)
        self.choices: Sequence[Choice] = ()
        self.language = "nl"
        self._database = database

    async def handle(self, job: LeasedJob) -> None:
        async with self._database.transaction() as session:
            message = await session.get_one(Message, job.payload["message_id"])
            await lock_person(session, message.person_id)
            conversation = await session.get_one(Conversation, message.conversation_id)
            for step, text in enumerate(self.says):
                await outbox.put(
                    session, conversation=conversation, address_id=message.address_id, channel="web",
                    author=Author.BOT, text=text, language=self.language, choices=self.choices,
                    answers_id=message.id, step=step,
                )  # fmt: skip
            await queue.complete(session, job)


@pytest.fixture
def parrot(database: Database) -> Parrot:
    return Parrot(database)


@pytest.fixture
async def app(database: Database, parrot: Parrot, tmp_path: Path) -> AsyncIterator[FastAPI]:
    """The pages with their conversation, without the rest of the program."""
    worker = Worker(database, {TURN: parrot.handle})
    app = FastAPI()
    app.state.database = database
    app.state.demand = DemandLog(b"test", k=5)
    app.state.chat = WebChat(database, Inbox(database, worker, open_conversation, run_here=True))
    app.state.media = Media(database, tmp_path / "media", {})
    add_pages(app)
    yield app
    await worker.drain()


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without JavaScript that keeps cookies and does not follow redirects by itself."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """The same pages on a real port, for sockets: "127.0.0.1:49152"."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, lifespan="off", log_level="warning", ws="websockets-sansio")
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"{host}:{port}"
    server.should_exit = True
    await serving


@pytest.fixture
async def scene(app: FastAPI, database: Database, browser: httpx.AsyncClient, tmp_path: Path) -> Scene:
    """Somebody with a file, and a link to it."""
    app.state.secret = b"secret"
    made = Scene(database, browser)
    await made.start(tmp_path / "media")
    return made
