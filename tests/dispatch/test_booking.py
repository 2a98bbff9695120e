"""Booking on a real PostgreSQL with real commits: nobody is ever booked over somebody else."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from data.tables import Appointment, AppointmentStatus, ReminderState
from dispatch import booking, calendar
from dispatch.booking import Refused, Taken
from tests.dispatch.world import NOW, Desk

BEFORE = NOW + timedelta(hours=1)
AFTER = NOW + timedelta(days=1, hours=3)  # Tuesday 13:00 in Belgium: the sitting is over


async def test_hold_confirm_attend(desk: Desk) -> None:
    slot, _ = await desk.first_slots()
    address = await desk.address()
    person = await desk.person()
    conversation = await desk.conversation(person)
    held = await desk.hold(
        slot,
        person.id,
        conversation_id=conversation.id,
        address_id=address.id,
        language="fr",
        topic="taal",
    )
    assert isinstance(held, Appointment)
    assert (held.status, held.held_until) == ("held", NOW + timedelta(minutes=15))
    assert (held.region_id, held.wall_start, held.zone) == ("gent", "2026-11-24T09:00", "Europe/Brussels")
    assert len(held.token) >= 43
    assert await desk.reminder_states(held.id) == {}
    confirmed = await desk.confirm(held.id)
    assert isinstance(confirmed, Appointment)
    assert (confirmed.status, confirmed.held_until, confirmed.token) == ("confirmed", None, held.token)
    async with desk.database.transaction() as session:
        marked = await booking.mark(session, held.id, attended=True, now=AFTER)
    assert isinstance(marked, Appointment)
    assert marked.status == "attended"
    assert await desk.event_kinds() == ["appointment.held", "appointment.confirmed", "appointment.attended"]


async def test_a_hold_that_ran_out_gives_way_to_the_next(desk: Desk) -> None:
    slot, _ = await desk.first_slots()
    first, second = await desk.persons(2)
    held = await desk.hold(slot, first.id)
    assert isinstance(held, Appointment)
    assert await desk.hold(slot, second.id) == Taken(slot=slot)
    taken_over = await desk.hold(slot, second.id, NOW + timedelta(minutes=16))
    assert isinstance(taken_over, Appointment)
    assert await desk.confirm(held.id) == Refused(status=AppointmentStatus.EXPIRED)


async def test_a_late_confirmation_counts_while_nobody_took_the_time(desk: Desk) -> None:
    slot, _ = await desk.first_slots()
    held = await desk.hold(slot, (await desk.person()).id)
    assert isinstance(held, Appointment)
    assert isinstance(await desk.confirm(held.id, NOW + timedelta(hours=2)), Appointment)


async def test_a_person_holds_one_time(desk: Desk) -> None:
    first, second = await desk.first_slots()
    person = await desk.person()
    one = await desk.hold(first, person.id)
    again = await desk.hold(first, person.id)
    two = await desk.hold(second, person.id)
    assert isinstance(one, Appointment)
    assert isinstance(again, Appointment)
    assert isinstance(two, Appointment)
    assert [await desk.status(found.id) for found in (one, again, two)] == [
        "cancelled",
        "cancelled",
        "held",
    ]


async def test_moving_takes_the_link_along_and_frees_the_old_time(desk: Desk) -> None:
    first, second = await desk.first_slots()
    before = await desk.booked(first)
    after = await desk.move(before.id, second)
    assert isinstance(after, Appointment)
    assert (after.status, after.token, after.sequence) == ("confirmed", before.token, before.sequence + 1)
    assert after.starts_at == second.starts_at
    async with desk.database.transaction() as session:
        old = await booking.find(session, before.id)
        assert old is not None
        assert (old.status, old.moved_to_id) == ("moved", after.id)
        assert old.token != before.token
        assert await booking.by_token(session, before.token) == await booking.find(session, after.id)
    assert [slot.key for slot in await desk.slots()] == [first.key]
    assert set((await desk.reminder_states(before.id)).values()) <= {ReminderState.CANCELLED.value}
    assert "planned" in (await desk.reminder_states(after.id)).values()


async def test_moving_to_a_taken_time_changes_nothing(desk: Desk) -> None:
    first, second = await desk.first_slots()
    before = await desk.booked(first)
    await desk.booked(second)
    assert await desk.move(before.id, second) == Taken(slot=second)
    assert await desk.status(before.id) == "confirmed"
    async with desk.database.transaction() as session:
        found = await booking.by_token(session, before.token)
        assert found is not None
        assert found.id == before.id
    assert (await desk.reminder_states(before.id))["hours"] == "planned"
    assert "appointment.moved" not in await desk.event_kinds()


async def test_a_move_that_fails_leaves_what_the_caller_holds_as_stored(desk: Desk) -> None:
    first, second = await desk.first_slots()
    before = await desk.booked(first)
    await desk.booked(second)
    async with desk.database.transaction() as session:
        (mine,) = await booking.upcoming(session, before.person_id, now=NOW)
        assert await booking.move(session, mine.id, second, now=NOW) == Taken(slot=second)
        assert (mine.status, mine.token, mine.moved_to_id) == ("confirmed", before.token, None)


async def test_moving_by_a_quarter_over_oneself(desk: Desk) -> None:
    first, _ = await desk.first_slots()
    before = await desk.booked(first)
    async with desk.database.transaction() as session:
        await booking.cancel(session, before.id, now=NOW)
    booked = await desk.booked(first)
    key = calendar.SlotKey(
        counter_id=first.counter_id,
        staff_id=first.staff_id,
        starts_at=first.starts_at + timedelta(minutes=15),
    )
    async with desk.database.transaction() as session:
        assert await calendar.slot_at(session, key, "mediation", now=NOW) is None
        free = await calendar.slot_at(session, key, "mediation", now=NOW, besides=booked.id)
        assert free is not None
        assert isinstance(await booking.move(session, booked.id, free, now=NOW), Appointment)
    assert await desk.overlaps() == 0


async def test_a_held_cancelled_or_unknown_appointment_cannot_be_moved(desk: Desk) -> None:
    first, second = await desk.first_slots()
    held = await desk.hold(first, (await desk.person()).id)
    assert isinstance(held, Appointment)
    assert await desk.move(held.id, second) == Refused(status=AppointmentStatus.HELD)
    await desk.cancel(held.id)
    assert await desk.move(held.id, second) == Refused(status=AppointmentStatus.CANCELLED)
    assert await desk.move(999_999, second) == Refused(status=None)
    assert await desk.confirm(999_999) == Refused(status=None)


async def test_what_has_begun_is_not_cancelled_and_what_is_to_come_not_marked(desk: Desk) -> None:
    slot, second = await desk.first_slots()
    booked = await desk.booked(slot)
    async with desk.database.transaction() as session:
        assert await booking.mark(session, booked.id, attended=False, now=BEFORE) == Refused(
            status=AppointmentStatus.CONFIRMED
        )
        assert await booking.cancel(session, booked.id, now=AFTER) == Refused(
            status=AppointmentStatus.CONFIRMED
        )
        assert await booking.move(session, booked.id, second, now=AFTER) == Refused(
            status=AppointmentStatus.CONFIRMED
        )
        missed = await booking.mark(session, booked.id, attended=False, now=AFTER)
        assert isinstance(missed, Appointment)
        assert missed.status == "no_show"
        came = await booking.mark(session, booked.id, attended=True, now=AFTER)  # a wrong click, put right
        assert isinstance(came, Appointment)
        assert came.status == "attended"


async def test_upcoming_and_own_counsellor(desk: Desk) -> None:
    slot, _ = await desk.first_slots()
    booked = await desk.booked(slot)
    staff = await desk.counsellor()
    person = await desk.person()
    await desk.trajectory(person, staff)
    async with desk.database.transaction() as session:
        assert [a.id for a in await booking.upcoming(session, booked.person_id, now=NOW)] == [booked.id]
        assert await booking.upcoming(session, booked.person_id, now=AFTER) == []
        assert await booking.own_counsellor(session, booked.person_id) is None
        own = await booking.own_counsellor(session, person.id)
    assert own == booking.OwnCounsellor(staff_id=staff.id, deputy_id=None, region_id="gent")


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("held_until", "UPDATE appointment SET held_until = now() WHERE id = :id"),
        ("order", "UPDATE appointment SET ends_at = starts_at WHERE id = :id"),
    ],
)
async def test_the_table_itself_refuses_nonsense(desk: Desk, what: str, statement: str) -> None:
    """The guards are constraints; a bug above them cannot get past."""
    slot, _ = await desk.first_slots()
    booked = await desk.booked(slot)
    async with desk.database.engine.connect() as connection:
        with pytest.raises(Exception, match=f"ck_appointment_{what}"):
            await connection.execute(text(statement), {"id": booked.id})
