"""Handing Messenger messages to Meta: what leaves, what each fault means. Against a stub over real HTTP."""

import logging
import time
from typing import Any

import pytest

from channels.base import (
    Blocked,
    Choice,
    Misconfigured,
    Outgoing,
    Rejected,
    SendError,
    Throttled,
    Unavailable,
    UnknownOutcome,
    Unreachable,
    WindowClosed,
)
from channels.messenger.channel import Messenger
from tests.stubs.meta import TOKEN, MetaStub, refused
from tests.stubs.twilio import Fault

PSID = "7001"


def outgoing(text: str = "Dag", *labels: str, **more: Any) -> Outgoing:
    choices = [Choice(label=label, value=str(number)) for number, label in enumerate(labels, 1)]
    return Outgoing(**{"message_id": 417, "path": PSID, "text": text, "choices": choices} | more)


async def sent(messenger: Messenger, graph: MetaStub, message: Outgoing) -> dict[str, Any]:
    handed = await messenger.send(message)
    assert handed.external_id == graph.taken[-1].id
    return graph.taken[-1].body


async def test_a_reply_leaves_as_a_response_with_our_mark(messenger: Messenger, graph: MetaStub) -> None:
    assert await sent(messenger, graph, outgoing("Dag 👋")) == {
        "recipient": {"id": PSID}, "messaging_type": "RESPONSE",
        "message": {"text": "Dag 👋", "metadata": "leerlijn:417"},
    }  # fmt: skip
    assert graph.calls[0].headers["authorization"] == f"Bearer {TOKEN}"


async def test_short_choices_are_quick_replies(messenger: Messenger, graph: MetaStub) -> None:
    body = await sent(messenger, graph, outgoing("Wanneer?", "Maandag", "Dinsdag"))
    assert body["message"]["text"] == "Wanneer?"
    assert body["message"]["quick_replies"] == [
        {"content_type": "text", "title": "Maandag", "payload": "1"},
        {"content_type": "text", "title": "Dinsdag", "payload": "2"},
    ]


async def test_long_ones_stand_in_the_text_with_numbers_to_tap(messenger: Messenger, graph: MetaStub) -> None:
    long = "Spaans voor beginners, dinsdagavond, CVO Gent"
    body = await sent(messenger, graph, outgoing("Ik vond:", long, "Kort"))
    assert body["message"]["text"] == f"Ik vond:\n1) {long}\n2) Kort"
    assert [(q["title"], q["payload"]) for q in body["message"]["quick_replies"]] == [("1", "1"), ("2", "2")]


@pytest.mark.parametrize(
    "choices",
    [
        [Choice(label=str(n), value=str(n)) for n in range(1, 15)],
        [Choice(label="Een keuze die geen knop is", value="geen getal")],
        [Choice(label="Ja", value="x" * 1001)],
        [Choice(label="", value="leeg")],
    ],
)
async def test_what_fits_no_button_is_read_in_full(
    messenger: Messenger, graph: MetaStub, choices: list[Choice]
) -> None:
    body = await sent(messenger, graph, outgoing("Kies", choices=choices))
    assert "quick_replies" not in body["message"]
    assert all(choice.label in body["message"]["text"] for choice in choices)


@pytest.mark.parametrize("text", ["", "a" * 2001, "😀" * 1001])
async def test_what_messenger_would_not_take_whole_is_refused_not_cut(
    messenger: Messenger, graph: MetaStub, text: str
) -> None:
    with pytest.raises(Rejected):
        await messenger.send(outgoing(text))
    assert graph.calls == []


CLOSED = refused(400, 10, 2018278)


