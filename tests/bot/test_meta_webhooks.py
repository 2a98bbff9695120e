"""WhatsApp and Messenger through the whole application on a real port: a dialogue, and what Meta does wrong."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from sqlalchemy import text

from bot.app import create_app
from bot.settings import MessengerSettings, Settings, WhatsAppSettings
from data.db import Database
from tests.databases import Databases
from tests.faults.program import lend_model
from tests.hub_fixtures import fill_with_demo
from tests.plain_http import plain_http
from tests.stubs import meta
from tests.stubs.meta import (
    APP_ID,
    APP_SECRET,
    NUMBER_ID,
    PAGE_ID,
    TOKEN,
    VERIFY_TOKEN,
    MetaStub,
    change,
    event,
    page,
    refused,
    signed,
    wamid,
    whatsapp,
    wrote,
)
from tests.stubs.twilio import Fault

SHAKE = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY_TOKEN}
PATIENCE = 15.0  # seconds
OUTGOING = (
    "SELECT status, status_reason FROM message "
    "WHERE direction = 'out' AND address_id = (SELECT id FROM address WHERE path = :path)"
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """The application, and Meta at both ends of it."""

    client: httpx.AsyncClient
    graph: MetaStub
    database: Database

    async def post(self, channel: str, payload: object, **more: Any) -> int:
        body, headers = signed(payload, **more)
        return (await self.client.post(f"/webhooks/{channel}", content=body, headers=headers)).status_code

    async def until(self, happened: Callable[[], Any]) -> Any:
        async with asyncio.timeout(PATIENCE):
            while not (found := happened()):
                await asyncio.sleep(0.02)
        return found

    async def answers(self, to: str, count: int) -> list[meta.Taken]:
        await self.until(lambda: len(self.graph.texts(to)) >= count)
        return [taken for taken in self.graph.taken if taken.to == to]

    async def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        async with self.database.transaction() as session:
            return [tuple(row) for row in await session.execute(text(query), values)]

    async def thread(self, path: str) -> list[tuple[str, str, str]]:
        """Author, status and text of each message with one address."""
        query = "SELECT author, status, text FROM message WHERE address_id IN (SELECT id FROM address WHERE path = :path) ORDER BY id"
        return [(author, status, words) for author, status, words in await self.rows(query, path=path)]


@pytest.fixture(scope="module")
def the_graph() -> Iterator[MetaStub]:
    with meta.running() as server:
        yield server


@pytest.fixture(scope="module")
async def the_line(
    databases: Databases, the_graph: MetaStub, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Line]:
    folder = Path(tmp_path_factory.mktemp("var"))
    lend_model(folder)
    secret = SecretStr(APP_SECRET)
    settings = Settings(
        database_url=await databases.new("meta", template="seeded", fill=fill_with_demo), var_dir=folder,
        public_url="https://hub.example", body_limit=50_000,
        whatsapp=WhatsAppSettings(
            phone_number_id=NUMBER_ID, access_token=SecretStr(TOKEN), app_secret=secret,
            verify_token=SecretStr(VERIFY_TOKEN), api_base=the_graph.url,
        ),
        messenger=MessengerSettings(
            page_id=PAGE_ID, page_token=SecretStr(TOKEN), app_secret=secret, app_id=APP_ID,
            verify_token=SecretStr(VERIFY_TOKEN), api_base=the_graph.url,
        ),
    )  # fmt: skip
    app = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    async with httpx.AsyncClient(
        base_url=f"http://{host}:{port}", timeout=20, transport=plain_http()
    ) as client:
        yield Line(client=client, graph=the_graph, database=app.state.database)
    server.should_exit = True
    await running


@pytest.fixture
async def at_meta(the_line: Line) -> Line:
    the_line.graph.script_for.clear()
    return the_line


@pytest.fixture
def number() -> str:
    """Digits of a phone number that nobody has used yet, as WhatsApp writes them."""
    return f"3247{uuid4().int % 10_000_000:07d}"


@pytest.fixture
def person() -> str:
    return str(uuid4().int % 10**15)


# A dialogue


async def test_a_dialogue_on_whatsapp_from_question_to_tap_to_read(at_meta: Line, number: str) -> None:
    assert await at_meta.post("whatsapp", wrote("Waar kan ik Spaans leren in Gent?", sender=number)) == 200
    (list_,) = await at_meta.answers(number, 1)
    rows = list_.body["interactive"]["action"]["sections"][0]["rows"]
    assert [row["id"] for row in rows][:2] == ["1", "2"]
    assert "digitale assistent" in list_.text
    assert f"1) {rows[0]['description']}"[:40] in list_.text
    tap = {
        "type": "interactive",
        "interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "1"}},
    }
    assert await at_meta.post("whatsapp", wrote(sender=number, context={"id": list_.id}, **tap)) == 200
    _, about = await at_meta.answers(number, 2)
    assert "Inschrijven" in about.text
    marks = {"biz_opaque_callback_data": about.body["biz_opaque_callback_data"]}
    for status in ("delivered", "read", "sent"):  # the last comes late
        told = {"id": about.id, "status": status, "recipient_id": number, **marks}
        assert await at_meta.post("whatsapp", whatsapp(change(statuses=[told]))) == 200
    assert [(author, status) for author, status, _ in await at_meta.thread("+" + number)] == [
        ("person", "received"), ("bot", "sent"), ("person", "received"), ("bot", "read"),
    ]  # fmt: skip
    query = (
        "SELECT m.direction FROM message m JOIN message o ON o.id = m.replies_to_id WHERE o.external_id = :id"
    )
    assert await at_meta.rows(query, id=list_.id) == [("in",)]


async def test_a_dialogue_on_messenger_with_a_tap_and_one_of_ours_in_metas_inbox(
    at_meta: Line, person: str
) -> None:
    async def hears(words: str, **more: Any) -> int:
        return await at_meta.post(
            "messenger", page(event(person, message={"mid": wamid(), "text": words, **more}))
        )

    assert await hears("Waar kan ik Spaans leren in Gent?") == 200
    (list_,) = await at_meta.answers(person, 1)
    reply = list_.body["message"]["quick_replies"][0]
    assert (list_.body["messaging_type"], reply["payload"]) == ("RESPONSE", "1")
    assert await hears("1", quick_reply={"payload": reply["payload"]}) == 200
    await at_meta.answers(person, 2)

    def echo(**more: Any) -> dict[str, Any]:
        about = {"sender": {"id": PAGE_ID}, "recipient": {"id": person}, "timestamp": 1795000000000}
        return page(about | {"message": {"is_echo": True, **more}})

    own = {"mid": list_.id, "app_id": int(APP_ID), **list_.body["message"]}
    assert await at_meta.post("messenger", echo(**own)) == 200  # is the message we have, and no take-over
    assert (
        await at_meta.post("messenger", page(event(person, read={"watermark": int(time.time() * 1000)})))
        == 200
    )
    assert (
        await at_meta.post(
            "messenger", echo(mid=wamid(), text="Hier Jan, ik help je", app_id=263902037430900)
        )
        == 200
    )
    assert await hears("Dank je") == 200
    await asyncio.sleep(0.5)
    assert [(author, status) for author, status, _ in await at_meta.thread(person)] == [
        ("person", "received"), ("bot", "read"), ("person", "received"), ("bot", "read"),
        ("staff", "sent"), ("person", "received"),
    ]  # fmt: skip
    assert len(at_meta.graph.texts(person)) == 2  # a person has it: the bot is silent


# The door


async def test_the_handshake_is_a_get_at_the_same_address(at_meta: Line) -> None:
    for channel in ("whatsapp", "messenger"):
        right = await at_meta.client.get(f"/webhooks/{channel}", params=SHAKE)
        assert (right.status_code, right.text) == (200, "1158201444")
        assert right.headers["content-type"].startswith("text/plain")
        for wrong in ({}, SHAKE | {"hub.verify_token": "x"}, SHAKE | {"hub.mode": "x"}):
            assert (await at_meta.client.get(f"/webhooks/{channel}", params=wrong)).status_code == 403


@pytest.mark.parametrize("channel", ["whatsapp", "messenger"])
async def test_what_meta_did_not_sign_leaves_nothing(at_meta: Line, channel: str, number: str) -> None:
    payload = (
        wrote("geheim", sender=number)
        if channel == "whatsapp"
        else page(event(number, message={"mid": wamid(), "text": "x"}))
    )
    body, headers = signed(payload)
    assert await at_meta.post(channel, payload, secret="another") == 403
    for wrong in ({}, {"x-hub-signature-256": "sha256="}):
        assert (
            await at_meta.client.post(f"/webhooks/{channel}", content=body, headers=wrong)
        ).status_code == 403
    changed = body.replace(b"32470", b"32471") + b" "
    assert (
        await at_meta.client.post(f"/webhooks/{channel}", content=changed, headers=headers)
    ).status_code == 403
    assert await at_meta.thread("+" + number) + await at_meta.thread(number) == []


async def test_a_signature_of_one_channel_with_the_form_of_another_is_malformed(at_meta: Line) -> None:
    assert await at_meta.post("whatsapp", page()) == 400
    assert await at_meta.post("messenger", whatsapp()) == 400
    for junk in (b"", b"{", b"[]", b"\xff", b"[" * 20_000):
        assert await at_meta.post("whatsapp", junk) == 400


# Once, whole, in one conversation


async def test_the_same_webhook_twenty_times_at_once_is_one_message_and_one_answer(
    at_meta: Line, number: str
) -> None:
    payload = wrote("Wat is een leerwinkel?", sender=number)
    assert await asyncio.gather(*(at_meta.post("whatsapp", payload) for _ in range(20))) == [200] * 20
    await at_meta.answers(number, 1)
    assert await at_meta.post("whatsapp", payload) == 200  # and once more, later
    await asyncio.sleep(0.5)
    assert [author for author, _, _ in await at_meta.thread("+" + number)] == ["person", "bot"]
    assert len(at_meta.graph.texts(number)) == 1


async def test_ten_pictures_at_once_of_somebody_new_are_one_conversation(at_meta: Line, number: str) -> None:
    pictures = [
        wrote(sender=number, type="image", image={"id": str(1000 + n), "mime_type": "image/jpeg"})
        for n in range(10)
    ]
    assert await asyncio.gather(*(at_meta.post("whatsapp", one) for one in pictures)) == [200] * 10
    found = await at_meta.rows(
        "SELECT count(DISTINCT conversation_id), count(DISTINCT person_id), count(DISTINCT m.id), count(a.id) "
        "FROM message m LEFT JOIN attachment a ON a.message_id = m.id WHERE m.direction = 'in' "
        "AND address_id = (SELECT id FROM address WHERE path = :path)",
        path="+" + number,
    )
    assert found == [(1, 1, 10, 10)]


async def test_a_batch_of_three_entries_is_stored_whole_whatever_is_bad_in_it(
    at_meta: Line, number: str
) -> None:
    bad: list[Any] = [
        {"id": "x\x00", "from": number},
        None,
        {"from": "\ud800"},
        {"id": "m" * 999, "type": "text"},
    ]

    def entry(which: int) -> dict[str, Any]:
        one = {"from": number, "type": "text"}
        first = change(
            messages=[*bad, one | {"id": wamid(), "text": {"body": f"{which}a \x00\ud83d"}}], statuses=bad
        )
        name = {"profile": {"name": "Zoë\x00 \u202e"}, "wa_id": number}
        last = change(messages=[one | {"id": wamid(), "text": {"body": f"{which}b"}}], contacts=[name])
        return {"id": "1", "changes": [first, *bad, last]}

    payload = {"object": "whatsapp_business_account", "entry": [entry(n) for n in (1, 2, 3)]}
    assert await at_meta.post("whatsapp", payload) == 200
    heard = [words for author, _, words in await at_meta.thread("+" + number) if author == "person"]
    assert [words[:2] for words in heard] == ["1a", "1b", "2a", "2b", "3a", "3b"]


async def test_a_person_whose_number_is_hidden_later_stays_in_one_thread(at_meta: Line, number: str) -> None:
    bsuid = f"BE.{number}"
    text = {"type": "text", "text": {"body": "Dag"}}
    both = {"from": number, "from_user_id": bsuid, "id": wamid(), **text}
    hidden = {"from_user_id": bsuid, "id": wamid(), **text}
    for message in (both, hidden):
        assert await at_meta.post("whatsapp", whatsapp(change(messages=[message]))) == 200
    await at_meta.answers(bsuid, 1)  # answered where they wrote
    query = "SELECT count(DISTINCT person_id), count(DISTINCT conversation_id) FROM message WHERE address_id IN (SELECT id FROM address WHERE path IN (:a, :b))"
    assert await at_meta.rows(query, a="+" + number, b=bsuid) == [(1, 1)]


# When Meta does not take it


async def test_too_fast_for_one_person_waits_as_long_as_meta_says_and_holds_up_nobody_else(
    at_meta: Line, number: str
) -> None:
    at_meta.graph.script_for[number].append(refused(400, 131056, Retry_After="4"))
    began = time.monotonic()
    assert await at_meta.post("whatsapp", wrote("Wat is een leerwinkel?", sender=number)) == 200
    await at_meta.until(lambda: not at_meta.graph.script_for[number])
    other = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert await at_meta.post("whatsapp", wrote("Wat is een leerwinkel?", sender=other)) == 200
    await at_meta.answers(number, 1)
    assert time.monotonic() - began >= 4
    await asyncio.sleep(0.3)
    assert [taken.to for taken in at_meta.graph.taken if taken.to in (number, other)] == [other, number]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=200, body=b"<html>log in</html>", content_type="text/html", takes=True),
        Fault(status=502, body=b"<html>bad gateway</html>", content_type="text/html", takes=True),
        Fault(status=200, body=b"{", takes=True),
        Fault(hangs_up=True, takes=True),
    ],
    ids=["html", "bad gateway", "no json", "hangs up"],
)
async def test_an_answer_that_says_nothing_is_never_sent_again_and_settled_by_the_status(
    at_meta: Line, number: str, fault: Fault
) -> None:
    at_meta.graph.script_for[number].append(fault)
    assert await at_meta.post("whatsapp", wrote("Wat is een leerwinkel?", sender=number)) == 200
    (taken,) = await at_meta.answers(number, 1)
    marks = {"biz_opaque_callback_data": taken.body["biz_opaque_callback_data"]}
    told = whatsapp(change(statuses=[{"id": taken.id, "status": "delivered", **marks}]))
    assert await at_meta.post("whatsapp", told) == 200
    await asyncio.sleep(0.3)
    assert [status for _, status, _ in await at_meta.thread("+" + number)] == ["received", "delivered"]
    assert len(at_meta.graph.texts(number)) == 1


@pytest.mark.parametrize(("code", "words"), [(131047, "venster"), (131026, "sms of bel")])
async def test_what_meta_refuses_is_told_to_staff_and_not_tried_again(
    at_meta: Line, number: str, code: int, words: str
) -> None:
    at_meta.graph.script_for[number].append(refused(400, code))
    assert await at_meta.post("whatsapp", wrote("Wat is een leerwinkel?", sender=number)) == 200
    await at_meta.until(lambda: not at_meta.graph.script_for[number])
    await asyncio.sleep(1.5)
    ((status, reason),) = await at_meta.rows(OUTGOING, path="+" + number)
    assert (status, words in reason) == ("failed", True)
    assert len([call for call in at_meta.graph.calls if call.body.get("to") == number]) == 1


async def test_an_expired_token_suspends_the_channel_and_loses_nothing(at_meta: Line, number: str) -> None:
    at_meta.graph.script_for[number].append(refused(401, 190))
    assert await at_meta.post("whatsapp", wrote("Wat is een leerwinkel?", sender=number)) == 200
    await at_meta.until(lambda: not at_meta.graph.script_for[number])
    await asyncio.sleep(1.0)
    ((status, reason),) = await at_meta.rows(OUTGOING, path="+" + number)
    assert (status, "toegangssleutel" in reason) == ("queued", True)
    health = "SELECT health FROM channel_state WHERE channel = 'whatsapp'"
    assert await at_meta.rows(health) == [("suspended",)]
    assert at_meta.graph.texts(number) == []
    async with at_meta.database.transaction() as session:  # the token is mended, and the time has come
        await session.execute(text("UPDATE channel_state SET until = now() WHERE channel = 'whatsapp'"))
        await session.execute(text("UPDATE job SET run_at = now() WHERE kind = 'send' AND state = 'ready'"))
    await at_meta.answers(number, 1)
    await asyncio.sleep(0.3)
    assert await at_meta.rows(health) == [("on",)]
