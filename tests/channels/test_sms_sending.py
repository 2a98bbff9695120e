"""Handing SMS to Twilio: what leaves, what each fault means, and the look-up. Against a stub over real HTTP."""

import json
import logging
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote_plus

import httpx
import pytest

from channels import twilio_rest
from channels.base import (
    Misconfigured,
    OptedOut,
    Outgoing,
    Rejected,
    SendError,
    Throttled,
    Unavailable,
    UnknownOutcome,
    Webhook,
    WindowClosed,
)
from channels.sms import BODY_LIMIT, Sms, render
from channels.twilio_rest import CLOCK_SKEW
from data.tables import Status
from tests.channels.conftest import CLIENT, PUBLIC
from tests.stubs import twilio
from tests.stubs.twilio import ACCOUNT, NUMBER, TOKEN, Fault, TwilioStub, inbound, refused, signed

URL = f"{PUBLIC}/webhooks/sms"
SID = "SM" + "a" * 32


def webhook(body: bytes, headers: dict[str, str], url: str = URL) -> Webhook:
    return Webhook(method="POST", url=url, headers=headers, body=body)


def outgoing(text: str = "Dag", **more: object) -> Outgoing:
    return Outgoing(message_id=1, path=CLIENT, text=text, **more)  # type: ignore[arg-type]


# Signatures


async def test_a_message_is_handed_over_as_plain_text_and_priced(sms: Sms, stub: TwilioStub) -> None:
    sent = await sms.send(outgoing("Dag “jij” – tot dinsdag…"))
    (taken,) = stub.taken
    assert (taken.to, taken.sender, taken.body) == (CLIENT, NUMBER, 'Dag "jij" - tot dinsdag...')
    assert taken.callback == f"{PUBLIC}/webhooks/sms/status"
    assert (sent.external_id, sent.parts, sent.status) == (taken.sid, 1, Status.SENT)


async def test_no_message_is_longer_than_twilio_takes(sms: Sms, stub: TwilioStub) -> None:
    await sms.send(outgoing("é" * 5000))
    assert stub.bodies() == ["é" * BODY_LIMIT]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (refused(429, 20429), Throttled),
        (refused(400, 14107), Throttled),
        (refused(500, 20500), UnknownOutcome),
        (Fault(status=502, body=b"<html>bad gateway</html>", content_type="text/html"), UnknownOutcome),
        (refused(503, 20503), UnknownOutcome),
        (refused(401, 20003), Misconfigured),
        (refused(403, 20403), Misconfigured),
        (refused(404, 20404), Misconfigured),
        (refused(400, 21606), Misconfigured),
        (refused(400, 21610), OptedOut),
        (refused(400, 63016), WindowClosed),
        (refused(400, 21211), Rejected),
        (Fault(status=400, body=b"not json"), Rejected),
        (Fault(status=302, headers={"Location": "http://127.0.0.1:1/"}), Misconfigured),
        (Fault(status=200, body=b"<html>login</html>", content_type="text/html", takes=True), UnknownOutcome),
        (Fault(status=201, body=b"[]", takes=True), UnknownOutcome),
        (Fault(status=201, body=b"{}", takes=True), UnknownOutcome),
        (Fault(status=201, body=b"", takes=True), UnknownOutcome),
        (Fault(hangs_up=True, takes=True), UnknownOutcome),
        (
            Fault(
                status=400,
                body=json.dumps(
                    {"type": "x", "title": "blocked", "status": 400, "code": 21610, "detail": "no"}
                ).encode(),
            ),
            OptedOut,
        ),
    ],
)
async def test_each_fault_has_its_own_error(
    sms: Sms, stub: TwilioStub, fault: Fault, error: type[SendError]
) -> None:
    stub.script.append(fault)
    with pytest.raises(SendError) as raised:
        await sms.send(outgoing())
    assert type(raised.value) is error
    assert raised.value.retryable is (error is Throttled)
    assert len(stub.requests) == 1  # neither the SDK nor httpx tries again by itself


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ({"Retry_After": "30"}, 30, 30),
        ({"Retry_After": "0"}, 1, 1),
        ({"Retry_After": "999999"}, 3600, 3600),
        ({"Retry_After": "soon"}, 5, 5),
        ({"Retry_After": "nan"}, 5, 5),
        ({}, 5, 5),
    ],
)
async def test_twilio_says_how_long_to_wait(
    sms: Sms, stub: TwilioStub, header: dict[str, str], least: float, most: float
) -> None:
    stub.script.append(refused(429, 20429, **header))
    with pytest.raises(Throttled) as raised:
        await sms.send(outgoing())
    assert raised.value.retry_after is not None
    assert least <= raised.value.retry_after <= most


async def test_twilio_may_name_a_moment_instead(sms: Sms, stub: TwilioStub) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=10)
    stub.script.append(refused(429, 20429, Retry_After=format_datetime(moment, usegmt=True)))
    with pytest.raises(Throttled) as raised:
        await sms.send(outgoing())
    assert raised.value.retry_after is not None
    assert 500 <= raised.value.retry_after <= 600


