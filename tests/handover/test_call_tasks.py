"""Calls to make: asked once, tried twice, counted when somebody heard us, seen by whom they concern."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from data.tables import CallOutcome, CallTask, MicroContact, Role
from handover import access, call_tasks
from handover.conversation import NotAllowed
from handover.promise import ZONE
from tests.handover.conftest import HOURS, NOW

LATER = NOW + timedelta(hours=3)


async def _contacts(world: Any) -> int:
    return await world.session.scalar(select(func.count()).select_from(MicroContact)) or 0


async def test_who_asks_again_gets_the_same_call_and_the_earlier_promise(world: Any) -> None:
    person = await world.person()
    first = await call_tasks.ask(
        world.session, person.id, reason="asked", now=NOW, key="voice:CA1", promised_at=LATER, about="over Spaans"
    )  # fmt: skip
    again = await call_tasks.ask(
        world.session, person.id, reason="missed", now=LATER, key="voice:CA2", promised_at=LATER + timedelta(days=1),
        about="over de prijs",
    )  # fmt: skip
    assert again.id == first.id
    assert (again.reason, again.promised_at, again.due_at) == ("missed", LATER, NOW)
    assert again.about == "over Spaans\nover de prijs"


async def test_what_asked_once_asks_nothing_more_when_the_call_was_made(world: Any) -> None:
    """A provider repeats its news for hours; the call it asked for may be over by then."""
    person, staff = await world.person(), await world.staff()
    task = await call_tasks.ask(world.session, person.id, reason="missed", now=NOW, key="voice:CA1")
    await call_tasks.log(world.session, task.id, CallOutcome.REACHED, by_id=staff.id, now=NOW)
    same = await call_tasks.ask(world.session, person.id, reason="missed", now=LATER, key="voice:CA1")
    assert (same.id, same.state) == (task.id, "done")
    other = await call_tasks.ask(world.session, person.id, reason="missed", now=LATER, key="voice:CA2")
    assert other.id != task.id


async def test_a_promise_is_made_from_office_hours(world: Any) -> None:
    task = await call_tasks.ask(world.session, (await world.person()).id, reason="asked", now=NOW)
    assert task.promised_at == NOW + timedelta(minutes=15)
    assert task.region_id == "gent"


async def test_not_reached_is_tried_once_more_and_then_given_up(world: Any) -> None:
    person, staff = await world.person(), await world.staff()
    task = await call_tasks.ask(world.session, person.id, reason="asked", now=NOW)
    await call_tasks.log(world.session, task.id, CallOutcome.NOT_REACHED, by_id=staff.id, now=NOW)
    assert (task.state, task.attempts, task.due_at) == ("open", 1, NOW + call_tasks.TRY_AGAIN_AFTER)
    await call_tasks.log(world.session, task.id, CallOutcome.NOT_REACHED, by_id=staff.id, now=LATER)
    assert (task.state, task.attempts, task.ended_at) == ("failed", 2, LATER)
    assert await _contacts(world) == 0
    with pytest.raises(NotAllowed):
        await call_tasks.log(world.session, task.id, CallOutcome.REACHED, by_id=staff.id, now=LATER)


@pytest.mark.parametrize(
    ("outcome", "state", "counted"),
    [("reached", "done", 1), ("voicemail", "done", 1), ("wrong_number", "failed", 0)],
)
async def test_what_an_outcome_does(world: Any, outcome: str, state: str, counted: int) -> None:
    person, staff = await world.person(), await world.staff()
    track = await world.trajectory(person, staff)
    task = await call_tasks.ask(world.session, person.id, reason="asked", now=NOW)
    await call_tasks.log(world.session, task.id, CallOutcome(outcome), by_id=staff.id, now=NOW, minutes=5)
    assert (task.state, task.outcome, task.by_id) == (state, outcome, staff.id)
    rows = (await world.session.scalars(select(MicroContact))).all()
    assert [(row.way, row.trajectory_id, row.outcome) for row in rows] == [
        ("call", track.id, outcome)
    ] * counted


async def test_who_was_spoken_to_waits_no_longer(world: Any) -> None:
    person, staff = await world.person(), await world.staff()
    talk = await world.conversation(person, holder="queue", waiting_on="us", waiting_since=NOW)
    task = await call_tasks.ask(world.session, person.id, reason="asked", now=NOW, conversation_id=talk.id)
    await call_tasks.log(world.session, task.id, CallOutcome.REACHED, by_id=staff.id, now=NOW)
    assert (talk.holder, talk.staff_id, talk.waiting_on) == ("staff", staff.id, "client")


async def test_a_colleague_who_holds_the_conversation_keeps_it(world: Any) -> None:
    person, staff, colleague = await world.person(), await world.staff(), await world.staff()
    talk = await world.conversation(person, holder="staff", staff_id=colleague.id)
    task = await call_tasks.ask(world.session, person.id, reason="asked", now=NOW, conversation_id=talk.id)
    assert task.staff_id == colleague.id
    await call_tasks.log(world.session, task.id, CallOutcome.REACHED, by_id=staff.id, now=NOW)
    assert talk.staff_id == colleague.id


async def test_who_rings_themselves_need_not_be_called(world: Any) -> None:
    person, staff = await world.person(), await world.staff()
    task = await call_tasks.ask(world.session, person.id, reason="asked", now=NOW)
    await call_tasks.reached(world.session, person.id, by_id=staff.id, now=LATER)
    assert (task.state, task.outcome) == ("done", "reached")


@pytest.mark.parametrize(
    ("at", "then"),
    [
        ("2026-11-24T10:00", "2026-11-24T13:00"),  # 12:00 is within the hours of before noon
        ("2026-11-24T16:30", "2026-11-25T09:00"),
        ("2026-11-27T16:00", "2026-11-30T09:00"),  # over the weekend
        ("2026-12-24T16:00", "2026-12-28T09:00"),  # and over Christmas
    ],
)
def test_the_next_try_is_when_somebody_works(at: str, then: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    expected = datetime.fromisoformat(then).replace(tzinfo=ZONE)
    hours = HOURS | {day: [["09:00", "11:30"], ["13:00", "17:00"]] for day in HOURS}
    assert call_tasks.next_try(moment, hours) == expected


async def test_the_number_is_the_one_asked_for_else_one_we_have(world: Any) -> None:
    person = await world.person()
    await world.address(person, "web", "x" * 64)
    task = await call_tasks.ask(world.session, person.id, reason="asked", now=NOW)
    assert await call_tasks.number_of(world.session, task) is None
    sms = await world.address(person, "sms")
    assert await call_tasks.number_of(world.session, task) == sms.path
    tel = await world.address(person, "tel")
    assert await call_tasks.number_of(world.session, task) == tel.path
    task.address_id = sms.id
    assert await call_tasks.number_of(world.session, task) == sms.path


async def test_calls_are_seen_by_the_region_or_by_whose_they_are(world: Any) -> None:
    dispatcher = await world.staff(Role.DISPATCHER)
    own, other = await world.staff(), await world.staff()
    elsewhere = await world.staff(Role.DISPATCHER, "antwerpen")
    analyst = await world.staff(Role.ANALYST, None)
    anybodys = await call_tasks.ask(world.session, (await world.person()).id, reason="missed", now=NOW)
    owns = await world.person()
    await world.trajectory(owns, own)
    mine = await call_tasks.ask(world.session, owns.id, reason="asked", now=NOW)
    nowhere = await call_tasks.ask(
        world.session, (await world.person(region=None)).id, reason="missed", now=NOW
    )
    later = await call_tasks.ask(
        world.session, (await world.person()).id, reason="asked", now=NOW, due_at=LATER
    )

    async def seen(staff: Any) -> set[int]:
        return {call.task.id for call in await call_tasks.due(world.session, staff, now=NOW)}

    assert await seen(dispatcher) == {anybodys.id, mine.id, nowhere.id}
    assert await seen(own) == {anybodys.id, mine.id, nowhere.id}
    assert await seen(other) == {anybodys.id, nowhere.id}
    assert await seen(elsewhere) == {nowhere.id}
    assert await seen(analyst) == set()
    assert later.id in {c.task.id for c in await call_tasks.due(world.session, own, now=LATER)}
    visible = await world.session.scalars(select(CallTask.id).where(access.may_see_call(other)))
    assert mine.id not in visible.all()
