"""Handing WhatsApp messages to Meta: what leaves, what each fault means, files. Against a stub over real HTTP."""

import copy
import json
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from channels import meta as meta_module
from channels.base import (
    Choice,
    Misconfigured,
    Outgoing,
    Rejected,
    SendError,
    Template,
    Throttled,
    Unavailable,
    UnknownOutcome,
    Unreachable,
    WindowClosed,
)
from channels.whatsapp.outgoing import content
from channels.whatsapp.through_meta import WhatsAppCloud
from data.tables import Status
from tests.channels.conftest import CLIENT
from tests.stubs import descriptions, meta
from tests.stubs.meta import APP_SECRET, NUMBER_ID, TOKEN, MetaStub, refused
from tests.stubs.twilio import Fault

BSUID = "BE.13491208655302741918"
MESSAGES = "/{Version}/{Phone-Number-ID}/messages"


def outgoing(text: str = "Dag", *labels: str, path: str = CLIENT, **more: Any) -> Outgoing:
    choices = [Choice(label=label, value=str(number)) for number, label in enumerate(labels, 1)]
    return Outgoing(**{"message_id": 417, "path": path, "text": text, "choices": choices} | more)


# What leaves


async def test_a_text_leaves_without_a_preview_and_with_our_mark(
    whatsapp: WhatsAppCloud, graph: MetaStub
) -> None:
    sent = await whatsapp.send(outgoing("Zie https://leerwinkel.example"))
    (taken,) = graph.taken
    assert (sent.external_id, sent.status, taken.to) == (taken.id, Status.SENT, CLIENT[1:])
    assert taken.body["text"] == {"body": "Zie https://leerwinkel.example", "preview_url": False}
    assert taken.body["biz_opaque_callback_data"] == "leerlijn:417"
    assert graph.calls[0].headers["authorization"] == f"Bearer {TOKEN}"


async def test_whoever_hides_their_number_is_written_by_their_id(
    whatsapp: WhatsAppCloud, graph: MetaStub
) -> None:
    await whatsapp.send(outgoing(path=BSUID))
    body = graph.taken[0].body
    assert (body["recipient"], "to" in body) == (BSUID, False)


def buttons(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(b["reply"]["id"], b["reply"]["title"]) for b in body["interactive"]["action"]["buttons"]]


def rows(body: dict[str, Any]) -> list[tuple[str, ...]]:
    found = body["interactive"]["action"]["sections"][0]["rows"]
    return [(row["id"], row["title"], row.get("description", "")) for row in found]


def test_three_short_choices_are_buttons() -> None:
    assert buttons(content(outgoing("Wanneer?", "Maandag", "Dinsdag", "x" * 20))) == [
        ("1", "Maandag"), ("2", "Dinsdag"), ("3", "x" * 20),
    ]  # fmt: skip


@pytest.mark.parametrize("labels", [("a", "b", "c", "d"), ("x" * 21,), ("x" * 24, "y")])
def test_more_or_somewhat_longer_ones_are_a_list(labels: tuple[str, ...]) -> None:
    body = content(outgoing("Kies", *labels))
    assert body["interactive"]["type"] == "list"
    assert [title for _, title, _ in rows(body)] == list(labels)
    assert body["interactive"]["body"]["text"] == "Kies"


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "Choisir"), ("en", "Choose"), ("nl", "Kies"), ("tr", "Kies"), (None, "Kies")],
)
def test_the_list_opens_in_the_language_of_the_message(language: str | None, words: str) -> None:
    body = content(outgoing("?", "a", "b", "c", "d", language=language))
    assert body["interactive"]["action"]["button"] == words


LONG = "Spaans voor beginners, dinsdagavond van 19 tot 21.30 uur, CVO Gent, vanaf 12 januari, 96 euro"


def test_choices_too_long_for_a_list_stand_in_the_text_with_numbers_to_tap() -> None:
    body = content(outgoing("Ik vond:", LONG, LONG + " (online)", "Kort"))
    assert body["interactive"]["body"]["text"] == f"Ik vond:\n1) {LONG}\n2) {LONG} (online)\n3) Kort"
    assert [(row[0], row[1]) for row in rows(body)] == [("1", "1"), ("2", "2"), ("3", "3")]
    assert all(len(row[2]) <= 72 for row in rows(body))
    assert rows(body)[2][2] == "Kort"


