"""Telegram's stub on one side, the whole hub with the real bot on the other."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette

from bot import webhooks
from bot.hub import Hub, open_hub
from bot.settings import Settings
from channels.telegram import Telegram
from tests.plain_http import plain_http
from tests.stubs import telegram as bot_api
from tests.stubs.telegram import TOKEN, TelegramStub

SECRET = {"x-telegram-bot-api-secret-token": "geheim"}


@pytest.fixture
def api() -> Iterator[TelegramStub]:
    with bot_api.running() as stub:
        yield stub


@pytest.fixture
async def telegram_hub(seeded_url: str, tmp_path: Path, api: TelegramStub) -> AsyncIterator[Hub]:
    channel = Telegram(token=TOKEN, webhook_secret="geheim", api_base=api.url, transport=plain_http())
    settings = Settings(database_url=seeded_url, var_dir=tmp_path)
    async with open_hub(settings, channels={"telegram": channel}) as hub:
        yield hub


@pytest.fixture
async def telegram(telegram_hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    """Telegram's side of our webhook."""
    app = Starlette(routes=webhooks.routes(telegram_hub.channels, telegram_hub.inbox, "https://hub.example"))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="https://hub.example", headers=SECRET
    ) as client:
        yield client


@pytest.fixture
def chat() -> int:
    return uuid4().int % 10**10
