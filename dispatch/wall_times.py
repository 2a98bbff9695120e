"""What was agreed is the hour on the wall: when the rules of the clock change, the instant follows, not the agreement.

An update of the time zone data (Belgium giving up summer time, say) makes "14:00" on a day to come another instant.
Sittings and free times follow by themselves; appointments and their reminders have stored an instant, and follow here.
"""

from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Appointment, AppointmentStatus, Reminder, ReminderState
from dispatch import clock, reminders


async def follow(session: AsyncSession, *, now: datetime) -> list[int]:
    """Move the confirmed appointments to come to the instant of their wall time; returns the ids of those that moved.

    Those that go later go last-first, and the others first-first, so that one never has to pass through another. One
    that still meets another (or an hour that no longer exists) is left, and an event tells of it.
    """
    ahead = (
        Appointment.status == AppointmentStatus.CONFIRMED,
        Appointment.starts_at > now,
    )
    stored = await session.execute(
        select(Appointment.id, Appointment.wall_start, Appointment.starts_at).where(*ahead)
    )
    off = [id_ for id_, agreed, at in stored if clock.wall_text(at) != agreed]
    if not off:  # as nearly always
        return []
    found = await session.scalars(
        select(Appointment)
        .where(Appointment.id.in_(off), *ahead)
        .order_by(Appointment.starts_at)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    wanted = [(row, _instant(row)) for row in found.all()]
    later = [pair for pair in wanted if pair[1] is not None and pair[1] > pair[0].starts_at]
    rest = [pair for pair in wanted if pair not in later]
    moved = []
    for row, begins in [*reversed(later), *rest]:
        done = begins is not None and begins > now and await _move(session, row, begins)
        if done:
            moved.append(row.id)
        await events.record(
            session, "appointment.wall_time_kept" if done else "appointment.wall_time_lost",
            person_id=row.person_id, region_id=row.region_id, data={"appointment_id": row.id},
        )  # fmt: skip
    return moved


def _instant(row: Appointment) -> datetime | None:
    try:
        return clock.instant(datetime.fromisoformat(row.wall_start)).astimezone(UTC)
    except clock.NoSuchTime:
        return None


async def _move(session: AsyncSession, row: Appointment, begins: datetime) -> bool:
    length = row.ends_at - row.starts_at
    try:
        async with session.begin_nested():
            row.starts_at, row.ends_at, row.sequence = begins, begins + length, row.sequence + 1
            await session.flush()
    except IntegrityError:
        await session.refresh(row)
        return False
    for kind, due_at in reminders.moments(begins).items():
        await session.execute(
            update(Reminder)
            .where(
                Reminder.appointment_id == row.id, Reminder.kind == kind.value,
                Reminder.state == ReminderState.PLANNED,
            )
            .values(due_at=due_at)
        )  # fmt: skip
    return True
