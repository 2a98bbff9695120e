"""Many who book, confirm, move and cancel at once, with real commits: never an overlap, never a lost one."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from data.tables import Appointment, AppointmentStatus
from dispatch import booking
from dispatch.booking import Refused, Taken
from handover.conversation import lock_person
from tests.dispatch.world import NOW, Desk


async def test_confirming_twice_is_once(desk: Desk) -> None:
    """68. Confirmed twice."""
    slot, _ = await desk.first_slots()
    held = await desk.hold(slot, (await desk.person()).id)
    assert isinstance(held, Appointment)
    answers = await asyncio.gather(*(desk.confirm(held.id) for _ in range(8)))
    assert all(isinstance(answer, Appointment) and answer.status == "confirmed" for answer in answers)
    assert (await desk.event_kinds()).count("appointment.confirmed") == 1
    assert await desk.reminder_states(held.id) == {"hours": "planned"}  # the day before is now, to the minute


async def test_fifty_for_one_slot_give_one(desk: Desk) -> None:
    """67. One of fifty has it, the others are told."""
    slot, _ = await desk.first_slots()
    people = await desk.persons(50)

    async def try_it(person_id: int) -> bool:
        held = await desk.hold(slot, person_id)
        return isinstance(held, Appointment) and isinstance(await desk.confirm(held.id), Appointment)

    won = await asyncio.gather(*(try_it(person.id) for person in people))
    assert sum(won) == 1
    async with desk.database.transaction() as session:
        statuses = dict(
            (
                await session.execute(select(Appointment.status, func.count()).group_by(Appointment.status))
            ).all()
        )
    assert statuses == {"confirmed": 1}


async def test_overlapping_lengths_at_once(desk: Desk) -> None:
    """67. Half an hour and five quarters that overlap."""
    long = await desk.first_slots()
    short = await desk.slots("information")
    wanted = (long + short) * 4
    people = await desk.persons(len(wanted))
    await asyncio.gather(*(desk.hold(slot, person.id) for slot, person in zip(wanted, people, strict=True)))
    assert await desk.overlaps() == 0
    async with desk.database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Appointment))


async def test_one_room_for_two_counsellors(desk: Desk) -> None:
    counter = await desk.counter()
    for _ in range(2):
        await desk.sitting(counter, await desk.counsellor())
    slots = [slot for slot in await desk.slots() if slot.wall_start.endswith("09:00")]
    people = await desk.persons(20)
    results = await asyncio.gather(
        *(desk.hold(slots[i % 2], person.id, room="lokaal 1") for i, person in enumerate(people))
    )
    assert sum(isinstance(result, Appointment) for result in results) == 1
    elsewhere = await desk.hold(slots[0], people[0].id, room="lokaal 2")
    other = await desk.hold(slots[1], people[1].id, room="lokaal 2")
    assert {type(elsewhere), type(other)} <= {Appointment, Taken}
    assert await desk.overlaps() == 0


async def test_cancel_against_confirm(desk: Desk) -> None:
    """68. Cancelled against confirmed."""
    slot, _ = await desk.first_slots()
    for person in await desk.persons(10):
        held = await desk.hold(slot, person.id)
        assert isinstance(held, Appointment)
        confirmed, cancelled = await asyncio.gather(desk.confirm(held.id), desk.cancel(held.id))
        assert isinstance(cancelled, Appointment)  # both from held and from confirmed
        assert isinstance(confirmed, Appointment) or confirmed == Refused(status=AppointmentStatus.CANCELLED)
        assert await desk.status(held.id) == "cancelled"
        assert "planned" not in (await desk.reminder_states(held.id)).values()
    assert len([s for s in await desk.slots() if s.key == slot.key]) == 1


async def test_a_hold_running_out_while_it_is_confirmed(desk: Desk) -> None:
    """68. Running out against confirmed."""
    slot, _ = await desk.first_slots()
    late = NOW + timedelta(minutes=20)

    async def expire() -> Sequence[Appointment]:
        async with desk.database.transaction() as session:
            return await booking.expire_holds(session, now=late)

    for person in await desk.persons(10):
        held = await desk.hold(slot, person.id)
        assert isinstance(held, Appointment)
        confirmed, expired = await asyncio.gather(desk.confirm(held.id, late), expire())
        assert isinstance(confirmed, Appointment) != bool(expired)
        assert await desk.status(held.id) == ("expired" if expired else "confirmed")
        await desk.cancel(held.id, late)


async def test_two_who_swap_their_times_do_not_lock_each_other(desk: Desk) -> None:
    first, second = await desk.first_slots()
    for _ in range(5):
        one, two = await desk.booked(first), await desk.booked(second)
        moved = await asyncio.gather(desk.move(one.id, second), desk.move(two.id, first))
        assert sum(isinstance(result, Taken) for result in moved) >= 1
        assert await desk.overlaps() == 0
        for appointment in (one, two):
            async with desk.database.transaction() as session:
                current = await booking.by_token(session, appointment.token)
                assert current is not None
                assert isinstance(await booking.cancel(session, current.id, now=NOW), Appointment)


async def test_a_stale_hold_of_somebody_who_is_just_writing_stops_nobody(desk: Desk) -> None:
    """The one who books takes over the hold and says so on the other's timeline, without waiting for them."""
    slot, _ = await desk.first_slots()
    slow, quick = await desk.persons(2)
    held = await desk.hold(slot, slow.id)
    assert isinstance(held, Appointment)
    async with desk.database.transaction() as session:
        await lock_person(session, slow.id)
        async with asyncio.timeout(10):
            taken_over = await desk.hold(slot, quick.id, NOW + timedelta(minutes=16))
        assert isinstance(taken_over, Appointment)
        late = await booking.confirm(session, held.id, now=NOW + timedelta(minutes=16))
        assert late == Refused(status=AppointmentStatus.EXPIRED)


ACTIONS = st.tuples(
    st.sampled_from(["hold", "hold", "confirm", "cancel", "move", "expire"]),
    st.integers(0, 7),
    st.integers(0, 7),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(st.lists(ACTIONS, min_size=1, max_size=6), min_size=1, max_size=6))
async def test_never_an_overlap(desk: Desk, rounds: list[list[tuple[str, int, int]]]) -> None:
    """Whatever is done, in whatever order, several at once: no overlap, and every token leads somewhere."""
    await desk.empty()
    await desk.region()
    slots = await desk.first_slots() + await desk.slots("information")
    people = await desk.persons(8)
    known: list[int] = []
    tokens: dict[str, int] = {}

    async def act(what: str, one: int, other: int, now: datetime) -> None:
        slot = slots[one % len(slots)]
        if what == "hold":
            held = await desk.hold(slot, people[other].id, now)
            if isinstance(held, Appointment):
                known.append(held.id)
                tokens[held.token] = held.id
        elif what == "expire":
            async with desk.database.transaction() as session:
                await booking.expire_holds(session, now=now)
        elif known:
            appointment_id = known[other % len(known)]
            if what == "confirm":
                await desk.confirm(appointment_id, now)
            elif what == "cancel":
                await desk.cancel(appointment_id, now)
            else:
                moved = await desk.move(appointment_id, slot, now)
                if isinstance(moved, Appointment):
                    known.append(moved.id)

    for number, actions in enumerate(rounds):
        now = NOW + timedelta(minutes=9 * number)
        await asyncio.gather(*(act(*action, now) for action in actions))
        assert await desk.overlaps() == 0
    async with desk.database.transaction() as session:
        for token in tokens:
            assert await booking.by_token(session, token) is not None