async def test_a_refused_connection_means_nothing_was_handed_over() -> None:
    with twilio.running() as gone:
        nobody = gone.url
    channel = Sms(account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, public_url=PUBLIC, api_base=nobody)
    with pytest.raises(Unavailable):
        await channel.send(outgoing())
    with pytest.raises(Unavailable):
        await channel.find(outgoing(), time.time())
    await channel.close()


async def test_an_answer_that_does_not_come_leaves_the_outcome_unknown(
    stub: TwilioStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio_rest, "TIMEOUT", httpx.Timeout(0.2))
    channel = Sms(account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, public_url=PUBLIC, api_base=stub.url)
    stub.script.append(Fault(takes=True, delay=0.5, status=201))
    with pytest.raises(UnknownOutcome):
        await channel.send(outgoing("hallo"))
    found = await channel.find(outgoing("hallo"), time.time() - 1)
    assert found is not None  # which is why it is never sent again blindly
    assert found.external_id == stub.taken[0].sid
    await channel.close()


# Looking up


async def test_a_message_is_found_again_by_its_receiver_and_words(sms: Sms, stub: TwilioStub) -> None:
    before = time.time()
    sent = await sms.send(outgoing("Dag “jij”"))
    found = await sms.find(outgoing("Dag “jij”"), before)
    assert found is not None
    assert found.external_id == sent.external_id
    assert await sms.find(outgoing("iets anders"), before) is None
    assert await sms.find(Outgoing(message_id=2, path="+32470999999", text="Dag “jij”"), before) is None


async def test_an_older_message_with_the_same_words_is_another_message(sms: Sms, stub: TwilioStub) -> None:
    older = await sms.send(outgoing("Welke gemeente?"))
    after = time.time() + CLOCK_SKEW.total_seconds() + 60
    assert await sms.find(outgoing("Welke gemeente?"), after) is None
    asked = outgoing("Welke gemeente?", others=frozenset({older.external_id}))
    assert await sms.find(asked, time.time()) is None
    newer = await sms.send(outgoing("Welke gemeente?"))
    found = await sms.find(asked, time.time())
    assert found is not None
    assert found.external_id == newer.external_id


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (refused(500, 20500), Unavailable), (refused(429, 20429), Throttled), (refused(401, 20003), Unavailable),
        (Fault(status=200, body=b"<html>", content_type="text/html"), Unavailable), (Fault(hangs_up=True), Unavailable),
    ],
)  # fmt: skip
async def test_a_look_up_that_fails_is_no_answer(
    sms: Sms, stub: TwilioStub, fault: Fault, error: type[SendError]
) -> None:
    stub.script.append(fault)
    with pytest.raises(SendError) as raised:
        await sms.find(outgoing(), time.time())
    assert type(raised.value) is error


# The rest


async def test_logs_hold_no_secret_and_nothing_of_the_person(
    sms: Sms, stub: TwilioStub, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("httpx").setLevel(logging.WARNING)  # as bot.__main__ does
        logging.getLogger("httpcore").setLevel(logging.WARNING)
        await sms.send(outgoing("mijn geheim verhaal"))
        stub.script.extend([refused(401, 20003), refused(400, 21610)])
        for _ in range(2):
            with pytest.raises(SendError) as raised:
                await sms.send(outgoing("mijn geheim verhaal"))
            assert raised.value.__suppress_context__
        sms.verify(webhook(*signed(URL, inbound("mijn geheim verhaal"), token="wrong")))
    said = caplog.text
    for secret in (TOKEN, "geheim", CLIENT, CLIENT[1:], quote_plus(CLIENT)):
        assert secret not in said


async def test_requests_have_the_form_of_twilios_own_description(
    sms: Sms, stub: TwilioStub, shared: Path
) -> None:
    spec = json.loads((shared / "specs" / "twilio_api_v2010.json").read_text(encoding="utf-8"))
    described = spec["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]
    form = described["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    await sms.send(outgoing("Dag"))
    await sms.find(outgoing("Dag"), time.time())
    post, get = stub.requests
    assert post.path == get.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert {name for name, _ in post.fields} <= form["properties"].keys()
    assert set(form.get("required", ())) <= {name for name, _ in post.fields}
    assert {name for name, _ in get.fields} <= {
        parameter["name"] for parameter in described["get"]["parameters"]
    }
    assert post.headers["authorization"].startswith("Basic ")
    assert post.headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("text", "left"),
    [("Wanneer? ’s Avonds", "Wanneer? 's Avonds"), ("café à forêt", "café à foret"), ("Привіт", "Привіт")],
)
def test_text_leaves_in_the_cheap_alphabet_where_the_language_allows(text: str, left: str) -> None:
    assert render(outgoing(text)) == left
