"""A hub with the demo data, and Twilio's SDK talking to a recorded wire. For whole conversations."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs
from uuid import uuid4

import httpx
import pytest

from bot.hub import Hub, open_hub
from bot.replies import BRUSSELS
from bot.settings import Settings
from channels import health
from channels.sms import Sms
from data import migrate
from data.db import Database
from data.seed import seed
from handover.passwords import hash_password
from tests.databases import Databases


class Wire:
    """Twilio's side of the line: takes every message and remembers it."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.sent.append((form["To"], form["Body"]))
        return httpx.Response(201, json={"sid": f"SM{len(self.sent):032x}", "status": "queued"})


async def fill_with_demo(url: str) -> None:
    """Migrate and seed the database of `url`."""
    await migrate.upgrade(url)
    database = Database(url)
    async with database.transaction() as session:
        await seed(session, today=datetime.now(BRUSSELS).date(), hash_password=hash_password)
    await database.close()


@pytest.fixture(scope="session")
async def seeded_url(databases: Databases) -> str:
    """A database with the demo data, shared by the stories of a worker; each story is a new person in it."""
    return await databases.new("stories", template="seeded", fill=fill_with_demo)


@pytest.fixture(scope="session")
async def the_hub(seeded_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """The real parts; jobs run when a story asks for it."""
    wire = Wire()
    settings = Settings(database_url=seeded_url, var_dir=Path(tmp_path_factory.mktemp("var")))
    sms = Sms(
        account_sid="AC" + "0" * 32, auth_token="story", number="+3280000000",
        public_url=settings.public_url, transport=httpx.MockTransport(wire.answer),
    )  # fmt: skip
    async with open_hub(settings, channels={"sms": sms}) as hub:
        yield hub


@pytest.fixture
async def hub(the_hub: Hub) -> Hub:
    """The same, whatever a hub of another test said of the channels in this database."""
    async with the_hub.database.transaction() as session:
        await health.announce(session, ["web", "sms"])
    return the_hub


@pytest.fixture
def number() -> str:
    """A phone number that nobody has used yet."""
    return f"+3247{uuid4().int % 10_000_000:07d}"