def test_words_to_tap_beside_numbers_stay_words() -> None:
    choices = [Choice(label=LONG * 2, value="1"), Choice(label="Meer", value="meer")]
    body = content(Outgoing(message_id=1, path=CLIENT, text="Ik vond:", choices=choices))
    assert rows(body)[1] == ("meer", "Meer", "")
    assert body["interactive"]["body"]["text"] == f"Ik vond:\n1) {LONG * 2}"


@pytest.mark.parametrize(
    "message",
    [
        outgoing("Kies", *map(str, range(1, 12))),
        outgoing("a" * 1025, "Ja", "Nee"),
        outgoing("Kies", *[LONG * 2] * 9, LONG),
        Outgoing(message_id=1, path=CLIENT, text="?", choices=[Choice(label="Ja", value="x" * 201), Choice(label="Nee", value="n")]),
        Outgoing(message_id=1, path=CLIENT, text="?", choices=[Choice(label="Ja", value="1"), Choice(label="Nee", value="1")]),
        outgoing("", "Ja", "Nee"),
    ],
)  # fmt: skip
def test_what_fits_no_button_and_no_list_is_read_in_full(message: Outgoing) -> None:
    body = content(message)
    assert body["type"] == "text"
    assert all(choice.label in body["text"]["body"] for choice in message.choices)
    assert message.text in body["text"]["body"]


def test_the_same_words_twice_are_told_apart_by_their_numbers() -> None:
    body = content(outgoing("Kies", "Ja", "Ja"))
    assert body["interactive"]["body"]["text"] == "Kies\n1) Ja\n2) Ja"
    assert [row[:2] for row in rows(body)] == [("1", "1"), ("2", "2")]


@pytest.mark.parametrize("text", ["", "a" * 4097, "😀" * 2049])
def test_what_whatsapp_would_not_take_whole_is_refused_not_cut(text: str) -> None:
    with pytest.raises(Rejected):
        content(outgoing(text))


def test_a_template_is_filled_in_without_line_ends_and_empty_places() -> None:
    template = Template(name="gesprek_open", language="nl", values=("Amina", "morgen\nom 10 uur\t", " "))
    assert content(outgoing(template=template))["template"] == {
        "name": "gesprek_open",
        "language": {"policy": "deterministic", "code": "nl"},
        "components": [
            {
                "type": "body",
                "parameters": [{"type": "text", "text": t} for t in ("Amina", "morgen om 10 uur", "-")],
            }
        ],
    }
    bare = content(outgoing(template=Template(name="open", language="fr")))
    assert bare["template"]["components"] == []


EVERY_FORM = [
    outgoing("Dag 👋 é"), outgoing("Wanneer?", "Maandag", "Dinsdag"), outgoing("Kies", "a", "b", "c", "d"),
    outgoing("Ik vond:", LONG, LONG + " (online)"), outgoing("Kies", *map(str, range(1, 12))),
    outgoing(template=Template(name="open", language="nl", values=("Amina",))),
]  # fmt: skip


@pytest.mark.parametrize("message", EVERY_FORM)
async def test_requests_have_the_form_of_metas_own_description(
    whatsapp: WhatsAppCloud, graph: MetaStub, shared: Path, message: Outgoing
) -> None:
    """But for our mark, which Meta documents on the page of messages and not in the description of 2025."""
    described = descriptions.meta(shared)
    await whatsapp.send(message)
    call = graph.calls[0]
    assert call.path == f"/v23.0/{NUMBER_ID}/messages"
    body = {name: value for name, value in call.body.items() if name != "biz_opaque_callback_data"}
    assert described.problems(MESSAGES, body) == []
    assert len(graph.taken) == 1


def test_the_description_would_find_what_is_wrong(shared: Path) -> None:
    described = descriptions.meta(shared)
    right = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "32470000001"}
    good = right | content(outgoing("Wanneer?", "Ja", "Nee"))
    assert described.problems(MESSAGES, good) == []
    long, unknown, other = copy.deepcopy(good), good | {"surprise": 1}, good | {"type": "text"}
    long["interactive"]["action"]["buttons"][0]["reply"]["title"] = "x" * 21
    for wrong in (long, unknown, other, {**good, "to": 32470000001}, {"type": "text"}):
        assert described.problems(MESSAGES, wrong) != []


