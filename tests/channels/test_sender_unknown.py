"""What becomes of a message whose sending is in doubt: an unknown outcome, a death, a lost lease."""

import asyncio
import logging
from collections.abc import Callable

import pytest
from sqlalchemy import text

from channels.base import Outgoing, Rejected, Sent, Unavailable, UnknownOutcome
from channels.outbox import SEND
from channels.sender import Sender
from channels.sms import Sms
from data import queue
from data.db import Database
from data.tables import Job, Message, Status
from handover import conversation as handover
from handover.conversation import Step
from tests.channels.conftest import CLIENT, Desk
from tests.channels.sending import NOW, dies_while_sending, move, reply, status
from tests.stubs.twilio import Fault, TwilioStub, refused


@pytest.fixture(autouse=True)
async def heard(desk: Desk) -> None:
    """Somebody wrote, so that there is somebody to answer."""
    await desk.hears()
    await desk.run()


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize(
    "fault",
    [
        lambda taken: Fault(hangs_up=True, takes=taken),
        lambda taken: Fault(status=200, body=b"<html>", content_type="text/html", takes=taken),
        lambda taken: Fault(status=500, takes=taken),
    ],
    ids=["hangs up", "html", "500"],
)
async def test_an_unknown_outcome_is_looked_up_and_ends_as_one_message(
    desk: Desk, fault: Callable[[bool], Fault], taken: bool
) -> None:
    desk.stub.script.append(fault(taken))
    message = await reply(desk)
    await desk.run()
    assert (await status(desk, message))[0] == Status.SENDING
    assert (await desk.waits(message) or 0) > 5  # the provider gets the time to know it
    await desk.time_passes()
    await desk.run()
    assert desk.stub.bodies() == ["Hallo"]
    assert [request.method for request in desk.stub.requests] == (
        ["POST", "GET"] if taken else ["POST", "GET", "POST"]
    )
    assert ((await desk.again(message)).status, (await desk.again(message)).external_id) == (
        Status.SENT,
        desk.stub.taken[0].sid,
    )


async def test_while_the_look_up_fails_nothing_is_sent(desk: Desk) -> None:
    desk.stub.script.extend([Fault(hangs_up=True, takes=True), refused(500, 20500), refused(429, 20429)])
    message = await reply(desk)
    for _ in range(3):
        await desk.run()
        assert (await status(desk, message))[0] == Status.SENDING
        await desk.time_passes()
    assert [request.method for request in desk.stub.requests] == ["POST", "GET", "GET"]
    await desk.run()
    assert (await status(desk, message))[0] == Status.SENT
    assert len(desk.stub.taken) == 1


async def test_when_nobody_can_tell_staff_see_it_as_unknown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cannot_tell(self: Sms, message: Outgoing, sent_after: float) -> None:
        raise UnknownOutcome

    monkeypatch.setattr(Sms, "find", cannot_tell)
    desk.stub.script.append(Fault(hangs_up=True))
    message = await reply(desk)
    await desk.run()
    await desk.time_passes()
    await desk.run()
    await desk.time_passes()
    await desk.run()
    assert await status(desk, message) == (Status.UNKNOWN, "niet zeker of het bericht aankwam")
    assert len(desk.stub.requests) == 1
    await desk.news(await _give_id(desk, message), Status.DELIVERED)  # proof after all
    assert (await status(desk, message))[0] == Status.DELIVERED


async def _give_id(desk: Desk, message: Message) -> str:
    external_id = "SM" + "d" * 32
    async with desk.database.transaction() as session:
        (await session.get_one(Message, message.id)).external_id = external_id
    return external_id


# When the process dies


@pytest.mark.parametrize("taken", [True, False], ids=["after", "before the provider took it"])
async def test_a_death_while_sending_ends_as_one_message(desk: Desk, taken: bool) -> None:
    message = await reply(desk)
    await dies_while_sending(desk, message, taken=taken)
    await desk.time_passes()
    await desk.run()
    assert desk.stub.bodies() == ["Hallo"]
    assert (await status(desk, message))[0] == Status.SENT


