"""Telegram from end to end: its stub on one side, the whole hub with the real bot on the other."""

import asyncio
import json
from argparse import Namespace
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.commands.telegram import run_telegram
from bot.hub import Hub
from bot.settings import Settings, TelegramSettings
from data.tables import Address, Message, Status
from tests.stubs.telegram import TOKEN, TelegramStub, message, refused, update, user


async def test_a_question_is_answered_with_buttons_and_a_tap_is_understood(
    telegram: httpx.AsyncClient, telegram_hub: Hub, api: TelegramStub, chat: int
) -> None:
    question = message("Spaanse les in Gent?", chat=chat)
    for _ in range(3):  # Telegram repeats what it is not sure of
        assert (await telegram.post("/webhooks/telegram", json=question)).status_code == 200
    await telegram_hub.worker.run_until_idle()
    (call,) = api.sent()
    assert call["chat_id"] == str(chat)
    assert "digitale assistent" in call["text"]
    keyboard = json.loads(call["reply_markup"])["inline_keyboard"]
    values = [button["callback_data"] for row in keyboard for button in row]
    assert values[0] == "1"
    tap = {"id": str(chat), "from": user(id=chat), "chat_instance": "1", "data": "1"}
    answer = await telegram.post("/webhooks/telegram", json=update(callback_query=tap))
    assert answer.json()["method"] == "answerCallbackQuery"
    await telegram_hub.worker.run_until_idle()
    assert len(api.sent()) == 2
    assert "Bron:" in api.sent()[1]["text"]


async def test_a_tap_on_an_older_list_is_not_taken_for_the_newest(
    telegram: httpx.AsyncClient, telegram_hub: Hub, api: TelegramStub, chat: int
) -> None:
    async def tap(on: int, data: str) -> str:
        """The answer to a button of our list number `on`."""
        async with telegram_hub.database.transaction() as session:
            query = select(Message.external_id).join(Address).where(Address.path == str(chat))
            lists = query.where(Message.direction == "out", Message.choices != [])
            ours = list(await session.scalars(lists.order_by(Message.id)))
        number = int(ours[on].split(":")[1])
        shown = message("lijst", chat=chat, message_id=number)["message"]
        tapped = {
            "id": uuid4().hex,
            "from": user(id=chat),
            "chat_instance": "1",
            "data": data,
            "message": shown,
        }
        before = len(api.sent())
        await telegram.post("/webhooks/telegram", json=update(callback_query=tapped))
        async with asyncio.timeout(10):
            while len(api.sent()) == before:  # Telegram takes one message a second for one chat
                await telegram_hub.worker.run_until_idle()
                await asyncio.sleep(0.1)
        return str(api.sent()[-1]["text"])

    for text in ("Spaanse les in Gent?", "en Frans in Aalst?"):
        await telegram.post("/webhooks/telegram", json=message(text, chat=chat))
        await telegram_hub.worker.run_until_idle()
    assert "stond in een vorige lijst" in await tap(0, "1")
    again = json.loads(api.sent()[-1]["reply_markup"])["inline_keyboard"]
    assert again == json.loads(api.sent()[1]["reply_markup"])["inline_keyboard"], "the newest list once more"
    assert "Bron:" in await tap(1, "1"), "the newest list is still the one that is open"


async def test_start_undoes_stop(
    telegram: httpx.AsyncClient, telegram_hub: Hub, api: TelegramStub, chat: int
) -> None:
    for text in ("dag", "/stop", "zijn er nog plaatsen?", "/start spaans-gent"):
        await telegram.post("/webhooks/telegram", json=message(text, chat=chat))
        await telegram_hub.worker.run_until_idle()
    texts = [call["text"] for call in api.sent()]
    assert len(texts) == 3
    assert "geen berichten meer" in texts[1]
    assert "Spaans" in texts[2]


async def test_who_blocks_us_hears_nothing_until_they_write_again(
    telegram: httpx.AsyncClient, telegram_hub: Hub, api: TelegramStub, chat: int
) -> None:
    async def blocked() -> bool:
        async with telegram_hub.database.transaction() as session:
            address = await session.scalar(select(Address).where(Address.path == str(chat)))
            return address is not None and address.blocked_at is not None

    api.fails("sendMessage", refused(403, "Forbidden: bot was blocked by the user"))
    await telegram.post("/webhooks/telegram", json=message("dag", chat=chat))
    await telegram_hub.worker.run_until_idle()
    assert await blocked()
    async with telegram_hub.database.transaction() as session:
        failed = await session.scalar(
            select(Message).join(Address).where(Address.path == str(chat), Message.direction == "out")
        )
        assert failed is not None
        assert (failed.status, failed.status_reason) == (
            Status.FAILED, "deze persoon blokkeerde ons op dit kanaal",
        )  # fmt: skip
    await telegram.post("/webhooks/telegram", json=message("toch wel", chat=chat))
    assert not await blocked()
    await telegram_hub.worker.run_until_idle()
    assert len(api.sent()) == 2


@pytest.mark.parametrize("headers", [{}, {"x-telegram-bot-api-secret-token": "fout"}])
async def test_without_the_secret_nothing_comes_in(
    telegram: httpx.AsyncClient, headers: dict[str, str], chat: int
) -> None:
    telegram.headers.pop("x-telegram-bot-api-secret-token")
    answer = await telegram.post("/webhooks/telegram", json=message("dag", chat=chat), headers=headers)
    assert answer.status_code == 403


async def test_the_command_sets_shows_and_removes_the_webhook(
    api: TelegramStub, capsys: pytest.CaptureFixture[str]
) -> None:
    def settings(**more: str) -> Settings:
        telegram = TelegramSettings(
            token=SecretStr(TOKEN), webhook_secret=SecretStr("geheim"), api_base=api.url
        )
        return Settings(telegram=telegram, **more)

    async def run(settings: Settings, *, put: bool = False, remove: bool = False) -> int:
        return await run_telegram(settings, Namespace(set_webhook=put, remove_webhook=remove))

    public = settings(public_url="https://hub.example")
    assert await run(Settings()) == 1
    assert await run(settings(), put=True) == 1
    assert api.webhook == {}
    assert await run(public, put=True) == 0
    assert api.webhook["url"] == "https://hub.example/webhooks/telegram"
    assert "@leerlijn_bot" in capsys.readouterr().out
    assert await run(public, remove=True) == 0
    assert api.webhook == {}
    api.fails("getMe", refused(401, "Unauthorized"))
    assert await run(public) == 1
    assert TOKEN not in "".join(capsys.readouterr())
