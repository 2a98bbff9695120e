"""WhatsApp through Twilio: webhooks signed by Twilio's own SDK, and sending over real HTTP to a local Twilio."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from channels.base import (
    Attached,
    Channel,
    Choice,
    Delivery,
    Fetches,
    Inbound,
    Malformed,
    Outgoing,
    Reach,
    Rejected,
    SendError,
    Template,
    Throttled,
    UnknownOutcome,
    Webhook,
    WindowClosed,
)
from channels.whatsapp.through_twilio import WhatsAppTwilio
from data.tables import Status
from tests.channels.conftest import CLIENT, PUBLIC
from tests.plain_http import plain_http
from tests.stubs import descriptions
from tests.stubs.twilio import ACCOUNT, NUMBER, TOKEN, Fault, TwilioStub, inbound, refused, signed

URL = f"{PUBLIC}/webhooks/whatsapp"
STATUS_URL = f"{URL}/status?bericht=417"
SID = "SM" + "a" * 32
BSUID = "BE.13491208655302741918"
CREATE = "/2010-04-01/Accounts/{AccountSid}/Messages.json"


@pytest.fixture
async def channel(stub: TwilioStub) -> AsyncIterator[WhatsAppTwilio]:
    made = WhatsAppTwilio(
        account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, public_url=PUBLIC, api_base=stub.url,
        transport=plain_http(),
    )  # fmt: skip
    yield made
    await made.close()


def form(words: str = "Dag", **more: str) -> dict[str, str]:
    about = {
        "WaId": CLIENT[1:], "ProfileName": "Amina", "MessageType": "text",
        "ChannelMetadata": '{"type":"whatsapp"}', "To": f"whatsapp:{NUMBER}",
    }  # fmt: skip
    return inbound(words, sender=f"whatsapp:{CLIENT}", message_sid=SID) | about | more


def webhook(fields: dict[str, str], url: str = URL, **more: Any) -> Webhook:
    body, headers = signed(url, fields, **more)
    return Webhook(method="POST", url=url, headers=headers, body=body)


def outgoing(text: str = "Dag", **more: Any) -> Outgoing:
    return Outgoing(**{"message_id": 417, "path": CLIENT, "text": text} | more)


def test_it_is_a_channel_that_fetches(channel: WhatsAppTwilio) -> None:
    assert isinstance(channel, Channel)
    assert isinstance(channel, Fetches)


def test_what_twilio_signs_is_accepted_and_what_another_signs_is_not(channel: WhatsAppTwilio) -> None:
    assert channel.verify(webhook(form("é € 👩‍👩‍👧")))
    assert not channel.verify(webhook(form(), token="another"))
    body, headers = signed(URL, form())
    assert not channel.verify(Webhook(method="POST", url=STATUS_URL, headers=headers, body=body))


@pytest.mark.parametrize(
    ("more", "path", "text", "aliases"),
    [
        ({}, CLIENT, "Dag", ()),
        ({"ButtonText": "Ja", "ButtonPayload": "1", "Body": "Ja"}, CLIENT, "1", ()),
        ({"ButtonText": "Ja", "Body": ""}, CLIENT, "Ja", ()),
        ({"ListId": "3", "ListTitle": "Spaans", "Body": "Spaans"}, CLIENT, "3", ()),
        ({"Latitude": "50.85", "Longitude": "4.35", "Body": ""}, CLIENT, "📍 50.85, 4.35", ()),
        ({"Latitude": "50.85", "Longitude": "4.35", "Label": "Thuis", "Address": "Straat 1"}, CLIENT, "📍 Thuis Straat 1 50.85, 4.35", ()),
        ({"ExternalUserId": BSUID}, CLIENT, "Dag", (BSUID,)),
        ({"From": f"whatsapp:{BSUID}", "WaId": ""}, BSUID, "Dag", ()),
        ({"From": f"whatsapp:{BSUID}", "WaId": "32470000001"}, CLIENT, "Dag", (BSUID,)),
    ],
)  # fmt: skip
def test_a_message_becomes_words_and_a_person(
    channel: WhatsAppTwilio, more: dict[str, str], path: str, text: str, aliases: tuple[str, ...]
) -> None:
    assert channel.parse(webhook(form(**more))) == [
        Inbound(external_id=SID, path=path, text=text, display="Amina", aliases=aliases)
    ]


def test_files_and_the_message_that_is_answered_come_along(channel: WhatsAppTwilio) -> None:
    where = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"
    more = {"NumMedia": "1", "MediaUrl0": where, "MediaContentType0": "audio/ogg; codecs=opus"}
    (item,) = channel.parse(webhook(form("", OriginalRepliedMessageSid="SM" + "b" * 32, **more)))
    assert isinstance(item, Inbound)
    assert item.media == (Attached(ref=where, kind="audio", media_type="audio/ogg"),)
    assert item.answers == "SM" + "b" * 32


@pytest.mark.parametrize(
    "sender", ["", CLIENT, "messenger:123", "whatsapp:", "whatsapp:me", "whatsapp:+32 470"]
)
def test_what_is_no_whatsapp_address_is_no_business_of_ours(channel: WhatsAppTwilio, sender: str) -> None:
    assert channel.parse(webhook(form(From=sender, WaId=""))) == []


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{}", b"=" * 10_000, b"MessageSid=x"])
def test_junk_is_malformed(channel: WhatsAppTwilio, body: bytes) -> None:
    with pytest.raises(Malformed):
        channel.parse(Webhook(method="POST", url=URL, headers={}, body=body))


@pytest.mark.parametrize(
    ("said", "code", "status", "words"),
    [
        ("read", "", Status.READ, None), ("delivered", "", Status.DELIVERED, None),
        ("undelivered", "63016", Status.FAILED, "venster van 24 uur"), ("failed", "63024", Status.FAILED, "sms of bel"),
        ("failed", "63049", Status.FAILED, "niet meteen"), ("failed", "9" * 20, Status.FAILED, None),
    ],
)  # fmt: skip
def test_a_status_names_the_message_by_both_its_ids(
    channel: WhatsAppTwilio, said: str, code: str, status: Status, words: str | None
) -> None:
    request = webhook(
        {"MessageSid": SID, "MessageStatus": said, "ErrorCode": code, "To": f"whatsapp:{CLIENT}"},
        url=STATUS_URL,
    )
    assert channel.verify(request)
    item, *reach = channel.parse(request)
    assert isinstance(item, Delivery)
    assert (item.external_id, item.status, item.message_id) == (SID, status, 417)
    assert reach == ([Reach(path=CLIENT, open=False)] if code == "63024" else [])
    assert (words in (item.reason or "")) if words else item.reason is None


@pytest.mark.parametrize(
    "query", ["", "?bericht=", "?bericht=x", "?bericht=-1", "?bericht=" + "9" * 30, "?bericht=٣"]
)
def test_a_callback_without_our_id_is_still_news(channel: WhatsAppTwilio, query: str) -> None:
    (item,) = channel.parse(webhook({"MessageSid": SID, "MessageStatus": "read"}, url=f"{URL}/status{query}"))
    assert isinstance(item, Delivery)
    assert item.message_id is None


# Sending


async def test_a_message_leaves_with_numbered_choices(channel: WhatsAppTwilio, stub: TwilioStub) -> None:
    choices = [
        Choice(label="Maandag", value="1"),
        Choice(label="Dinsdag", value="2"),
        Choice(label="Later", value="later"),
    ]
    sent = await channel.send(outgoing("Wanneer “past” het?", choices=choices))
    (taken,) = stub.taken
    assert (taken.to, taken.sender) == (f"whatsapp:{CLIENT}", f"whatsapp:{NUMBER}")
    assert taken.body == "Wanneer “past” het?\n1) Maandag\n2) Dinsdag\n- Later"
    assert (taken.callback, sent.external_id, sent.parts) == (STATUS_URL, taken.sid, None)


async def test_a_template_leaves_by_its_content_sid(channel: WhatsAppTwilio, stub: TwilioStub) -> None:
    template = Template(
        name="open", language="nl", values=("Amina", "morgen\n10 u", ""), provider_id="HX" + "1" * 32
    )
    await channel.send(outgoing("Dit leest staf", template=template))
    sent = dict(stub.requests[0].fields)
    assert (sent["ContentSid"], "Body" in sent) == ("HX" + "1" * 32, False)
    assert json.loads(sent["ContentVariables"]) == {"1": "Amina", "2": "morgen 10 u", "3": "-"}
    with pytest.raises(UnknownOutcome):  # its words are Twilio's, so it cannot be looked up by them
        await channel.find(outgoing(template=template), time.time())


async def test_what_twilio_would_not_take_whole_is_refused_not_cut(
    channel: WhatsAppTwilio, stub: TwilioStub
) -> None:
    for message in (outgoing("a" * 1601), outgoing(template=Template(name="open", language="nl"))):
        with pytest.raises(Rejected):
            await channel.send(message)
    assert stub.requests == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (refused(400, 63016), WindowClosed), (refused(400, 63018), Throttled), (refused(429, 20429), Throttled),
        (refused(400, 63003), Rejected), (refused(400, 21656), Rejected), (refused(500, 20500), UnknownOutcome),
        (Fault(status=200, body=b"<html>", content_type="text/html", takes=True), UnknownOutcome),
    ],
)  # fmt: skip
async def test_each_fault_has_its_own_error(
    channel: WhatsAppTwilio, stub: TwilioStub, fault: Fault, error: type[SendError]
) -> None:
    stub.script.append(fault)
    with pytest.raises(SendError) as raised:
        await channel.send(outgoing())
    assert type(raised.value) is error


async def test_a_message_is_found_again(channel: WhatsAppTwilio, stub: TwilioStub) -> None:
    before = time.time()
    stub.script.append(Fault(hangs_up=True, takes=True))
    with pytest.raises(UnknownOutcome):
        await channel.send(outgoing("hallo", choices=[Choice(label="Ja", value="1")]))
    found = await channel.find(outgoing("hallo", choices=[Choice(label="Ja", value="1")]), before)
    assert found is not None
    assert found.external_id == stub.taken[0].sid
    assert await channel.find(outgoing("iets anders"), before) is None


@pytest.mark.parametrize(
    "message",
    [
        outgoing("Dag"),
        outgoing(template=Template(name="o", language="nl", values=("x",), provider_id="HX" + "1" * 32)),
    ],
)
async def test_requests_have_the_form_of_twilios_own_description(
    channel: WhatsAppTwilio, stub: TwilioStub, shared: Path, message: Outgoing
) -> None:
    described = descriptions.twilio(shared)
    await channel.send(message)
    assert described.problems(CREATE, dict(stub.requests[0].fields)) == []
    assert described.problems(CREATE, {"Body": "x"}) != []
    assert described.problems(CREATE, dict(stub.requests[0].fields) | {"Colour": "blue"}) != []


async def test_a_file_comes_from_twilio(channel: WhatsAppTwilio, stub: TwilioStub) -> None:
    stub.script.append(Fault(status=200, body=b"OggS" * 100, content_type="audio/ogg"))
    ref = f"{stub.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"
    assert b"".join([piece async for piece in channel.fetch(ref, 1000)]) == b"OggS" * 100
