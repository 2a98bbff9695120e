"""Info sessions: never a seat too many, and their counsellor and room are theirs alone."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from data.tables import Appointment, Counter, InfoSession, Staff
from dispatch import booking, calendar, info_sessions
from dispatch.booking import Refused, Taken
from dispatch.info_sessions import Full, Gone
from handover.conversation import lock_person
from tests.dispatch.world import NOW, TUESDAY, Desk

MORNING = datetime.combine(TUESDAY, time(9))  # wall time


@dataclass
class Hall:
    """Els sits in the library of Gent on Tuesday from nine to twelve."""

    desk: Desk
    counter: Counter
    els: Staff

    async def plan(self, seats: int = 10, at: datetime = MORNING, **more: Any) -> InfoSession | Taken:
        values = {
            "counter": self.counter, "staff": self.els, "minutes": 90, "title": "een diploma", "language": "nl",
            "room": None,
        } | more  # fmt: skip
        async with self.desk.database.transaction() as session:
            return await info_sessions.plan(session, wall_start=at, seats=seats, now=NOW, **values)

    async def planned(self, seats: int = 10, **more: Any) -> InfoSession:
        made = await self.plan(seats, **more)
        assert isinstance(made, InfoSession)
        return made

    async def take(self, talk: InfoSession, person_id: int, now: datetime = NOW) -> Appointment | Full | Gone:
        async with self.desk.database.transaction() as session:
            await lock_person(session, person_id)
            return await info_sessions.take(session, talk.id, person_id, now=now)

    async def taken(self, talk: InfoSession) -> int:
        """The counter, which must be what was counted."""
        async with self.desk.database.transaction() as session:
            row = await session.get_one(InfoSession, talk.id)
            seats = select(func.count()).where(
                Appointment.session_id == talk.id,
                Appointment.status.in_(("confirmed", "attended", "no_show")),
            )
            assert row.taken == await session.scalar(seats)
            return row.taken


@pytest.fixture
async def hall(desk: Desk) -> Hall:
    counter, els = await desk.counter(), await desk.counsellor()
    await desk.sitting(counter, els)
    return Hall(desk, counter, els)


async def test_a_seat_is_an_appointment_with_reminders(hall: Hall) -> None:
    talk = await hall.planned()
    person = await hall.desk.person()
    seat = await hall.take(talk, person.id)
    assert isinstance(seat, Appointment)
    assert (seat.status, seat.kind, seat.session_id, seat.starts_at) == (
        "confirmed", "session", talk.id, talk.starts_at,
    )  # fmt: skip
    assert await hall.desk.reminder_states(seat.id) == {"hours": "planned"}
    again = await hall.take(talk, person.id)
    assert isinstance(again, Appointment)
    assert again.id == seat.id
    assert await hall.taken(talk) == 1


@pytest.mark.parametrize("seats", [1, 7])
async def test_fifty_for_a_few_seats(hall: Hall, seats: int) -> None:
    talk = await hall.planned(seats)
    people = await hall.desk.persons(50)
    took = await asyncio.gather(*(hall.take(talk, person.id) for person in people))
    assert sum(isinstance(one, Appointment) for one in took) == seats
    assert sum(one == Full() for one in took) == 50 - seats
    assert await hall.taken(talk) == seats


async def test_fifty_who_take_and_give_back(hall: Hall) -> None:
    talk = await hall.planned(5)
    people = await hall.desk.persons(25)

    async def come_and_go(person_id: int) -> None:
        for _ in range(2):
            seat = await hall.take(talk, person_id)
            if isinstance(seat, Appointment):
                async with hall.desk.database.transaction() as session:
                    await lock_person(session, person_id)
                    assert isinstance(await booking.cancel(session, seat.id, now=NOW), Appointment)
                    again = await booking.cancel(session, seat.id, now=NOW)  # twice gives back one seat
                    assert isinstance(again, Appointment)

    await asyncio.gather(*(come_and_go(person.id) for person in people for _ in range(2)))
    assert await hall.taken(talk) == 0
    assert isinstance(await hall.take(talk, people[0].id), Appointment)


async def test_the_same_person_many_times_at_once_has_one_seat(hall: Hall) -> None:
    talk = await hall.planned(5)
    person = await hall.desk.person()
    took = await asyncio.gather(*(hall.take(talk, person.id) for _ in range(10)))
    assert len({one.id for one in took if isinstance(one, Appointment)}) == 1
    assert await hall.taken(talk) == 1


async def test_its_counsellor_is_busy(hall: Hall) -> None:
    await hall.planned()
    left = await hall.desk.slots("information")
    assert [slot.wall_start[-5:] for slot in left] == ["10:30", "11:00", "11:30"]


async def test_no_talk_over_an_appointment_nor_the_other_way_round(hall: Hall) -> None:
    desk = hall.desk
    (nine, _) = await desk.slots()
    booked = await desk.booked(nine)
    assert isinstance(await hall.plan(), Taken)
    await desk.cancel(booked.id)
    talk = await hall.planned()
    assert isinstance(await desk.hold(nine, (await desk.person()).id), Taken)
    assert isinstance(await hall.plan(), Taken)
    async with desk.database.transaction() as session:
        assert await calendar.slot_at(session, nine.key, "mediation", now=NOW) is None
        assert await info_sessions.call_off(session, talk, now=NOW, by=hall.els.id) == []
    assert isinstance(await desk.hold(nine, (await desk.person()).id), Appointment)


async def test_planning_against_booking(hall: Hall) -> None:
    """Whoever is first: never both."""
    desk = hall.desk
    (nine, *_) = await desk.slots()
    for _ in range(8):
        person = await desk.person()
        held, talk = await asyncio.gather(desk.hold(nine, person.id), hall.plan())
        assert isinstance(held, Appointment) != isinstance(talk, InfoSession)
        async with desk.database.transaction() as session:
            if isinstance(held, Appointment):
                await booking.cancel(session, held.id, now=NOW)
            elif isinstance(talk, InfoSession):
                await info_sessions.call_off(session, talk, now=NOW, by=hall.els.id)


async def test_a_room_is_kept_from_others_too(hall: Hall) -> None:
    desk = hall.desk
    small = await desk.counter("klein", rooms=["zaal"])
    jan = await desk.counsellor()
    await desk.sitting(small, jan)
    talk = await hall.planned(counter=small, room="zaal")
    with_jan = [slot for slot in await desk.slots(staff_id=jan.id) if slot.starts_at < talk.ends_at]
    assert with_jan == []


async def test_called_off_ends_every_seat(hall: Hall) -> None:
    talk = await hall.planned(3)
    people = await hall.desk.persons(3)
    seats = [await hall.take(talk, person.id) for person in people]
    async with hall.desk.database.transaction() as session:
        ended = await info_sessions.call_off(session, talk, now=NOW, by=hall.els.id)
        assert ended is not None
        assert {row.id for row in ended} == {seat.id for seat in seats if isinstance(seat, Appointment)}
        assert await info_sessions.call_off(session, talk, now=NOW, by=hall.els.id) is None
    assert await hall.taken(talk) == 0
    assert await hall.take(talk, people[0].id) == Gone()
    assert await hall.desk.slots()


async def test_calling_off_while_people_come_and_go(hall: Hall) -> None:
    talk = await hall.planned(20)
    people = await hall.desk.persons(20)
    for person in people[:10]:
        await hall.take(talk, person.id)

    async def call_off() -> None:
        async with hall.desk.database.transaction() as session:
            await info_sessions.call_off(session, talk, now=NOW, by=hall.els.id)

    async def leave(person_id: int) -> None:
        async with hall.desk.database.transaction() as session:
            await lock_person(session, person_id)
            seat = await session.scalar(
                select(Appointment.id).where(
                    Appointment.person_id == person_id, Appointment.status == "confirmed"
                )
            )
            if seat is not None:
                await booking.cancel(session, seat, now=NOW)

    await asyncio.gather(
        *(leave(person.id) for person in people[:10]), call_off(),
        *(hall.take(talk, person.id) for person in people[10:]),
    )  # fmt: skip
    assert await hall.taken(talk) == 0


async def test_what_has_begun_takes_nobody(hall: Hall) -> None:
    talk = await hall.planned()
    person = await hall.desk.person()
    assert await hall.take(talk, person.id, talk.starts_at + timedelta(minutes=1)) == Gone()


async def test_a_seat_is_not_moved(hall: Hall) -> None:
    talk = await hall.planned()
    seat = await hall.take(talk, (await hall.desk.person()).id)
    (slot, *_) = await hall.desk.slots("information")
    assert isinstance(seat, Appointment)
    assert await hall.desk.move(seat.id, slot) == Refused(status="confirmed")
    assert await hall.taken(talk) == 1


async def test_only_what_has_a_seat_is_offered(hall: Hall) -> None:
    full = await hall.planned(1)
    await hall.take(full, (await hall.desk.person()).id)
    open_ = await hall.planned(at=MORNING + timedelta(days=1))
    far = MORNING + timedelta(weeks=20)
    await hall.planned(at=far)
    async with hall.desk.database.transaction() as session:
        found = await info_sessions.coming(session, now=NOW)
        assert [(one.session.id, one.left) for one in found] == [(open_.id, 10)]
        assert await info_sessions.coming(session, now=NOW, region_id="antwerpen") == []
