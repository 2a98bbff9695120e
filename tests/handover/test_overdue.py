"""Promises about to break: when, who is told, and what is counted."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from data.tables import Conversation, Event, Presence, Role
from dispatch.clock import ZONE
from handover import conversation as machine
from handover import overdue, promise, reports
from handover.conversation import Step
from handover.reports import Span
from tests.handover.conftest import NOW, World

HOURS = {day: [["09:00", "12:30"], ["13:00", "17:00"]] for day in ("mo", "tu", "we", "th", "fr")}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("made", "promised", "warned"),
    [
        ("2026-11-24T10:00", "2026-11-24T10:15", "2026-11-24T10:12"),
        ("2026-11-24T22:00", "2026-11-25T10:00", "2026-11-25T09:48"),  # only the hour from nine counts
        ("2026-11-27T16:30", "2026-11-30T10:00", "2026-11-30T09:42"),  # half an hour on Friday, one on Monday
        (
            "2026-11-24T12:20",
            "2026-11-24T14:00",
            "2026-11-24T13:46",
        ),  # ten minutes before lunch, one hour after
        ("2026-11-24T22:00", "2026-11-24T22:05", "2026-11-24T22:04"),  # somebody was there at night
    ],
)
def test_when_four_fifths_of_the_working_time_is_gone(made: str, promised: str, warned: str) -> None:
    assert promise.warn_at(at(made), at(promised), HOURS) == at(warned)


async def waits(world: World, **more: Any) -> Conversation:
    """Somebody of Gent in the queue since NOW, promised an answer in 15 minutes."""
    talk = await world.conversation(await world.person())
    await machine.move(world.session, talk, Step.ESCALATE, reason="asked_for_human", now=NOW, **more)
    return talk


async def told(world: World, talk: Conversation, kind: str) -> list[Event]:
    query = select(Event).where(Event.conversation_id == talk.id, Event.kind == kind)
    return list(await world.session.scalars(query.order_by(Event.id)))


async def test_nobody_is_warned_before_and_everybody_once(world: World) -> None:
    talk = await waits(world)
    assert await overdue.nearly(world.session, now=NOW + timedelta(minutes=11)) == []
    assert await overdue.nearly(world.session, now=NOW + timedelta(minutes=12)) == [talk.id]
    await overdue.warn(world.session, talk, now=NOW + timedelta(minutes=12))
    assert talk.urgency == "high"
    assert await overdue.nearly(world.session, now=NOW + timedelta(minutes=13)) == []


async def test_the_dispatchers_of_the_region_who_are_there_are_told(world: World) -> None:
    soon = NOW + timedelta(minutes=12)
    there: dict[str, Any] = {"presence": Presence.AVAILABLE, "presence_at": soon}
    dispatcher = await world.staff(Role.DISPATCHER, **there)
    await world.staff(Role.COUNSELLOR, **there)
    await world.staff(Role.DISPATCHER, "antwerpen", **there)
    await world.staff(Role.DISPATCHER)
    talk = await waits(world, promised_at=NOW + timedelta(minutes=15))
    assert await overdue.warn(world.session, talk, now=soon) is None
    (event,) = await told(world, talk, overdue.DUE)
    assert event.region_id == "gent"
    assert (event.data["told_ids"], event.data["duty_id"]) == ([dispatcher.id], None)


async def test_with_nobody_there_the_coordinator_has_the_duty(world: World) -> None:
    await world.staff(Role.COUNSELLOR)
    await world.staff(Role.COORDINATOR, active=False)
    coordinator = await world.staff(Role.COORDINATOR)
    talk = await waits(world)
    duty = await overdue.warn(world.session, talk, now=NOW + timedelta(minutes=12))
    assert duty is not None
    assert duty.id == coordinator.id
    (event,) = await told(world, talk, overdue.DUE)
    assert (event.data["told_ids"], event.data["duty_id"]) == ([], coordinator.id)


async def test_who_is_helped_in_time_is_not_warned_of(world: World) -> None:
    talk, staff = await waits(world), await world.staff()
    await machine.move(world.session, talk, Step.TAKE_OVER, staff_id=staff.id, now=NOW)
    assert await overdue.nearly(world.session, now=NOW + timedelta(hours=1)) == []
    assert await overdue.passed(world.session, now=NOW + timedelta(hours=1)) == []


async def test_a_broken_promise_is_made_anew_once_and_counted(world: World) -> None:
    talk = await waits(world)
    late = NOW + timedelta(minutes=16)
    assert await overdue.passed(world.session, now=late) == [talk.id]
    again = await overdue.make_anew(world.session, talk, now=late)
    assert again == talk.promised_at
    assert again > late
    assert (talk.promise_broken_at, talk.promise_made_at, talk.urgency) == (late, late, "high")
    assert len(await told(world, talk, machine.BROKEN)) == 1
    assert await overdue.passed(world.session, now=late + timedelta(hours=2)) == [], "told once"
    today = datetime.now(ZONE)
    span = Span(start=today - timedelta(days=1), end=today + timedelta(days=1), regions=frozenset({"gent"}))
    assert (await reports.waits(world.session, span)).broken == 1


async def test_an_answer_ends_the_wait_and_the_next_one_begins_afresh(world: World) -> None:
    talk, staff = await waits(world), await world.staff()
    await overdue.make_anew(world.session, talk, now=NOW + timedelta(minutes=16))
    await machine.move(world.session, talk, Step.STAFF_WROTE, staff_id=staff.id, now=NOW)
    assert (talk.promised_at, talk.promise_made_at, talk.promise_broken_at) == (None, None, None)
