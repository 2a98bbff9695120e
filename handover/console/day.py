"""My day: who waits for me, whom to call, what was promised, today's appointments, what I planned, and who fell silent."""

from datetime import timedelta

from fastapi.responses import Response
from sqlalchemy import or_, select

from data.tables import (
    Appointment,
    AppointmentStatus,
    Counter,
    FollowUp,
    FollowUpState,
    Person,
    Role,
    Trajectory,
    WaitingOn,
)
from dispatch import clock
from handover import access, call_tasks, erasing, overdue, path, queue, watch
from handover.console.agenda import info_sessions_between
from handover.console.desk import Desk, Route
from handover.queue import Listing

SOON = timedelta(minutes=15)  # a promise this near is about to break
BUSY = (AppointmentStatus.CONFIRMED, AppointmentStatus.ATTENDED, AppointmentStatus.NO_SHOW)


async def show(desk: Desk) -> Response:
    """/console/dag"""
    session, staff, now = desk.session, desk.staff, desk.now
    today = clock.day_of(now)
    start, end = clock.day_bounds(today, today)
    appointments = (
        select(Appointment, Person, Counter.name)
        .join(Person, Person.id == Appointment.person_id)
        .join(Counter, Counter.id == Appointment.counter_id)
        .where(
            access.may_see_appointment(staff),
            Appointment.starts_at >= start,
            Appointment.starts_at < end,
            Appointment.status.in_(BUSY),
            Appointment.session_id.is_(None),
        )
        .order_by(Appointment.starts_at)
    )
    if desk.role != Role.ADMIN:
        appointments = appointments.where(Appointment.staff_id == staff.id)
    mine = [
        row
        for row in await queue.rows(session, staff, Listing.MINE)
        if row.conversation.waiting_on == WaitingOn.US
    ]
    waiting = await queue.rows(session, staff, Listing.QUEUE)
    guided = await _own_clients(desk)
    own = [row for row in waiting if row.person.id in guided]
    breaking = [
        row
        for row in (*mine, *waiting)
        if row.conversation.promised_at and row.conversation.promised_at < now + SOON
    ]
    duty = await overdue.on_duty(session, staff.region_id, now=now) if staff.region_id else None
    planned = (
        select(FollowUp, Person)
        .join(Person, Person.id == FollowUp.person_id)
        .where(
            FollowUp.staff_id == staff.id,
            FollowUp.state == FollowUpState.PLANNED,
            FollowUp.due_at < end + timedelta(days=6),
        )
        .order_by(FollowUp.due_at)
        .limit(30)
    )
    return await desk.page(
        "day.html", steps=await path.due_steps(session, staff.id, today), step_words=path.words_of, calls=await call_tasks.due(session, staff, now=now), mine=mine, own=own, waiting=len(waiting), breaking=breaking,
        appointments=(await session.execute(appointments)).all(),
        talks=await info_sessions_between(desk, start, end, only_mine=desk.role != Role.ADMIN),
        planned=(await session.execute(planned)).all(), watched=await watch.watched(session, staff, now=now), duty=duty,
        erased=await erasing.told(session, staff.id, now=now),
    )  # fmt: skip


async def _own_clients(desk: Desk) -> set[int]:
    """The persons in an open trajectory with this counsellor or deputy."""
    return set(
        await desk.session.scalars(
            select(Trajectory.person_id).where(
                Trajectory.closed_at.is_(None),
                or_(Trajectory.staff_id == desk.staff.id, Trajectory.deputy_id == desk.staff.id),
            )
        )
    )


ROUTES = (Route(method="GET", path="/dag", handler=show),)
