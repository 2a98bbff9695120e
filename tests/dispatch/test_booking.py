"""Booking on a real PostgreSQL with real commits: nobody is ever booked over somebody else."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from data.tables import Appointment, AppointmentStatus, Event, Reminder, ReminderState
from dispatch import booking, calendar
from dispatch.booking import Refused, Taken
from dispatch.calendar import Slot
from tests.dispatch.world import NOW, World

BEFORE = NOW + timedelta(hours=1)
AFTER = NOW + timedelta(days=1, hours=3)  # Tuesday 13:00 in Belgium: the sitting is over

OVERLAPS = text("""
    SELECT count(*) FROM appointment AS a JOIN appointment AS b ON a.id < b.id
    AND (a.staff_id = b.staff_id OR (a.counter_id = b.counter_id AND a.room = b.room))
    AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)
    WHERE a.status IN ('held', 'confirmed') AND b.status IN ('held', 'confirmed')
""")


async def _first_slots(world: World, kind: str = "mediation") -> list[Slot]:
    await world.sitting(await world.counter(), await world.counsellor())
    return await world.slots(kind)


async def _hold(
    world: World, slot: Slot, person_id: int, now: datetime = NOW, **more: object
) -> Appointment | Taken:
    async with world.database.transaction() as session:
        return await booking.hold(session, slot, person_id, now=now, **more)  # type: ignore[arg-type]


async def _confirm(world: World, appointment_id: int, now: datetime = NOW) -> Appointment | Refused:
    async with world.database.transaction() as session:
        return await booking.confirm(session, appointment_id, now=now)


async def _cancel(world: World, appointment_id: int, now: datetime = NOW) -> Appointment | Refused:
    async with world.database.transaction() as session:
        return await booking.cancel(session, appointment_id, now=now)


async def _move(world: World, appointment_id: int, slot: Slot, now: datetime = NOW) -> object:
    async with world.database.transaction() as session:
        return await booking.move(session, appointment_id, slot, now=now)


async def _booked(world: World, slot: Slot) -> Appointment:
    held = await _hold(world, slot, (await world.person()).id)
    assert isinstance(held, Appointment)
    confirmed = await _confirm(world, held.id)
    assert isinstance(confirmed, Appointment)
    return confirmed


async def _status(world: World, appointment_id: int) -> str:
    async with world.database.transaction() as session:
        found = await booking.find(session, appointment_id)
        assert found is not None
        return found.status


async def _kinds(world: World) -> list[str]:
    async with world.database.transaction() as session:
        return list(await session.scalars(select(Event.kind).order_by(Event.id)))


async def _reminders(world: World, appointment_id: int) -> dict[str, str]:
    async with world.database.transaction() as session:
        rows = await session.scalars(select(Reminder).where(Reminder.appointment_id == appointment_id))
        return {row.kind: row.state for row in rows}


async def _overlaps(world: World) -> int:
    async with world.database.transaction() as session:
        count = await session.scalar(OVERLAPS)
        assert count is not None
        return int(count)


async def test_hold_confirm_attend(world: World) -> None:
    slot, _ = await _first_slots(world)
    address = await world.address()
    person = await world.person()
    conversation = await world.conversation(person)
    held = await _hold(
        world,
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
    assert await _reminders(world, held.id) == {}
    confirmed = await _confirm(world, held.id)
    assert isinstance(confirmed, Appointment)
    assert (confirmed.status, confirmed.held_until, confirmed.token) == ("confirmed", None, held.token)
    async with world.database.transaction() as session:
        marked = await booking.mark(session, held.id, attended=True, now=AFTER)
    assert isinstance(marked, Appointment)
    assert marked.status == "attended"
    assert await _kinds(world) == ["appointment.held", "appointment.confirmed", "appointment.attended"]


async def test_confirming_twice_is_once(world: World) -> None:
    slot, _ = await _first_slots(world)
    held = await _hold(world, slot, (await world.person()).id)
    assert isinstance(held, Appointment)
    answers = await asyncio.gather(*(_confirm(world, held.id) for _ in range(8)))
    assert all(isinstance(answer, Appointment) and answer.status == "confirmed" for answer in answers)
    assert (await _kinds(world)).count("appointment.confirmed") == 1
    assert await _reminders(world, held.id) == {"hours": "planned"}  # the day before is now, to the minute


async def test_fifty_for_one_slot_give_one(world: World) -> None:
    slot, _ = await _first_slots(world)
    people = await world.persons(50)

    async def try_it(person_id: int) -> bool:
        held = await _hold(world, slot, person_id)
        return isinstance(held, Appointment) and isinstance(await _confirm(world, held.id), Appointment)

    won = await asyncio.gather(*(try_it(person.id) for person in people))
    assert sum(won) == 1
    async with world.database.transaction() as session:
        statuses = dict(
            (
                await session.execute(select(Appointment.status, func.count()).group_by(Appointment.status))
            ).all()
        )
    assert statuses == {"confirmed": 1}


async def test_overlapping_lengths_at_once(world: World) -> None:
    long = await _first_slots(world)
    short = await world.slots("information")
    wanted = (long + short) * 4
    people = await world.persons(len(wanted))
    await asyncio.gather(
        *(_hold(world, slot, person.id) for slot, person in zip(wanted, people, strict=True))
    )
    assert await _overlaps(world) == 0
    async with world.database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Appointment))


async def test_one_room_for_two_counsellors(world: World) -> None:
    counter = await world.counter()
    for _ in range(2):
        await world.sitting(counter, await world.counsellor())
    slots = [slot for slot in await world.slots() if slot.wall_start.endswith("09:00")]
    people = await world.persons(20)
    results = await asyncio.gather(
        *(_hold(world, slots[i % 2], person.id, room="lokaal 1") for i, person in enumerate(people))
    )
    assert sum(isinstance(result, Appointment) for result in results) == 1
    elsewhere = await _hold(world, slots[0], people[0].id, room="lokaal 2")
    other = await _hold(world, slots[1], people[1].id, room="lokaal 2")
    assert {type(elsewhere), type(other)} <= {Appointment, Taken}
    assert await _overlaps(world) == 0


async def test_cancel_against_confirm(world: World) -> None:
    slot, _ = await _first_slots(world)
    for person in await world.persons(10):
        held = await _hold(world, slot, person.id)
        assert isinstance(held, Appointment)
        confirmed, cancelled = await asyncio.gather(_confirm(world, held.id), _cancel(world, held.id))
        assert isinstance(cancelled, Appointment)  # both from held and from confirmed
        assert isinstance(confirmed, Appointment) or confirmed == Refused(status=AppointmentStatus.CANCELLED)
        assert await _status(world, held.id) == "cancelled"
        assert "planned" not in (await _reminders(world, held.id)).values()
    assert len([s for s in await world.slots() if s.key == slot.key]) == 1


async def test_a_hold_running_out_while_it_is_confirmed(world: World) -> None:
    slot, _ = await _first_slots(world)
    late = NOW + timedelta(minutes=20)

    async def expire() -> Sequence[Appointment]:
        async with world.database.transaction() as session:
            return await booking.expire_holds(session, now=late)

    for person in await world.persons(10):
        held = await _hold(world, slot, person.id)
        assert isinstance(held, Appointment)
        confirmed, expired = await asyncio.gather(_confirm(world, held.id, late), expire())
        assert isinstance(confirmed, Appointment) != bool(expired)
        assert await _status(world, held.id) == ("expired" if expired else "confirmed")
        await _cancel(world, held.id, late)


async def test_a_hold_that_ran_out_gives_way_to_the_next(world: World) -> None:
    slot, _ = await _first_slots(world)
    first, second = await world.persons(2)
    held = await _hold(world, slot, first.id)
    assert isinstance(held, Appointment)
    assert await _hold(world, slot, second.id) == Taken(slot=slot)
    taken_over = await _hold(world, slot, second.id, NOW + timedelta(minutes=16))
    assert isinstance(taken_over, Appointment)
    assert await _confirm(world, held.id) == Refused(status=AppointmentStatus.EXPIRED)


async def test_a_late_confirmation_counts_while_nobody_took_the_time(world: World) -> None:
    slot, _ = await _first_slots(world)
    held = await _hold(world, slot, (await world.person()).id)
    assert isinstance(held, Appointment)
    assert isinstance(await _confirm(world, held.id, NOW + timedelta(hours=2)), Appointment)


async def test_a_person_holds_one_time(world: World) -> None:
    first, second = await _first_slots(world)
    person = await world.person()
    one = await _hold(world, first, person.id)
    again = await _hold(world, first, person.id)
    two = await _hold(world, second, person.id)
    assert isinstance(one, Appointment)
    assert isinstance(again, Appointment)
    assert isinstance(two, Appointment)
    assert [await _status(world, found.id) for found in (one, again, two)] == [
        "cancelled",
        "cancelled",
        "held",
    ]


async def test_moving_takes_the_link_along_and_frees_the_old_time(world: World) -> None:
    first, second = await _first_slots(world)
    before = await _booked(world, first)
    after = await _move(world, before.id, second)
    assert isinstance(after, Appointment)
    assert (after.status, after.token, after.sequence) == ("confirmed", before.token, before.sequence + 1)
    assert after.starts_at == second.starts_at
    async with world.database.transaction() as session:
        old = await booking.find(session, before.id)
        assert old is not None
        assert (old.status, old.moved_to_id) == ("moved", after.id)
        assert old.token != before.token
        assert await booking.by_token(session, before.token) == await booking.find(session, after.id)
    assert [slot.key for slot in await world.slots()] == [first.key]
    assert set((await _reminders(world, before.id)).values()) <= {ReminderState.CANCELLED.value}
    assert "planned" in (await _reminders(world, after.id)).values()


async def test_moving_to_a_taken_time_changes_nothing(world: World) -> None:
    first, second = await _first_slots(world)
    before = await _booked(world, first)
    await _booked(world, second)
    assert await _move(world, before.id, second) == Taken(slot=second)
    assert await _status(world, before.id) == "confirmed"
    async with world.database.transaction() as session:
        found = await booking.by_token(session, before.token)
        assert found is not None
        assert found.id == before.id
    assert (await _reminders(world, before.id))["hours"] == "planned"
    assert "appointment.moved" not in await _kinds(world)


async def test_moving_by_a_quarter_over_oneself(world: World) -> None:
    first, _ = await _first_slots(world)
    before = await _booked(world, first)
    async with world.database.transaction() as session:
        await booking.cancel(session, before.id, now=NOW)
    booked = await _booked(world, first)
    key = calendar.SlotKey(
        counter_id=first.counter_id,
        staff_id=first.staff_id,
        starts_at=first.starts_at + timedelta(minutes=15),
    )
    async with world.database.transaction() as session:
        assert await calendar.slot_at(session, key, "mediation", now=NOW) is None
        free = await calendar.slot_at(session, key, "mediation", now=NOW, besides=booked.id)
        assert free is not None
        assert isinstance(await booking.move(session, booked.id, free, now=NOW), Appointment)
    assert await _overlaps(world) == 0


async def test_two_who_swap_their_times_do_not_lock_each_other(world: World) -> None:
    first, second = await _first_slots(world)
    for _ in range(5):
        one, two = await _booked(world, first), await _booked(world, second)
        moved = await asyncio.gather(_move(world, one.id, second), _move(world, two.id, first))
        assert sum(isinstance(result, Taken) for result in moved) >= 1
        assert await _overlaps(world) == 0
        for appointment in (one, two):
            async with world.database.transaction() as session:
                current = await booking.by_token(session, appointment.token)
                assert current is not None
                assert isinstance(await booking.cancel(session, current.id, now=NOW), Appointment)


async def test_a_held_cancelled_or_unknown_appointment_cannot_be_moved(world: World) -> None:
    first, second = await _first_slots(world)
    held = await _hold(world, first, (await world.person()).id)
    assert isinstance(held, Appointment)
    assert await _move(world, held.id, second) == Refused(status=AppointmentStatus.HELD)
    await _cancel(world, held.id)
    assert await _move(world, held.id, second) == Refused(status=AppointmentStatus.CANCELLED)
    assert await _move(world, 999_999, second) == Refused(status=None)
    assert await _confirm(world, 999_999) == Refused(status=None)


async def test_what_has_begun_is_not_cancelled_and_what_is_to_come_not_marked(world: World) -> None:
    slot, second = await _first_slots(world)
    booked = await _booked(world, slot)
    async with world.database.transaction() as session:
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


async def test_upcoming_and_own_counsellor(world: World) -> None:
    slot, _ = await _first_slots(world)
    booked = await _booked(world, slot)
    staff = await world.counsellor()
    person = await world.person()
    await world.trajectory(person, staff)
    async with world.database.transaction() as session:
        assert [a.id for a in await booking.upcoming(session, booked.person_id, now=NOW)] == [booked.id]
        assert await booking.upcoming(session, booked.person_id, now=AFTER) == []
        assert await booking.own_counsellor(session, booked.person_id) is None
        own = await booking.own_counsellor(session, person.id)
    assert own == booking.OwnCounsellor(staff_id=staff.id, deputy_id=None, region_id="gent")


ACTIONS = st.tuples(
    st.sampled_from(["hold", "hold", "confirm", "cancel", "move", "expire"]),
    st.integers(0, 7),
    st.integers(0, 7),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(st.lists(ACTIONS, min_size=1, max_size=6), min_size=1, max_size=6))
async def test_never_an_overlap(world: World, rounds: list[list[tuple[str, int, int]]]) -> None:
    """Whatever is done, in whatever order, several at once: no overlap, and every token leads somewhere."""
    await world.empty()
    await world.region()
    slots = await _first_slots(world) + await world.slots("information")
    people = await world.persons(8)
    known: list[int] = []
    tokens: dict[str, int] = {}

    async def act(what: str, one: int, other: int, now: datetime) -> None:
        slot = slots[one % len(slots)]
        if what == "hold":
            held = await _hold(world, slot, people[other].id, now)
            if isinstance(held, Appointment):
                known.append(held.id)
                tokens[held.token] = held.id
        elif what == "expire":
            async with world.database.transaction() as session:
                await booking.expire_holds(session, now=now)
        elif known:
            appointment_id = known[other % len(known)]
            if what == "confirm":
                await _confirm(world, appointment_id, now)
            elif what == "cancel":
                await _cancel(world, appointment_id, now)
            else:
                moved = await _move(world, appointment_id, slot, now)
                if isinstance(moved, Appointment):
                    known.append(moved.id)

    for number, actions in enumerate(rounds):
        now = NOW + timedelta(minutes=9 * number)
        await asyncio.gather(*(act(*action, now) for action in actions))
        assert await _overlaps(world) == 0
    async with world.database.transaction() as session:
        for token in tokens:
            assert await booking.by_token(session, token) is not None


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("held_until", "UPDATE appointment SET held_until = now() WHERE id = :id"),
        ("order", "UPDATE appointment SET ends_at = starts_at WHERE id = :id"),
    ],
)
async def test_the_table_itself_refuses_nonsense(world: World, what: str, statement: str) -> None:
    """The guards are constraints; a bug above them cannot get past."""
    slot, _ = await _first_slots(world)
    booked = await _booked(world, slot)
    async with world.database.engine.connect() as connection:
        with pytest.raises(Exception, match=f"ck_appointment_{what}"):
            await connection.execute(text(statement), {"id": booked.id})
