"""A provider that is too slow, too busy, gone, or does not know us any more: nothing is lost, nobody else waits."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text

from channels import health
from channels import sender as sender_module
from channels.base import Inbound
from channels.outbox import SEND
from channels.sender import Sender
from channels.sms import Sms
from data import queue
from data.db import Database
from data.tables import ChannelState, Event, Job, Message, Status
from tests.desk_fixtures import CLIENT, Desk
from tests.stubs import twilio
from tests.stubs.twilio import ACCOUNT, NUMBER, TOKEN, Fault, TwilioStub, refused, sid

OTHER = "+32470000002"
GONE = Fault(status=503, hangs_up=True)


@pytest.fixture
def stub() -> Iterator[TwilioStub]:
    """A provider of this test's own, instead of the one that the running program talks to."""
    with twilio.running() as server:
        yield server


async def hears(desk: Desk, *people: str, channel: str = "sms") -> None:
    for person in people:
        item = Inbound(external_id=sid(), path=person, text="Dag")
        await desk.inbox.accept(channel, channel, [item])
    await desk.run()


async def state(desk: Desk, channel: str = "sms") -> ChannelState | None:
    async with desk.database.transaction() as session:
        return await session.get(ChannelState, channel)


async def rests(desk: Desk, channel: str = "sms") -> float:
    """Seconds that the channel still rests."""
    async with desk.database.transaction() as session:
        query = text("SELECT extract(epoch FROM until - now()) FROM channel_state WHERE channel = :channel")
        return float(await session.scalar(query, {"channel": channel}) or 0)


async def statuses(desk: Desk) -> list[str]:
    return [row.status for row in await desk.all(Message) if row.direction == "out"]


def people(count: int) -> list[str]:
    return [f"+3247100{number:04d}" for number in range(count)]


# 39: too fast


async def test_too_fast_for_the_account_pauses_that_channel_and_no_other(
    two: Desk, second_stub: TwilioStub
) -> None:
    """39. 429 with Retry-After 30: nothing more goes to that provider for 30 seconds; the other channel goes on."""
    await hears(two, CLIENT, OTHER)
    await hears(two, "1001", channel="telegram")
    two.stub.script.append(refused(429, 20429, Retry_After="30"))
    await two.says("een")
    await two.run()
    await two.says("twee", to=OTHER)
    await two.says("drie", to="1001", channel="telegram")
    await two.run()
    assert len(two.stub.requests) == 1
    assert second_stub.bodies() == ["drie"]
    assert 25 < await rests(two) <= 30
    await two.time_passes()
    await two.run()
    await two.time_passes()
    await two.run()
    assert sorted(two.stub.bodies()) == ["een", "twee"]


async def test_too_fast_for_one_person_pauses_that_person_only(two: Desk) -> None:
    """39. The limit between two numbers: the same person waits, everybody else is written to at once."""
    await hears(two, CLIENT, OTHER)
    two.stub.script.append(refused(400, 14107))
    await two.says("een")
    await two.run()
    await two.says("nog een")
    await two.says("twee", to=OTHER)
    await two.run()
    assert two.stub.bodies() == ["twee"]
    assert await state(two) is None
    for _ in range(2):
        await two.time_passes()
        await two.run()
    assert two.stub.bodies(CLIENT) == ["een", "nog een"]


# 40: gone


@pytest.mark.parametrize("fault", [Fault(status=500), Fault(status=503)], ids=["500", "503"])
async def test_after_failures_in_a_row_the_channel_rests_and_the_order_is_kept(
    two: Desk, fault: Fault
) -> None:
    """40. Five failures pause the channel: others are not even tried; then one probe, and all follow in their order."""
    everybody = people(9)
    await hears(two, *everybody)
    two.stub.script.extend([fault] * 5)
    for number, person in enumerate(everybody):
        await two.says(f"{number}a", to=person)
        await two.says(f"{number}b", to=person)
    for _ in range(12):
        await two.run()
    assert len(two.stub.requests) == 5
    found = await state(two)
    assert found is not None
    assert (found.health, found.failures) == ("paused", 5)
    assert 0 < await rests(two) <= 5
    assert two.warned == [("channel_paused", "sms")]
    for _ in range(8):
        await two.time_passes()
        await two.run()
    assert set(await statuses(two)) == {Status.SENT}
    for number, person in enumerate(everybody):
        assert two.stub.bodies(person) == [f"{number}a", f"{number}b"]
    found = await state(two)
    assert found is not None
    assert (found.health, found.failures, found.reason) == ("on", 0, None)


