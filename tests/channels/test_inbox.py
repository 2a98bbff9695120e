"""Taking in: everything once, one person a number, in order, all or nothing."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.hub import open_conversation
from channels.base import TEXT_LIMIT, Delivery, Inbound
from channels.inbox import TURN, Inbox
from data import queue
from data.db import Database
from data.queue import LeasedJob
from data.tables import Address, AddressLink, Conversation, Event, Job, Message, Person, Receipt, Status
from data.worker import Worker
from handover import conversation as handover
from handover.conversation import Step
from tests.channels.conftest import CLIENT, Desk
from tests.stubs.twilio import sid


async def test_a_first_message_makes_all_that_it_needs(desk: Desk) -> None:
    accepted = await desk.hears("Spaanse les?\x00")
    assert accepted.new
    (person,), (address,), (link,) = [await desk.all(table) for table in (Person, Address, AddressLink)]
    (conversation,), (message,), (job,) = [await desk.all(table) for table in (Conversation, Message, Job)]
    assert (address.scheme, address.path) == ("sms", CLIENT)
    assert address.last_in_at is not None
    assert (link.address_id, link.person_id) == (address.id, person.id)
    assert (conversation.holder, conversation.waiting_on, conversation.life) == ("bot", "us", "open")
    assert (message.id, message.text, message.status) == (
        accepted.message_id,
        "Spaanse les?",
        Status.RECEIVED,
    )
    assert (job.kind, job.key, job.payload) == (TURN, f"turn:{person.id}", {"message_id": message.id})
    assert "message.received" in [row.kind for row in await desk.all(Event)]


async def test_the_same_webhook_again_changes_nothing(desk: Desk) -> None:
    same = sid()
    first = await desk.hears("een", message_sid=same)
    second = await desk.hears("een", message_sid=same)
    assert (second.message_id, second.new) == (first.message_id, False)
    assert len(await desk.all(Message)) == len(await desk.all(Job)) == 1


async def test_the_same_webhook_twenty_times_at_once_is_one_message(desk: Desk) -> None:
    same = sid()
    accepted = await asyncio.gather(*(desk.hears("een", message_sid=same) for _ in range(20)))
    assert sum(one.new for one in accepted) == 1
    assert len({one.message_id for one in accepted}) == 1
    for table in (Message, Job, Person, Address, Conversation, Receipt):
        assert len(await desk.all(table)) == 1


async def test_the_same_id_on_another_channel_is_another_message(desk: Desk) -> None:
    item = Inbound(external_id="1", path=CLIENT, text="dag")
    await desk.inbox.accept("sms", "sms", [item])
    await desk.inbox.accept("whatsapp", "whatsapp", [item])
    assert len(await desk.all(Message)) == 2


async def test_first_messages_in_parallel_make_one_person(desk: Desk) -> None:
    await asyncio.gather(*(desk.hears(f"bericht {n}") for n in range(12)))
    for table in (Person, Address, Conversation, AddressLink):
        assert len(await desk.all(table)) == 1
    assert len(await desk.all(Message)) == 12


async def test_many_persons_in_parallel_do_not_mix(desk: Desk) -> None:
    numbers = [f"+3247000{n:04d}" for n in range(20)]
    await asyncio.gather(*(desk.hears(number, sender=number) for number in numbers for _ in range(2)))
    assert len(await desk.all(Person)) == 20
    paths = {address.id: address.path for address in await desk.all(Address)}
    assert all(paths[message.address_id] == message.text for message in await desk.all(Message))


async def test_jobs_of_a_person_stand_in_the_order_of_the_messages(desk: Desk) -> None:
    await asyncio.gather(*(desk.hears(str(n)) for n in range(10)))
    jobs = await desk.all(Job)
    assert [job.payload["message_id"] for job in jobs] == [message.id for message in await desk.all(Message)]
    assert len({job.key for job in jobs}) == 1


async def test_a_message_after_the_end_opens_a_new_conversation(desk: Desk) -> None:
    await desk.hears("een")
    async with desk.database.transaction() as session:
        conversation = await desk.conversation(session)
        await handover.move(session, conversation, Step.CLOSE, now=datetime.now(UTC))
    await desk.hears("twee")
    first, second = await desk.all(Conversation)
    assert (first.life, second.life) == ("closed", "open")
    assert len(await desk.all(Person)) == 1


async def test_all_of_a_webhook_or_nothing(database: Database) -> None:
    async def fails(*args: object) -> Conversation:
        raise ZeroDivisionError

    inbox = Inbox(database, Worker(database, {}), fails, run_here=False)
    items = [Delivery(external_id="1", status=Status.SENT), Inbound(external_id="2", path=CLIENT, text="dag")]
    with pytest.raises(ZeroDivisionError):
        await inbox.accept("sms", "sms", items)
    async with database.transaction() as session:
        for table in ("receipt", "person", "address", "message", "job", "parked_status"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608


async def test_what_may_not_be_kept_is_never_stored(database: Database) -> None:
    """Not even for the moment until somebody answers."""

    def mask(words: str) -> str:
        return words.replace("geheim", "***")

    inbox = Inbox(database, Worker(database, {}), open_conversation, run_here=False, mask=mask)
    await inbox.accept("sms", "sms", [Inbound(external_id="1", path=CLIENT, text="mijn geheim\x00")])
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT text FROM message")) == "mijn ***"


async def test_a_job_is_run_at_once_by_the_process_that_took_it_in(database: Database) -> None:
    ran: list[int] = []

    async def turn(job: LeasedJob) -> None:
        ran.append(job.payload["message_id"])
        async with database.transaction() as session:
            await queue.complete(session, job)

    worker = Worker(database, {TURN: turn})
    inbox = Inbox(database, worker, open_conversation, run_here=True)
    (accepted,) = await inbox.accept("sms", "sms", [Inbound(external_id="1", path=CLIENT, text="dag")])
    await inbox.accept("sms", "sms", [Inbound(external_id="1", path=CLIENT, text="dag")])
    await worker.drain()
    assert ran == [accepted.message_id]


@pytest.mark.parametrize(
    "words",
    [
        "\ud83d",
        "a\x00b",
        "😀" * 250_000,
        "<script>alert(1)</script>",
        "\u202efdp.exe",
        "",
        "   ",
        "' OR 1=1 --",
    ],
    ids=["surrogate", "nul", "megabyte of emoji", "html", "override", "empty", "blank", "sql"],
)
async def test_whatever_somebody_writes_is_stored(desk: Desk, words: str) -> None:
    await desk.hears(words)
    (message,) = await desk.all(Message)
    assert len(message.text.encode()) <= TEXT_LIMIT
    assert not set("\x00\u202e") & set(message.text)


async def test_a_database_that_dropped_its_connections_is_asked_again(desk: Desk, database_url: str) -> None:
    await asyncio.gather(*(desk.hears(sender=f"+3247000{n:04d}") for n in range(8)))  # fills the pool
    admin = create_async_engine(database_url)
    async with admin.connect() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    await admin.dispose()
    accepted = await asyncio.gather(*(desk.hears(sender=f"+3247000{n:04d}") for n in range(8)))
    assert all(one.new for one in accepted)
    assert len(await desk.all(Message)) == 16


async def test_a_commit_whose_answer_was_lost_is_one_message(desk: Desk) -> None:
    """The connection breaks right after the commit: trying again must not store it twice."""
    engine = desk.database.engine.sync_engine
    broken: list[bool] = []

    def break_once(connection: Connection) -> None:
        if not broken:
            broken.append(True)
            connection.exec_driver_sql("COMMIT")
            raise ConnectionResetError

    event.listen(engine, "commit", break_once)
    accepted = await desk.hears("een")
    event.remove(engine, "commit", break_once)
    assert broken
    assert not accepted.new  # it was there already
    (message,) = await desk.all(Message)
    assert accepted.message_id == message.id
    assert len(await desk.all(Job)) == 1


async def test_errors_do_not_tell_what_people_wrote(database: Database) -> None:
    with pytest.raises(DBAPIError) as raised:
        async with database.transaction() as session:
            await session.execute(text("SELECT CAST(:words AS integer) / 0"), {"words": 7})
    assert "7" not in str(raised.value).split("[SQL")[1]
