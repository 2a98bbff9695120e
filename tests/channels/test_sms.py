"""SMS through Twilio: webhooks signed by Twilio's own SDK, and sending over real HTTP to a local Twilio."""

import hashlib
import re
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from channels.base import (
    Attached,
    Delivery,
    Inbound,
    Malformed,
    Outgoing,
    Webhook,
)
from channels.sms import Sms
from data.tables import Status
from tests.channels.conftest import CLIENT, PUBLIC
from tests.stubs.twilio import ACCOUNT, NUMBER, TOKEN, inbound, signed

URL = f"{PUBLIC}/webhooks/sms"
SID = "SM" + "a" * 32


def webhook(body: bytes, headers: dict[str, str], url: str = URL) -> Webhook:
    return Webhook(method="POST", url=url, headers=headers, body=body)


def outgoing(text: str = "Dag", **more: object) -> Outgoing:
    return Outgoing(message_id=1, path=CLIENT, text=text, **more)  # type: ignore[arg-type]


# Signatures


@pytest.mark.parametrize(
    "text",
    [
        "Spaanse les in Gent", "1+1 = 2 & 50% korting?", "  spaties aan het einde  ", "", "é ê € 👩‍👩‍👧 \u202e",
        "regel 1\r\nregel 2", "nul \x00 byte", "a" * 1600,
    ],
)  # fmt: skip
def test_what_twilio_signs_is_accepted_and_read(sms: Sms, text: str) -> None:
    request = webhook(*signed(URL, inbound(text, message_sid=SID)))
    assert sms.verify(request)
    assert sms.parse(request) == [Inbound(external_id=SID, path=CLIENT, text=text)]


@pytest.mark.parametrize(
    ("signed_for", "valid"),
    [
        (URL, True),
        ("https://hub.example:443/webhooks/sms", True),  # Twilio is not consistent about the port
        ("http://hub.example/webhooks/sms", False),  # a proxy that ends TLS, and a wrong LEERLIJN_PUBLIC_URL
        ("https://hub.example:8443/webhooks/sms", False),
        ("https://hub.example/webhooks/sms/", False),
        ("https://hub.example/webhooks/sms?x=1", False),
        ("https://other.example/webhooks/sms", False),
    ],
)
def test_the_signature_covers_the_public_address(sms: Sms, signed_for: str, valid: bool) -> None:
    assert sms.verify(webhook(*signed(signed_for, inbound("dag")))) is valid


def test_a_query_is_part_of_what_is_signed(sms: Sms) -> None:
    url = URL + "?b=2&a=1"
    assert sms.verify(webhook(*signed(url, inbound("dag")), url=url))
    assert not sms.verify(webhook(*signed(url, inbound("dag")), url=URL + "?a=1&b=2"))


@pytest.mark.parametrize(
    "header",
    [{}, {"x-twilio-signature": ""}, {"x-twilio-signature": "AAAA"}, {"x-twilio-signature": "é" * 28}],
)
def test_without_a_right_signature_nothing_is_valid(sms: Sms, header: dict[str, str]) -> None:
    body, _ = signed(URL, inbound("dag"))
    assert not sms.verify(webhook(body, header))


def test_another_token_does_not_sign_for_us(sms: Sms) -> None:
    assert not sms.verify(webhook(*signed(URL, inbound("dag"), token="a-secondary-token")))


KEYED = "x-twilio-webhooks-signature-settings"


@pytest.mark.parametrize(
    ("key", "settings", "signed_with", "algorithm", "valid"),
    [
        ("a shared key", "key=K1,algorithm=HMAC_SHA256", "a shared key", "HMAC_SHA256", True),
        ("a shared key", "key=K1,algorithm=HMAC_SHA256", "a shared key", "HMAC_SHA1", False),
        ("a shared key", "key=K1,algorithm=HMAC_MD5", "a shared key", "HMAC_SHA256", False),
        ("a shared key", "key=K1,algorithm=none", "a shared key", "HMAC_SHA1", False),
        ("a shared key", "key=K1,algorithm=HMAC_SHA256", TOKEN, "HMAC_SHA256", False),
        ("a shared key", "", "a shared key", "HMAC_SHA256", False),
        ("a shared key", "", TOKEN, "HMAC_SHA1", True),
        ("", "key=K1,algorithm=HMAC_SHA256", TOKEN, "HMAC_SHA256", False),
        ("", "key=K1,algorithm=HMAC_SHA256", "x", "HMAC_SHA256", False),
    ],
)
async def test_a_key_for_webhooks_only_signs_when_the_header_says_so(
    key: str, settings: str, signed_with: str, algorithm: str, valid: bool
) -> None:
    channel = Sms(account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, public_url=PUBLIC, shared_key=key)
    form = inbound("dag")
    signature = RequestValidator(signed_with).compute_signature(URL, form, algorithm)
    headers = {"x-twilio-signature": signature} | ({KEYED: settings} if settings else {})
    assert channel.verify(webhook(urlencode(form).encode(), headers)) is valid
    await channel.close()


@pytest.mark.parametrize("body", [b'{"MessageSid": "x"}', b'{"MessageSid": "y"}', b"", b"\xff"])
def test_a_json_body_is_held_against_its_hash(sms: Sms, body: bytes) -> None:
    right = b'{"MessageSid": "x"}'
    url = f"{URL}?bodySHA256={hashlib.sha256(right).hexdigest()}"
    signature = RequestValidator(TOKEN).compute_signature(url, {})
    request = webhook(body, {"x-twilio-signature": signature, "content-type": "application/json"}, url=url)
    assert sms.verify(request) is (body == right)
    with pytest.raises(Malformed):  # we take forms only
        sms.parse(request)


