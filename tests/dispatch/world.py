"""A small leerwinkel to book in: one region, counters, counsellors with sittings, and persons."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from sqlalchemy import select, text

from data.db import Database
from data.tables import (
    Absence,
    Address,
    Appointment,
    Conversation,
    Counter,
    CounterKind,
    Event,
    Message,
    Person,
    Region,
    Role,
    Sitting,
    SittingException,
    Staff,
    Trajectory,
)
from dispatch import booking, calendar, reminders
from dispatch.booking import Refused, Taken
from dispatch.calendar import Slot

OFFICE_HOURS = {day: [["09:00", "12:30"], ["13:00", "17:00"]] for day in ("mo", "tu", "we", "th", "fr")}
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # Monday, 10:00 in Belgium
TUESDAY = date(2026, 11, 24)


OVERLAPS = text("""
    SELECT count(*) FROM appointment AS a JOIN appointment AS b ON a.id < b.id
    AND (a.staff_id = b.staff_id OR (a.counter_id = b.counter_id AND a.room = b.room))
    AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)
    WHERE a.status IN ('held', 'confirmed') AND b.status IN ('held', 'confirmed')
""")


@dataclass
class World:
    """Makes rows in the test's database; every method commits."""

    database: Database
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def add(self, row: Any) -> Any:
        async with self.database.transaction() as session:
            session.add(row)
        return row

    async def empty(self) -> None:
        """Start again within one test, as each example of a property does."""
        async with self.database.transaction() as session:
            await session.execute(
                text("TRUNCATE region, person, staff, address, event RESTART IDENTITY CASCADE")
            )

    async def region(self, region_id: str = "gent", **more: Any) -> Region:
        values = {
            "name": f"Leerwinkel {region_id}",
            "office_hours": OFFICE_HOURS,
            "answer_minutes": 15,
        } | more
        region: Region = await self.add(Region(id=region_id, **values))
        return region

    async def counsellor(self, region_id: str = "gent", **more: Any) -> Staff:
        number = next(self._numbers)
        values = {
            "name": f"Begeleider {number}",
            "email": f"b{number}@voorbeeld.be",
            "role": Role.COUNSELLOR,
            "password_hash": "-",
            "languages": ["nl"],
            "active": True,
        } | more
        staff: Staff = await self.add(Staff(region_id=region_id, **values))
        return staff

    async def counter(self, name: str = "bib Gent", region_id: str = "gent", **more: Any) -> Counter:
        values = {
            "kind": CounterKind.PLACE,
            "lat": 51.05,
            "lon": 3.72,
            "wheelchair": False,
            "languages": ["nl"],
            "active": True,
        } | more
        counter: Counter = await self.add(Counter(name=name, region_id=region_id, **values))
        return counter

    async def sitting(
        self,
        counter: Counter,
        staff: Staff,
        weekday: int = 1,
        starts: time = time(9),
        ends: time = time(12),
        valid_from: date = date(2026, 1, 1),
        valid_to: date | None = None,
        schools: str | None = None,
    ) -> Sitting:
        sitting: Sitting = await self.add(
            Sitting(
                counter_id=counter.id,
                staff_id=staff.id,
                weekday=weekday,
                starts=starts,
                ends=ends,
                valid_from=valid_from,
                valid_to=valid_to,
                schools=schools,
            )
        )
        return sitting

    async def exception(self, sitting: Sitting, day: date) -> None:
        await self.add(SittingException(sitting_id=sitting.id, day=day))

    async def absence(self, staff: Staff, starts_at: datetime, ends_at: datetime) -> None:
        await self.add(Absence(staff_id=staff.id, starts_at=starts_at, ends_at=ends_at))

    async def person(self, **more: Any) -> Person:
        person: Person = await self.add(Person(**more))
        return person

    async def persons(self, number: int) -> Sequence[Person]:
        people = [Person() for _ in range(number)]
        async with self.database.transaction() as session:
            session.add_all(people)
        return people

    async def trajectory(self, person: Person, staff: Staff, deputy: Staff | None = None) -> Trajectory:
        trajectory: Trajectory = await self.add(
            Trajectory(
                person_id=person.id,
                region_id=staff.region_id,
                staff_id=staff.id,
                deputy_id=None if deputy is None else deputy.id,
            )
        )
        return trajectory

    async def address(self) -> Address:
        address: Address = await self.add(Address(scheme="sms", path=f"+3247000{next(self._numbers):04}"))
        return address

    async def conversation(self, person: Person, region_id: str = "gent") -> Conversation:
        conversation: Conversation = await self.add(
            Conversation(person_id=person.id, region_id=region_id, channel="sms")
        )
        return conversation

    async def message(self, person_id: int) -> Message:
        address = await self.address()
        conversation = await self.add(Conversation(person_id=person_id, channel="sms"))
        message: Message = await self.add(
            Message(
                conversation_id=conversation.id, person_id=person_id, address_id=address.id, channel="sms",
                direction="out", author="bot", text="Tot morgen.", status="queued",
            )
        )  # fmt: skip
        return message

    async def slots(self, kind: str = "mediation", *, days: int = 7, **more: Any) -> list[Slot]:
        """Free times from now, for so many days."""
        now: datetime = more.pop("start", NOW)
        end = clock_end(now, days)
        async with self.database.transaction() as session:
            return await calendar.free_slots(session, kind=kind, start=now, end=end, **more)