async def test_after_a_day_a_person_of_ours_writes_as_a_human_agent(
    messenger: Messenger, graph: MetaStub
) -> None:
    graph.script.append(CLOSED)
    body = await sent(messenger, graph, outgoing("Hier Jan", human=True))
    assert (body["messaging_type"], body["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
    assert [call.body["messaging_type"] for call in graph.calls] == ["RESPONSE", "MESSAGE_TAG"]


async def test_after_a_week_nobody_does_and_the_bot_never_passes_for_a_person(
    messenger: Messenger, graph: MetaStub
) -> None:
    graph.script.extend([CLOSED, CLOSED, CLOSED])
    with pytest.raises(WindowClosed):
        await messenger.send(outgoing("Hier Jan", human=True))
    with pytest.raises(WindowClosed):
        await messenger.send(outgoing("De bot"))
    assert [call.body.get("tag") for call in graph.calls] == [None, "HUMAN_AGENT", None]


@pytest.mark.parametrize("human", [False, True])
@pytest.mark.parametrize(
    ("fault", "error", "wait", "one_address"),
    [
        (refused(400, 551, 1545041), Blocked, None, True), (refused(403, 200, 1545041), Blocked, None, True),
        (refused(400, 10, 2018108), Blocked, None, True), (refused(400, 100, 2018001), Unreachable, None, True),
        (refused(400, 10, 2018300), Rejected, None, False), (refused(400, 100), Rejected, None, False),
        (refused(429, 4), Throttled, 60, False), (refused(400, 613), Throttled, 60, False),
        (refused(400, 613, Retry_After="7"), Throttled, 7, False), (refused(429, 999999), Throttled, 5, False),
        (refused(401, 190, 463), Misconfigured, None, False), (refused(400, 10), Misconfigured, None, False),
        (refused(403, 200), Misconfigured, None, False), (refused(400, 368), Misconfigured, None, False),
        (refused(500, 1200), Unavailable, None, False), (refused(500, 2), UnknownOutcome, None, False),
        (refused(500, 1, 1357046), UnknownOutcome, None, False), (Fault(status=502), UnknownOutcome, None, False),
        (Fault(status=200, body=b"<html>", takes=True), UnknownOutcome, None, False),
        (Fault(status=200, body=b'{"recipient_id": "7001"}', takes=True), UnknownOutcome, None, False),
        (Fault(hangs_up=True, takes=True), UnknownOutcome, None, False),
    ],
)  # fmt: skip
async def test_each_fault_has_its_own_error_and_is_met_once(
    messenger: Messenger,
    graph: MetaStub,
    fault: Fault,
    error: type[SendError],
    wait: float | None,
    one_address: bool,
    human: bool,
) -> None:
    graph.script.append(fault)
    with pytest.raises(SendError) as raised:
        await messenger.send(outgoing(human=human))
    assert type(raised.value) is error
    assert (raised.value.retry_after, raised.value.one_address) == (wait, one_address)
    assert len(graph.calls) == 1


async def test_it_cannot_be_looked_up(messenger: Messenger) -> None:
    with pytest.raises(UnknownOutcome):
        await messenger.find(outgoing(), time.time())


async def test_typing_shows_that_it_was_seen(messenger: Messenger, graph: MetaStub) -> None:
    await messenger.typing(PSID, "m_A")
    assert [call.body for call in graph.calls] == [
        {"recipient": {"id": PSID}, "sender_action": action} for action in ("mark_seen", "typing_on")
    ]


async def test_a_file_is_fetched_without_our_token(messenger: Messenger, graph: MetaStub) -> None:
    graph.script.append(Fault(status=200, body=b"\xff\xd8\xff" * 10, content_type="image/jpeg"))
    pieces = messenger.fetch(f"{graph.url}/v/a.jpg?oh=1", 100)
    assert b"".join([piece async for piece in pieces]) == b"\xff\xd8\xff" * 10
    assert "authorization" not in graph.calls[0].headers
    for elsewhere in ("https://evil.example/a.jpg", "https://fbcdn.net.evil.example/", "http://127.0.0.1:1/"):
        with pytest.raises(Rejected, match="elders"):
            _ = [piece async for piece in messenger.fetch(elsewhere, 100)]


async def test_logs_hold_no_secret_and_nothing_of_the_person(
    messenger: Messenger, graph: MetaStub, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for noisy in ("httpx", "httpcore"):
            logging.getLogger(noisy).setLevel(logging.WARNING)  # as bot.__main__ does
        await messenger.send(outgoing("mijn geheim verhaal"))
        graph.script.append(refused(400, 190))
        with pytest.raises(Misconfigured):
            await messenger.send(outgoing("mijn geheim verhaal"))
    for secret in (TOKEN, "geheim", PSID):
        assert secret not in caplog.text
