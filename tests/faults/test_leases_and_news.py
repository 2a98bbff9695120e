"""Two workers at one message, poison, a callback that overtakes us, and a take-over at the last moment."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from channels.outbox import SEND
from channels.sender import Sender
from channels.sms import Sms
from data import queue
from data.db import Database
from data.queue import LeasedJob, LeaseLost
from data.tables import Job, JobState, Message, Status
from data.worker import Worker
from handover.conversation import Step
from tests.channels.sending import move, reply, status
from tests.desk_fixtures import Desk
from tests.stubs import twilio
from tests.stubs.twilio import Fault, TwilioStub


@pytest.fixture
def stub() -> Iterator[TwilioStub]:
    """A provider of this test's own, instead of the one that the running program talks to."""
    with twilio.running() as server:
        yield server


@pytest.fixture
async def heard(desk: Desk) -> Desk:
    """Somebody wrote, so that there is somebody to answer."""
    await desk.hears()
    await desk.run()
    return desk


async def test_a_worker_paused_past_its_lease_sends_nothing_twice_and_settles_nothing(
    heard: Desk, database: Database, sms: Sms
) -> None:
    """13. Its lease ran out while the provider had it on the line; another took over and looked it up."""
    heard.stub.script.append(Fault(status=201, delay=1.0, takes=True))
    message = await reply(heard)
    async with database.transaction() as session:
        (paused,) = await queue.claim(session, [SEND], "a paused process", 1)
    late = asyncio.create_task(Sender(database, {"sms": sms}).handle(paused))
    while not heard.stub.taken:
        await asyncio.sleep(0.01)
    await heard.time_passes()  # the lease is over, and the provider knows what it took
    await heard.run()
    assert (await heard.again(message)).status == Status.SENT
    with pytest.raises(LeaseLost):
        await late
    assert heard.stub.bodies() == ["Hallo"]
    assert (await heard.again(message)).external_id == heard.stub.taken[0].sid


async def test_two_dispatchers_at_once_send_every_message_once_and_in_order(
    heard: Desk, database: Database, sms: Sms
) -> None:
    """13. Two processes claim from one queue."""
    for number in range(20):
        await reply(heard, str(number))
    workers = [Worker(database, {SEND: Sender(database, {"sms": sms}).handle}) for _ in range(2)]
    running = [asyncio.create_task(worker.run()) for worker in workers]
    async with asyncio.timeout(20):
        while len(heard.stub.taken) < 20:
            await asyncio.sleep(0.02)
    for task in running:
        task.cancel()
    for worker in workers:
        await worker.drain()
    assert heard.stub.bodies() == [str(number) for number in range(20)]


async def test_poison_that_kills_its_process_ends_dead_and_the_others_flow(database: Database) -> None:
    """14. Attempts count when they begin, so a job that never comes back is dead after five, and somebody is told."""
    done, dead = [], []

    async def work(job: LeasedJob) -> None:
        done.append(job.key)
        async with database.transaction() as session:
            await queue.complete(session, job)

    async def on_dead(job: LeasedJob) -> None:
        dead.append(job.key)

    async with database.transaction() as session:
        await queue.enqueue(session, "work", key="poisoned", payload={})
        await queue.enqueue(session, "work", key="poisoned", payload={"next": True})
        await queue.enqueue(session, "work", key="other", payload={})
    for attempt in range(queue.MAX_ATTEMPTS):
        async with database.transaction() as session:
            taken = await queue.claim(session, ["work"], f"killed {attempt}", 1)
            assert [job.attempts for job in taken] == [attempt + 1]
            await session.execute(
                text("UPDATE job SET lease_until = now() - interval '1 second' WHERE attempts > 0")
            )
    await Worker(database, {"work": work}, on_dead=on_dead).run_until_idle()
    assert dead == ["poisoned"]
    assert sorted(done) == ["other", "poisoned"]  # also the next of the same key
    async with database.transaction() as session:
        (buried,) = await session.execute(text("SELECT payload FROM job WHERE state = 'dead'"))
    assert buried.payload == {}


async def test_a_handler_that_fails_is_never_done(database: Database) -> None:
    """15. Whatever it swallows or raises: only `complete` makes a job done."""

    async def swallows(job: LeasedJob) -> None:
        try:
            raise RuntimeError("a bug of ours")
        except RuntimeError:
            return  # the mistake of whoever lost 475 messages

    async with database.transaction() as session:
        await queue.enqueue(session, "work", key="a", payload={})
    await Worker(database, {"work": swallows}).run_until_idle()
    async with database.transaction() as session:
        job = await session.get_one(Job, 1)
        assert (job.state, job.done_at) == (JobState.READY, None)
        assert job.lease_until is not None  # it runs out, and the job is taken again


@pytest.mark.parametrize("news", [Status.DELIVERED, Status.READ, Status.FAILED])
async def test_a_callback_that_comes_before_our_own_commit_is_applied_after_it(
    heard: Desk, news: Status
) -> None:
    """28. Twilio calls back while its answer to our request is still on the way."""
    heard.stub.script.append(Fault(status=201, delay=0.6, takes=True, body=b""))
    message = await reply(heard)
    sending = asyncio.create_task(heard.run())
    while not heard.stub.taken:
        await asyncio.sleep(0.01)
    await heard.news(heard.stub.taken[0].sid, news)
    assert (await heard.again(message)).status == Status.SENDING
    await sending
    await heard.time_passes()
    await heard.run()
    assert (await heard.again(message)).status == news
    assert heard.stub.bodies() == ["Hallo"]


async def test_late_and_foreign_news_never_moves_a_message_back(heard: Desk) -> None:
    """29. `sent` after `read`, `failed` after `delivered`, news of somebody else's message."""
    message = await reply(heard)
    await heard.run()
    for news in (Status.READ, Status.SENT, Status.DELIVERED, Status.FAILED):
        await heard.news(message, news)
    await heard.news("SM" + "f" * 32, Status.DELIVERED)
    assert (await heard.again(message)).status == Status.READ


async def test_a_reply_computed_before_a_take_over_never_leaves_after_it(
    heard: Desk, make_staff: int
) -> None:
    """65. The fence is at the hand-over: of thirty replies that race with a take-over, none is sent after it."""
    for number in range(30):
        await reply(heard, str(number))
    sending = asyncio.create_task(heard.worker.run())
    while len(heard.stub.taken) < 3:
        await asyncio.sleep(0.005)
    await move(heard, Step.TAKE_OVER, staff_id=make_staff)
    sent_by_then = len(heard.stub.taken)
    async with asyncio.timeout(20):
        while any(row.status in ("queued", "sending") for row in await heard.all(Message)):
            await asyncio.sleep(0.02)
    sending.cancel()
    await heard.worker.drain()
    assert len(heard.stub.taken) <= sent_by_then + 1  # one may have been on the line when it was taken over
    withheld = [row for row in await heard.all(Message) if row.status == Status.WITHHELD]
    assert len(withheld) + len(heard.stub.taken) == 30
    assert await status(heard, withheld[0]) == (Status.WITHHELD, "een mens nam het over")
