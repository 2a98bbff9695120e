"""WhatsApp through Meta: what is signed, what is read of it, and what is left out knowingly."""

import json
from typing import Any

import pytest

from channels.base import (
    Attached,
    Channel,
    Deleted,
    Edited,
    Fetches,
    Handshakes,
    Inbound,
    Item,
    Malformed,
    Types,
    Webhook,
)
from channels.whatsapp.through_meta import WhatsAppCloud
from tests.channels.conftest import CLIENT, PUBLIC
from tests.stubs.meta import (
    APP_SECRET,
    VERIFY_TOKEN,
    page,
    signed,
    wrote,
)

URL = f"{PUBLIC}/webhooks/whatsapp"


def webhook(payload: object, headers: dict[str, str] | None = None, **more: Any) -> Webhook:
    body, right = signed(payload)
    return Webhook(
        **{"method": "POST", "url": URL, "headers": right if headers is None else headers, "body": body}
        | more
    )


def read(channel: WhatsAppCloud, payload: object) -> list[Item]:
    request = webhook(payload)
    assert channel.verify(request)
    return channel.parse(request)


def test_it_is_a_channel_that_shakes_hands_types_and_fetches(whatsapp: WhatsAppCloud) -> None:
    for contract in (Channel, Handshakes, Types, Fetches):
        assert isinstance(whatsapp, contract)


# Signatures


@pytest.mark.parametrize("text", ["dag", "é ê € 👩‍👩‍👧 \u202e", "\\ud83d", "", "a" * 4096])
def test_what_meta_signs_is_accepted_on_its_raw_bytes(whatsapp: WhatsAppCloud, text: str) -> None:
    payload = wrote(text)
    for body in (
        json.dumps(payload).encode(),
        json.dumps(payload, ensure_ascii=False, indent=3).encode(),
        json.dumps(payload).replace("/", "\\/").encode(),
    ):
        raw, headers = signed(body)
        assert whatsapp.verify(Webhook(method="POST", url=URL, headers=headers, body=raw))
        assert not whatsapp.verify(Webhook(method="POST", url=URL, headers=headers, body=raw + b" "))


@pytest.mark.parametrize(
    "header",
    [
        {}, {"x-hub-signature-256": ""}, {"x-hub-signature-256": "sha256="}, {"x-hub-signature-256": "é" * 71},
        {"x-hub-signature-256": "sha256=" + "0" * 64}, {"x-hub-signature": "sha1=" + "0" * 40},
        {"x-hub-signature-256": "\ud800"},
    ],
)  # fmt: skip
def test_without_a_right_signature_nothing_is_valid(whatsapp: WhatsAppCloud, header: dict[str, str]) -> None:
    assert not whatsapp.verify(webhook(wrote(), header))


def test_another_secret_does_not_sign_for_us_and_no_secret_never_does() -> None:
    def channel(secret: str) -> WhatsAppCloud:
        return WhatsAppCloud(phone_number_id="1", access_token="x", app_secret=secret, verify_token="")

    for signs, ours in [("other", APP_SECRET), ("", ""), (APP_SECRET, "")]:
        body, headers = signed(wrote(), secret=signs or "x")
        assert not channel(ours).verify(Webhook(method="POST", url=URL, headers=headers, body=body))


# The handshake


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (f"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={VERIFY_TOKEN}", b"1158201444"),
        (f"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={VERIFY_TOKEN}x", None),
        ("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=", None),
        ("hub.mode=subscribe&hub.challenge=1158201444", None),
        (f"hub.mode=unsubscribe&hub.challenge=1&hub.verify_token={VERIFY_TOKEN}", None),
        (f"hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token={VERIFY_TOKEN}", None),
        (f"hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}", None),
        ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=%ff%fe", None),
        ("", None),
    ],
)
def test_the_handshake_is_for_who_knows_the_token(
    whatsapp: WhatsAppCloud, query: str, answer: bytes | None
) -> None:
    asked = Webhook(method="GET", url=f"{URL}?{query}", headers={}, body=b"")
    assert whatsapp.handshake(asked) == answer


def test_without_a_token_of_ours_nobody_can_subscribe() -> None:
    channel = WhatsAppCloud(phone_number_id="1", access_token="x", app_secret="x", verify_token="")
    query = "hub.mode=subscribe&hub.challenge=1&hub.verify_token="
    assert channel.handshake(Webhook(method="GET", url=f"{URL}?{query}", headers={}, body=b"")) is None


# Reading


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"1", b'"text"', b"\xff\xfe", b"[" * 100_000, b"object=whatsapp_business_account",
        b"{}", json.dumps(page()).encode(), b'{"object": ["whatsapp_business_account"]}',
    ],
)  # fmt: skip
def test_what_is_not_of_whatsapp_is_malformed(whatsapp: WhatsAppCloud, body: bytes) -> None:
    with pytest.raises(Malformed):
        whatsapp.parse(webhook(body))


def test_a_text_comes_with_its_id_its_sender_and_their_name(whatsapp: WhatsAppCloud) -> None:
    (item,) = read(whatsapp, wrote("Spaans in Gent?", id="wamid.ABC="))
    assert item == Inbound(external_id="wamid.ABC=", path=CLIENT, text="Spaans in Gent?", display="Amina")


def media(kind: str, **more: object) -> dict[str, Any]:
    inner = {"id": "2621233374848975", "mime_type": "image/jpeg", "sha256": "x", **more}
    return {"type": kind, kind: inner}


