"""Reminders are rows made with the appointment: visible on it, moved and cancelled with it.

`due` claims them; whoever asked makes the message and says `sent` or `failed` in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Appointment, AppointmentStatus, Person, Reminder, ReminderState
from dispatch import clock

_PLAN = text(  # all in one go: sent one by one they cost more than the booking itself
    "INSERT INTO reminder (appointment_id, kind, due_at) "
    "SELECT :appointment_id, kind, due_at FROM unnest(CAST(:kinds AS text[]), CAST(:due_at AS timestamptz[])) "
    "AS moments (kind, due_at) ON CONFLICT DO NOTHING"
)


class ReminderKind(StrEnum):
    DAY = "day"
    HOURS = "hours"


@dataclass(frozen=True, kw_only=True)
class DueReminder:
    """A reminder that this transaction has claimed, with its appointment."""

    reminder_id: int
    kind: ReminderKind
    due_at: datetime
    appointment: Appointment


def moments(starts_at: datetime) -> dict[ReminderKind, datetime]:
    """When to remind: at the same wall time the day before, and two true hours before."""
    return {
        ReminderKind.DAY: _day_before(starts_at),
        ReminderKind.HOURS: starts_at - timedelta(hours=2),
    }


async def plan(session: AsyncSession, appointment: Appointment, *, now: datetime) -> None:
    """Make the reminders of a confirmed appointment that still lie ahead."""
    ahead = {kind: due_at for kind, due_at in moments(appointment.starts_at).items() if due_at > now}
    if ahead:
        values = {"appointment_id": appointment.id, "kinds": list(ahead), "due_at": list(ahead.values())}
        await session.execute(_PLAN, values)


async def cancel(session: AsyncSession, appointment_id: int) -> None:
    """Call off what has not been sent."""
    await session.execute(
        update(Reminder)
        .where(Reminder.appointment_id == appointment_id, Reminder.state == ReminderState.PLANNED)
        .values(state=ReminderState.CANCELLED)
        .execution_options(synchronize_session=False)
    )


async def due(session: AsyncSession, now: datetime, *, limit: int = 50) -> Sequence[DueReminder]:
    """Claim reminders that are due, and their persons; other processes skip them until this transaction ends.

    Somebody who is just being answered is left for the next time: who waits here for a person, while holding
    a reminder that the answer may cancel, would wait for ever.

    A reminder that has no sense any more is called off instead: the appointment has begun or is no longer
    confirmed, or it is "tomorrow" and the reminder of the day itself is due too.
    """
    rows = await session.execute(
        select(Reminder, Appointment)
        .join(Appointment, Appointment.id == Reminder.appointment_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Reminder.state == ReminderState.PLANNED, Reminder.due_at <= now)
        .order_by(Reminder.due_at, Reminder.id)
        .limit(limit)
        .with_for_update(of=(Reminder, Person), key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    claimed: list[DueReminder] = []
    for reminder, appointment in rows.all():
        overtaken = (
            reminder.kind == ReminderKind.DAY and moments(appointment.starts_at)[ReminderKind.HOURS] <= now
        )
        if overtaken or appointment.status != AppointmentStatus.CONFIRMED or appointment.starts_at <= now:
            await _set(session, reminder.id, ReminderState.CANCELLED)
            continue
        claimed.append(
            DueReminder(
                reminder_id=reminder.id,
                kind=ReminderKind(reminder.kind),
                due_at=reminder.due_at,
                appointment=appointment,
            )
        )
    return claimed


async def sent(session: AsyncSession, reminder_id: int, *, message_id: int) -> None:
    """The reminder has become this message in the outbox."""
    await _set(session, reminder_id, ReminderState.SENT, message_id)


async def failed(session: AsyncSession, reminder_id: int, *, message_id: int | None = None) -> None:
    """It cannot reach the person; shown on the appointment, so that somebody calls."""
    await _set(session, reminder_id, ReminderState.FAILED, message_id)


async def of(session: AsyncSession, appointment_id: int) -> Sequence[Reminder]:
    """All reminders of an appointment, the first first."""
    rows = await session.scalars(
        select(Reminder).where(Reminder.appointment_id == appointment_id).order_by(Reminder.due_at)
    )
    return rows.all()


async def _set(
    session: AsyncSession, reminder_id: int, state: ReminderState, message_id: int | None = None
) -> None:
    await session.execute(
        update(Reminder).where(Reminder.id == reminder_id).values(state=state, message_id=message_id)
    )


def _day_before(starts_at: datetime) -> datetime:
    wall = clock.wall(starts_at) - timedelta(days=1)
    try:
        return clock.instant(wall)
    except clock.NoSuchTime:
        return starts_at - timedelta(hours=24)
