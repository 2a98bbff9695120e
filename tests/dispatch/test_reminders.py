"""Reminders: made at confirmation, moved and cancelled along, claimed once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from data.tables import Appointment, Reminder
from dispatch import booking, reminders
from dispatch.calendar import Slot
from dispatch.reminders import DueReminder, ReminderKind
from handover.conversation import lock_person
from tests.dispatch.world import NOW, World

START = NOW - timedelta(days=1)  # Sunday: the day before the day before


async def _booked(world: World, slot: Slot, now: datetime = START) -> Appointment:
    person = await world.person()
    async with world.database.transaction() as session:
        held = await booking.hold(session, slot, person.id, now=now)
        assert isinstance(held, Appointment)
        confirmed = await booking.confirm(session, held.id, now=now)
        assert isinstance(confirmed, Appointment)
        return confirmed


async def _slots(world: World) -> list[Slot]:
    await world.sitting(await world.counter(), await world.counsellor())
    return await world.slots(start=START)


async def _due(world: World, now: datetime, **more: int) -> Sequence[DueReminder]:
    async with world.database.transaction() as session:
        return await reminders.due(session, now, **more)


async def _states(world: World, appointment: Appointment) -> dict[str, str]:
    async with world.database.transaction() as session:
        return {row.kind: row.state for row in await reminders.of(session, appointment.id)}


@pytest.mark.parametrize(
    ("starts_at", "day", "hours"),
    [
        ("2026-11-24T08:00", "2026-11-23T08:00", "2026-11-24T06:00"),
        ("2026-10-25T13:00", "2026-10-24T12:00", "2026-10-25T11:00"),  # 14:00 on both days: 25 hours
        ("2026-03-29T12:00", "2026-03-28T13:00", "2026-03-29T10:00"),  # 14:00 on both days: 23 hours
        ("2026-03-30T00:30", "2026-03-29T00:30", "2026-03-29T22:30"),  # 2:30, skipped the night before
    ],
)
def test_moments(starts_at: str, day: str, hours: str) -> None:
    found = reminders.moments(datetime.fromisoformat(starts_at).replace(tzinfo=UTC))
    assert [moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") for moment in found.values()] == [day, hours]


async def test_due_in_order_and_once(world: World) -> None:
    slot, _ = await _slots(world)
    booked = await _booked(world, slot)
    assert await _due(world, booked.starts_at - timedelta(hours=25)) == []
    (day,) = await _due(world, booked.starts_at - timedelta(hours=24))
    assert (day.kind, day.appointment.id) == (ReminderKind.DAY, booked.id)
    async with world.database.transaction() as session:
        await reminders.failed(session, day.reminder_id)
    (hours,) = await _due(world, booked.starts_at - timedelta(hours=2))
    assert hours.kind is ReminderKind.HOURS
    assert await _states(world, booked) == {"day": "failed", "hours": "planned"}


async def test_two_processes_claim_different_reminders(world: World) -> None:
    slots = await _slots(world)
    first, second = [await _booked(world, slot) for slot in slots]
    now = second.starts_at - timedelta(hours=24)
    other_may_go, done = asyncio.Event(), asyncio.Event()

    async def slow() -> set[int]:
        async with world.database.transaction() as session:
            claimed = await reminders.due(session, now, limit=1)
            other_may_go.set()
            await done.wait()
            return {reminder.appointment.id for reminder in claimed}

    async def quick() -> set[int]:
        await other_may_go.wait()
        claimed = await _due(world, now)
        done.set()
        return {reminder.appointment.id for reminder in claimed}

    assert await asyncio.gather(slow(), quick()) == [{first.id}, {second.id}]


async def test_somebody_who_is_just_being_answered_is_left_for_the_next_time(world: World) -> None:
    first, second = [await _booked(world, slot) for slot in await _slots(world)]
    now = second.starts_at - timedelta(hours=24)
    async with world.database.transaction() as session:
        await lock_person(session, first.person_id)
        async with asyncio.timeout(10):
            assert [reminder.appointment.id for reminder in await _due(world, now)] == [second.id]
        await booking.cancel(session, first.id, now=START)
    assert [reminder.appointment.id for reminder in await _due(world, now)] == [second.id]


async def test_what_lies_in_the_past_is_not_planned(world: World) -> None:
    slot, _ = await _slots(world)
    booked = await _booked(world, slot, slot.starts_at - timedelta(hours=5))
    assert await _states(world, booked) == {"hours": "planned"}
    other = (await world.slots(start=START))[0]
    late = await _booked(world, other, other.starts_at - timedelta(minutes=90))
    assert await _states(world, late) == {}


async def test_moved_and_cancelled_along(world: World) -> None:
    slot, other = await _slots(world)
    booked = await _booked(world, slot)
    async with world.database.transaction() as session:
        moved = await booking.move(session, booked.id, other, now=START)
    assert isinstance(moved, Appointment)
    assert await _states(world, booked) == {"day": "cancelled", "hours": "cancelled"}
    assert await _states(world, moved) == {"day": "planned", "hours": "planned"}
    async with world.database.transaction() as session:
        await booking.cancel(session, moved.id, now=START)
    assert await _due(world, moved.starts_at - timedelta(minutes=1)) == []


async def test_after_an_outage_only_what_still_makes_sense(world: World) -> None:
    slots = await _slots(world)
    first, second = [await _booked(world, slot) for slot in slots]
    now = first.starts_at + timedelta(minutes=5)  # all four are overdue; the first conversation has begun
    (left,) = await _due(world, now)
    assert (left.appointment.id, left.kind) == (second.id, ReminderKind.HOURS)
    assert await _states(world, first) == {"day": "cancelled", "hours": "cancelled"}
    assert await _states(world, second) == {"day": "cancelled", "hours": "planned"}


async def test_planning_twice_makes_no_second_reminder(world: World) -> None:
    slot, _ = await _slots(world)
    booked = await _booked(world, slot)
    async with world.database.transaction() as session:
        await reminders.plan(session, booked, now=START)
        assert len(await reminders.of(session, booked.id)) == 2


async def test_sent_names_its_message(world: World) -> None:
    slot, _ = await _slots(world)
    booked = await _booked(world, slot)
    message = await world.message(booked.person_id)
    (day,) = await _due(world, booked.starts_at - timedelta(hours=24))
    async with world.database.transaction() as session:
        await reminders.sent(session, day.reminder_id, message_id=message.id)
        row = await session.get_one(Reminder, day.reminder_id)
        assert (row.state, row.message_id) == ("sent", message.id)


@pytest.mark.parametrize(
    ("due_at", "night"),
    [
        ("2026-10-25T00:30", "2026-10-24T22:00"),  # 2:30, which comes a second time an hour later
        ("2026-10-25T01:30", "2026-10-24T22:00"),  # the second 2:30
        ("2027-03-28T01:00", "2027-03-27T22:00"),  # 2:00, which that night does not have
    ],
)
async def test_a_reminder_at_the_hour_that_the_clock_changes_goes_once(
    world: World, due_at: str, night: str
) -> None:
    """19. The sweep passes every ten minutes, from before the change until after it."""
    moment = datetime.fromisoformat(due_at).replace(tzinfo=UTC)
    slot, _ = await _slots(world)
    booked = await _booked(world, slot)
    day, hour = timedelta(days=1), timedelta(hours=1)
    async with world.database.transaction() as session:
        await session.execute(update(Appointment).values(starts_at=moment + day, ends_at=moment + day + hour))
        for kind, at in ((ReminderKind.DAY, moment), (ReminderKind.HOURS, moment + day - 2 * hour)):
            await session.execute(update(Reminder).where(Reminder.kind == kind).values(due_at=at))
    begins = datetime.fromisoformat(night).replace(tzinfo=UTC)
    went = []
    for minutes in range(0, 8 * 60, 10):
        now = begins + timedelta(minutes=minutes)
        message = await world.message(booked.person_id) if now >= moment and not went else None
        async with world.database.transaction() as session:
            for reminder in await reminders.due(session, now):
                assert message is not None, f"twice, or before its time: {now}"
                await reminders.sent(session, reminder.reminder_id, message_id=message.id)
                went.append(now)
    assert went == [moment]