# Faults


@pytest.mark.parametrize(
    ("fault", "error", "wait"),
    [
        (refused(429, 4), Throttled, 60), (refused(400, 80007), Throttled, 60), (refused(400, 130429), Throttled, 5),
        (refused(400, 131048), Throttled, 3600), (refused(400, 131056), Throttled, 10),
        (refused(400, 133016), Throttled, 5), (refused(429, 999999), Throttled, 5),
        (refused(429, 999999, Retry_After="30"), Throttled, 30), (refused(400, 131056, Retry_After="45"), Throttled, 45),
        (Fault(status=429, body=b"<html>", content_type="text/html"), Throttled, 5),
        (refused(400, 131047), WindowClosed, None), (refused(400, 131026), Unreachable, None),
        (refused(400, 131049), Rejected, None), (refused(400, 131051), Rejected, None),
        (refused(400, 131008), Rejected, None), (refused(400, 132001), Rejected, None),
        (refused(400, 100), Rejected, None), (refused(400, 999999), Rejected, None),
        (refused(401, 190), Misconfigured, None), (refused(400, 190), Misconfigured, None),
        (refused(401, 0), Misconfigured, None), (refused(403, 10), Misconfigured, None),
        (refused(403, 200), Misconfigured, None), (refused(403, 131031), Misconfigured, None),
        (refused(400, 100, 33), Misconfigured, None), (refused(400, 133010), Misconfigured, None),
        (refused(403, 999999), Misconfigured, None),
        (Fault(status=302, headers={"Location": "http://127.0.0.1:1/"}), Misconfigured, None),
        (refused(500, 131000), Unavailable, None), (refused(503, 131016), Unavailable, None),
        (refused(400, 131053), Unavailable, None),
        (refused(500, 1), UnknownOutcome, None), (refused(500, 2), UnknownOutcome, None),
        (refused(200, 999999), UnknownOutcome, None),
        (Fault(status=502, body=b"<html>bad gateway</html>", content_type="text/html"), UnknownOutcome, None),
        (Fault(status=500), UnknownOutcome, None),
        (Fault(status=200, body=b"<html>log in</html>", content_type="text/html", takes=True), UnknownOutcome, None),
        (Fault(status=200, body=b"{", takes=True), UnknownOutcome, None),
        (Fault(status=200, body=b"[]", takes=True), UnknownOutcome, None),
        (Fault(status=200, body=b"{}", takes=True), UnknownOutcome, None),
        (Fault(status=200, body=b'{"messages": [{"id": 7.5}, "x"]}', takes=True), UnknownOutcome, None),
        (Fault(status=200, body=b'{"unknown": true}', takes=True), UnknownOutcome, None),
        (Fault(hangs_up=True, takes=True), UnknownOutcome, None),
    ],
)  # fmt: skip
async def test_each_fault_has_its_own_error(
    whatsapp: WhatsAppCloud, graph: MetaStub, fault: Fault, error: type[SendError], wait: float | None
) -> None:
    graph.script.append(fault)
    with pytest.raises(SendError) as raised:
        await whatsapp.send(outgoing("mijn geheim"))
    assert type(raised.value) is error
    assert raised.value.retry_after == wait
    assert raised.value.retryable is (error in (Throttled, Unavailable))
    assert "32470000001" not in raised.value.reason
    assert len(graph.calls) == 1


async def test_too_fast_for_one_person_is_not_too_fast_for_all(
    whatsapp: WhatsAppCloud, graph: MetaStub
) -> None:
    found = {}
    for code in (131056, 130429, 131026, 190):
        graph.script.append(refused(400, code))
        with pytest.raises(SendError) as raised:
            await whatsapp.send(outgoing())
        found[code] = raised.value.one_address
    assert found == {131056: True, 130429: False, 131026: True, 190: False}


async def test_a_refused_connection_means_nothing_was_handed_over() -> None:
    with meta.running() as gone:
        nobody = gone.url
    channel = WhatsAppCloud(
        phone_number_id=NUMBER_ID, access_token=TOKEN, app_secret="x", verify_token="x", api_base=nobody
    )
    with pytest.raises(Unavailable):
        await channel.send(outgoing())
    await channel.close()


