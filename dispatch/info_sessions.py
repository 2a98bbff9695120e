"""Info sessions: one counsellor, one place, many seats. Whoever has a seat has an appointment like any other.

The counter of seats is a compare-and-swap on the session's row, so that nobody gets a seat that is not there. The
session itself keeps its counsellor and its room out of the calendar; the seats do not.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import (
    Appointment,
    AppointmentKind,
    AppointmentStatus,
    Counter,
    InfoSession,
    Person,
    SessionStatus,
    Staff,
)
from dispatch import booking, clock, reminders
from dispatch.booking import Taken
from dispatch.calendar import Slot, is_free, takes_up

LIMIT = 5
AHEAD = timedelta(weeks=12)
_TAKE = text(
    "UPDATE info_session SET taken = taken + 1 WHERE id = :id AND taken < seats AND status = 'planned' "
    "AND starts_at > :now RETURNING id"
)


@dataclass(frozen=True, kw_only=True)
class Full:
    """There is no seat any more; offer another session."""


@dataclass(frozen=True, kw_only=True)
class Gone:
    """It does not take place, or it has begun."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """An info session with where and with whom."""

    session: InfoSession
    counter: Counter
    staff: Staff

    @property
    def left(self) -> int:
        return self.session.seats - self.session.taken


async def plan(
    session: AsyncSession,
    *,
    counter: Counter,
    staff: Staff,
    wall_start: datetime,
    minutes: int,
    seats: int,
    title: str,
    language: str,
    room: str | None,
    now: datetime,
    by: int | None = None,
) -> InfoSession | Taken:
    """Plan a session; `Taken` when its counsellor or its room has something else then. `wall_start` is naive wall time.

    Raises clock.NoSuchTime.
    """
    starts_at = clock.instant(wall_start)
    ends_at = starts_at + timedelta(minutes=minutes)
    slot = Slot(
        counter_id=counter.id, staff_id=staff.id, starts_at=starts_at, ends_at=ends_at,
        kind=AppointmentKind.SESSION, counter=counter, staff_name=staff.name, languages=tuple(staff.languages), room=room,
    )  # fmt: skip
    await booking.lock(session, slot, room)
    same_room = (Appointment.counter_id == counter.id) & (Appointment.room == room)
    meets = await session.scalar(
        select(Appointment.id)
        .where(
            or_(Appointment.staff_id == staff.id, same_room) if room else Appointment.staff_id == staff.id,
            Appointment.session_id.is_(None), takes_up(now),
            Appointment.starts_at < ends_at, Appointment.ends_at > starts_at,
        )
        .limit(1)
    )  # fmt: skip
    if meets is not None:
        return Taken(slot=slot)
    row = InfoSession(
        region_id=counter.region_id, counter_id=counter.id, staff_id=staff.id, room=room, title=title,
        language=language, wall_start=slot.wall_start, zone=clock.ZONE_NAME, starts_at=starts_at.astimezone(UTC),
        ends_at=ends_at.astimezone(UTC), seats=seats, created_by=by,
    )  # fmt: skip
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError:
        return Taken(slot=slot)
    await _record(session, "planned", row, by)
    return row


async def led_by(
    session: AsyncSession, row: InfoSession, staff: Staff, *, now: datetime, by: int | None = None
) -> bool:
    """Somebody else holds the session, at the same time and place; False when they have something else then."""
    slot = Slot(
        counter_id=row.counter_id, staff_id=staff.id, starts_at=row.starts_at, ends_at=row.ends_at,
        kind=AppointmentKind.SESSION, counter=await session.get_one(Counter, row.counter_id), staff_name=staff.name,
        languages=tuple(staff.languages), room=row.room,
    )  # fmt: skip
    await booking.lock(session, slot, None)
    if not await is_free(session, staff.id, row.starts_at, row.ends_at, now=now):
        return False
    row.staff_id = staff.id
    await session.flush()
    await session.execute(
        update(Appointment).where(Appointment.session_id == row.id).values(staff_id=staff.id)
    )
    await _record(session, "led_by", row, by)
    return True


async def coming(
    session: AsyncSession, *, now: datetime, region_id: str | None = None, limit: int = LIMIT
) -> Sequence[Planned]:
    """Sessions to come with a seat left, the first first; in one region, or anywhere."""
    query = (
        select(InfoSession, Counter, Staff)
        .join(Counter, Counter.id == InfoSession.counter_id)
        .join(Staff, Staff.id == InfoSession.staff_id)
        .where(
            InfoSession.status == SessionStatus.PLANNED, InfoSession.starts_at > now,
            InfoSession.starts_at < now + AHEAD, InfoSession.taken < InfoSession.seats,
        )
        .order_by(InfoSession.starts_at, InfoSession.id)
        .limit(limit)
    )  # fmt: skip
    if region_id is not None:
        query = query.where(InfoSession.region_id == region_id)
    rows = await session.execute(query)
    return [Planned(session=row, counter=counter, staff=staff) for row, counter, staff in rows]


async def take(
    session: AsyncSession,
    session_id: int,
    person_id: int,
    *,
    now: datetime,
    conversation_id: int | None = None,
    address_id: int | None = None,
    language: str = "nl",
    topic: str | None = None,
    by: int | None = None,
) -> Appointment | Full | Gone:
    """A seat for a person, definite at once; who has one already keeps it. The caller has locked the person."""
    known = await session.scalar(
        select(Appointment).where(
            Appointment.session_id == session_id, Appointment.person_id == person_id,
            Appointment.status == AppointmentStatus.CONFIRMED,
        )
    )  # fmt: skip
    if known is not None:
        return known
    if await session.scalar(_TAKE, {"id": session_id, "now": now}) is None:
        row = await session.get(InfoSession, session_id, populate_existing=True)
        there = row is not None and row.status == SessionStatus.PLANNED and row.starts_at > now
        return Full() if there else Gone()
    row = await session.get_one(InfoSession, session_id, populate_existing=True)
    made = await booking.seat(
        session, row, token=secrets.token_urlsafe(booking.TOKEN_BYTES), person_id=person_id,
        conversation_id=conversation_id, address_id=address_id, language=language, topic=topic, created_by=by,
    )  # fmt: skip
    await reminders.plan(session, made, now=now)
    return made


async def call_off(
    session: AsyncSession, row: InfoSession, *, now: datetime, by: int
) -> Sequence[Appointment] | None:
    """It does not take place; returns whose appointments that ended, to be told. None: it has begun, or was off."""
    seated = select(Appointment.person_id).where(Appointment.session_id == row.id)
    await session.execute(  # before the session's own row, as whoever gives a seat back does
        select(Person.id).where(Person.id.in_(seated)).order_by(Person.id).with_for_update(key_share=True)
    )
    off = await session.scalar(
        update(InfoSession)
        .where(
            InfoSession.id == row.id, InfoSession.status == SessionStatus.PLANNED, InfoSession.starts_at > now
        )
        .values(status=SessionStatus.CANCELLED)
        .returning(InfoSession.id)
        .execution_options(synchronize_session=False)
    )
    if off is None:
        return None
    seats = await session.scalars(
        select(Appointment.id).where(
            Appointment.session_id == row.id, Appointment.status == AppointmentStatus.CONFIRMED
        )
    )
    ended = []
    for appointment_id in seats.all():
        cancelled = await booking.cancel(session, appointment_id, now=now, by=by)
        if isinstance(cancelled, Appointment):
            ended.append(cancelled)
    await _record(session, "cancelled", row, by)
    return ended


async def _record(session: AsyncSession, what: str, row: InfoSession, by: int | None) -> None:
    await events.record(
        session, f"info_session.{what}", region_id=row.region_id, staff_id=by,
        data={"session_id": row.id, "counter_id": row.counter_id, "starts_at": row.starts_at},
    )  # fmt: skip