async def test_of_many_that_come_when_the_pause_ends_one_is_the_probe(two: Desk) -> None:
    """40. Half open: a provider that is still gone is asked once a pause, and the pauses grow."""
    everybody = people(8)
    await hears(two, *everybody)
    async with two.database.transaction() as session:
        for _ in range(health.FAILURES):
            await health.failed(session, "sms", "gone")
    for person in everybody:
        await two.says("dag", to=person)
    pauses = []
    for attempt in range(3):
        async with two.database.transaction() as session:
            await session.execute(text("UPDATE channel_state SET until = now(), probing_until = NULL"))
            await session.execute(text("UPDATE job SET run_at = now() WHERE state = 'ready'"))
        two.stub.script.extend([Fault(status=503)] * 10)
        async with two.database.transaction() as session:
            jobs = await queue.claim(session, [SEND], "many at once", 8)
        assert len(jobs) == 8
        handle = two.worker._handlers[SEND]
        await asyncio.gather(*map(handle, jobs))
        two.stub.script.clear()
        assert len(two.stub.requests) == attempt + 1
        pauses.append(await rests(two))
    assert pauses[0] < pauses[1] < pauses[2]


@pytest.mark.parametrize("trouble", ["nobody listens", "no TLS", "a certificate nobody signed"])
async def test_a_connection_that_does_not_come_about_is_no_lost_message(
    database: Database, two: Desk, trouble: str, tmp_path: Path
) -> None:
    """40. The message waits, without a doubt whether it arrived, and leaves when they are back."""
    with answering(trouble, tmp_path) as nowhere:
        await refuses_to_lose(database, two, nowhere)


@contextmanager
def answering(trouble: str, folder: Path) -> Iterator[str]:
    """The address of a provider with this trouble."""
    with twilio.running() as there:
        if trouble == "no TLS":
            yield there.url.replace("http:", "https:")
            return
        if trouble == "a certificate nobody signed":
            there.serve_tls(self_signed(folder))
            yield there.url.replace("http:", "https:")
            return
    yield there.url


