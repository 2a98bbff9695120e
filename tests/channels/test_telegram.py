"""Telegram: what its updates mean, and sending to a Bot API over real HTTP that python-telegram-bot itself reads."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from channels.base import (
    Attached,
    Edited,
    Fetches,
    Inbound,
    Listens,
    Malformed,
    Reach,
    Types,
    Webhook,
)
from channels.telegram import Telegram
from tests.channels.conftest import PUBLIC, SECRET
from tests.stubs import telegram as bot_api
from tests.stubs.telegram import (
    CHAT,
    TOKEN,
    message,
    message_body,
    update,
    user,
)

VOICE = {"file_id": "V1", "file_unique_id": "v", "duration": 4, "mime_type": "audio/ogg", "file_size": 9000}
PHOTOS = [
    {"file_id": name, "file_unique_id": name, "width": side, "height": side, "file_size": side * 10}
    for name, side in (("small", 90), ("large", 1280), ("middle", 320))
]
GROUP = {"id": -100, "type": "supergroup", "title": "Klas"}


def webhook(body: Any, secret: str | None = SECRET) -> Webhook:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if secret is None else {"x-telegram-bot-api-secret-token": secret}
    return Webhook(method="POST", url=f"{PUBLIC}/webhooks/telegram", headers=headers, body=raw)


async def test_what_it_can_do(telegram: Telegram) -> None:
    assert isinstance(telegram, Types)
    assert isinstance(telegram, Fetches)
    assert isinstance(telegram, Listens)


# The secret


@pytest.mark.parametrize(
    ("given", "valid"),
    [(SECRET, True), ("", False), (None, False), (SECRET + "x", False), (SECRET[:-1], False), ("é", False)],
)
def test_only_the_secret_opens(telegram: Telegram, given: str | None, valid: bool) -> None:
    assert telegram.verify(webhook({}, given)) is valid


@pytest.mark.parametrize("given", ["", None, "anything"])
async def test_without_a_secret_nothing_is_believed(given: str | None) -> None:
    channel = Telegram(token=TOKEN)
    assert not channel.verify(webhook({}, given))
    await channel.close()


# What updates mean


def said(text: str, **more: Any) -> Inbound:
    return Inbound(path=str(CHAT), text=text, display="Fatma El Amrani", language="nl", **more)


@pytest.mark.parametrize(
    ("more", "text", "media"),
    [
        ({"text": "Spaanse les in Gent"}, "Spaanse les in Gent", ()),
        ({"text": "/stop"}, "stop", ()),
        ({"text": "/mens@leerlijn_bot"}, "mens", ()),
        ({"text": "1/2 euro?"}, "1/2 euro?", ()),
        ({"photo": PHOTOS, "caption": "mijn diploma"}, "mijn diploma",
         (Attached(ref="large", kind="image", media_type="image/jpeg", size=12800),)),
        ({"photo": PHOTOS, "media_group_id": "7"}, "",
         (Attached(ref="large", kind="image", media_type="image/jpeg", size=12800),)),
        ({"voice": VOICE}, "", (Attached(ref="V1", kind="audio", media_type="audio/ogg", size=9000),)),
        ({"document": {"file_id": "D1", "file_unique_id": "d", "file_name": "cv.pdf", "mime_type": "application/pdf"}},
         "", (Attached(ref="D1", kind="document", media_type="application/pdf", name="cv.pdf"),)),
        ({"document": {"file_id": "D2", "file_unique_id": "d", "mime_type": "image/png"}}, "",
         (Attached(ref="D2", kind="image", media_type="image/png"),)),
        ({"video_note": {"file_id": "N1", "file_unique_id": "n", "length": 240, "duration": 3}}, "",
         (Attached(ref="N1", kind="video", media_type="video/mp4"),)),
        ({"sticker": {"file_id": "S", "file_unique_id": "s", "width": 1, "height": 1, "is_animated": False,
                      "is_video": False, "type": "regular", "emoji": "👍"}}, "👍", ()),
        ({"location": {"latitude": 50.85, "longitude": 4.35}}, "📍 50.85000, 4.35000", ()),
        ({"venue": {"location": {"latitude": 51.05, "longitude": 3.72}, "title": "De Krook", "address": "Gent"}},
         "📍 De Krook, Gent (51.05000, 3.72000)", ()),
        ({"contact": {"phone_number": "+32470000001", "first_name": "Jan"}}, "👤 Jan, +32470000001", ()),
        ({"dice": {"emoji": "🎲", "value": 4}}, "[dobbelsteen]", ()),
    ],
)  # fmt: skip
def test_what_a_person_sends(
    telegram: Telegram, more: dict[str, Any], text: str, media: Sequence[Attached]
) -> None:
    sent = message(**more)
    external_id = f"{CHAT}:{sent['message']['message_id']}"
    assert telegram.parse(webhook(sent)) == [said(text, external_id=external_id, media=tuple(media))]


@pytest.mark.parametrize(("text", "meant"), [("/start", "dag"), ("/start spaans-gent", "spaans gent")])
def test_who_presses_start_is_greeted_or_asks_and_wants_to_hear_from_us_again(
    telegram: Telegram, text: str, meant: str
) -> None:
    sent = message(text)
    external_id = f"{CHAT}:{sent['message']['message_id']}"
    again = Reach(path=str(CHAT), open=True, opted_out=True)
    assert telegram.parse(webhook(sent)) == [again, said(meant, external_id=external_id)]


def test_a_reply_names_what_it_answers(telegram: Telegram) -> None:
    sent = message("ja", reply_to_message=message_body("Past dit?", message_id=77))
    (item,) = telegram.parse(webhook(sent))
    assert isinstance(item, Inbound)
    assert item.answers == f"{CHAT}:77"


def test_an_edit_changes_the_message_it_names(telegram: Telegram) -> None:
    body = message_body("Aalst, niet Gent", message_id=5, edit_date=1)
    assert telegram.parse(webhook(update(edited_message=body))) == [
        Edited(external_id=f"{CHAT}:5", text="Aalst, niet Gent")
    ]
    moving = message_body(message_id=5, edit_date=1, location={"latitude": 50.8, "longitude": 4.3})
    assert telegram.parse(webhook(update(edited_message=moving))) == []


def test_a_tap_is_its_value_and_the_button_stops_waiting(telegram: Telegram) -> None:
    tap = {
        "id": "42",
        "from": user(),
        "chat_instance": "1",
        "data": "2",
        "message": message_body("Kies", message_id=9),
    }
    request = webhook(update(callback_query=tap))
    assert telegram.parse(request) == [said("2", external_id="tap:42", answers=f"{CHAT}:9")]
    assert json.loads(telegram.answer(request)[1]) == {
        "method": "answerCallbackQuery",
        "callback_query_id": "42",
    }


def member(status: str, **more: Any) -> dict[str, Any]:
    who = {"status": status, "user": bot_api.BOT}
    return who | ({"until_date": 0} if status == "kicked" else {}) | more


@pytest.mark.parametrize(("old", "new", "open_"), [("member", "kicked", False), ("kicked", "member", True)])
def test_blocking_and_unblocking(telegram: Telegram, old: str, new: str, open_: bool) -> None:
    change = {
        "chat": {"id": CHAT, "type": "private"}, "from": user(), "date": 1,
        "old_chat_member": member(old), "new_chat_member": member(new),
    }  # fmt: skip
    request = webhook(update(my_chat_member=change))
    assert telegram.parse(request) == [Reach(path=str(CHAT), open=open_)]
    assert json.loads(telegram.answer(request)[1]) == {}


def test_a_group_hears_once_that_we_talk_to_one_person(telegram: Telegram) -> None:
    change = {"chat": GROUP, "from": user(), "date": 1, "old_chat_member": member("left"),
              "new_chat_member": member("member")}  # fmt: skip
    request = webhook(update(my_chat_member=change))
    assert telegram.parse(request) == []
    answer = json.loads(telegram.answer(request)[1])
    assert (answer["method"], answer["chat_id"]) == ("sendMessage", GROUP["id"])
    group_talk = webhook(update(message=message_body("dag allemaal") | {"chat": GROUP}))
    assert telegram.parse(group_talk) == []
    assert json.loads(telegram.answer(group_talk)[1]) == {}


@pytest.mark.parametrize(
    "nothing",
    [
        update(channel_post=message_body("x") | {"chat": {"id": -1, "type": "channel"}}),
        update(message_reaction={"chat": {"id": CHAT, "type": "private"}, "message_id": 1, "date": 1,
                                 "old_reaction": [], "new_reaction": []}),
        update(something_new={"a": 1}),
        message(pinned_message=message_body("x")),
        message("ik ben een robot", **{"from": user(is_bot=True)}),
        update(message={"message_id": "no number"}),
        message(7),
        message("dag", chat="7"),
        update(message={"date": 1}),
        update(message=None),
    ],
)  # fmt: skip
def test_what_is_no_business_of_ours(telegram: Telegram, nothing: dict[str, Any]) -> None:
    assert telegram.parse(webhook(nothing)) == []
    assert telegram.answer(webhook(nothing))[0] == "application/json"


@pytest.mark.parametrize(
    "junk", [b"", b"{", b"[]", b"\xff\xfe", b'{"update_id": "1"}', b'{"update_id": NaN}', b"a=1"]
)
def test_junk_is_malformed(telegram: Telegram, junk: bytes) -> None:
    with pytest.raises(Malformed):
        telegram.parse(webhook(junk))


def test_a_name_with_tricks_is_cleaned(telegram: Telegram) -> None:
    (item,) = telegram.parse(
        webhook(message("dag", **{"from": user(first_name="\u202eEls\x00", last_name="")}))
    )
    assert isinstance(item, Inbound)
    assert item.display == "Els"
