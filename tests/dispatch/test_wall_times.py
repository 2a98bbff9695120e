"""An update of the time zone data moves instants, never what was agreed on the wall."""

from datetime import datetime, timedelta

from sqlalchemy import select

from data.tables import Appointment, Reminder
from dispatch import wall_times
from dispatch.calendar import Slot
from tests.dispatch.world import NOW, Desk

HOUR = timedelta(hours=1)


async def _other_rules(desk: Desk, by: timedelta) -> None:
    """As if everything was booked when the clock of that day ran otherwise."""
    async with desk.database.transaction() as session:
        appointments = (await session.scalars(select(Appointment).order_by(Appointment.starts_at))).all()
        for appointment in reversed(appointments) if by > timedelta(0) else appointments:
            appointment.starts_at, appointment.ends_at = appointment.starts_at + by, appointment.ends_at + by
            await session.flush()
        for reminder in await session.scalars(select(Reminder)):
            reminder.due_at += by


async def _follow(desk: Desk, now: datetime = NOW) -> list[int]:
    async with desk.database.transaction() as session:
        return await wall_times.follow(session, now=now)


async def _back_to_back(desk: Desk) -> tuple[list[Slot], list[Appointment]]:
    slots = await desk.first_slots()
    return slots, [await desk.booked(slot) for slot in slots]


async def test_the_wall_time_stands_and_the_instant_follows(desk: Desk) -> None:
    """71. The documented rule: what was agreed is the hour on the wall."""
    for by in (HOUR, -HOUR):  # back to back: each passes through where the other was
        await desk.empty()
        await desk.region()
        slots, booked = await _back_to_back(desk)
        await _other_rules(desk, by)
        assert sorted(await _follow(desk)) == sorted(row.id for row in booked)
        async with desk.database.transaction() as session:
            rows = (await session.scalars(select(Appointment).order_by(Appointment.id))).all()
            assert [row.starts_at for row in rows] == [slot.starts_at for slot in slots]
            assert [row.ends_at for row in rows] == [slot.ends_at for slot in slots]
            assert [row.wall_start for row in rows] == [slot.wall_start for slot in slots]
            assert {row.sequence for row in rows} == {1}  # calendars take the change over
            due = await session.scalars(select(Reminder.due_at).where(Reminder.kind == "hours"))
            assert set(due.all()) == {slot.starts_at - 2 * HOUR for slot in slots}
        assert await desk.overlaps() == 0
        assert await _follow(desk) == []


async def test_nothing_moves_while_the_rules_are_the_same(desk: Desk) -> None:
    await _back_to_back(desk)
    assert await _follow(desk) == []
    assert "appointment.wall_time_kept" not in await desk.event_kinds()


async def test_one_that_would_meet_another_is_left_and_told(desk: Desk) -> None:
    slots = await desk.first_slots()
    first = await desk.booked(slots[0])
    await _other_rules(desk, 3 * HOUR)
    other = await desk.booked(slots[0])
    assert await _follow(desk) == []
    assert await desk.status(first.id) == await desk.status(other.id) == "confirmed"
    assert await desk.overlaps() == 0
    assert "appointment.wall_time_lost" in await desk.event_kinds()


async def test_what_has_begun_stays_as_it_was(desk: Desk) -> None:
    slots, _ = await _back_to_back(desk)
    await _other_rules(desk, -HOUR)
    assert await _follow(desk, slots[-1].starts_at) == []
