"""Telegram outwards: a Bot API over real HTTP that python-telegram-bot itself talks to, with faults."""

import asyncio
import json
import logging
from collections.abc import Sequence
from typing import Any

import pytest

from channels.base import (
    Blocked,
    Choice,
    Inbound,
    Item,
    Misconfigured,
    Outgoing,
    Rejected,
    SendError,
    Throttled,
    Unavailable,
    UnknownOutcome,
)
from channels.telegram import Telegram
from tests.channels.conftest import PUBLIC, SECRET
from tests.plain_http import plain_http
from tests.stubs.telegram import (
    CHAT,
    TOKEN,
    Fault,
    TelegramStub,
    message,
    refused,
    update,
    user,
)


def outgoing(text: str = "Dag", **more: Any) -> Outgoing:
    return Outgoing(message_id=1, path=str(CHAT), text=text, **more)


# Sending


async def test_a_message_with_buttons(telegram: Telegram, api: TelegramStub) -> None:
    choices = (Choice(label="Aalst, bib", value="1"), Choice(label="Een ander moment", value="meer"))
    sent = await telegram.send(outgoing("Kies een plek", choices=choices))
    (call,) = api.sent()
    assert (call["chat_id"], call["text"]) == (str(CHAT), "Kies een plek")
    assert "parse_mode" not in call
    assert json.loads(call["link_preview_options"]) == {"is_disabled": True}
    keyboard = json.loads(call["reply_markup"])["inline_keyboard"]
    assert [[button["callback_data"] for button in row] for row in keyboard] == [["1"], ["meer"]]
    assert sent.external_id == f"{CHAT}:{api.next_id}"


async def test_a_value_too_long_for_a_button_is_read_instead(telegram: Telegram, api: TelegramStub) -> None:
    choices = (Choice(label="Ja", value="ja"), Choice(label="Nee", value="é" * 33))
    await telegram.send(outgoing("Past het?", choices=choices))
    (call,) = api.sent()
    assert call["text"] == "Past het?\n\nNee"
    assert len(json.loads(call["reply_markup"])["inline_keyboard"][0]) == 1


async def test_words_to_type_are_bold_and_what_staff_type_is_theirs(
    telegram: Telegram, api: TelegramStub
) -> None:
    await telegram.send(outgoing("👋 Liever een mens? Typ *mens* of *meer*. 2 * 3 * 4"))
    await telegram.send(outgoing("dit is *belangrijk*", human=True))
    first, second = api.sent()
    assert first["text"] == "👋 Liever een mens? Typ mens of meer. 2 * 3 * 4"
    units = first["text"].encode("utf-16-le")
    marked = [
        units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
        for entity in json.loads(first["entities"])
    ]
    assert marked == ["mens", "meer"]
    assert (second["text"], "entities" in second) == ("dit is *belangrijk*", False)


async def test_labels_that_a_phone_cuts_off_are_lines_with_short_buttons(
    telegram: Telegram, api: TelegramStub
) -> None:
    long = "CVO Denderboog (demo), Aalst: do 09:00-12:00, start 28/1, 120 euro"
    choices = [Choice(label=long, value=str(number)) for number in (1, 2)]
    await telegram.send(outgoing("7 gevonden", choices=(*choices, Choice(label="Meer", value="meer"))))
    (call,) = api.sent()
    assert call["text"] == f"7 gevonden\n\n1) {long}\n2) {long}"
    keyboard = json.loads(call["reply_markup"])["inline_keyboard"]
    assert [[(b["text"], b["callback_data"]) for b in row] for row in keyboard] == [
        [("1", "1"), ("2", "2"), ("Meer", "meer")]
    ]


