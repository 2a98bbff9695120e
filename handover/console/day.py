"""My day: who waits for me, whom to call, what was promised, today's appointments and what I planned."""

from datetime import timedelta

from fastapi.responses import Response
from sqlalchemy import or_, select

from data.tables import (
    Appointment,
    AppointmentStatus,
    Conversation,
    Counter,
    FollowUp,
    FollowUpState,
    Person,
    Role,
    Trajectory,
    WaitingOn,
)
from dispatch import clock
from handover import access, call_tasks, queue
from handover.console.agenda import info_sessions_between
from handover.console.desk import Desk, Route
from handover.queue import Listing

SOON = timedelta(minutes=15)  # a promise this near is about to break
COLD = timedelta(days=21)  # a trajectory without a word from the person for this long
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
    breaking = [
        row for row in waiting if row.conversation.promised_at and row.conversation.promised_at < now + SOON
    ]
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
        "day.html", calls=await call_tasks.due(session, staff, now=now), mine=mine, waiting=len(waiting), breaking=breaking,
        appointments=(await session.execute(appointments)).all(),
        planned=(await session.execute(planned)).all(), talks=await info_sessions_between(desk, start, end, only_mine=desk.role != Role.ADMIN), cold=await _cold(desk), soon=SOON,
    )  # fmt: skip


async def _cold(desk: Desk) -> list[tuple[Trajectory, Person]]:
    """Own trajectories in which nothing was heard for long and nothing is planned: a hint, no more."""
    planned = select(FollowUp.id).where(
        FollowUp.person_id == Trajectory.person_id, FollowUp.state == FollowUpState.PLANNED
    )
    coming = select(Appointment.id).where(
        Appointment.person_id == Trajectory.person_id,
        Appointment.status == AppointmentStatus.CONFIRMED,
        Appointment.starts_at > desk.now,
    )
    waits = select(Conversation.id).where(
        Conversation.person_id == Trajectory.person_id, Conversation.waiting_on == WaitingOn.US
    )
    found = await desk.session.execute(
        select(Trajectory, Person)
        .join(Person, Person.id == Trajectory.person_id)
        .where(
            Trajectory.closed_at.is_(None),
            Trajectory.staff_id == desk.staff.id,
            or_(Person.last_seen_at.is_(None), Person.last_seen_at < desk.now - COLD),
            Trajectory.opened_at < desk.now - COLD,
            ~planned.exists(),
            ~coming.exists(),
            ~waits.exists(),
        )
        .order_by(Person.last_seen_at.asc().nulls_first())
        .limit(8)
    )
    return list(found)


ROUTES = (Route(method="GET", path="/dag", handler=show),)
