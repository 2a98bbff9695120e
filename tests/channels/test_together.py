"""Many messages in one transaction: as each alone, and none spoils or holds up another."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select, text

from bot.hub import open_conversation, open_conversations
from channels.base import Attached, Inbound
from channels.inbox import TURN, Inbox
from channels.together import MOST
from data import queue
from data.db import Database
from data.queue import LeasedJob
from data.tables import Address, AddressLink, Conversation, Event, Job, Message, Person, Receipt
from data.worker import AHEAD, Worker
from handover import conversation as handover
from handover.conversation import Step
from tests.channels.conftest import CLIENT, Desk
from tests.stubs.twilio import sid

NUMBERS = [f"+3249000{n:04d}" for n in range(60)]
LEFT_OUT = (
    "id",
    "created_at",
    "opened_at",
    "waiting_since",
    "status_at",
    "last_in_at",
    "last_seen_at",
    "run_at",
)


class Commits:
    """Counts the commits of one database while it listens."""

    def __init__(self, database: Database) -> None:
        self.count = 0
        self._engine = database.engine.sync_engine

    def __enter__(self) -> "Commits":
        event.listen(self._engine, "commit", self._seen)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "commit", self._seen)

    def _seen(self, _: object) -> None:
        self.count += 1


async def test_what_comes_at_once_is_few_transactions(desk: Desk) -> None:
    await desk.hears("de eerste, die een verbinding legt")
    with Commits(desk.database) as commits:
        accepted = await asyncio.gather(*(desk.hears(number, sender=number) for number in NUMBERS))
    assert commits.count <= 3
    assert all(one.new for one in accepted)
    texts = {message.id: message.text for message in await desk.all(Message)}
    assert [texts[one.message_id] for one in accepted] == NUMBERS


async def test_more_than_fit_in_one_transaction_go_in_the_next(desk: Desk) -> None:
    numbers = [f"+3248{n:07d}" for n in range(MOST + 20)]
    await asyncio.gather(*(desk.hears("dag", sender=number) for number in numbers))
    assert len(await desk.all(Job)) == len(await desk.all(Conversation)) == len(numbers)


async def test_together_leaves_what_alone_leaves(desk: Desk) -> None:
    """A first and a second message of a new person, stored either way, differ in nothing but ids and times."""
    alone = Inbox(desk.database, desk.worker, open_conversation, run_here=False)
    for number in NUMBERS[:2]:
        inbox = desk.inbox if number == NUMBERS[0] else alone
        for words in ("een\x00", "twee"):
            item = Inbound(external_id=sid(), path=number, text=words, display="Jan", language="fr")
            await inbox.accept("sms", "sms", [item])
    for table in (Person, Address, AddressLink, Conversation, Message, Job, Event, Receipt):
        found = [_plain(row) for row in await desk.all(table)]
        half = len(found) // 2
        assert found[:half] == found[half:], table


def _plain(row: object) -> dict[str, object]:
    names = {column.key for column in row.__table__.columns}  # type: ignore[attr-defined]
    kept = {name: getattr(row, name) for name in names - {*LEFT_OUT, "path", "external_id"}}
    kept |= {name: kept[name].keys() - {"message_id"} for name in ("payload",) if name in kept}
    kept |= {"data": {k: v for k, v in kept["data"].items() if k != "message_id"}} if "data" in kept else {}
    return {k: v for k, v in kept.items() if not k.endswith("_id")} | {"key": str(kept.get("key"))[:5]}


async def test_who_is_being_answered_holds_up_nobody_else(desk: Desk) -> None:
    await desk.hears("eerst")
    async with desk.database.transaction() as session:
        person_id = await session.scalar(select(Person.id))
        await handover.lock_person(session, person_id or 0)
        busy = asyncio.create_task(desk.hears("nog iets"))
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await asyncio.gather(*(desk.hears("dag", sender=number) for number in NUMBERS[:5]))
        assert not busy.done()
    assert (await busy).new
    assert [message.text for message in await desk.all(Message)][-1] == "nog iets"


async def test_what_a_person_writes_while_their_first_waits_comes_in_after_it(desk: Desk) -> None:
    await desk.hears("0")
    async with desk.database.transaction() as session:
        person_id = await session.scalar(select(Person.id))
        await handover.lock_person(session, person_id or 0)
        writing = []
        for n in range(1, 6):
            writing.append(asyncio.create_task(desk.hears(str(n))))
            await asyncio.sleep(0.02)
    await asyncio.gather(*writing)
    assert [message.text for message in await desk.all(Message)] == [str(n) for n in range(6)]


async def test_one_that_cannot_be_stored_spoils_no_other(database: Database) -> None:
    def mask(words: str) -> str:
        if words == "stuk":
            raise ZeroDivisionError
        return words

    inbox = Inbox(
        database,
        Worker(database, {}),
        open_conversation,
        open_many=open_conversations,
        run_here=False,
        mask=mask,
    )
    said = {number: "stuk" if n == 7 else "heel" for n, number in enumerate(NUMBERS[:20])}
    results = await asyncio.gather(
        *(
            inbox.accept("sms", "sms", [Inbound(external_id=sid(), path=number, text=words)])
            for number, words in said.items()
        ),
        return_exceptions=True,
    )
    assert [isinstance(result, ZeroDivisionError) for result in results] == [n == 7 for n in range(20)]
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM message WHERE text = 'heel'")) == 19


async def test_a_closed_conversation_opens_as_it_does_alone(desk: Desk) -> None:
    await desk.hears("een")
    async with desk.database.transaction() as session:
        await handover.move(session, await desk.conversation(session), Step.CLOSE, now=datetime.now(UTC))
    await asyncio.gather(desk.hears("twee"), *(desk.hears("dag", sender=number) for number in NUMBERS[:5]))
    lives = [conversation.life for conversation in await desk.all(Conversation)]
    assert sorted(lives) == ["closed"] + ["open"] * 6


async def test_a_message_with_a_file_comes_in_alone(desk: Desk) -> None:
    item = Inbound(external_id=sid(), path=CLIENT, text="kijk", media=(Attached(ref="a"),))
    (accepted,) = await desk.inbox.accept("sms", "sms", [item])
    assert accepted.new


async def test_jobs_are_run_by_the_process_that_took_them_in(database: Database) -> None:
    ran: list[int] = []

    async def turn(job: LeasedJob) -> None:
        ran.append(job.payload["message_id"])
        async with database.transaction() as session:
            await queue.complete(session, job)

    worker = Worker(database, {TURN: turn})
    inbox = Inbox(database, worker, open_conversation, open_many=open_conversations, run_here=True)
    accepted = await asyncio.gather(
        *(
            inbox.accept("sms", "sms", [Inbound(external_id=sid(), path=number, text="dag")])
            for number in NUMBERS
        )
    )
    await worker.drain()
    assert sorted(ran) == sorted(one.message_id for (one,) in accepted)


async def test_a_database_that_is_away_is_told_to_each(database: Database) -> None:
    gone = Database(database.url.rsplit("/", 1)[0] + "/nowhere")
    inbox = Inbox(gone, Worker(gone, {}), open_conversation, open_many=open_conversations, run_here=False)
    results = await asyncio.gather(
        *(inbox.accept("sms", "sms", [Inbound(external_id=sid(), path=n, text="dag")]) for n in NUMBERS[:3]),
        return_exceptions=True,
    )
    assert all(isinstance(result, Exception) for result in results)
    await gone.close()


@pytest.mark.parametrize("at_once", [1, 20])
async def test_the_same_webhook_again_is_known(desk: Desk, at_once: int) -> None:
    same = sid()
    first = await desk.hears("een", message_sid=same)
    again = await asyncio.gather(*(desk.hears("een", message_sid=same) for _ in range(at_once)))
    assert {(one.message_id, one.new) for one in again} == {(first.message_id, False)}


async def test_what_cannot_run_soon_is_left_to_whoever_comes_to_it_first(database: Database) -> None:
    may_run, ran = asyncio.Event(), list[int]()

    async def turn(job: LeasedJob) -> None:
        await may_run.wait()
        ran.append(job.payload["message_id"])
        async with database.transaction() as session:
            await queue.complete(session, job)

    worker = Worker(database, {TURN: turn}, concurrency=1)
    inbox = Inbox(database, worker, open_conversation, open_many=open_conversations, run_here=True)
    for number in NUMBERS[:10]:
        await inbox.accept("sms", "sms", [Inbound(external_id=sid(), path=number, text="dag")])
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM job WHERE lease_owner IS NOT NULL")) == AHEAD
    may_run.set()
    await worker.run_until_idle()
    assert len(ran) == len(set(ran)) == 10