@pytest.mark.parametrize("word", ["woord ", "👩‍👩‍👧 ", "é"])
async def test_a_long_text_goes_in_parts_in_order(telegram: Telegram, api: TelegramStub, word: str) -> None:
    text = (word * 1500).strip()
    await telegram.send(outgoing(text, choices=(Choice(label="Ja", value="ja"),)))
    parts = [call["text"] for call in api.sent()]
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert all(len(part.encode("utf-16-le")) // 2 <= 4096 for part in parts)
    assert ["reply_markup" in call for call in api.sent()] == [False] * (len(parts) - 1) + [True]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (refused(429, "Too Many Requests: retry after 30", retry_after=30), Throttled),
        (Fault(status=429), Throttled),
        (refused(403, "Forbidden: bot was blocked by the user"), Blocked),
        (refused(403, "Forbidden: user is deactivated"), Blocked),
        (refused(400, "Bad Request: chat not found"), Rejected),
        (refused(401, "Unauthorized"), Misconfigured),
        (refused(404, "Not Found"), Misconfigured),
        (refused(500, "Internal Server Error"), UnknownOutcome),
        (Fault(status=502, body=b"<html>bad gateway</html>"), UnknownOutcome),
        (Fault(status=200, body=b"<html>a portal</html>", takes=True), UnknownOutcome),
        (Fault(status=200, body=b'{"ok": true}', takes=True), UnknownOutcome),
        (Fault(hangs_up=True, takes=True), UnknownOutcome),
    ],
)
async def test_what_went_wrong(
    telegram: Telegram,
    api: TelegramStub,
    fault: Fault,
    error: type[SendError],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    api.fails("sendMessage", fault)
    with pytest.raises(error) as raised:
        await telegram.send(outgoing("dit is geheim"))
    if fault.body.startswith(b'{"ok": false') and error is Throttled:
        assert raised.value.retry_after == 30
    told = caplog.text + str(raised.value) + repr(raised.value.__cause__)
    assert TOKEN not in told
    assert TOKEN.partition(":")[2] not in told


async def test_no_telegram_there_is_tried_again(telegram: Telegram, api: TelegramStub) -> None:
    gone = Telegram(token=TOKEN, api_base="http://127.0.0.1:9", transport=plain_http())
    with pytest.raises(Unavailable):
        await gone.send(outgoing())
    await gone.close()


async def test_half_a_long_message_is_never_started_again(telegram: Telegram, api: TelegramStub) -> None:
    api.fails("sendMessage", Fault(status=500, takes=True, delay=0))
    api.script["sendMessage"].appendleft(Fault(status=200, takes=True, body=json.dumps(
        {"ok": True, "result": {"message_id": 1, "date": 1, "chat": {"id": CHAT, "type": "private"}}}).encode()))  # fmt: skip
    with pytest.raises(UnknownOutcome, match="deel 2"):
        await telegram.send(outgoing("woord " * 1000))


async def test_nobody_can_look_a_message_up(telegram: Telegram) -> None:
    with pytest.raises(UnknownOutcome):
        await telegram.find(outgoing(), 0.0)


async def test_the_token_is_in_no_log(
    telegram: Telegram, api: TelegramStub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx")  # whatever the program set before
    await telegram.send(outgoing())
    await telegram.typing(str(CHAT), "1")
    assert any("sendMessage" in record.getMessage() for record in caplog.records if record.name == "httpx")
    assert TOKEN not in "".join(record.getMessage() for record in caplog.records if record.name == "httpx")


# Files


async def read(telegram: Telegram, ref: str, limit: int) -> bytes:
    return b"".join([chunk async for chunk in telegram.fetch(ref, limit)])


async def test_a_file_is_fetched(telegram: Telegram, api: TelegramStub) -> None:
    api.files["F1"] = b"x" * 100_000
    assert await read(telegram, "F1", 100_000) == api.files["F1"]
    with pytest.raises(Rejected):
        await read(telegram, "F1", 99_999)


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "//evil.example/x", "http://evil.example/x", "photos/../../x", "/etc/passwd", "a?b"],
)
async def test_a_file_is_never_fetched_elsewhere(telegram: Telegram, api: TelegramStub, path: str) -> None:
    answer = {"ok": True, "result": {"file_id": "F", "file_unique_id": "F", "file_path": path}}
    api.fails("getFile", Fault(status=200, body=json.dumps(answer).encode()))
    with pytest.raises(Rejected):
        await read(telegram, "F", 1000)