@dataclass
class Desk(World):
    """Books in the world, each act in a transaction of its own."""

    async def first_slots(self, kind: str = "mediation") -> list[Slot]:
        """The free times of a new counter with one counsellor, on Tuesday from nine to twelve."""
        await self.sitting(await self.counter(), await self.counsellor())
        return await self.slots(kind)

    async def hold(self, slot: Slot, person_id: int, now: datetime = NOW, **more: Any) -> Appointment | Taken:
        async with self.database.transaction() as session:
            return await booking.hold(session, slot, person_id, now=now, **more)

    async def confirm(self, appointment_id: int, now: datetime = NOW) -> Appointment | Refused:
        async with self.database.transaction() as session:
            return await booking.confirm(session, appointment_id, now=now)

    async def cancel(self, appointment_id: int, now: datetime = NOW) -> Appointment | Refused:
        async with self.database.transaction() as session:
            return await booking.cancel(session, appointment_id, now=now)

    async def move(
        self, appointment_id: int, slot: Slot, now: datetime = NOW
    ) -> Appointment | Taken | Refused:
        async with self.database.transaction() as session:
            return await booking.move(session, appointment_id, slot, now=now)

    async def booked(self, slot: Slot) -> Appointment:
        """A confirmed appointment of somebody new."""
        held = await self.hold(slot, (await self.person()).id)
        assert isinstance(held, Appointment)
        confirmed = await self.confirm(held.id)
        assert isinstance(confirmed, Appointment)
        return confirmed

    async def status(self, appointment_id: int) -> str:
        async with self.database.transaction() as session:
            found = await booking.find(session, appointment_id)
            assert found is not None
            return found.status

    async def event_kinds(self) -> list[str]:
        async with self.database.transaction() as session:
            return list(await session.scalars(select(Event.kind).order_by(Event.id)))

    async def reminder_states(self, appointment_id: int) -> dict[str, str]:
        async with self.database.transaction() as session:
            return {row.kind: row.state for row in await reminders.of(session, appointment_id)}

    async def overlaps(self) -> int:
        """How many pairs of live appointments share a counsellor, or a room, at one time."""
        async with self.database.transaction() as session:
            count = await session.scalar(OVERLAPS)
            assert count is not None
            return int(count)


def clock_end(start: datetime, days: int) -> datetime:
    return datetime.fromtimestamp(start.timestamp() + days * 86_400, UTC)
