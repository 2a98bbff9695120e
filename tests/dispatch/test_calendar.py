"""Free times: what blocks them, how they are packed, and the two nights on which the clock changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from data.tables import Appointment
from dispatch import booking, calendar, clock
from dispatch.calendar import SlotKey
from tests.dispatch.world import NOW, TUESDAY, World


def _at(hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    """A wall time of the test week as an instant."""
    return clock.instant(datetime.combine(day, time(hour, minute)))


async def _walls(world: World, kind: str = "mediation", **more: object) -> list[str]:
    return [slot.wall_start for slot in await world.slots(kind, **more)]


async def test_a_sitting_is_filled_back_to_back(world: World) -> None:
    await world.sitting(await world.counter(), await world.counsellor())
    assert await _walls(world) == ["2026-11-24T09:00", "2026-11-24T10:15"]
    assert len(await world.slots("information")) == 6
    (first, _) = await world.slots()
    assert first.starts_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert first.ends_at - first.starts_at == timedelta(minutes=75)


async def test_what_is_booked_or_held_leaves_the_rest(world: World) -> None:
    await world.sitting(await world.counter(), await world.counsellor())
    one = await world.person()
    async with world.database.transaction() as session:
        short = (
            await calendar.free_slots(session, kind="information", start=NOW, end=NOW + timedelta(days=2))
        )[0]
        await booking.hold(session, short, one.id, now=NOW)
    assert await _walls(world) == ["2026-11-24T09:30", "2026-11-24T10:45"]
    later = NOW + timedelta(minutes=16)  # the hold ran out
    assert await _walls(world, now=later) == ["2026-11-24T09:00", "2026-11-24T10:15"]


@pytest.mark.parametrize(
    ("away_from", "away_to", "left"),
    [
        (_at(8), _at(13), []),
        (_at(9), _at(9, 20), ["2026-11-24T09:30", "2026-11-24T10:45"]),
        (_at(10, 15), _at(12), ["2026-11-24T09:00"]),
        (_at(12), _at(17), ["2026-11-24T09:00", "2026-11-24T10:15"]),
        (_at(0, day=date(2026, 11, 20)), _at(0, day=date(2026, 12, 20)), []),
    ],
)
async def test_absence(world: World, away_from: datetime, away_to: datetime, left: list[str]) -> None:
    staff = await world.counsellor()
    await world.sitting(await world.counter(), staff)
    await world.absence(staff, away_from, away_to)
    assert await _walls(world) == left


async def test_exceptions_holidays_and_validity(world: World) -> None:
    """69. A holiday is no day to sit."""
    counter = await world.counter()
    tuesday = await world.sitting(counter, await world.counsellor())
    await world.exception(tuesday, TUESDAY)
    assert await _walls(world) == []
    assert {wall[:10] for wall in await _walls(world, days=14)} == {"2026-12-01"}
    await world.sitting(counter, await world.counsellor(), weekday=4, valid_from=date(2026, 12, 20))
    walls = {wall[:10] for wall in await _walls(world, days=50)}
    assert "2026-12-25" not in walls  # Christmas, a Friday
    assert "2027-01-01" not in walls
    assert min(wall for wall in walls if date.fromisoformat(wall).weekday() == 4) > "2026-12-20"


async def test_past_times_are_not_offered_and_the_grid_does_not_shift(world: World) -> None:
    await world.sitting(await world.counter(), await world.counsellor())
    assert await _walls(world, start=_at(9, 10)) == ["2026-11-24T10:15"]


async def test_inactive_counter_and_colleague_offer_nothing(world: World) -> None:
    await world.sitting(await world.counter(active=False), await world.counsellor())
    await world.sitting(await world.counter(), await world.counsellor(active=False))
    assert await world.slots() == []


async def test_narrowed_to_region_counter_and_counsellor(world: World) -> None:
    await world.region("limburg")
    here, there = await world.counter(), await world.counter("bib Genk", "limburg")
    ann, bo = await world.counsellor(), await world.counsellor("limburg")
    await world.sitting(here, ann)
    await world.sitting(there, bo)
    assert {slot.counter_id for slot in await world.slots(region_id="gent")} == {here.id}
    assert {slot.counter_id for slot in await world.slots(counter_ids=[there.id])} == {there.id}
    assert {slot.staff_id for slot in await world.slots(staff_id=bo.id)} == {bo.id}


# Sunday nights on which the clock changes; the sittings are invented for the purpose.
async def test_the_night_the_clock_goes_back_is_an_hour_longer(world: World) -> None:
    """69. Half past two comes twice."""
    await world.sitting(await world.counter(), await world.counsellor(), 6, time(1), time(4))
    slots = await world.slots(start=datetime(2026, 10, 24, 12, tzinfo=UTC), days=1)
    assert [slot.wall_start for slot in slots] == ["2026-10-25T01:00", "2026-10-25T02:15", "2026-10-25T02:30"]
    assert [slot.starts_at.hour * 60 + slot.starts_at.minute for slot in slots] == [23 * 60, 15, 90]
    assert all(slot.ends_at - slot.starts_at == timedelta(minutes=75) for slot in slots)


async def test_a_sitting_that_begins_in_the_skipped_hour_is_refused(world: World) -> None:
    """69. Half past two does not exist that night."""
    counter = await world.counter()
    await world.sitting(counter, await world.counsellor(), 6, time(2, 30), time(6))
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)  # in 2027 that Sunday is Easter
    assert await world.slots(start=start, days=1) == []
    await world.sitting(counter, await world.counsellor(), 6, time(1), time(4))
    slots = await world.slots(start=start, days=1)
    assert [slot.wall_start for slot in slots] == ["2026-03-29T01:00"]  # two true hours fit one conversation


async def test_a_weekly_sitting_keeps_its_wall_time_over_the_change(world: World) -> None:
    await world.sitting(await world.counter(), await world.counsellor())
    slots = await world.slots(start=datetime(2027, 3, 20, 12, tzinfo=UTC), days=14)
    assert [
        (slot.wall_start, slot.starts_at.hour) for slot in slots if slot.wall_start.endswith("09:00")
    ] == [
        ("2027-03-23T09:00", 8),
        ("2027-03-30T09:00", 7),
    ]


def test_instant_refuses_what_the_clock_skips() -> None:
    with pytest.raises(clock.NoSuchTime):
        clock.instant(datetime.fromisoformat("2027-03-28T02:30"))
    assert clock.instant(datetime.fromisoformat("2026-10-25T02:30")) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


async def test_the_29th_of_february_is_a_day_like_another(world: World) -> None:
    """69. The 29th of February."""
    await world.sitting(await world.counter(), await world.counsellor(), weekday=1)
    leap = datetime(2028, 2, 28, 9, 0, tzinfo=UTC)  # a Monday
    first, second = await world.slots(start=leap, days=2)
    assert [first.wall_start, second.wall_start] == ["2028-02-29T09:00", "2028-02-29T10:15"]
    async with world.database.transaction() as session:
        assert await calendar.slot_at(session, first.key, "mediation", now=leap) == first


async def test_a_stored_key_finds_its_slot_again(world: World) -> None:
    await world.sitting(await world.counter(), await world.counsellor())
    (slot, _) = await world.slots()
    key = SlotKey.parse(str(slot.key))
    assert key == slot.key
    async with world.database.transaction() as session:
        assert await calendar.slot_at(session, key, "mediation", now=NOW) == slot


@pytest.mark.parametrize("text", ["", "1.2", "a.b.20261124T0800", "1.2.3.4", "1.2.tomorrow"])
def test_a_broken_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        SlotKey.parse(text)


async def test_a_key_gives_nothing_outside_the_sitting_off_the_quarter_in_the_past_or_taken(
    world: World,
) -> None:
    """69. An old or made-up link gets no time that is not there."""
    counter, staff = await world.counter(), await world.counsellor()
    await world.sitting(counter, staff)
    person = await world.person()

    async def found(moment: datetime, now: datetime = NOW) -> bool:
        key = SlotKey(counter_id=counter.id, staff_id=staff.id, starts_at=moment)
        async with world.database.transaction() as session:
            return await calendar.slot_at(session, key, "mediation", now=now) is not None

    assert await found(_at(9, 30))  # not on today's grid, but whole and free
    assert not await found(_at(9, 7))
    assert not await found(_at(11))
    assert not await found(_at(8, 45))
    assert not await found(_at(9, day=date(2026, 11, 25)))
    assert not await found(_at(9), now=_at(9, 1))
    async with world.database.transaction() as session:
        slot = (await calendar.free_slots(session, kind="mediation", start=NOW, end=NOW + timedelta(days=2)))[
            0
        ]
        assert isinstance(await booking.hold(session, slot, person.id, now=NOW), Appointment)
    assert not await found(_at(9, 30))
    assert await found(_at(10, 15))


# As schools of both Communities published them for 2025-2026: first and last day, and the days beside them.
SCHOOL_HOLIDAYS = [
    ("flemish", "2025-10-27", "2025-11-02"),
    ("flemish", "2025-12-22", "2026-01-04"),
    ("flemish", "2026-02-16", "2026-02-22"),
    ("flemish", "2026-04-06", "2026-04-19"),
    ("flemish", "2026-07-01", "2026-08-31"),
    ("french", "2025-10-20", "2025-11-02"),
    ("french", "2025-12-22", "2026-01-04"),
    ("french", "2026-02-16", "2026-03-01"),
    ("french", "2026-04-27", "2026-05-10"),
]


@pytest.mark.parametrize(("schools", "first", "last"), SCHOOL_HOLIDAYS)
def test_school_holidays_as_published(schools: str, first: str, last: str) -> None:
    begins, ends, one = date.fromisoformat(first), date.fromisoformat(last), timedelta(days=1)
    inside = [begins + one * n for n in range((ends - begins).days + 1)]
    assert all(clock.is_school_holiday(day, schools) for day in inside)
    assert not clock.is_school_holiday(begins - one, schools)
    assert not clock.is_school_holiday(ends + one, schools)


@pytest.mark.parametrize(
    ("schools", "days"),
    [
        (None, ["2026-10-20", "2026-10-27", "2026-11-03", "2026-11-10"]),
        ("flemish", ["2026-10-20", "2026-10-27", "2026-11-10"]),
        ("french", ["2026-11-03", "2026-11-10"]),
    ],
)
async def test_a_sitting_that_is_not_held_in_school_holidays(
    world: World, schools: str | None, days: list[str]
) -> None:
    """Tuesdays in autumn 2026: the Flemish week is that of 2 November, the French ones those of 19 and 26 October."""
    await world.sitting(await world.counter(), await world.counsellor(), schools=schools)
    start = _at(8, day=date(2026, 10, 19))
    slots = await world.slots(days=25, start=start)
    assert sorted({slot.day.isoformat() for slot in slots}) == days
    offered = [slot.key for slot in await world.slots(days=25, start=start)]
    closed = SlotKey(
        counter_id=offered[0].counter_id, staff_id=offered[0].staff_id, starts_at=_at(9, day=date(2026, 11, 3))
    )  # fmt: skip
    async with world.database.transaction() as session:
        found = await calendar.slot_at(session, closed, "mediation", now=start)
    assert (found is None) is (schools == "flemish"), "an old link books no day that is closed by now"
