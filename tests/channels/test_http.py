"""A channel of an integrator: signed JSON in, signed JSON out over real HTTP, and files of its own host only."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from channels.base import (
    Attached,
    Blocked,
    Choice,
    Deleted,
    Delivery,
    Echo,
    Edited,
    Fetches,
    Inbound,
    Item,
    Malformed,
    Misconfigured,
    OptedOut,
    Outgoing,
    Reach,
    Rejected,
    SendError,
    Throttled,
    Unavailable,
    UnknownOutcome,
    Webhook,
)
from channels.http import Http, sign
from channels.public_hosts import PublicHosts
from data.tables import Status
from tests.stubs.kiosk import Kiosk, running

SECRET = "a-secret-of-sixteen"
NOW = 1_800_000_000.0


@pytest.fixture
def kiosk() -> Iterator[Kiosk]:
    with running() as side:
        yield side


@pytest.fixture
async def channel(kiosk: Kiosk) -> AsyncIterator[Http]:
    made = Http(
        name="kiosk",
        secret=SECRET,
        url=f"http://127.0.0.1:{kiosk.port}/messages",
        internal=True,
        clock=lambda: NOW,
    )
    yield made
    await made.close()


def webhook(
    body: Any, *, at: float | str = NOW, secret: str = SECRET, signature: str | None = None
) -> Webhook:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    timestamp = at if isinstance(at, str) else str(int(at))
    headers = {
        "leerlijn-timestamp": timestamp,
        "leerlijn-signature": signature if signature is not None else sign(secret.encode(), timestamp, raw),
    }
    return Webhook(method="POST", url="https://hub.example/webhooks/kiosk", headers=headers, body=raw)


def events(*found: Any) -> dict[str, Any]:
    return {"events": list(found)}


# The signature


@pytest.mark.parametrize(
    ("made", "valid"),
    [
        (webhook(events()), True),
        (webhook(events(), at=NOW - 299), True),
        (webhook(events(), at=NOW + 299), True),
        (webhook(events(), at=NOW - 301), False),  # kept, and played again
        (webhook(events(), at=NOW + 301), False),
        (webhook(events(), at="soon"), False),
        (webhook(events(), at="٣"), False),
        (webhook(events(), at="9" * 5000), False),
        (webhook(events(), secret="another-secret-of-16"), False),
        (webhook(events(), signature=""), False),
        (webhook(events(), signature="v1=é"), False),
        (Webhook(method="POST", url="", headers={}, body=b"{}"), False),
    ],
)
def test_what_is_signed_now_is_believed(channel: Http, made: Webhook, valid: bool) -> None:
    assert channel.verify(made) is valid


def test_one_changed_byte_or_another_moment_is_refused(channel: Http) -> None:
    made = webhook(events({"type": "deleted", "id": "1"}))
    for body, headers in (
        (made.body.replace(b"1", b"2"), made.headers),
        (made.body + b" ", made.headers),
        (made.body, {**made.headers, "leerlijn-timestamp": str(int(NOW) + 1)}),
    ):
        assert not channel.verify(Webhook(method="POST", url=made.url, headers=headers, body=body))


# What comes in


@pytest.mark.parametrize(
    ("event", "item"),
    [
        ({"type": "message", "id": "1", "from": "bezoeker-1", "text": "dag"},
         Inbound(external_id="1", path="bezoeker-1", text="dag")),
        ({"type": "message", "id": "2", "from": "b", "text": "", "name": "Fatma\u202e", "language": "ar",
          "reply_to": "leerlijn-9", "more": "ignored",
          "files": [{"url": "https://kiosk.example/f", "kind": "image", "name": "f.png", "size": 9}]},
         Inbound(external_id="2", path="b", text="", display="Fatma", language="ar", answers="leerlijn-9",
                 media=(Attached(ref="https://kiosk.example/f", kind="image", name="f.png", size=9),))),
        ({"type": "edited", "id": "1", "text": "dag!"}, Edited(external_id="1", text="dag!")),
        ({"type": "deleted", "id": "1"}, Deleted(external_id="1")),
        ({"type": "echo", "id": "3", "to": "b", "text": "ik help u"}, Echo(external_id="3", path="b", text="ik help u")),
        ({"type": "status", "id": "leerlijn-9", "status": "read"}, Delivery(external_id="leerlijn-9", status=Status.READ)),
        ({"type": "status", "id": "leerlijn-9", "status": "failed", "reason": "weg\x00"},
         Delivery(external_id="leerlijn-9", status=Status.FAILED, reason="weg")),
        ({"type": "blocked", "from": "b"}, Reach(path="b", open=False)),
        ({"type": "unblocked", "from": "b"}, Reach(path="b", open=True)),
    ],
)  # fmt: skip
def test_what_an_event_means(channel: Http, event: dict[str, Any], item: Item) -> None:
    request = webhook(events(event))
    assert channel.parse(request) == [item]
    assert json.loads(channel.answer(request)[1]) == {"accepted": 1, "refused": []}


@pytest.mark.parametrize(
    "odd",
    [
        {}, 5, None, [], "x", {"type": "other"}, {"type": "message"}, {"type": "message", "id": "1", "text": "x"},
        {"type": "message", "id": 1, "from": "b", "text": "x"}, {"type": "message", "id": "1", "from": "b", "text": {"$ne": 1}},
        {"type": "message", "id": "é", "from": "b", "text": "x"}, {"type": "message", "id": "1", "from": "a b", "text": "x"},
        {"type": "message", "id": "1", "from": "b\x00", "text": "x"}, {"type": "message", "id": "x" * 201, "from": "b", "text": ""},
        {"type": "status", "id": "1", "status": "sending"},
        {"type": "message", "id": "1", "from": "b", "text": "", "files": [{"url": "x", "size": 2**40}]},
    ],
)  # fmt: skip
def test_an_odd_event_spoils_no_other_and_is_explained(channel: Http, odd: Any) -> None:
    good = {"type": "deleted", "id": "1"}
    request = webhook(events(good, odd, good))
    assert len(channel.parse(request)) == 2
    (refused,) = json.loads(channel.answer(request)[1])["refused"]
    assert refused["event"] == 1
    assert refused["why"]


@pytest.mark.parametrize(
    "junk",
    [b"", b"{", b"[]", b'"x"', b"\xff", b"{}", b'{"events": {}}', b'{"events": NaN}', b"[" * 100_000,
     json.dumps(events(*[{}] * 101)).encode()],
)  # fmt: skip
def test_junk_is_malformed(channel: Http, junk: bytes) -> None:
    with pytest.raises(Malformed):
        channel.parse(webhook(junk))


# What goes out


def outgoing(**more: Any) -> Outgoing:
    return Outgoing(message_id=812, path="bezoeker-1", text="Kies een plek", language="nl", **more)


async def test_a_message_is_signed_and_carries_its_id(channel: Http, kiosk: Kiosk) -> None:
    sent = await channel.send(outgoing(choices=(Choice(label="Aalst", value="1"),), human=True))
    ((headers, body),) = kiosk.heard
    assert json.loads(body) == {
        "type": "message", "id": "leerlijn-812", "to": "bezoeker-1", "text": "Kies een plek", "language": "nl",
        "human": True, "choices": [{"label": "Aalst", "value": "1"}],
    }  # fmt: skip
    assert headers["idempotency-key"] == sent.external_id == "leerlijn-812"
    assert headers["leerlijn-signature"] == sign(SECRET.encode(), headers["leerlijn-timestamp"], body)
    assert SECRET not in str(headers)


@pytest.mark.parametrize(
    ("answer", "error", "retry_after"),
    [
        ((429, b"", {"Retry-After": "30"}), Throttled, 30.0),
        ((503, b"", {"Retry-After": "7"}), Unavailable, 7.0),
        ((500, b"", {}), Unavailable, None),
        ((401, b"", {}), Misconfigured, None),
        ((404, b"", {}), Misconfigured, None),
        ((302, b"", {"Location": "http://127.0.0.1:1/"}), UnknownOutcome, None),
        ((200, b"<html>a portal</html>", {}), UnknownOutcome, None),
        ((204, b"", {}), UnknownOutcome, None),
        ((422, b'{"error": "blocked"}', {}), Blocked, None),
        ((400, b'{"error": "opted_out"}', {}), OptedOut, None),
        ((400, b'{"error": "te lang"}', {}), Rejected, None),
        ((400, b'{"error": {"a": 1}}', {}), Rejected, None),
        ((410, b"<html>", {}), Rejected, None),
    ],
)
async def test_what_the_answer_means(
    channel: Http, kiosk: Kiosk, answer: Any, error: type[SendError], retry_after: float | None
) -> None:
    kiosk.script.append(answer)
    with pytest.raises(error) as raised:
        await channel.send(outgoing())
    assert raised.value.retry_after == retry_after
    if b"te lang" in answer[1]:
        assert raised.value.reason == "te lang"


async def test_what_they_have_already_is_sent(channel: Http, kiosk: Kiosk) -> None:
    kiosk.script.append((409, b"", {}))
    assert (await channel.send(outgoing())).external_id == "leerlijn-812"


async def test_whatever_is_not_certain_may_be_sent_again(
    channel: Http, kiosk: Kiosk, monkeypatch: Any
) -> None:
    monkeypatch.setattr(channel._client, "timeout", httpx.Timeout(0.2))
    kiosk.delay = 1.0
    with pytest.raises(UnknownOutcome):
        await channel.send(outgoing())
    assert await channel.find(outgoing(), 0.0) is None
    kiosk.delay = 0.0
    await channel.send(outgoing())
    assert {headers["idempotency-key"] for headers, _ in kiosk.heard} == {"leerlijn-812"}


async def test_nobody_there_and_nowhere_to_send() -> None:
    gone = Http(name="kiosk", secret=SECRET, url="http://127.0.0.1:9/x", internal=True)
    with pytest.raises(Unavailable):
        await gone.send(outgoing())
    await gone.close()
    silent = Http(name="kiosk", secret=SECRET)
    with pytest.raises(Misconfigured):
        await silent.send(outgoing())
    await silent.close()


# Files, and where nobody may lead us


async def read(channel: Http, ref: str, limit: int = 1000) -> bytes:
    return b"".join([piece async for piece in channel.fetch(ref, limit)])


async def test_a_file_of_their_own_host(channel: Http, kiosk: Kiosk) -> None:
    assert isinstance(channel, Fetches)
    assert await read(channel, f"http://127.0.0.1:{kiosk.port}/f?id=1") == b"bytes"
    ((path, headers),) = kiosk.asked
    assert headers["leerlijn-signature"] == sign(
        SECRET.encode(), headers["leerlijn-timestamp"], path.encode()
    )
    kiosk.script.append((200, b"x" * 1001, {}))
    with pytest.raises(Rejected):
        await read(channel, f"http://127.0.0.1:{kiosk.port}/f")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x", "http://localhost/x", "http://169.254.169.254/latest/meta-data", "http://[::ffff:127.0.0.1]/",
        "http://2130706433/", "http://0x7f.1/", "http://127.0.0.1.nip.io/", "gopher://127.0.0.1/x", "file:///etc/passwd",
        "ftp://127.0.0.1/", "//evil.example/x", "/etc/passwd", "", "http://", "http://[", "https://evil.example/x",
        "http://127.0.0.1:{port}@evil.example/", "https://127.0.0.1:{port}/x", "javascript:alert(1)",
    ],
)  # fmt: skip
async def test_no_file_is_fetched_elsewhere(channel: Http, kiosk: Kiosk, url: str) -> None:
    with pytest.raises(Rejected):
        await read(channel, url.replace("{port}", str(kiosk.port)))
    assert kiosk.asked == []


async def test_a_redirect_leads_nowhere_else(channel: Http, kiosk: Kiosk) -> None:
    for location in (
        "http://127.0.0.1:9/x",
        "http://169.254.169.254/",
        "gopher://127.0.0.1/",
        "https://evil.example/",
    ):
        kiosk.script.append((302, b"", {"Location": location}))
        with pytest.raises(Rejected):
            await read(channel, f"http://127.0.0.1:{kiosk.port}/f")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "224.0.0.1",
        "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
    ],
)  # fmt: skip
async def test_only_public_addresses_are_reached(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of theirs that answers an address of ours, as nip.io and DNS rebinding make it."""

    async def answers(*_: Any, **__: Any) -> list[Any]:
        public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))
        return [public, (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    monkeypatch.setattr(asyncio.get_running_loop().__class__, "getaddrinfo", answers)
    channel = Http(name="kiosk", secret=SECRET, url="https://kiosk.example/messages")
    with pytest.raises(Misconfigured):
        await channel.send(outgoing())
    await channel.close()


async def test_the_address_that_was_checked_is_the_one_that_is_reached(
    kiosk: Kiosk, monkeypatch: Any
) -> None:
    """The name is asked once: what it would answer the second time does not matter."""
    asked: list[str] = []

    async def answers(host: str, *_: Any) -> str:
        asked.append(host)
        return "127.0.0.1"

    monkeypatch.setattr("channels.public_hosts._public_address", answers)
    async with httpx.AsyncClient(transport=PublicHosts()) as client:
        reply = await client.get(f"http://kiosk.example:{kiosk.port}/x")
    assert reply.content == b"bytes"
    assert asked == ["kiosk.example"]
    ((_, headers),) = kiosk.asked
    assert headers["host"] == f"kiosk.example:{kiosk.port}"
