"""Free times: sittings, minus holidays, exceptions, absences, info sessions and what is already held or confirmed.

Sittings are wall time (Tuesday 9:00-12:30); slots are instants. A free stretch is filled from its beginning,
on the quarter of an hour, so that a short conversation leaves a usable rest.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple, Self

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import (
    Absence,
    Appointment,
    AppointmentKind,
    AppointmentStatus,
    Counter,
    InfoSession,
    Interpreter,
    Region,
    SessionStatus,
    Sitting,
    SittingException,
    Staff,
)
from dispatch import clock

DURATION: Mapping[str, timedelta] = {
    AppointmentKind.INFORMATION: timedelta(minutes=30),
    AppointmentKind.MEDIATION: timedelta(minutes=75),
    AppointmentKind.TRAJECTORY: timedelta(minutes=75),
}
"""What has free times of its own, and how long it takes unless the region says otherwise."""
SESSION_MINUTES = 90
QUARTER = timedelta(minutes=15)

_Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class SlotKey:
    """What names a slot in a stored offer, a form or a link; survives a restart and a changed calendar."""

    counter_id: int
    staff_id: int
    starts_at: datetime

    def __str__(self) -> str:
        return f"{self.counter_id}.{self.staff_id}.{self.starts_at.astimezone(UTC):%Y%m%dT%H%M}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key written by `str`; raises `ValueError` for anything else."""
        counter, staff, moment = text.split(".")
        return cls(
            counter_id=int(counter),
            staff_id=int(staff),
            starts_at=datetime.strptime(moment, "%Y%m%dT%H%M").replace(tzinfo=UTC),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A free time of one counsellor at one counter. Instants are UTC."""

    counter_id: int
    staff_id: int
    starts_at: datetime
    ends_at: datetime
    kind: str
    counter: Counter = field(compare=False, repr=False)
    staff_name: str = field(compare=False, repr=False)
    languages: tuple[str, ...] = field(compare=False, repr=False)
    room: str | None = field(default=None, compare=False)
    interpreter: Interpreter | None = field(default=None, compare=False, repr=False)

    @property
    def wall_start(self) -> str:
        """What is agreed: wall time, ISO without offset, "2026-11-27T14:00"."""
        return clock.wall_text(self.starts_at)

    @property
    def day(self) -> date:
        return clock.day_of(self.starts_at)

    @property
    def key(self) -> SlotKey:
        return SlotKey(counter_id=self.counter_id, staff_id=self.staff_id, starts_at=self.starts_at)


async def free_slots(
    session: AsyncSession,
    *,
    kind: str,
    start: datetime,
    end: datetime,
    region_id: str | None = None,
    counter_ids: Collection[int] | None = None,
    staff_id: int | None = None,
    now: datetime | None = None,
) -> list[Slot]:
    """Free times that begin at or after `start` and end at or before `end` (aware), the earliest first.

    Narrowed to a region, to counters or to a counsellor. A hold that ran out before `now` (by default
    `start`) blocks nothing.
    """
    first, last = clock.day_of(start), clock.day_of(end)
    where: list[ColumnElement[bool]] = []
    if region_id is not None:
        where.append(Counter.region_id == region_id)
    if counter_ids is not None:
        where.append(Sitting.counter_id.in_(counter_ids))
    if staff_id is not None:
        where.append(Sitting.staff_id == staff_id)
    sittings = await _sittings(session, kind, first, last, where)
    if not sittings:
        return []
    counters = await _counters(session, {sitting.counter_id for sitting in sittings})
    skipped = await _exceptions(session, {sitting.id for sitting in sittings}, first, last)
    # From midnight on, so that the same day gives the same beginnings whatever the hour of asking.
    bounds = clock.day_bounds(first, last)
    busy = await _busy(session, {sitting.staff_id for sitting in sittings}, *bounds, now or start)
    days = _working_days(first, last)
    blocks = _Blocks()
    slots = [
        Slot(
            counter_id=sitting.counter_id, staff_id=sitting.staff_id, starts_at=begins,
            ends_at=begins + sitting.length, kind=kind, counter=counters[sitting.counter_id], staff_name=sitting.name,
            languages=tuple(sitting.languages),
        )
        for sitting in sittings
        for day in days[sitting.weekday]
        if _holds_on(sitting, day) and (sitting.id, day) not in skipped
        for begins in _packed(blocks[day, sitting.starts, sitting.ends], busy.get(sitting.staff_id, ()), sitting.length, start, end)
    ]  # fmt: skip
    slots.sort(key=lambda slot: (slot.starts_at, slot.counter_id, slot.staff_id))
    return await _with_rooms(session, slots, now or start)


async def slot_at(
    session: AsyncSession, key: SlotKey, kind: str, *, now: datetime, besides: int | None = None
) -> Slot | None:
    """The slot that `key` names, if it can still be had: within a sitting, on the quarter, ahead and free.

    `besides`: the appointment that would be moved there, and so does not stand in its own way.
    """
    begins = key.starts_at
    if begins < now or clock.wall(begins).minute % 15 or begins.second or begins.microsecond:
        return None
    day = clock.day_of(begins)
    if clock.is_public_holiday(day):
        return None
    where = [Sitting.counter_id == key.counter_id, Sitting.staff_id == key.staff_id]
    sittings = await _sittings(session, kind, day, day, where)
    skipped = await _exceptions(session, {sitting.id for sitting in sittings}, day, day)
    blocks = _Blocks()
    covering = next(
        (
            sitting
            for sitting in sittings
            if sitting.weekday == day.weekday()
            and _holds_on(sitting, day)
            and (sitting.id, day) not in skipped
            and (block := blocks[day, sitting.starts, sitting.ends]) is not None
            and block[0] <= begins
            and begins + sitting.length <= block[1]
        ),
        None,
    )
    if covering is None:
        return None
    ends = begins + covering.length
    if await _busy(session, {key.staff_id}, begins, ends, now, besides):
        return None
    counters = await _counters(session, {key.counter_id})
    slot = Slot(
        counter_id=key.counter_id, staff_id=key.staff_id, starts_at=begins, ends_at=ends,
        kind=kind, counter=counters[key.counter_id],
        staff_name=covering.name, languages=tuple(covering.languages),
    )  # fmt: skip
    return next(iter(await _with_rooms(session, [slot], now, besides)), None)


async def minutes_of(session: AsyncSession, region_id: str | None) -> dict[str, int]:
    """How many minutes each kind takes in a region; without one, what is usual."""
    own = await session.scalar(select(Region.minutes).where(Region.id == region_id)) or {}
    usual = {str(kind): int(length.total_seconds()) // 60 for kind, length in DURATION.items()}
    return usual | {AppointmentKind.SESSION.value: SESSION_MINUTES} | own


def takes_up(now: datetime) -> ColumnElement[bool]:
    """The condition on an appointment that it keeps others away: agreed, or held and not run out."""
    return or_(
        Appointment.status == AppointmentStatus.CONFIRMED,
        (Appointment.status == AppointmentStatus.HELD) & (Appointment.held_until > now),
    )


class _SittingRow(NamedTuple):
    id: int
    counter_id: int
    staff_id: int
    weekday: int
    starts: time
    ends: time
    valid_from: date
    valid_to: date | None
    schools: str | None
    name: str
    languages: list[str]
    length: timedelta


async def _sittings(
    session: AsyncSession, kind: str, first: date, last: date, where: Sequence[ColumnElement[bool]]
) -> list[_SittingRow]:
    rows = await session.execute(
        select(
            Sitting.id, Sitting.counter_id, Sitting.staff_id, Sitting.weekday, Sitting.starts, Sitting.ends,
            Sitting.valid_from, Sitting.valid_to, Sitting.schools, Staff.name, Staff.languages,
            Region.minutes[kind].as_integer(),
        )
        .join(Counter, Counter.id == Sitting.counter_id)
        .join(Region, Region.id == Counter.region_id)
        .join(Staff, Staff.id == Sitting.staff_id)
        .where(
            Counter.active, Staff.active, Sitting.valid_from <= last,
            or_(Sitting.valid_to.is_(None), Sitting.valid_to >= first), *where,
        )
    )  # fmt: skip
    usual = DURATION[kind]
    return [
        _SittingRow._make((*row, usual if minutes is None else timedelta(minutes=minutes)))
        for *row, minutes in rows
    ]


async def _counters(session: AsyncSession, ids: Collection[int]) -> dict[int, Counter]:
    rows = await session.scalars(select(Counter).where(Counter.id.in_(ids)))
    return {counter.id: counter for counter in rows}


async def _exceptions(
    session: AsyncSession, sitting_ids: Collection[int], first: date, last: date
) -> set[tuple[int, date]]:
    rows = await session.execute(
        select(SittingException.sitting_id, SittingException.day).where(
            SittingException.sitting_id.in_(sitting_ids), SittingException.day.between(first, last)
        )
    )
    return {(sitting_id, day) for sitting_id, day in rows}


async def is_free(
    session: AsyncSession, staff_id: int, start: datetime, end: datetime, *, now: datetime
) -> bool:
    """Whether a counsellor has nothing between `start` and `end`: no appointment, no info session, no absence."""
    return not await _busy(session, {staff_id}, start, end, now)


async def _busy(
    session: AsyncSession,
    staff_ids: Collection[int],
    start: datetime,
    end: datetime,
    now: datetime,
    besides: int | None = None,
) -> dict[int, list[_Span]]:
    """Per counsellor the spans between `start` and `end` in which they cannot be booked, in order."""
    taken = select(Appointment.staff_id, Appointment.starts_at, Appointment.ends_at).where(
        Appointment.staff_id.in_(staff_ids), Appointment.starts_at < end, Appointment.ends_at > start,
        takes_up(now), Appointment.id != (besides or 0), Appointment.session_id.is_(None),
    )  # fmt: skip
    away = select(Absence.staff_id, Absence.starts_at, Absence.ends_at).where(
        Absence.staff_id.in_(staff_ids), Absence.starts_at < end, Absence.ends_at > start
    )
    talks = select(InfoSession.staff_id, InfoSession.starts_at, InfoSession.ends_at).where(
        InfoSession.staff_id.in_(staff_ids), InfoSession.starts_at < end, InfoSession.ends_at > start,
        InfoSession.status == SessionStatus.PLANNED,
    )  # fmt: skip
    spans: dict[int, list[_Span]] = defaultdict(list)
    for staff_id, begins, ends in await session.execute(taken.union_all(away, talks)):
        spans[staff_id].append((begins, ends))
    for found in spans.values():
        found.sort()
    return spans


async def _with_rooms(
    session: AsyncSession, slots: list[Slot], now: datetime, besides: int | None = None
) -> list[Slot]:
    """The slots with the first free room of their counter; without those whose counter has rooms and none left."""
    tight = {slot.counter_id for slot in slots if slot.counter.rooms}
    if not tight:
        return slots
    start, end = min(slot.starts_at for slot in slots), max(slot.ends_at for slot in slots)
    taken = select(Appointment.counter_id, Appointment.room, Appointment.starts_at, Appointment.ends_at).where(
        Appointment.counter_id.in_(tight), Appointment.room.is_not(None), Appointment.starts_at < end,
        Appointment.ends_at > start, takes_up(now), Appointment.id != (besides or 0),
        Appointment.session_id.is_(None),
    )  # fmt: skip
    talks = select(InfoSession.counter_id, InfoSession.room, InfoSession.starts_at, InfoSession.ends_at).where(
        InfoSession.counter_id.in_(tight), InfoSession.room.is_not(None), InfoSession.starts_at < end,
        InfoSession.ends_at > start, InfoSession.status == SessionStatus.PLANNED,
    )  # fmt: skip
    spans: dict[tuple[int, str | None], list[_Span]] = defaultdict(list)
    for counter_id, room, begins, ends in await session.execute(taken.union_all(talks)):
        spans[counter_id, room].append((begins, ends))
    found = []
    for slot in slots:
        free = (
            room
            for room in slot.counter.rooms
            if not any(
                b < slot.ends_at and e > slot.starts_at for b, e in spans.get((slot.counter_id, room), ())
            )
        )
        room = next(free, None)
        if room is not None or not slot.counter.rooms:
            found.append(replace(slot, room=room))
    return found


def _working_days(first: date, last: date) -> dict[int, list[date]]:
    """Per weekday the days between two days that are no public holiday."""
    days: dict[int, list[date]] = defaultdict(list)
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if not clock.is_public_holiday(day):
            days[day.weekday()].append(day)
    return days


def _holds_on(sitting: _SittingRow, day: date) -> bool:
    return (
        sitting.valid_from <= day
        and (sitting.valid_to is None or day <= sitting.valid_to)
        and (sitting.schools is None or not clock.is_school_holiday(day, sitting.schools))
    )


class _Blocks(dict[tuple[date, time, time], _Span | None]):
    """The instants of a block of wall time on a day; many sittings share one.

    None when one of its ends falls in the hour that the clock skips.
    """

    def __missing__(self, key: tuple[date, time, time]) -> _Span | None:
        day, starts, ends = key
        try:
            span = clock.instant(datetime.combine(day, starts)), clock.instant(datetime.combine(day, ends))
        except clock.NoSuchTime:
            span = None
        self[key] = span
        return span


def _packed(
    block: _Span | None, busy: Iterable[_Span], length: timedelta, start: datetime, end: datetime
) -> Iterator[datetime]:
    """The beginnings of back-to-back slots in the free stretches of a block."""
    if block is None:
        return
    opens, closes = block[0], min(block[1], end)
    taken = [(opens, opens), *((b, e) for b, e in busy if e > opens and b < closes), (closes, closes)]
    free_from = opens
    for (_, ended), (next_begins, _) in pairwise(taken):
        free_from = max(free_from, ended)
        begins = _on_the_quarter(max(free_from, opens))
        while begins + length <= next_begins:
            if begins >= start:
                yield begins
            begins += length


def _on_the_quarter(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not past else moment - past + QUARTER
