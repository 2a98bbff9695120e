"""What is booked along with a counsellor: a room, an interpreter; and how long that takes in a region."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from data.tables import Appointment, Interpreter
from dispatch import booking, calendar, counters, interpreters
from dispatch.booking import Taken
from dispatch.calendar import Slot
from dispatch.counters import Why
from tests.dispatch.world import NOW, TUESDAY, Desk

ALL_DAY = {"tu": [["08:00", "18:00"]]}


async def interpreter(desk: Desk, *languages: str, **more: Any) -> Interpreter:
    values = {"region_id": "gent", "name": "Amal", "hours": ALL_DAY, "days_off": []} | more
    made: Interpreter = await desk.add(Interpreter(languages=[*languages], **values))
    return made


async def spoken(desk: Desk, slots: list[Slot], language: str, **more: Any) -> list[Slot]:
    async with desk.database.transaction() as session:
        return await interpreters.understood(session, slots, language, now=NOW, **more)


async def nearest(desk: Desk, language: str) -> list[counters.CounterOffer]:
    async with desk.database.transaction() as session:
        return await counters.nearest(session, 51.05, 3.72, language=language, now=NOW)


async def test_an_interpreter_comes_along_only_where_one_is_needed(desk: Desk) -> None:
    counter = await desk.counter()
    await desk.sitting(counter, await desk.counsellor())
    await desk.sitting(counter, await desk.counsellor(languages=["nl", "ar"]))
    amal = await interpreter(desk, "ar", "fr")
    slots = await desk.slots()
    found = await spoken(desk, slots, "ar")
    assert len(found) == len(slots) == 4
    assert [slot.interpreter and slot.interpreter.id for slot in found] == [
        None if "ar" in slot.languages else amal.id for slot in found
    ]
    assert [slot.interpreter for slot in await spoken(desk, slots, "nl")] == [None] * 4
    assert await spoken(desk, slots, "ti") == []


@pytest.mark.parametrize(
    ("more", "free"),
    [
        ({}, 2),
        ({"hours": {"tu": [["09:00", "10:15"]]}}, 1),
        ({"hours": {"tu": [["08:00", "09:30"], ["09:30", "12:00"]]}}, 1),  # a pause in the first
        ({"hours": {"mo": [["08:00", "18:00"]]}}, 0),
        ({"hours": {}}, 0),
        ({"days_off": [TUESDAY]}, 0),
        ({"days_off": [TUESDAY + timedelta(days=1)]}, 2),
        ({"active": False}, 0),
    ],
)
async def test_interpreters_work_at_their_hours(desk: Desk, more: dict[str, Any], free: int) -> None:
    slots = await desk.first_slots()
    await interpreter(desk, "ar", **more)
    assert len(await spoken(desk, slots, "ar")) == free


async def test_an_interpreter_of_another_region_does_not_come(desk: Desk) -> None:
    slots = await desk.first_slots()
    await desk.region("antwerpen")
    await interpreter(desk, "ar", region_id="antwerpen")
    assert await spoken(desk, slots, "ar") == []


async def test_one_interpreter_is_in_one_place_at_a_time(desk: Desk) -> None:
    """Twenty people at ten counters want the same interpreter at the same hour: one gets them."""
    for number in range(10):
        await desk.sitting(await desk.counter(f"bib {number}"), await desk.counsellor())
    await interpreter(desk, "ar")
    at_nine = [
        slot for slot in await spoken(desk, await desk.slots(), "ar") if slot.wall_start.endswith("09:00")
    ]
    assert len(at_nine) == 10
    people = await desk.persons(20)
    made = await asyncio.gather(*(desk.hold(at_nine[i % 10], person.id) for i, person in enumerate(people)))
    assert sum(isinstance(one, Appointment) for one in made) == 1
    assert await spoken(desk, at_nine, "ar") == []
    assert len(await spoken(desk, await desk.slots(), "ar")) == 10  # the hour after that
    without = await asyncio.gather(
        *(desk.hold(slot, person.id) for slot, person in zip(await desk.slots(), people, strict=False))
    )
    assert any(isinstance(one, Appointment) for one in without)


async def test_two_interpreters_are_two(desk: Desk) -> None:
    for number in range(3):
        await desk.sitting(await desk.counter(f"bib {number}"), await desk.counsellor())
    for name in ("Amal", "Samir"):
        await interpreter(desk, "ar", name=name)
    met = []
    for person in await desk.persons(3):
        slots = [s for s in await spoken(desk, await desk.slots(), "ar") if s.wall_start.endswith("09:00")]
        met += [(await desk.hold(slots[0], person.id)) for _ in slots[:1]]
    assert len({one.interpreter_id for one in met if isinstance(one, Appointment)}) == len(met) == 2


async def test_a_hold_that_ran_out_gives_the_interpreter_back(desk: Desk) -> None:
    for number in range(2):
        await desk.sitting(await desk.counter(f"bib {number}"), await desk.counsellor())
    await interpreter(desk, "ar")
    first, second = [
        s for s in await spoken(desk, await desk.slots(), "ar") if s.wall_start.endswith("09:00")
    ]
    one, two = await desk.persons(2)
    assert isinstance(await desk.hold(first, one.id), Appointment)
    assert isinstance(await desk.hold(second, two.id), Taken)
    assert isinstance(await desk.hold(second, two.id, NOW + timedelta(minutes=16)), Appointment)


async def test_moving_takes_the_interpreter_along(desk: Desk) -> None:
    nine, later = await desk.first_slots()
    await interpreter(desk, "ar")
    (with_amal,) = await spoken(desk, [nine], "ar")
    booked = await desk.booked(with_amal)
    (later,) = await spoken(desk, [later], "ar", besides=booked.id)
    moved = await desk.move(booked.id, later)
    assert isinstance(moved, Appointment)
    assert moved.interpreter_id == booked.interpreter_id
    assert len(await spoken(desk, [nine], "ar")) == 1


async def test_an_interpreter_is_booked_and_let_go_afterwards(desk: Desk) -> None:
    nine, later = await desk.first_slots()
    amal = await interpreter(desk, "ar")
    one, two = await desk.booked(nine), await desk.booked(later)
    async with desk.database.transaction() as session:
        assert await booking.with_interpreter(session, one.id, amal.id, now=NOW)
        assert await booking.with_interpreter(session, two.id, amal.id, now=NOW)
    counter = await desk.counter("elders")
    await desk.sitting(counter, await desk.counsellor())
    (free,) = [slot for slot in await desk.slots() if slot.wall_start.endswith("09:00")]
    elsewhere = await desk.booked(free)
    async with desk.database.transaction() as session:
        assert not await booking.with_interpreter(session, elsewhere.id, amal.id, now=NOW)
        assert await booking.with_interpreter(session, one.id, None, now=NOW)
        assert await booking.with_interpreter(session, elsewhere.id, amal.id, now=NOW)
        found = await interpreters.free(session, "gent", one.starts_at, one.ends_at, now=NOW)
        assert found == []
        again = await interpreters.free(
            session, "gent", one.starts_at, one.ends_at, now=NOW, besides=elsewhere.id
        )
        assert [row.id for row in again] == [amal.id]


async def test_offers_are_those_in_which_the_language_is_spoken(desk: Desk) -> None:
    near, far = await desk.counter("dichtbij"), await desk.counter("verder", lat=51.2)
    await desk.sitting(near, await desk.counsellor())
    await desk.sitting(far, await desk.counsellor(languages=["nl", "ar"]))
    assert {offer.counter.name for offer in await nearest(desk, "nl")} == {"dichtbij", "verder"}
    assert {offer.counter.name for offer in await nearest(desk, "ar")} == {"dichtbij", "verder"}
    await interpreter(desk, "ar", hours={})  # there are interpreters, and none is free
    assert {offer.counter.name for offer in await nearest(desk, "ar")} == {"verder"}
    await interpreter(desk, "ar")
    offers = {offer.counter.name: offer for offer in await nearest(desk, "ar")}
    assert Why.INTERPRETER in offers["dichtbij"].reasons
    assert Why.LANGUAGE in offers["verder"].reasons


async def test_without_anybody_who_speaks_it_the_others_are_offered(desk: Desk) -> None:
    await desk.first_slots()
    (offer, *_) = await nearest(desk, "ti")
    assert not interpreters.is_understood(offer.slot, "ti")


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ({"mo": "9:00-12:30, 13:00-17:00"}, {"mo": [["09:00", "12:30"], ["13:00", "17:00"]]}),
        ({"mo": "", "tu": " 08:00 - 09:00 "}, {"tu": [["08:00", "09:00"]]}),
        ({"mo": "9-12"}, None),
        ({"mo": "12:00-9:00"}, None),
        ({"mo": "9:00"}, None),
        ({"mo": "altijd"}, None),
    ],
)
def test_hours_as_they_are_typed(typed: dict[str, str], hours: dict[str, Any] | None) -> None:
    if hours is None:
        with pytest.raises(interpreters.NotHours):
            interpreters.read_hours(typed)
    else:
        assert interpreters.read_hours(typed) == hours


async def test_as_many_talks_as_there_are_rooms(desk: Desk) -> None:
    counter = await desk.counter(rooms=["lokaal 1", "lokaal 2"])
    for _ in range(3):
        await desk.sitting(counter, await desk.counsellor())
    people = await desk.persons(3)
    rooms = []
    for person in people:
        free = [slot for slot in await desk.slots() if slot.wall_start.endswith("09:00")]
        made = await desk.hold(free[0], person.id) if free else None
        rooms.append(made.room if isinstance(made, Appointment) else None)
    assert rooms == ["lokaal 1", "lokaal 2", None]
    later = [slot for slot in await desk.slots() if slot.wall_start.endswith("10:15")]
    assert len(later) == 3
    async with desk.database.transaction() as session:
        assert await calendar.slot_at(session, free[0].key if free else later[0].key, "mediation", now=NOW)


async def test_thirty_at_once_for_one_room(desk: Desk) -> None:
    counter = await desk.counter(rooms=["lokaal 1"])
    for _ in range(3):
        await desk.sitting(counter, await desk.counsellor())
    slots = [slot for slot in await desk.slots() if slot.wall_start.endswith("09:00")]
    people = await desk.persons(30)
    made = await asyncio.gather(*(desk.hold(slots[i % 3], person.id) for i, person in enumerate(people)))
    assert sum(isinstance(one, Appointment) for one in made) == 1
    assert await desk.overlaps() == 0


async def test_each_region_says_how_long_a_talk_takes(desk: Desk) -> None:
    await desk.first_slots()
    await desk.region("antwerpen", minutes={"mediation": 60, "session": 45})
    counter = await desk.counter("bib Antwerpen", "antwerpen")
    staff = await desk.counsellor("antwerpen")
    await desk.sitting(counter, staff)
    there = await desk.slots(region_id="antwerpen")
    assert [(slot.wall_start[-5:], slot.ends_at - slot.starts_at) for slot in there] == [
        (hour, timedelta(minutes=60)) for hour in ("09:00", "10:00", "11:00")
    ]
    assert len(await desk.slots(region_id="gent")) == 2
    async with desk.database.transaction() as session:
        last = await calendar.slot_at(session, there[-1].key, "mediation", now=NOW)
        assert last is not None
        assert last.ends_at == there[-1].ends_at
        assert await calendar.minutes_of(session, "antwerpen") == {
            "information": 30, "mediation": 60, "trajectory": 75, "session": 45,
        }  # fmt: skip
        assert (await calendar.minutes_of(session, None))["session"] == 90
