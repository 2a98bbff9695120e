"""Missed calls, callers who hang up before the answer, and answers that come too late."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.calls import steps, unheard
from bot.replies import BRUSSELS
from data.tables import Appointment
from nlu import Understander
from tests.bot.calls.conftest import Line, new_number
from tests.stubs.phone import press, say

MOMENT = "Een moment"


async def test_a_missed_call_becomes_a_task(line: Line) -> None:
    phone = line.phone()
    await phone.dial()
    for _ in range(2):  # Twilio may tell it twice
        await phone.hangs_up()
    (task,) = await line.calls(phone.number)
    assert (task.reason, task.state) == ("missed", "open")
    assert line.stub.bodies(phone.number) == []  # they never said that we may write


@pytest.mark.parametrize("status", ["no-answer", "busy", "canceled"])
async def test_a_call_that_never_got_through_is_missed_too(line: Line, status: str) -> None:
    phone = line.phone()
    await phone.hangs_up(status)
    assert [task.reason for task in await line.calls(phone.number)] == ["missed"]


async def test_who_texted_us_gets_one_sms_for_a_missed_call(line: Line) -> None:
    number = new_number()
    await line.texts(number, "dag")
    before = len(line.stub.bodies(number))
    phone = line.phone(number)
    await phone.dial()
    for _ in range(3):
        await phone.hangs_up()
    (sent,) = (await line.sent(number, before + 1))[before:]
    assert sent.startswith("Je belde de leerwinkel")
    texting, calling = await line.person(number, "sms"), await line.person(number)
    assert texting.id == calling.id  # one thread


async def test_who_stopped_sms_gets_none(line: Line) -> None:
    number = new_number()
    await line.texts(number, "STOP")
    before = len(line.stub.bodies(number))
    phone = line.phone(number)
    await phone.dial()
    await phone.hangs_up()
    await line.settled()
    assert len(line.stub.bodies(number)) == before
    assert len(await line.calls(number)) == 1


async def test_hanging_up_before_the_answer(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """With consent the answer goes by SMS; without it a colleague calls."""
    for number, agreed in ((new_number(), True), (new_number(), False)):
        if agreed:
            await line.texts(number, "dag")
        before = len(line.stub.bodies(number))
        with _held(monkeypatch) as release:
            phone = line.phone(number, leaves_at="w=1")
            said = await phone.dial_and_give(press("1"), say("cursus Spaans in Gent"))
            assert MOMENT in said
            await phone.hangs_up()
            release()
            await line.settled()
        await _late(line)
        await line.settled()
        out = [row for row in await line.thread(number) if row[0] == "out"]
        unsaid = [row for row in out if row[1] == "voice"]
        assert [row[2] for row in unsaid] == ["withheld"]
        if agreed:
            (sent,) = (await line.sent(number, before + 1))[before:]
            assert "Dit is ons antwoord" in sent
            assert "Spaans bij Gent" in sent
            assert await line.calls(number) == []
        else:
            assert len(line.stub.bodies(number)) == before
            (task,) = await line.calls(number)
            assert task.reason == "unheard"
            assert "Spaans bij Gent" in task.about
        await _late(line)  # and that is all


async def test_hanging_up_between_the_answer_and_hearing_it(line: Line) -> None:
    """The answer was there, but nobody asked for it any more."""
    phone = line.phone(leaves_at="/wait")
    await phone.dial_and_give(press("1"), say("cursus Spaans in Gent"))
    await line.settled()
    await phone.hangs_up()
    (reply,) = [row for row in await line.thread(phone.number) if row[0] == "out"]
    assert reply[2] == "withheld"
    assert [task.reason for task in await line.calls(phone.number)] == ["unheard"]


async def test_a_turn_that_takes_too_long(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "HOLD", 0.02)
    number = new_number()
    with _held(monkeypatch) as release:
        phone = line.phone(number)
        said = await phone.dial_and_give(press("1"), say("cursus Spaans in Gent"))
        assert "Nog even geduld" in said
        assert "Dit duurt te lang. Een collega belt je terug" in said
        assert phone.over
        assert phone.silence <= 30
        (task,) = await line.calls(number)  # while the turn is still at work
        assert task.reason == "late"
        release()
        await line.settled()
    await _late(line)
    assert len(await line.calls(number)) == 1
    (reply,) = [row for row in await line.thread(number) if row[0] == "out"]
    assert reply[2] == "withheld"


async def test_a_slow_turn_is_waited_for(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "HOLD", 0.05)
    with _held(monkeypatch, release_after=0.4):
        phone = line.phone()
        said = await phone.dial_and_give(press("1"), say("cursus Spaans in Gent"))
    assert said.startswith(MOMENT)
    assert "Spaans bij Gent" in said


async def test_an_appointment_made_by_phone_is_reminded_by_a_call(line: Line) -> None:
    """Nobody may write to them, so what had to be written is told."""
    phone = line.phone()
    await phone.dial_and_give(press("1"), say("ik wil een afspraak"), press("9300"), press("1"))
    await phone.hangs_up()
    person = await line.person(phone.number)
    (made,) = await line.rows(Appointment, person)
    async with line.database.transaction() as session:
        await session.execute(
            text("UPDATE reminder SET due_at = now() WHERE appointment_id = :id AND kind = 'day'"),
            {"id": made.id},
        )
    await line.hub.ticker.tick()
    await _late(line)
    (task,) = await line.calls(phone.number)
    assert task.reason == "to_read"
    assert "Herinnering" in task.about


@contextmanager
def _held(
    monkeypatch: pytest.MonkeyPatch, release_after: float | None = None
) -> Iterator[Callable[[], None]]:
    """Every turn waits, within its transaction, until it is released."""
    released = threading.Event()
    understand = Understander.understand

    def slowly(self: Understander, *arguments: Any, **more: Any) -> Any:
        assert released.wait(60)
        return understand(self, *arguments, **more)

    if release_after is not None:
        threading.Timer(release_after, released.set).start()
    with monkeypatch.context() as patched:
        patched.setattr(Understander, "understand", slowly)
        try:
            yield released.set
        finally:
            released.set()


async def _late(line: Line) -> None:
    """The time in which somebody could still be on the line has passed."""
    now = datetime.now(BRUSSELS) + unheard.ON_THE_LINE + timedelta(minutes=1)
    await unheard.settle_late(line.database, sms_on=True, now=now)
