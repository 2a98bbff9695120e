"""Telegram when it repeats itself, overtakes itself, slows us down or sends a whole album at once."""

import asyncio

import httpx
from sqlalchemy import func, select, text

from bot.hub import Hub
from data.tables import Address, Attachment, Conversation, Direction, Message, Status
from tests import files
from tests.stubs.telegram import TelegramStub, message, refused, update


async def messages(hub: Hub, chat: int, direction: Direction) -> list[Message]:
    async with hub.database.transaction() as session:
        rows = await session.scalars(
            select(Message)
            .join(Address, Address.id == Message.address_id)
            .where(Address.path == str(chat), Message.direction == direction)
            .order_by(Message.id)
        )
        return list(rows)


async def test_one_update_twenty_times_at_once_is_one_message_and_one_answer(
    telegram: httpx.AsyncClient,
    telegram_hub: Hub,
    api: TelegramStub,
    chat: int,
) -> None:
    again = message("Spaanse les in Gent?", chat=chat)
    answers = await asyncio.gather(*(telegram.post("/webhooks/telegram", json=again) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    await telegram_hub.worker.run_until_idle()
    assert len(await messages(telegram_hub, chat, Direction.IN)) == 1
    assert len(api.sent()) == 1


async def test_the_same_words_twice_are_two_messages(
    telegram: httpx.AsyncClient,
    telegram_hub: Hub,
    chat: int,
) -> None:
    for _ in range(2):
        await telegram.post("/webhooks/telegram", json=message("ja", chat=chat))
    assert len(await messages(telegram_hub, chat, Direction.IN)) == 2


async def test_numbers_of_updates_may_jump_back_after_a_quiet_week(
    telegram: httpx.AsyncClient,
    telegram_hub: Hub,
    chat: int,
) -> None:
    for update_id in (900_000_000, 5, 2**31 - 1):
        given = message(f"nummer {update_id}", chat=chat) | {"update_id": update_id}
        assert (await telegram.post("/webhooks/telegram", json=given)).status_code == 200
    said = [row.text for row in await messages(telegram_hub, chat, Direction.IN)]
    assert said == ["nummer 900000000", "nummer 5", "nummer 2147483647"]


async def test_an_album_at_once_of_somebody_new_is_one_conversation_one_answer_and_all_its_photos(
    telegram: httpx.AsyncClient,
    telegram_hub: Hub,
    api: TelegramStub,
    chat: int,
) -> None:
    api.files["P"] = files.picture()
    photo = [
        {"file_id": "P", "file_unique_id": "P", "width": 640, "height": 480, "file_size": len(api.files["P"])}
    ]
    album = [message(None, chat=chat, photo=photo, media_group_id="9") for _ in range(6)]
    await asyncio.gather(*(telegram.post("/webhooks/telegram", json=one) for one in album))
    await telegram_hub.worker.run_until_idle()
    (answer,) = [
        one for one in api.sent() if one["chat_id"] == str(chat)
    ]  # others may still wait for their pace
    assert "Ik kan foto's en bestanden niet lezen" in answer["text"]
    await telegram_hub.fetcher.run_until_idle()
    async with telegram_hub.database.transaction() as session:
        whose = select(Address.id).where(Address.path == str(chat)).scalar_subquery()
        talks = (
            select(func.count(Conversation.id.distinct())).join(Message).where(Message.address_id == whose)
        )
        assert await session.scalar(talks) == 1
        kept = await session.scalars(select(Attachment).join(Message).where(Message.address_id == whose))
        assert [(row.state, row.media_type) for row in kept] == [("kept", "image/jpeg")] * 6


async def test_telegram_is_given_the_time_it_asks_for(
    telegram: httpx.AsyncClient,
    telegram_hub: Hub,
    api: TelegramStub,
    chat: int,
) -> None:
    api.fails("sendMessage", refused(429, "Too Many Requests: retry after 30", retry_after=30))
    await telegram.post("/webhooks/telegram", json=message("dag", chat=chat))
    await telegram_hub.worker.run_until_idle()
    (waiting,) = await messages(telegram_hub, chat, Direction.OUT)
    assert waiting.status == Status.QUEUED
    async with telegram_hub.database.transaction() as session:
        query = "SELECT extract(epoch FROM run_at - now()) FROM job WHERE state = 'ready' AND payload ->> 'message_id' = :id"
        due = await session.scalar(text(query).bindparams(id=str(waiting.id)))
        assert due is not None
        assert 15 < due <= 31
    async with (
        telegram_hub.database.transaction() as session
    ):  # it is there: nothing is left behind for other tests
        await session.execute(text("UPDATE job SET run_at = now() WHERE state = 'ready' AND kind = 'send'"))
        await session.execute(text("DELETE FROM channel_state WHERE channel = 'telegram'"))
    await telegram_hub.worker.run_until_idle()
    assert len(api.sent()) == 2


async def test_what_is_changed_later_changes_the_message(
    telegram: httpx.AsyncClient,
    telegram_hub: Hub,
    chat: int,
) -> None:
    first = message("Spaans in Aalst", chat=chat)
    await telegram.post("/webhooks/telegram", json=first)
    changed = first["message"] | {"text": "Spaans in Gent", "edit_date": 1}
    await telegram.post("/webhooks/telegram", json=update(edited_message=changed))
    (row,) = await messages(telegram_hub, chat, Direction.IN)
    assert (row.text, row.edited_at is not None) == ("Spaans in Gent", True)
