"""One appointment: what was agreed, and what became of each of its reminders."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels import plan
from channels.plan import Way, call_key
from data.tables import (
    Address,
    Appointment,
    AppointmentChange,
    Author,
    CalendarEntry,
    CallTask,
    Counter,
    Message,
    Person,
    Reminder,
    Staff,
)
from dispatch import reminders
from dispatch.clock import ZONE
from handover import access, call_tasks
from handover.console.desk import Desk, Route


@dataclass(frozen=True, kw_only=True)
class Told:
    """A reminder, and the message that it became; then those that went instead, by other ways."""

    reminder: Reminder
    messages: Sequence[tuple[Message, Address]]
    call: CallTask | None  # when no way was left


async def show(desk: Desk) -> Response:
    """/console/afspraak/7"""
    wanted = Appointment.id == desk.number("appointment_id")
    row: Appointment = await desk.one(access.appointments_of(desk.staff).where(wanted))
    session = desk.session
    changes = (
        select(AppointmentChange)
        .where(AppointmentChange.appointment_id == row.id)
        .order_by(AppointmentChange.id)
    )
    return await desk.page(
        "appointment.html", row=row, person=await session.get_one(Person, row.person_id),
        counter=await session.get_one(Counter, row.counter_id), who=await session.get_one(Staff, row.staff_id),
        maker=await session.get(Staff, row.created_by) if row.created_by else None,
        told=await told(session, row.id), way=await _way(desk, row), changes=(await session.scalars(changes)).all(),
        pushed=await session.scalar(
            select(CalendarEntry.pushed_at).where(
                CalendarEntry.appointment_id == row.id, CalendarEntry.staff_id == row.staff_id
            )
        ),
    )  # fmt: skip


async def _way(desk: Desk, row: Appointment) -> Way | None:
    """By which way a reminder would leave now: where it was made, or else by the plan."""
    planned = await plan.ways(
        desk.session, row.person_id, purpose="reminder", now=desk.now.astimezone(ZONE), author=Author.BOT
    )
    agreed = [way for way in planned if way.address.id == row.address_id]
    return agreed[0] if agreed else plan.first_choice(planned)


async def told(session: AsyncSession, appointment_id: int) -> list[Told]:
    """The reminders of an appointment, the first first, each with the ways that were tried."""
    found = []
    for reminder in await reminders.of(session, appointment_id):
        messages = []
        message_id = reminder.message_id
        while message_id is not None:
            message = await session.get_one(Message, message_id)
            messages.append((message, await session.get_one(Address, message.address_id)))
            message_id = await session.scalar(select(Message.id).where(Message.replaces_id == message_id))
        call = await call_tasks.of_source(session, call_key(messages[-1][0])) if messages else None
        found.append(Told(reminder=reminder, messages=messages, call=call))
    return found


ROUTES = (Route(method="GET", path="/afspraak/{appointment_id}", handler=show),)
