"""Messenger: what is signed, what is read of it, and what is left out knowingly."""

import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.base import (
    Attached,
    Channel,
    Deleted,
    Delivery,
    Echo,
    Edited,
    Fetches,
    Handshakes,
    Inbound,
    Item,
    Malformed,
    ReadUpTo,
    Types,
    Webhook,
)
from channels.messenger.channel import Messenger
from data.tables import Status
from tests.channels.conftest import PUBLIC
from tests.stubs.meta import APP_ID, APP_SECRET, PAGE_ID, TOKEN, VERIFY_TOKEN, event, page, signed, whatsapp

URL = f"{PUBLIC}/webhooks/messenger"
PSID = "7001"
MOMENT = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
WATERMARK = int(MOMENT.timestamp() * 1000)


def webhook(payload: object, headers: dict[str, str] | None = None) -> Webhook:
    body, right = signed(payload)
    return Webhook(method="POST", url=URL, headers=right if headers is None else headers, body=body)


def read(channel: Messenger, *events: object, **more: Any) -> list[Item]:
    request = webhook(page(*events, **more))
    assert channel.verify(request)
    return channel.parse(request)


def said(text: str | None = "Dag", **more: Any) -> dict[str, Any]:
    message = {"mid": "m_A", **({} if text is None else {"text": text}), **more}
    return event(PSID, message=message)


def test_it_is_a_channel_that_shakes_hands_types_and_fetches(messenger: Messenger) -> None:
    for contract in (Channel, Handshakes, Types, Fetches):
        assert isinstance(messenger, contract)


def test_only_what_meta_signed_is_valid(messenger: Messenger) -> None:
    assert messenger.verify(webhook(page(said("é 👩‍👩‍👧"))))
    for header in ({}, {"x-hub-signature-256": "sha256=" + "0" * 64}, {"x-hub-signature-256": "é"}):
        assert not messenger.verify(webhook(page(said()), header))
    body, headers = signed(page(said()), secret="another app")
    assert not messenger.verify(Webhook(method="POST", url=URL, headers=headers, body=body))


@pytest.mark.parametrize(("token", "answer"), [(VERIFY_TOKEN, b"42"), ("wrong", None), ("", None)])
def test_the_handshake_is_for_who_knows_the_token(
    messenger: Messenger, token: str, answer: bytes | None
) -> None:
    url = f"{URL}?hub.mode=subscribe&hub.challenge=42&hub.verify_token={token}"
    assert messenger.handshake(Webhook(method="GET", url=url, headers={}, body=b"")) == answer


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b"{}", b'{"object": "instagram"}']
)
def test_what_is_not_of_a_page_is_malformed(messenger: Messenger, body: bytes) -> None:
    with pytest.raises(Malformed):
        messenger.parse(webhook(body))
    with pytest.raises(Malformed):
        messenger.parse(webhook(whatsapp()))


# Messages


def attachment(kind: str, **payload: Any) -> dict[str, Any]:
    return {"type": kind, "payload": payload}


PICTURE = "https://scontent.xx.fbcdn.net/v/a.jpg?oh=1"
CONTENTS: list[tuple[dict[str, Any], str, tuple[Attached, ...]]] = [
    (said(), "Dag", ()),
    (said("Ja", quick_reply={"payload": "1"}), "1", ()),
    (said("Ja", quick_reply={}), "Ja", ()),
    (said(None, attachments=[attachment("image", url=PICTURE)]), "", (Attached(ref=PICTURE, kind="image"),)),
    (said("kijk", attachments=[attachment("image", url=PICTURE), attachment("file", url=PICTURE)]), "kijk", (Attached(ref=PICTURE, kind="image"), Attached(ref=PICTURE, kind="document"))),
    (said(None, attachments=[attachment("audio", url=PICTURE)]), "", (Attached(ref=PICTURE, kind="audio"),)),
    (said(None, attachments=[attachment("video", url=PICTURE)]), "", (Attached(ref=PICTURE, kind="video"),)),
    (said(None, attachments=[attachment("image", url=PICTURE, sticker_id=369239263222822)]), "👍", ()),
    (said(None, attachments=[attachment("image", url=PICTURE, sticker_id=1)]), "", (Attached(ref=PICTURE, kind="sticker"),)),
    (said(None, attachments=[attachment("location", coordinates={"lat": 50.85, "long": 4.35})]), "📍 50.85000, 4.35000", ()),
    (said(None, attachments=[attachment("fallback", title="Een artikel", url="https://vrt.example/a")]), "Een artikel https://vrt.example/a", ()),
    (said(None, attachments=[attachment("reel", title="Reel", url="https://fb.example/r")]), "Reel https://fb.example/r", ()),
    (said(None, attachments=[attachment("image")]), "❔", ()),
    (said(None, attachments=[attachment("new_kind")]), "❔", ()),
    (said(None, attachments=["x", None]), "❔", ()),
    (said(None), "❔", ()),
    (event(PSID, postback={"mid": "m_A", "title": "Afspraak", "payload": "gesprek"}), "gesprek", ()),
    (event(PSID, postback={"mid": "m_A", "title": "Aan de slag", "payload": "GET_STARTED"}), "Aan de slag", ()),
    (event(PSID, postback={"mid": "m_A", "title": "Hulp"}), "Hulp", ()),
]  # fmt: skip


@pytest.mark.parametrize(("told", "text", "files"), CONTENTS)
def test_every_kind_of_message_becomes_words_and_files(
    messenger: Messenger, told: dict[str, Any], text: str, files: tuple[Attached, ...]
) -> None:
    assert read(messenger, told) == [Inbound(external_id="m_A", path=PSID, text=text, media=files)]