async def test_a_file_that_is_gone_or_too_big(telegram: Telegram, api: TelegramStub) -> None:
    api.fails("getFile", refused(400, "Bad Request: file is too big"))
    with pytest.raises(Rejected):
        await read(telegram, "F", 1000)
    with pytest.raises(Rejected):
        await read(telegram, "not-there", 1000)
    api.fails("getFile", Fault(hangs_up=True))
    with pytest.raises(SendError):
        await read(telegram, "F", 1000)


# Long polling


async def test_an_update_is_confirmed_only_when_it_is_stored(telegram: Telegram, api: TelegramStub) -> None:
    taken: list[Item] = []
    troubles = [OSError("the database is away")]

    async def deliver(items: Sequence[Item]) -> None:
        if troubles:
            raise troubles.pop()
        taken.extend(items)

    brought = [message("een"), update(message={"odd": True}), message("twee")]
    for one in brought:
        api.bring(one)
    listening = asyncio.create_task(telegram.listen(deliver))
    async with asyncio.timeout(10):
        while len(taken) < 2 or api.updates:
            await asyncio.sleep(0.02)
        tap = {"id": "5", "from": user(), "chat_instance": "1", "data": "1"}
        api.bring(update(callback_query=tap))
        while not api.sent("answerCallbackQuery"):
            await asyncio.sleep(0.02)
    listening.cancel()
    assert [item.text for item in taken if isinstance(item, Inbound)] == ["een", "twee", "1"]
    offsets = [call["offset"] for call in api.sent("getUpdates")]
    assert offsets[:3] == [0, 0, brought[-1]["update_id"] + 1]


async def test_faults_while_polling_lose_nothing(telegram: Telegram, api: TelegramStub) -> None:
    taken: list[Item] = []

    async def deliver(items: Sequence[Item]) -> None:
        taken.extend(items)

    api.fails(
        "getUpdates", refused(429, "Too Many Requests", retry_after=1), Fault(status=502, body=b"<html>"),
        refused(409, "Conflict: terminated by other getUpdates request"),
    )  # fmt: skip
    api.bring(message("een"))
    listening = asyncio.create_task(telegram.listen(deliver))
    async with asyncio.timeout(30):
        while not taken:
            await asyncio.sleep(0.02)
    listening.cancel()
    assert len(taken) == 1


async def test_without_polling_it_does_not_listen(api: TelegramStub) -> None:
    channel = Telegram(token=TOKEN, api_base=api.url, transport=plain_http())

    async def deliver(items: Sequence[Item]) -> None:
        raise AssertionError("nobody polls")

    await channel.listen(deliver)
    assert api.calls == []
    await channel.close()


# Setting up


async def test_the_webhook_is_set_with_its_secret(telegram: Telegram, api: TelegramStub) -> None:
    assert await telegram.name_of_bot() == "@leerlijn_bot"
    assert await telegram.set_webhook() == f"{PUBLIC}/webhooks/telegram"
    assert api.webhook["secret_token"] == SECRET
    assert api.webhook["max_connections"] == "1"
    assert json.loads(api.webhook["allowed_updates"]) == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]
    assert (await telegram.webhook())[0] == f"{PUBLIC}/webhooks/telegram"
    await telegram.remove_webhook()
    assert api.webhook == {}


async def test_no_webhook_is_set_without_a_secret(api: TelegramStub) -> None:
    channel = Telegram(token=TOKEN, public_url=PUBLIC, api_base=api.url, transport=plain_http())
    with pytest.raises(Misconfigured):
        await channel.set_webhook()
    await channel.close()