def self_signed(folder: Path) -> Path:
    """A certificate of our own making with its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    made = folder / "made.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
         "-keyout", str(folder / "key"), "-out", str(folder / "certificate")],
        check=True, capture_output=True,
    )  # fmt: skip
    made.write_bytes((folder / "key").read_bytes() + (folder / "certificate").read_bytes())
    return made


async def refuses_to_lose(database: Database, two: Desk, nowhere: str) -> None:
    unreachable = Sms(
        account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, public_url="https://x.example", api_base=nowhere
    )
    await hears(two, CLIENT)
    message = await two.says("dag")
    async with database.transaction() as session:
        (job,) = await queue.claim(session, [SEND], "me", 1)
    await Sender(database, {"sms": unreachable}).handle(job)
    await unreachable.close()
    assert (await two.again(message)).status == Status.QUEUED, "nothing was handed over"
    await two.time_passes()
    await two.run()
    assert two.stub.bodies() == ["dag"]


# 41: unknown


async def test_a_time_out_after_the_request_is_never_sent_again_blindly(
    two: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """41. The provider took it and never answered: it is looked up, and found."""
    monkeypatch.setattr(sender_module, "HANDING_OVER", 0.3)
    await hears(two, CLIENT)
    two.stub.script.append(Fault(status=201, delay=0.8, takes=True))
    message = await two.says("dag")
    await two.run()
    assert (await two.again(message)).status == Status.SENDING
    await asyncio.sleep(0.6)
    await two.time_passes()
    await two.run()
    assert (await two.again(message)).status == Status.SENT
    assert two.stub.bodies() == ["dag"]


# 42, 43: this address, this window


@pytest.mark.parametrize(
    ("code", "column"),
    [(21610, "opted_out_at"), (30005, "unreachable"), (30006, "unreachable"), (21614, "unreachable")],
)
async def test_an_address_that_cannot_be_reached_is_marked_and_left_alone(
    two: Desk, code: int, column: str
) -> None:
    """42. The address is marked, staff are told in the thread, and nothing more is tried there."""
    await hears(two, CLIENT)
    two.stub.script.append(refused(400, code))
    first = await two.says("een")
    await two.run()
    second = await two.says("twee")
    await two.run()
    async with two.database.transaction() as session:
        assert await session.scalar(text(f"SELECT {column} IS NOT NULL FROM address"))  # noqa: S608
        told = (await session.scalars(select(Event.kind).where(Event.kind == "message.failed"))).all()
    assert len(told) == 1
    assert [(await two.again(one)).status for one in (first, second)] == [Status.FAILED, Status.WITHHELD]
    assert len(two.stub.requests) == 1


async def test_a_shut_window_at_the_provider_is_told_and_not_tried_again(two: Desk) -> None:
    """43. 63016: final for this message; a follow-up then goes by another way (tests/channels/test_plan.py)."""
    await hears(two, CLIENT)
    two.stub.script.append(refused(400, 63016))
    message = await two.says("een")
    await two.run()
    await two.time_passes()
    await two.run()
    assert "venster" in str((await two.again(message)).status_reason)
    assert len(two.stub.requests) == 1


# 46: slow


async def test_a_slow_provider_holds_up_nobody_else(
    two: Desk, second_stub: TwilioStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """46. Thirty messages for a provider that takes 5 seconds each: the other channel answers within one."""
    everybody = people(30)
    await hears(two, *everybody)
    others = [str(2000 + number) for number in range(10)]
    await hears(two, *others, channel="telegram")
    two.stub.script.extend([Fault(status=201, delay=5, takes=True)] * 30)
    for person in everybody:
        await two.says("traag", to=person)
    working = asyncio.create_task(two.worker.run())
    await asyncio.sleep(1.5)  # every place that it can have is taken by now
    assert len(two.stub.requests) == sender_module.AT_ONCE
    began = time.monotonic()
    for person in others:
        await two.says("snel", to=person, channel="telegram")
    async with asyncio.timeout(5):
        while len(second_stub.taken) < 10:
            await asyncio.sleep(0.02)
    assert time.monotonic() - began < 3
    two.stub.script.clear()
    async with asyncio.timeout(20):
        while len(two.stub.taken) < 30:
            await asyncio.sleep(0.05)
    working.cancel()
    await two.worker.drain()
    assert sorted(taken.to for taken in two.stub.taken) == sorted(everybody)


# 47: our account


async def test_a_wrong_account_suspends_the_channel_and_keeps_the_queue(two: Desk) -> None:
    """47. 401: one alert, the queue stays, one message a time is tried; once mended, all leave in their order."""
    await hears(two, CLIENT, OTHER)
    two.stub.script.append(refused(401, 20003))
    for words in ("een", "twee"):
        await two.says(words)
    await two.says("drie", to=OTHER)
    for _ in range(3):
        await two.run()
    assert len(two.stub.requests) == 1
    assert set(await statuses(two)) == {Status.QUEUED}
    found = await state(two)
    assert found is not None
    assert found.health == "suspended"
    assert two.warned == [("channel_suspended", "sms")]
    two.stub.script.append(refused(401, 20003))
    await two.time_passes()
    await two.run()
    assert len(two.stub.requests) == 2
    assert len(two.warned) == 1
    async with two.database.transaction() as session:  # somebody mends it, and says so
        assert await health.try_now(session, "sms")
    for _ in range(4):
        await two.run()
        await two.time_passes()
    assert two.stub.bodies(CLIENT) == ["een", "twee"]
    assert two.stub.bodies(OTHER) == ["drie"]
    assert {job.state for job in await two.all(Job)} == {"done"}


async def test_a_message_that_waited_a_day_for_its_channel_is_given_up_and_shown(two: Desk) -> None:
    await hears(two, CLIENT)
    async with two.database.transaction() as session:
        await health.suspend(session, "sms", "Twilio 20003")
    message = await two.says("dag")
    async with two.database.transaction() as session:
        await session.execute(text("UPDATE message SET created_at = now() - interval '25 hours'"))
    await two.run()
    assert ((await two.again(message)).status, (await two.again(message)).status_reason) == (
        Status.FAILED,
        "Twilio 20003",
    )
