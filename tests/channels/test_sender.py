"""Handing over: only what may leave, in order, and never twice."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from channels import sender as sender_module
from channels.base import Outgoing, Rejected, Sent, Unavailable, UnknownOutcome
from channels.outbox import SEND
from channels.policy import Verdict
from channels.sender import Sender
from channels.sms import Sms
from data import queue
from data.db import Database
from data.tables import Address, Job, Message, Status
from handover import conversation as handover
from handover.conversation import Step
from tests.channels.conftest import CLIENT, Desk
from tests.stubs import twilio
from tests.stubs.twilio import Fault, TwilioStub, refused

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def heard(desk: Desk) -> None:
    """Somebody wrote, so that there is somebody to answer."""
    await desk.hears()
    await desk.run()


async def _reply(desk: Desk, words: str = "Hallo", **more: Any) -> Message:
    """A reply of the bot, computed for the conversation as it is now."""
    async with desk.database.transaction() as session:
        version = (await desk.conversation(session)).version
    return await desk.says(words, needs_version=version, **more)


async def _move(desk: Desk, step: Step, **more: Any) -> None:
    async with desk.database.transaction() as session:
        await handover.move(session, await desk.conversation(session), step, now=NOW, **more)


async def _status(desk: Desk, message: Message) -> tuple[str, str | None]:
    now = await desk.again(message)
    return now.status, now.status_reason


async def _dies_while_sending(desk: Desk, message: Message, *, taken: bool) -> None:
    """As a process leaves things that was killed between `sending` and `sent`."""
    async with desk.database.transaction() as session:
        jobs = await queue.claim(session, [SEND], "a process that dies", 1)
    assert jobs
    sms = Sms(
        account_sid=twilio.ACCOUNT, auth_token=twilio.TOKEN, number=twilio.NUMBER, public_url="https://x.example",
        api_base=desk.stub.url,
    )  # fmt: skip
    sending = Sender(desk.database, {"sms": sms})
    prepared = await sending._prepare(jobs[0])
    assert prepared is not None
    if taken:
        await sms.send(prepared.message)
    await sms.close()


async def test_a_reply_leaves_and_is_remembered(desk: Desk) -> None:
    message = await _reply(desk)
    await desk.run()
    message = await desk.again(message)
    (taken,) = desk.stub.taken
    assert (message.status, message.external_id, message.segments) == (Status.SENT, taken.sid, 1)
    assert (taken.to, taken.body) == (CLIENT, "Hallo")


async def test_messages_of_a_person_leave_in_order(desk: Desk) -> None:
    for number in range(8):
        await _reply(desk, str(number))
    working = asyncio.create_task(desk.worker.run())
    async with asyncio.timeout(10):
        while len(desk.stub.taken) < 8:
            await asyncio.sleep(0.05)
    working.cancel()
    await desk.worker.drain()
    assert desk.stub.bodies() == [str(number) for number in range(8)]


async def test_persons_do_not_wait_for_each_other(desk: Desk) -> None:
    await desk.hears(sender="+32470000002")
    await desk.run()
    desk.stub.script.append(refused(429, 20429, Retry_After="60"))
    slow = await _reply(desk, "een")
    await desk.run()
    await desk.says("twee", to="+32470000002")
    await desk.run()
    assert desk.stub.bodies() == ["twee"]
    assert (await _status(desk, slow))[0] == Status.QUEUED


# What may leave


@pytest.mark.parametrize("step", [Step.TAKE_OVER, Step.STAFF_WROTE, Step.ASSIGN])
async def test_once_a_person_took_over_the_bot_is_silent(desk: Desk, make_staff: int, step: Step) -> None:
    message = await _reply(desk)
    await _move(desk, step, staff_id=make_staff)
    await desk.run()
    assert await _status(desk, message) == (Status.WITHHELD, "een mens nam het over")
    assert desk.stub.requests == []


async def test_a_reply_of_before_a_take_over_stays_withheld_after_it(desk: Desk, make_staff: int) -> None:
    message = await _reply(desk)
    await _move(desk, Step.TAKE_OVER, staff_id=make_staff)
    await _move(desk, Step.GIVE_BACK)
    await desk.run()
    assert (await _status(desk, message))[0] == Status.WITHHELD


async def test_waiting_on_somebody_else_is_no_take_over(desk: Desk) -> None:
    message = await _reply(desk)
    await _move(desk, Step.BOT_ANSWERED)
    await _move(desk, Step.CLIENT_WROTE)
    await desk.run()
    assert (await _status(desk, message))[0] == Status.SENT


async def test_what_staff_write_leaves_whoever_holds_it(desk: Desk, make_staff: int) -> None:
    message = await desk.says("van een mens", author="staff", staff_id=make_staff)
    await _move(desk, Step.TAKE_OVER, staff_id=make_staff)
    await desk.run()
    assert (await _status(desk, message))[0] == Status.SENT


async def test_stop_is_heeded_until_the_last_moment(desk: Desk) -> None:
    reply, notice = await _reply(desk), await desk.says("bevestigd", purpose="notice")
    async with desk.database.transaction() as session:
        await session.execute(text("UPDATE address SET opted_out_at = now()"))
    await desk.run()
    assert await _status(desk, reply) == (
        Status.WITHHELD,
        "deze persoon vroeg om geen berichten meer (STOP)",
    )
    assert (await _status(desk, notice))[0] == Status.SENT
    assert desk.stub.bodies() == ["bevestigd"]


async def test_quiet_hours_keep_the_message(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def night(message: Message, address: Address, now: datetime) -> Verdict:
        return Verdict(allowed=False, reason="stille uren", until=now.replace(year=now.year + 1))

    monkeypatch.setattr(sender_module, "may_send", night)
    message = await desk.says(purpose="follow_up")
    await desk.run()
    assert (await _status(desk, message))[0] == Status.QUEUED
    assert (await desk.waits(message) or 0) > 3600
    monkeypatch.undo()
    await desk.time_passes()
    monkeypatch.setattr(sender_module, "may_send", lambda *_: Verdict(allowed=True))
    await desk.run()
    assert (await _status(desk, message))[0] == Status.SENT


async def test_a_channel_that_is_off_fails_visibly(desk: Desk) -> None:
    message = await desk.says(channel="telegram")
    await desk.run()
    assert await _status(desk, message) == (Status.FAILED, "dit kanaal staat uit")


# When it goes wrong


async def test_twilios_own_waiting_time_is_obeyed(desk: Desk) -> None:
    desk.stub.script.append(refused(429, 20429, Retry_After="30"))
    message = await _reply(desk)
    await desk.run()
    assert await _status(desk, message) == (Status.QUEUED, "te veel berichten tegelijk")
    assert 25 < (await desk.waits(message) or 0) <= 30
    await desk.time_passes()
    await desk.run()
    assert desk.stub.bodies() == ["Hallo"]


async def test_retries_slow_down_and_never_bury_the_message(desk: Desk, database: Database) -> None:
    with twilio.running() as gone:
        nowhere = gone.url
    unreachable = Sms(
        account_sid="AC" + "0" * 32, auth_token="x", number="+3280012345", public_url="https://x.example", api_base=nowhere
    )  # fmt: skip
    sending = Sender(database, {"sms": unreachable})
    message = await _reply(desk)
    waits = []
    for age in (0, 2, 20, 200, 2000):
        async with database.transaction() as session:
            await session.execute(
                text("UPDATE message SET created_at = now() - make_interval(secs => :age) WHERE id = :id"),
                {"age": age, "id": message.id},
            )
            (job,) = await queue.claim(session, [SEND], "me", 1)
        await sending.handle(job)
        waits.append(await desk.waits(message) or 0)
        await desk.time_passes()
    assert waits == sorted(waits)
    assert waits[0] < 2
    assert 45 < waits[-1] < 75
    assert (await _status(desk, message))[0] == Status.QUEUED
    async with database.transaction() as session:
        await session.execute(text("UPDATE message SET created_at = now() - interval '25 hours'"))
        (job,) = await queue.claim(session, [SEND], "me", 1)
    await sending.handle(job)
    assert (await _status(desk, message))[0] == Status.FAILED
    await unreachable.close()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (refused(400, 21211), "Twilio 21211"),
        (refused(400, 30005), "nummer bestaat niet"),
        (refused(401, 20003), "Twilio 20003"),
        (refused(400, 63016), "het tijdvenster voor vrije tekst is dicht"),
    ],
)
async def test_a_refusal_is_final_and_told(desk: Desk, fault: Fault, reason: str) -> None:
    desk.stub.script.append(fault)
    message = await _reply(desk)
    await desk.run()
    await desk.time_passes()
    await desk.run()
    assert await _status(desk, message) == (Status.FAILED, reason)
    assert len(desk.stub.requests) == 1


async def test_stop_at_the_provider_is_remembered_here(desk: Desk) -> None:
    desk.stub.script.append(refused(400, 21610))
    first = await _reply(desk)
    await desk.run()
    second = await _reply(desk)
    await desk.run()
    (address,) = await desk.all(Address)
    assert address.opted_out_at is not None
    assert (await _status(desk, first))[0] == Status.FAILED
    assert (await _status(desk, second))[0] == Status.WITHHELD
    assert len(desk.stub.requests) == 1


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
    message = await _reply(desk)
    await desk.run()
    assert (await _status(desk, message))[0] == Status.SENDING
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
    message = await _reply(desk)
    for _ in range(3):
        await desk.run()
        assert (await _status(desk, message))[0] == Status.SENDING
        await desk.time_passes()
    assert [request.method for request in desk.stub.requests] == ["POST", "GET", "GET"]
    await desk.run()
    assert (await _status(desk, message))[0] == Status.SENT
    assert len(desk.stub.taken) == 1


async def test_when_nobody_can_tell_staff_see_it_as_unknown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cannot_tell(self: Sms, message: Outgoing, sent_after: float) -> None:
        raise UnknownOutcome

    monkeypatch.setattr(Sms, "find", cannot_tell)
    desk.stub.script.append(Fault(hangs_up=True))
    message = await _reply(desk)
    await desk.run()
    await desk.time_passes()
    await desk.run()
    await desk.time_passes()
    await desk.run()
    assert await _status(desk, message) == (Status.UNKNOWN, "niet zeker of het bericht aankwam")
    assert len(desk.stub.requests) == 1
    await desk.news(await _give_id(desk, message), Status.DELIVERED)  # proof after all
    assert (await _status(desk, message))[0] == Status.DELIVERED


async def _give_id(desk: Desk, message: Message) -> str:
    external_id = "SM" + "d" * 32
    async with desk.database.transaction() as session:
        (await session.get_one(Message, message.id)).external_id = external_id
    return external_id


# When the process dies


@pytest.mark.parametrize("taken", [True, False], ids=["after", "before the provider took it"])
async def test_a_death_while_sending_ends_as_one_message(desk: Desk, taken: bool) -> None:
    message = await _reply(desk)
    await _dies_while_sending(desk, message, taken=taken)
    await desk.time_passes()
    await desk.run()
    assert desk.stub.bodies() == ["Hallo"]
    assert (await _status(desk, message))[0] == Status.SENT


async def test_equal_words_before_do_not_pass_for_the_message_that_was_lost(desk: Desk) -> None:
    await _reply(desk, "Welke gemeente?")
    await desk.run()
    second = await _reply(desk, "Welke gemeente?")
    await _dies_while_sending(desk, second, taken=False)
    await desk.time_passes()
    await desk.run()
    assert desk.stub.bodies() == ["Welke gemeente?", "Welke gemeente?"]
    assert (await desk.again(second)).external_id == desk.stub.taken[1].sid


async def test_what_was_not_taken_passes_the_checks_again(desk: Desk, make_staff: int) -> None:
    message = await _reply(desk)
    await _dies_while_sending(desk, message, taken=False)
    await _move(desk, Step.TAKE_OVER, staff_id=make_staff)
    await desk.time_passes()
    await desk.run()
    assert (await _status(desk, message))[0] == Status.WITHHELD
    assert desk.stub.taken == []


async def test_a_worker_that_lost_its_lease_changes_nothing(desk: Desk, database: Database, sms: Sms) -> None:
    """It was paused while sending; another one finished the message. What it comes back with is ignored."""
    message = await _reply(desk)
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
    message = await _reply(desk)
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
        await _reply(desk)
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
            await _reply(desk, "mijn geheim verhaal")
            await desk.run()
    assert "Rejected" in caplog.text
    assert "UnknownOutcome" in caplog.text
    assert "geheim" not in caplog.text
    assert CLIENT not in caplog.text
