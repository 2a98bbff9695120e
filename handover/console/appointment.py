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
    AppointmentStatus,
    Author,
    CalendarEntry,
    CallTask,
    Counter,
    Interpreter,
    Message,
    Person,
    Reminder,
    Staff,
)
from data.translation import _
from dispatch import booking, interpreters, reminders
from dispatch.clock import ZONE
from handover import access, call_tasks
from handover.console.desk import Desk, Route
from handover.conversation import NotAllowed


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
        interpreter=await session.get(Interpreter, row.interpreter_id) if row.interpreter_id else None,
        interpreters=await _interpreters(desk, row), maker=await session.get(Staff, row.created_by) if row.created_by else None,
        told=await told(session, row.id), way=await _way(desk, row), changes=(await session.scalars(changes)).all(),
        pushed=await session.scalar(
            select(CalendarEntry.pushed_at).where(
                CalendarEntry.appointment_id == row.id, CalendarEntry.staff_id == row.staff_id
            )
        ),
    )  # fmt: skip


async def interpret(desk: Desk) -> Response:
    """Book an interpreter along with what is agreed (`interpreter_id`), or without that: none is needed."""
    row: Appointment = await desk.one(
        access.appointments_of(desk.staff).where(Appointment.id == desk.number("appointment_id"))
    )
    wanted = desk.chosen_or_none("interpreter_id")
    if wanted is not None:
        await desk.one(access.interpreters_of(desk.staff).where(Interpreter.id == wanted))
    if not await booking.with_interpreter(desk.session, row.id, wanted, now=desk.now, by=desk.staff.id):
        raise NotAllowed(_("Deze tolk is dan net bezet, of de afspraak staat niet meer. Kijk opnieuw."))
    return desk.go(f"/console/afspraak/{row.id}")


async def _interpreters(desk: Desk, row: Appointment) -> Sequence[Interpreter]:
    """Who could come along and is free then, whatever they speak; those who speak the client's language first."""
    if row.status != AppointmentStatus.CONFIRMED or row.starts_at <= desk.now or row.session_id is not None:
        return []
    counter = await desk.session.get_one(Counter, row.counter_id)
    found = await interpreters.free(
        desk.session, counter.region_id, row.starts_at, row.ends_at, now=desk.now, besides=row.id
    )
    return sorted(found, key=lambda one: (row.language not in one.languages, one.name))


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


ROUTES = (
    Route(method="GET", path="/afspraak/{appointment_id}", handler=show),
    Route(method="POST", path="/afspraak/{appointment_id}/tolk", handler=interpret),
)