@pytest.mark.parametrize(
    "change", [("Body=dag", "Body=dag+"), ("Body=dag", "Body=Dag"), ("%2B32470", "32470")]
)
def test_one_changed_character_is_refused(sms: Sms, change: tuple[str, str]) -> None:
    body, headers = signed(URL, inbound("dag"))
    assert change[0].encode() in body
    assert not sms.verify(webhook(body.replace(change[0].encode(), change[1].encode()), headers))


def test_a_repeated_field_is_signed_with_each_of_its_values(sms: Sms) -> None:
    pairs = [*inbound("dag", message_sid=SID).items(), ("Extra", "b"), ("Extra", "a"), ("Body", "laatste")]
    request = webhook(*signed(URL, pairs))
    assert sms.verify(request)
    assert sms.parse(request) == [Inbound(external_id=SID, path=CLIENT, text="laatste")]
    dropped = request.body.replace(b"&Extra=b", b"")
    assert not sms.verify(webhook(dropped, dict(request.headers)))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff\xfe\x00", b"{}", b"&&&===", b"%", b"Body=%ED%A0%BD", b"Body=%FF", b"<xml/>", b"=" * 10_000,
        "&".join(f"f{n}=1" for n in range(300)).encode(),
    ],
)  # fmt: skip
def test_junk_is_refused_without_raising(sms: Sms, body: bytes) -> None:
    assert not sms.verify(webhook(body, {"x-twilio-signature": "A" * 28}))
    with pytest.raises(Malformed):
        sms.parse(webhook(body, {}))


def test_three_hundred_signed_fields_are_refused(sms: Sms) -> None:
    request = webhook(*signed(URL, inbound("dag") | {f"Field{n}": "x" for n in range(300)}))
    assert not sms.verify(request)
    with pytest.raises(Malformed):
        sms.parse(request)


# Reading


@pytest.mark.parametrize(
    ("changes", "problem"),
    [({"MessageSid": "", "SmsSid": ""}, "MessageSid"), ({"MessageSid": "x; DROP"}, "MessageSid")],
)
def test_a_message_without_its_id_is_malformed(sms: Sms, changes: dict[str, str], problem: str) -> None:
    with pytest.raises(Malformed, match=problem):
        sms.parse(webhook(*signed(URL, inbound("dag") | changes)))


def test_a_message_without_sender_is_malformed(sms: Sms) -> None:
    form = inbound("dag")
    del form["From"]
    with pytest.raises(Malformed, match="From"):
        sms.parse(webhook(*signed(URL, form)))


@pytest.mark.parametrize("sender", ["8080", "PROXIMUS", "De Lijn", CLIENT])
def test_numbers_short_codes_and_names_can_write(sms: Sms, sender: str) -> None:
    (item,) = sms.parse(webhook(*signed(URL, inbound("dag", sender=sender))))
    assert isinstance(item, Inbound)
    assert item.path == sender


@pytest.mark.parametrize("sender", ["", "+", "whatsapp:+32470000001", "a" * 21, "+32\n470", "<b>x</b>"])
def test_what_is_no_address_is_no_business_of_ours(sms: Sms, sender: str) -> None:
    assert sms.parse(webhook(*signed(URL, inbound("dag", sender=sender)))) == []


def test_media_come_along_as_addresses(sms: Sms) -> None:
    form = inbound("foto") | {
        "NumMedia": "2",
        "MediaUrl0": "https://api.twilio.com/a",
        "MediaContentType0": "image/jpeg",
        "MediaUrl1": "https://api.twilio.com/b",
        "MediaUrlX": "no",
    }
    (item,) = sms.parse(webhook(*signed(URL, form)))
    assert isinstance(item, Inbound)
    assert item.media == (
        Attached(ref="https://api.twilio.com/a", kind="image", media_type="image/jpeg"),
        Attached(ref="https://api.twilio.com/b"),
    )


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("accepted", Status.QUEUED), ("scheduled", Status.QUEUED), ("queued", Status.QUEUED),
        ("sending", Status.SENDING), ("sent", Status.SENT), ("delivered", Status.DELIVERED), ("read", Status.READ),
        ("undelivered", Status.FAILED), ("failed", Status.FAILED), ("canceled", Status.FAILED),
    ],
)  # fmt: skip
def test_every_status_of_twilio_is_known(sms: Sms, said: str, status: Status) -> None:
    request = webhook(*signed(URL, {"MessageSid": SID, "MessageStatus": said}))
    assert sms.parse(request) == [Delivery(external_id=SID, status=status)]


def test_an_unknown_status_is_ignored(sms: Sms) -> None:
    assert sms.parse(webhook(*signed(URL, {"MessageSid": SID, "MessageStatus": "teleported"}))) == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [("30005", "nummer bestaat niet"), ("30003", "toestel niet bereikbaar"), ("39999", "code 39999")],
)
def test_why_it_failed_is_told_in_words(sms: Sms, code: str, reason: str) -> None:
    form = {"MessageSid": SID, "MessageStatus": "undelivered", "ErrorCode": code}
    (item,) = sms.parse(webhook(*signed(URL, form)))
    assert isinstance(item, Delivery)
    assert item.reason == reason


def test_twilio_gets_an_empty_answer_to_say_nothing_itself(sms: Sms) -> None:
    media_type, body = sms.answer(webhook(b"", {}))
    assert media_type == "text/xml"
    assert re.fullmatch(rb"<\?xml[^>]+\?><Response/>", body)


# Sending
