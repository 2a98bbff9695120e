"""Web chat: one browser's thread, resumable, and nobody else's."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.hub import open_conversation
from channels import outbox
from channels.base import Choice
from channels.inbox import TURN, Inbox
from channels.web import WebChat, address_of
from data import queue
from data.db import Database
from data.queue import LeasedJob
from data.tables import Author, Conversation, Message
from data.worker import Worker
from handover.conversation import lock_person


@pytest.fixture
async def worker(database: Database) -> AsyncIterator[Worker]:
    """Answers every message with its own words, and two things to choose."""

    async def turn(job: LeasedJob) -> None:
        async with database.transaction() as session:
            heard = await session.get_one(Message, job.payload["message_id"])
            await lock_person(session, heard.person_id)
            conversation = await session.get_one(Conversation, heard.conversation_id)
            await outbox.put(
                session, conversation=conversation, address_id=heard.address_id, channel="web",
                author=Author.BOT, text=f"Je zei: {heard.text}", language="nl", answers_id=heard.id, step=0,
                choices=[Choice(label="Ja", value="1"), Choice(label="Nee", value="2")],
            )  # fmt: skip
            await queue.complete(session, job)

    worker = Worker(database, {TURN: turn})
    yield worker
    await worker.drain()


@pytest.fixture
def chat(database: Database, worker: Worker) -> WebChat:
    return WebChat(database, Inbox(database, worker, open_conversation, run_here=True))


async def test_a_token_is_kept_if_it_can_be_one(chat: WebChat) -> None:
    token = await chat.open(None, "nl")
    assert len(token) == 43
    assert await chat.open(token, "nl") == token
    for wrong in ("", "kort", "a" * 44, "a" * 42 + "\n", "a" * 42 + "é", "../" * 14 + "a"):
        other = await chat.open(wrong, "nl")
        assert other != wrong
        assert len(other) == 43


async def test_nothing_is_stored_before_the_first_message(chat: WebChat, database: Database) -> None:
    token = await chat.open(None, "nl")
    assert await chat.history(token) == []
    async with database.transaction() as session:
        assert await address_of(session, token) is None
        assert await session.scalar(text("SELECT count(*) FROM person")) == 0


async def test_the_thread_can_be_read_on_from_any_point(chat: WebChat, worker: Worker) -> None:
    token = await chat.open(None, "nl")
    seq = await chat.receive(token, "id-000001", "Dag\x00 \ud83d", "nl")
    await worker.drain()
    asked, answered = await chat.history(token)
    assert (asked.seq, asked.author, asked.text) == (seq, "person", "Dag ?")
    assert (answered.author, answered.text, answered.lang) == ("bot", "Je zei: Dag ?", "nl")
    assert [choice.value for choice in answered.choices] == ["1", "2"]
    assert await chat.history(token, after=asked.seq) == [answered]
    assert await chat.history(token, after=answered.seq) == []
    assert await chat.history(token, after=10**12) == []
    assert await chat.history(token, limit=1) == [asked]


async def test_the_same_message_sent_again_is_one_message(chat: WebChat, worker: Worker) -> None:
    token = await chat.open(None, "nl")
    seqs = await asyncio.gather(*(chat.receive(token, "id-000001", "Dag", "nl") for _ in range(10)))
    await worker.drain()
    assert len(set(seqs)) == 1
    assert [message.text for message in await chat.history(token)] == ["Dag", "Je zei: Dag"]


async def test_equal_ids_of_two_visitors_do_not_meet(chat: WebChat, worker: Worker) -> None:
    one, two = [await chat.open(None, "nl") for _ in range(2)]
    await chat.receive(one, "id-000001", "van een", "nl")
    await chat.receive(two, "id-000001", "van twee", "nl")
    await worker.drain()
    assert [message.text for message in await chat.history(one)] == ["van een", "Je zei: van een"]
    assert [message.text for message in await chat.history(two)] == ["van twee", "Je zei: van twee"]


@pytest.mark.parametrize("client_msg_id", ["a\x00b", "\ud83d", "x" * 100_000, "", "\u202e"])
async def test_no_id_of_a_browser_breaks_anything(chat: WebChat, worker: Worker, client_msg_id: str) -> None:
    token = await chat.open(None, "nl")
    seqs = {await chat.receive(token, client_msg_id, "Dag", "nl") for _ in range(2)}
    await worker.drain()
    assert len(seqs) == 1
    assert len(await chat.history(token)) == 2


async def test_the_database_does_not_hold_the_token(chat: WebChat, database: Database) -> None:
    token = await chat.open(None, "nl")
    await chat.receive(token, "id-000001", "Dag", "nl")
    async with database.transaction() as session:
        address = await address_of(session, token)
        assert address is not None
        assert token not in address.path
        assert token not in (address.display or "")


async def test_whoever_looks_is_woken_by_every_answer(chat: WebChat, worker: Worker) -> None:
    token = await chat.open(None, "nl")
    async with chat.subscribe(token) as wakes, asyncio.timeout(5):
        for number in range(3):
            await chat.receive(token, f"id-{number:06}", f"bericht {number}", "nl")
            while True:
                await anext(wakes)
                if len(await chat.history(token)) == 2 * (number + 1):
                    break


async def test_others_are_not_woken(chat: WebChat, worker: Worker) -> None:
    mine, other = [await chat.open(None, "nl") for _ in range(2)]
    async with chat.subscribe(mine) as wakes:
        await chat.receive(other, "id-000001", "Dag", "nl")
        await worker.drain()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await anext(wakes)


async def test_what_is_still_to_be_sent_is_not_shown(
    chat: WebChat, worker: Worker, database: Database
) -> None:
    token = await chat.open(None, "nl")
    await chat.receive(token, "id-000001", "Dag", "nl")
    await worker.drain()
    async with database.transaction() as session:
        await session.execute(text("UPDATE message SET status = 'withheld' WHERE direction = 'out'"))
    assert [message.author for message in await chat.history(token)] == ["person"]
