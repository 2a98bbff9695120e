"""Handing over: only what may leave, in order, and never twice."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import text

from channels import sender as sender_module
from channels.outbox import SEND
from channels.policy import Verdict
from channels.sender import Sender
from channels.sms import Sms
from data import queue
from data.db import Database
from data.tables import Address, Message, Status
from handover.conversation import Step
from tests.channels.conftest import CLIENT, Desk
from tests.channels.sending import move, reply, status
from tests.stubs import twilio
from tests.stubs.twilio import Fault, refused


@pytest.fixture(autouse=True)
async def heard(desk: Desk) -> None:
    """Somebody wrote, so that there is somebody to answer."""
    await desk.hears()
    await desk.run()


async def test_a_reply_leaves_and_is_remembered(desk: Desk) -> None:
    message = await reply(desk)
    await desk.run()
    message = await desk.again(message)
    (taken,) = desk.stub.taken
    assert (message.status, message.external_id, message.segments) == (Status.SENT, taken.sid, 1)
    assert (taken.to, taken.body) == (CLIENT, "Hallo")


async def test_messages_of_a_person_leave_in_order(desk: Desk) -> None:
    for number in range(8):
        await reply(desk, str(number))
    working = asyncio.create_task(desk.worker.run())
    async with asyncio.timeout(10):
        while len(desk.stub.taken) < 8:
            await asyncio.sleep(0.05)
    working.cancel()
    await desk.worker.drain()
    assert desk.stub.bodies() == [str(number) for number in range(8)]


async def test_persons_do_not_wait_for_each_other(desk: Desk) -> None:
    """Too fast for one number is no reason to wait with another; too fast for the account is (tests/faults)."""
    await desk.hears(sender="+32470000002")
    await desk.run()
    desk.stub.script.append(refused(400, 14107))
    slow = await reply(desk, "een")
    await desk.run()
    await desk.says("twee", to="+32470000002")
    await desk.run()
    assert desk.stub.bodies() == ["twee"]
    assert (await status(desk, slow))[0] == Status.QUEUED


# What may leave


@pytest.mark.parametrize("step", [Step.TAKE_OVER, Step.STAFF_WROTE, Step.ASSIGN])
async def test_once_a_person_took_over_the_bot_is_silent(desk: Desk, make_staff: int, step: Step) -> None:
    message = await reply(desk)
    await move(desk, step, staff_id=make_staff)
    await desk.run()
    assert await status(desk, message) == (Status.WITHHELD, "een mens nam het over")
    assert desk.stub.requests == []


async def test_a_reply_of_before_a_take_over_stays_withheld_after_it(desk: Desk, make_staff: int) -> None:
    message = await reply(desk)
    await move(desk, Step.TAKE_OVER, staff_id=make_staff)
    await move(desk, Step.GIVE_BACK)
    await desk.run()
    assert (await status(desk, message))[0] == Status.WITHHELD


async def test_waiting_on_somebody_else_is_no_take_over(desk: Desk) -> None:
    message = await reply(desk)
    await move(desk, Step.BOT_ANSWERED)
    await move(desk, Step.CLIENT_WROTE)
    await desk.run()
    assert (await status(desk, message))[0] == Status.SENT


async def test_what_staff_write_leaves_whoever_holds_it(desk: Desk, make_staff: int) -> None:
    message = await desk.says("van een mens", author="staff", staff_id=make_staff)
    await move(desk, Step.TAKE_OVER, staff_id=make_staff)
    await desk.run()
    assert (await status(desk, message))[0] == Status.SENT


async def test_stop_is_heeded_until_the_last_moment(desk: Desk) -> None:
    answer, notice = await reply(desk), await desk.says("bevestigd", purpose="notice")
    async with desk.database.transaction() as session:
        await session.execute(text("UPDATE address SET opted_out_at = now()"))
    await desk.run()
    assert await status(desk, answer) == (
        Status.WITHHELD,
        "deze persoon vroeg om geen berichten meer (STOP)",
    )
    assert (await status(desk, notice))[0] == Status.SENT
    assert desk.stub.bodies() == ["bevestigd"]


async def test_quiet_hours_keep_the_message(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def night(message: Message, address: Address, now: datetime, **_: bool) -> Verdict:
        return Verdict(allowed=False, reason="stille uren", until=now.replace(year=now.year + 1))

    monkeypatch.setattr(sender_module, "may_send", night)
    message = await desk.says(purpose="follow_up")
    await desk.run()
    assert (await status(desk, message))[0] == Status.QUEUED
    assert (await desk.waits(message) or 0) > 3600
    monkeypatch.undo()
    await desk.time_passes()
    monkeypatch.setattr(sender_module, "may_send", lambda *_, **__: Verdict(allowed=True))
    await desk.run()
    assert (await status(desk, message))[0] == Status.SENT


async def test_a_channel_that_is_off_fails_visibly(desk: Desk) -> None:
    message = await desk.says(channel="telegram")
    await desk.run()
    assert await status(desk, message) == (Status.FAILED, "dit kanaal staat uit")


# When it goes wrong


async def test_twilios_own_waiting_time_is_obeyed(desk: Desk) -> None:
    desk.stub.script.append(refused(429, 20429, Retry_After="30"))
    message = await reply(desk)
    await desk.run()
    assert await status(desk, message) == (Status.QUEUED, "te veel berichten tegelijk")
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
    message = await reply(desk)
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
    # each wait is a tenth more or less than the rule says, so two steps on it has surely grown
    assert all(later > earlier for earlier, later in zip(waits, waits[2:], strict=False)), waits
    assert waits[0] < 2
    assert 45 < waits[-1] < 75
    assert (await status(desk, message))[0] == Status.QUEUED
    async with database.transaction() as session:
        await session.execute(text("UPDATE message SET created_at = now() - interval '25 hours'"))
        (job,) = await queue.claim(session, [SEND], "me", 1)
    await sending.handle(job)
    assert (await status(desk, message))[0] == Status.FAILED
    await unreachable.close()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (refused(400, 21211), "Twilio 21211"),
        (refused(400, 30005), "nummer bestaat niet"),
        (refused(400, 63016), "het venster van 24 uur is dicht: stuur een sjabloon, of gebruik sms"),
    ],
)
async def test_a_refusal_is_final_and_told(desk: Desk, fault: Fault, reason: str) -> None:
    desk.stub.script.append(fault)
    message = await reply(desk)
    await desk.run()
    await desk.time_passes()
    await desk.run()
    assert await status(desk, message) == (Status.FAILED, reason)
    assert len(desk.stub.requests) == 1


async def test_stop_at_the_provider_is_remembered_here(desk: Desk) -> None:
    desk.stub.script.append(refused(400, 21610))
    first = await reply(desk)
    await desk.run()
    second = await reply(desk)
    await desk.run()
    (address,) = await desk.all(Address)
    assert address.opted_out_at is not None
    assert (await status(desk, first))[0] == Status.FAILED
    assert (await status(desk, second))[0] == Status.WITHHELD
    assert len(desk.stub.requests) == 1