async def test_equal_words_before_do_not_pass_for_the_message_that_was_lost(desk: Desk) -> None:
    await reply(desk, "Welke gemeente?")
    await desk.run()
    second = await reply(desk, "Welke gemeente?")
    await dies_while_sending(desk, second, taken=False)
    await desk.time_passes()
    await desk.run()
    assert desk.stub.bodies() == ["Welke gemeente?", "Welke gemeente?"]
    assert (await desk.again(second)).external_id == desk.stub.taken[1].sid


async def test_what_was_not_taken_passes_the_checks_again(desk: Desk, make_staff: int) -> None:
    message = await reply(desk)
    await dies_while_sending(desk, message, taken=False)
    await move(desk, Step.TAKE_OVER, staff_id=make_staff)
    await desk.time_passes()
    await desk.run()
    assert (await status(desk, message))[0] == Status.WITHHELD
    assert desk.stub.taken == []


async def test_a_worker_that_lost_its_lease_changes_nothing(desk: Desk, database: Database, sms: Sms) -> None:
    """It was paused while sending; another one finished the message. What it comes back with is ignored."""
    message = await reply(desk)
    async with database.transaction() as session:
        (job,) = await queue.claim(session, [SEND], "slow", 1)
    sending = Sender(database, {"sms": sms})
    prepared = await sending._prepare(job)
    assert prepared is not None
    await desk.time_passes()
    await desk.run()
    assert desk.stub.bodies() == ["Hallo"]
    for error in (Unavailable(), Rejected(), UnknownOutcome()):
        with pytest.raises(queue.LeaseLost):
            await sending._failed(job, message.id, error)
    with pytest.raises(queue.LeaseLost):
        await sending._sent(job, prepared, Sent(external_id="SM" + "e" * 32))
    again = await desk.again(message)
    assert (again.status, again.external_id) == (Status.SENT, desk.stub.taken[0].sid)


async def test_a_finished_message_is_not_sent_again(desk: Desk, database: Database, sms: Sms) -> None:
    message = await reply(desk)
    await desk.run()
    async with database.transaction() as session:
        await queue.enqueue(session, SEND, key="again", payload={"message_id": message.id})
    await desk.run()
    assert len(desk.stub.requests) == 1
    assert {job.state for job in await desk.all(Job)} == {"done"}


async def test_sending_and_writing_at_once_never_bar_each_other(
    desk: Desk, database: Database, sms: Sms
) -> None:
    """The sender, the inbox and a turn all write about one person at the same time."""

    async def turn() -> None:
        async with database.transaction() as session:
            conversation = await desk.conversation(session)
            await asyncio.sleep(0.005)
            await handover.move(session, conversation, Step.CLIENT_WROTE, now=NOW)

    async def send() -> None:
        await reply(desk)
        async with database.transaction() as session:
            jobs = await queue.claim(session, [SEND], "me", 1)
        for job in jobs:
            await Sender(database, {"sms": sms}).handle(job)

    async with asyncio.timeout(20):
        await asyncio.gather(*(step() for _ in range(10) for step in (turn, send, desk.hears)))
    async with database.transaction() as session:
        deadlocks = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        assert await session.scalar(deadlocks) == 0


async def test_nothing_of_the_person_is_logged(
    desk: Desk, caplog: pytest.LogCaptureFixture, stub: TwilioStub
) -> None:
    stub.script.extend([refused(400, 21211), Fault(hangs_up=True)])
    with caplog.at_level(logging.INFO):
        logging.getLogger("httpx").setLevel(logging.WARNING)
        for _ in range(2):
            await reply(desk, "mijn geheim verhaal")
            await desk.run()
    assert "Rejected" in caplog.text
    assert "UnknownOutcome" in caplog.text
    assert "geheim" not in caplog.text
    assert CLIENT not in caplog.text