def test_a_button_without_an_id_of_its_own_is_taken_once_for_each_tap(messenger: Messenger) -> None:
    (item,) = read(messenger, event(PSID, postback={"title": "Hulp"}))
    assert isinstance(item, Inbound)
    assert item.external_id == f"{PSID}:1795000000000:postback"


def test_a_reply_says_to_which_message(messenger: Messenger) -> None:
    (item,) = read(messenger, said(reply_to={"mid": "m_OURS"}))
    assert isinstance(item, Inbound)
    assert item.answers == "m_OURS"


def test_what_another_app_answers_is_in_the_thread_too(messenger: Messenger) -> None:
    items = read(messenger, standby=[said("aan de inbox")])
    assert items == [Inbound(external_id="m_A", path=PSID, text="aan de inbox")]


def test_what_the_person_changes_or_takes_back_is_told(messenger: Messenger) -> None:
    edit = event(PSID, message_edit={"mid": "m_A", "text": "Frans", "num_edit": 1})
    assert read(messenger, edit) == [Edited(external_id="m_A", text="Frans")]
    assert read(messenger, said(None, is_deleted=True)) == [Deleted(external_id="m_A")]


@pytest.mark.parametrize(
    "told",
    [
        event(PSID, reaction={"mid": "m_A", "action": "react", "emoji": "👍"}), event(PSID, optin={"ref": "x"}),
        event(PSID, referral={"ref": "x", "source": "SHORTLINK"}), event(PSID, pass_thread_control={"new_owner_app_id": "1"}),
        event(PSID, account_linking={}), event(PSID), event(PSID, message_of_2027={"x": 1}),
    ],
)  # fmt: skip
def test_what_asks_no_answer_is_left_out_knowingly(messenger: Messenger, told: dict[str, Any]) -> None:
    assert read(messenger, told) == []


# Echoes and receipts


def echo(**more: Any) -> dict[str, Any]:
    about = {"sender": {"id": PAGE_ID}, "recipient": {"id": PSID}, "timestamp": 1795000000000}
    return about | {"message": {"is_echo": True, "mid": "m_E", "text": "Hier Jan", **more}}


@pytest.mark.parametrize(
    "more", [{}, {"app_id": 263902037430900}, {"app_id": 263902037430900, "metadata": "x"}]
)
def test_what_somebody_typed_in_metas_inbox_is_an_echo(messenger: Messenger, more: dict[str, Any]) -> None:
    assert read(messenger, echo(**more)) == [Echo(external_id="m_E", path=PSID, text="Hier Jan")]


def test_our_own_echo_brings_our_mark_back_and_is_no_take_over(messenger: Messenger) -> None:
    ours = echo(app_id=int(APP_ID), metadata="leerlijn:417")
    assert read(messenger, ours) == [Delivery(external_id="m_E", status=Status.SENT, message_id=417)]
    assert read(messenger, echo(app_id=int(APP_ID))) == []
    assert read(messenger, echo(app_id=APP_ID)) == []


def test_receipts_tell_by_message_and_by_moment(messenger: Messenger) -> None:
    arrived = event(PSID, delivery={"mids": ["m_A", 7.5, "m_B", None, "b d"], "watermark": WATERMARK})
    assert read(messenger, arrived) == [
        Delivery(external_id="m_A", status=Status.DELIVERED),
        Delivery(external_id="m_B", status=Status.DELIVERED),
        ReadUpTo(path=PSID, at=MOMENT, status=Status.DELIVERED),
    ]
    assert read(messenger, event(PSID, delivery={"watermark": WATERMARK})) == [
        ReadUpTo(path=PSID, at=MOMENT, status=Status.DELIVERED)
    ]
    assert read(messenger, event(PSID, read={"watermark": WATERMARK})) == [
        ReadUpTo(path=PSID, at=MOMENT, status=Status.READ)
    ]


# Batches


BAD: list[Any] = [
    None, 7, "x", [], {}, {"message": "x"}, said(mid=None), said(mid="a b"), said(mid="x\x00"), said(mid="é"),
    event("me", message={"mid": "m_X", "text": "x"}), event("", message={"mid": "m_X"}), {"message": {"mid": "m_X"}},
    event(PSID, read={"watermark": 0}), event(PSID, read={"watermark": "x"}), event(PSID, read={"watermark": 10**15 - 1}),
    event(PSID, delivery={"mids": "x", "watermark": []}), event(PSID, message_edit={"text": "x"}), event(PSID, postback=[]),
    {"sender": "x", "message": {"mid": "m_X"}}, echo(mid=""), {**echo(), "recipient": None},
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_what_is_bad_does_not_drop_its_neighbours(messenger: Messenger, bad: Any) -> None:
    def entry(number: int) -> dict[str, Any]:
        told = [bad, said(f"{number}a", mid=f"m_{number}a"), bad, said(f"{number}b", mid=f"m_{number}b"), bad]
        return {"id": PAGE_ID, "messaging": told}

    payload = {
        "object": "page",
        "entry": [bad, entry(1), bad, entry(2), {"id": PAGE_ID, "messaging": bad}, entry(3)],
    }
    items = messenger.parse(webhook(payload))
    assert [i.text for i in items if isinstance(i, Inbound)] == ["1a", "1b", "2a", "2b", "3a", "3b"]
    assert len(items) == 6


def test_another_page_is_no_business_of_ours(messenger: Messenger) -> None:
    assert read(messenger, said(), page_id="999") == []


def test_logs_hold_nothing_of_the_person(messenger: Messenger, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for bad in (
            said("geheim", mid=""),
            event("x", message={"mid": "m_A", "text": "geheim"}),
            event(PSID, reaction={}),
        ):
            read(messenger, bad)
    for private in ("geheim", PSID, APP_SECRET, TOKEN):
        assert private not in caplog.text
