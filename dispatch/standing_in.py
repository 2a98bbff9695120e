"""Who can take over an appointment at the same time and place."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Appointment, Sitting
from dispatch import booking, calendar, interpreters
from dispatch.calendar import Slot, SlotKey


async def stand_in(session: AsyncSession, appointment: Appointment, *, now: datetime) -> Slot | None:
    """The same time at the same counter with somebody else who is free then; None when there is nobody.

    Who was to see their own counsellor is seen by the deputy only; others by whoever sits there, first the own counsellor
    that they have by now, then somebody who speaks their language.
    """
    own = await booking.own_counsellor(session, appointment.person_id)
    if own is not None and own.staff_id == appointment.staff_id:
        colleagues = [own.deputy_id] if own.deputy_id is not None else []
    else:
        there = select(Sitting.staff_id).where(
            Sitting.counter_id == appointment.counter_id, Sitting.staff_id != appointment.staff_id
        )
        colleagues = list(await session.scalars(there.distinct().order_by(Sitting.staff_id)))
    free = []
    for staff_id in colleagues:
        key = SlotKey(counter_id=appointment.counter_id, staff_id=staff_id, starts_at=appointment.starts_at)
        slot = await calendar.slot_at(session, key, appointment.kind, now=now)
        free += [slot] if slot is not None else []
    own_id = own.staff_id if own is not None else None
    first = min(
        free,
        key=lambda slot: (slot.staff_id != own_id, appointment.language not in slot.languages),
        default=None,
    )
    if first is None:
        return None
    return await interpreters.along(session, first, appointment.language, now=now, besides=appointment.id)