async def test_an_answer_that_does_not_come_leaves_the_outcome_unknown(
    graph: MetaStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meta_module, "TIMEOUT", httpx.Timeout(0.2))
    channel = WhatsAppCloud(
        phone_number_id=NUMBER_ID, access_token=TOKEN, app_secret="x", verify_token="x", api_base=graph.url
    )
    graph.script.append(Fault(takes=True, delay=0.5, status=200))
    with pytest.raises(UnknownOutcome):
        await channel.send(outgoing("hallo"))
    assert graph.texts() == ["hallo"]  # it did arrive, which is why it is never sent again blindly
    with pytest.raises(UnknownOutcome):
        await channel.find(outgoing("hallo"), time.time())
    await channel.close()


# The rest


async def test_typing_says_which_message_was_read(whatsapp: WhatsAppCloud, graph: MetaStub) -> None:
    await whatsapp.typing(CLIENT, "wamid.A")
    assert graph.calls[0].body == {
        "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A",
        "typing_indicator": {"type": "text"},
    }  # fmt: skip
    assert graph.taken == []


async def taken(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def test_a_file_is_asked_by_id_and_fetched_with_the_token(
    whatsapp: WhatsAppCloud, graph: MetaStub
) -> None:
    graph.files["2621233374848975"] = b"\xff\xd8\xff" * 1000
    assert await taken(whatsapp.fetch("2621233374848975", 10_000)) == b"\xff\xd8\xff" * 1000
    assert [call.path for call in graph.calls] == ["/v23.0/2621233374848975", "/files/2621233374848975"]
    with pytest.raises(Rejected, match="te groot"):
        await taken(whatsapp.fetch("2621233374848975", 100))
    assert len(graph.calls) == 3  # told by its size, before a byte was fetched


@pytest.mark.parametrize("ref", ["", "../me", "26/messages", "https://evil.example/", "é", "٣", "1?x=2"])
async def test_an_id_that_is_none_is_never_asked(whatsapp: WhatsAppCloud, graph: MetaStub, ref: str) -> None:
    with pytest.raises(Rejected):
        await taken(whatsapp.fetch(ref, 100))
    assert graph.calls == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/whatsapp_business/attachments/?mid=1", "http://169.254.169.254/", "http://lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com.evil.example/", "https://graph.facebook.com@evil.example/", "", "file:///x", 7,
    ],
)  # fmt: skip
async def test_the_token_goes_to_metas_hosts_only(whatsapp: WhatsAppCloud, graph: MetaStub, url: Any) -> None:
    graph.script.append(Fault(status=200, body=json.dumps({"id": "1", "url": url}).encode()))
    with pytest.raises(Rejected):
        await taken(whatsapp.fetch("1", 100))
    assert len(graph.calls) == 1


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ([refused(404, 100, 33)], Rejected), ([refused(400, 100)], Rejected), ([refused(500, 2)], Unavailable), ([refused(429, 4)], Throttled),
        ([refused(401, 190)], Misconfigured), ([Fault(status=200, body=b"<html>")], Unavailable),
        ([Fault(hangs_up=True)], Unavailable),
    ],
)  # fmt: skip
async def test_a_file_that_cannot_be_had_now_is_told_apart_from_one_that_is_gone(
    whatsapp: WhatsAppCloud, graph: MetaStub, faults: list[Fault], error: type[SendError]
) -> None:
    graph.script.extend(faults)
    with pytest.raises(SendError) as raised:
        await taken(whatsapp.fetch("1", 100))
    assert type(raised.value) is error


async def test_logs_hold_no_secret_and_nothing_of_the_person(
    whatsapp: WhatsAppCloud, graph: MetaStub, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for noisy in ("httpx", "httpcore"):
            logging.getLogger(noisy).setLevel(logging.WARNING)  # as bot.__main__ does
        await whatsapp.send(outgoing("mijn geheim verhaal"))
        for fault in (refused(401, 190), refused(400, 131026), Fault(status=500), Fault(hangs_up=True)):
            graph.script.append(fault)
            with pytest.raises(SendError):
                await whatsapp.send(outgoing("mijn geheim verhaal"))
    for secret in (TOKEN, APP_SECRET, "geheim", CLIENT, CLIENT[1:]):
        assert secret not in caplog.text
