"""How fast a channel goes: booked places, for replies and for what we write first, shared by all processes."""

import asyncio
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from channels.outbox import SEND
from channels.pace import LIMITS, Limits
from channels.sender import Sender
from channels.sms import Sms
from data.db import Database
from data.worker import Worker
from tests.desk_fixtures import CLIENT, Desk
from tests.faults.test_provider_trouble import hears, people
from tests.stubs import twilio
from tests.stubs.twilio import TwilioStub


@pytest.fixture
def stub() -> Iterator[TwilioStub]:
    """A provider of this test's own, instead of the one that the running program talks to."""
    with twilio.running() as server:
        yield server


async def test_a_burst_to_one_person_is_spread_without_holding_a_worker(
    two: Desk, database: Database, sms: Sms
) -> None:
    """One a second in a chat: three at once, then each at its own moment, booked once."""
    await hears(two, CLIENT)
    paced = Sender(database, {"sms": sms}, limits={"sms": Limits(pair=1)})
    worker = Worker(database, {SEND: paced.handle})
    for number in range(6):
        await two.says(str(number))
    began = time.monotonic()
    working = asyncio.create_task(worker.run())
    async with asyncio.timeout(15):
        while len(two.stub.taken) < 6:
            await asyncio.sleep(0.02)
    working.cancel()
    await worker.drain()
    assert two.stub.bodies() == [str(number) for number in range(6)]
    assert 2.9 < time.monotonic() - began < 9


async def test_two_processes_keep_one_pace_and_replies_go_first(
    two: Desk, database: Database, sms: Sms
) -> None:
    """Follow-ups have places of their own: a reply never stands behind them."""
    everybody = people(25)
    await hears(two, CLIENT, *everybody)
    limits = {"sms": Limits(others=5)}
    workers = [
        Worker(database, {SEND: Sender(database, {"sms": sms}, limits=limits).handle}) for _ in range(2)
    ]
    for person in everybody:
        await two.says("nieuws", to=person, purpose="news", language="nl")
    async with database.transaction() as session:
        # the lane is booked already; without quiet hours the test also runs at night
        await session.execute(text("UPDATE message SET purpose = 'opener' WHERE purpose = 'news'"))
    await two.says("antwoord")
    began = time.monotonic()
    working = [asyncio.create_task(worker.run()) for worker in workers]
    async with asyncio.timeout(20):
        while not two.stub.bodies(CLIENT):
            await asyncio.sleep(0.01)
        before = len(two.stub.taken)
        while len(two.stub.taken) < 26:
            await asyncio.sleep(0.02)
    took = time.monotonic() - began
    for task in working:
        task.cancel()
    for worker in workers:
        await worker.drain()
    assert before <= 15  # of the twenty-six: it stood behind no more than what was leaving already
    assert took > 2.5  # fifteen after the first ten, five a second
    assert sorted(two.stub.bodies()) == ["antwoord", *["nieuws"] * 25]


def test_no_channel_is_faster_than_its_provider_allows() -> None:
    assert LIMITS["telegram"].replies + LIMITS["telegram"].others <= 30
    assert LIMITS["whatsapp"].replies + LIMITS["whatsapp"].others <= 80
    assert (LIMITS["telegram"].pair, LIMITS["whatsapp"].pair) == (1, 6)