FILE = "2621233374848975"
CONTENTS: list[tuple[dict[str, Any], str, tuple[Attached, ...]]] = [
    (media("image", caption="mijn diploma"), "mijn diploma", (Attached(ref=FILE, kind="image", media_type="image/jpeg"),)),
    (media("image"), "", (Attached(ref=FILE, kind="image", media_type="image/jpeg"),)),
    (media("audio", mime_type="audio/ogg; codecs=opus", voice=True), "", (Attached(ref=FILE, kind="audio", media_type="audio/ogg"),)),
    (media("voice", mime_type="audio/ogg"), "", (Attached(ref=FILE, kind="audio", media_type="audio/ogg"),)),
    (media("video", mime_type="video/mp4"), "", (Attached(ref=FILE, kind="video", media_type="video/mp4"),)),
    (media("document", filename="cv\u202egpj.pdf", mime_type="application/pdf"), "", (Attached(ref=FILE, kind="document", media_type="application/pdf", name="cvgpj.pdf"),)),
    (media("sticker", mime_type="image/webp"), "", (Attached(ref=FILE, kind="sticker", media_type="image/webp"),)),
    ({"type": "image", "image": {"mime_type": "image/jpeg"}}, "❔", ()),
    ({"type": "image", "image": {"id": "a b"}}, "❔", ()),
    ({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "2", "title": "Dinsdag"}}}, "2", ()),
    ({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "3", "title": "Spaans", "description": "Gent"}}}, "3", ()),
    ({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"title": "Ja"}}}, "Ja", ()),
    ({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"body": "Sent", "response_json": "{}"}}}, "Sent", ()),
    ({"type": "interactive", "interactive": {"type": "new_kind"}}, "❔", ()),
    ({"type": "button", "button": {"text": "Open", "payload": "OPEN"}}, "OPEN", ()),
    ({"type": "button", "button": {"text": "Open"}}, "Open", ()),
    ({"type": "location", "location": {"latitude": 50.8503, "longitude": 4.3517}}, "📍 50.85030, 4.35170", ()),
    ({"type": "location", "location": {"latitude": 51, "longitude": 3.7, "name": "Leerwinkel\nGent", "address": "Keizer Karelstraat"}}, "📍 Leerwinkel Gent Keizer Karelstraat 51.00000, 3.70000", ()),
    ({"type": "location", "location": {"latitude": "x"}}, "📍", ()),
    ({"type": "contacts", "contacts": [{"name": {"formatted_name": "Jan Peeters"}, "phones": [{"phone": "+32 9 123 45 67"}]}]}, "👤 Jan Peeters +32 9 123 45 67", ()),
    ({"type": "contacts", "contacts": []}, "❔", ()),
    ({"type": "unsupported", "errors": [{"code": 131051}]}, "❔", ()),
    ({"type": "order", "order": {}}, "❔", ()),
    ({"type": "something_of_2027"}, "❔", ()),
    ({"type": "text", "text": {"body": 12}}, "", ()),
    ({"type": ["text"]}, "❔", ()),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "text", "files"), CONTENTS)
def test_every_kind_of_message_becomes_words_and_files(
    whatsapp: WhatsAppCloud, parts: dict[str, Any], text: str, files: tuple[Attached, ...]
) -> None:
    (item,) = read(whatsapp, wrote(**parts))
    assert isinstance(item, Inbound)
    assert (item.text, item.media) == (text, files)


@pytest.mark.parametrize(
    "parts",
    [
        {"type": "reaction", "reaction": {"message_id": "wamid.X", "emoji": "👍"}},
        {"type": "system", "system": {"type": "user_changed_number", "wa_id": "32470000009"}},
        {"type": "request_welcome"},
        {"type": "text", "group_id": "HBgLM"},
    ],
)  # fmt: skip
def test_what_asks_no_answer_is_left_out_knowingly(whatsapp: WhatsAppCloud, parts: dict[str, Any]) -> None:
    assert read(whatsapp, wrote(**parts)) == []


def test_a_reply_says_to_which_message(whatsapp: WhatsAppCloud) -> None:
    (item,) = read(whatsapp, wrote("ja", context={"from": "3280012345", "id": "wamid.OURS"}))
    assert isinstance(item, Inbound)
    assert item.answers == "wamid.OURS"
    (item,) = read(whatsapp, wrote("doorgestuurd", context={"forwarded": True}))
    assert isinstance(item, Inbound)
    assert item.answers is None


def test_what_the_person_changes_or_takes_back_is_told(whatsapp: WhatsAppCloud) -> None:
    edited = {"original_message_id": "wamid.A", "message": {"type": "text", "text": {"body": "Frans"}}}
    assert read(whatsapp, wrote(type="edit", edit=edited)) == [Edited(external_id="wamid.A", text="Frans")]
    caption = {
        "original_message_id": "wamid.A",
        "message": {"type": "image", "image": {"id": "1", "caption": "x"}},
    }
    assert read(whatsapp, wrote(type="edit", edit=caption)) == [Edited(external_id="wamid.A", text="x")]
    poll = {"original_message_id": "wamid.A", "message": {"type": "unsupported"}}
    assert read(whatsapp, wrote(type="edit", edit=poll)) == []  # the words that we have stay
    revoked = wrote(type="revoke", revoke={"original_message_id": "wamid.A"})
    assert read(whatsapp, revoked) == [Deleted(external_id="wamid.A")]
