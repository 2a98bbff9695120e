"""The week's appointments, and what became of each."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from fastapi.responses import Response
from sqlalchemy import select

from data.tables import (
    Appointment,
    ChangeKind,
    Counter,
    InfoSession,
    MicroContact,
    Person,
    Role,
    SessionStatus,
    Staff,
)
from data.tables.guidance import ContactWay
from dispatch import booking, clock
from dispatch.booking import Refused
from handover import absences, access, calendar_push, microcontacts
from handover.console.desk import BadForm, Desk, Route
from handover.conversation import NotAllowed

HIDDEN = ("held", "expired", "moved")


async def show(desk: Desk) -> Response:
    """/console/agenda?week=2026-11-23&wie=mij"""
    today = clock.day_of(desk.now)
    try:
        day = date.fromisoformat(desk.request.query_params.get("week", ""))
    except ValueError:
        day = today
    day = min(max(day, today - timedelta(days=3660)), today + timedelta(days=3660))
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=offset) for offset in range(7)]
    start, end = clock.day_bounds(days[0], days[-1])
    only_mine = desk.request.query_params.get("wie", _usual(desk)) == "mij"
    query = (
        select(Appointment, Person, Counter.name, Staff.name)
        .join(Person, Person.id == Appointment.person_id)
        .join(Counter, Counter.id == Appointment.counter_id)
        .join(Staff, Staff.id == Appointment.staff_id)
        .where(
            access.may_see_appointment(desk.staff),
            Appointment.starts_at >= start,
            Appointment.starts_at < end,
            Appointment.status.not_in(HIDDEN),
            Appointment.session_id.is_(None),
        )
        .order_by(Appointment.starts_at, Appointment.id)
    )
    if only_mine:
        query = query.where(Appointment.staff_id == desk.staff.id)
    found = (await desk.session.execute(query)).all()
    talks = await info_sessions_between(desk, start, end, only_mine=only_mine)
    by_day = {day: [row for row in found if clock.day_of(row[0].starts_at) == day] for day in days}
    talks_by_day = {day: [row for row in talks if clock.day_of(row[0].starts_at) == day] for day in days}
    weekend = any(by_day[day] or talks_by_day[day] for day in days[5:])
    return await desk.page(
        "agenda.html", by_day=by_day if weekend else {day: by_day[day] for day in days[:5]}, today=today,
        talks=talks_by_day, monday=monday, before=monday - timedelta(days=7), after=monday + timedelta(days=7),
        account=await calendar_push.of(desk.session, desk.staff.id),
        only_mine=only_mine, whose="mij" if only_mine else "regio", may_see_all=desk.role != Role.COUNSELLOR,
    )  # fmt: skip


async def info_sessions_between(
    desk: Desk, start: datetime, end: datetime, *, only_mine: bool = False
) -> Sequence[tuple[InfoSession, str, str]]:
    """The info sessions that one may see and that begin between two moments, each with its counter and counsellor."""
    query = (
        select(InfoSession, Counter.name, Staff.name)
        .join(Counter, Counter.id == InfoSession.counter_id)
        .join(Staff, Staff.id == InfoSession.staff_id)
        .where(
            access.may_see_session(desk.staff), InfoSession.status == SessionStatus.PLANNED,
            InfoSession.starts_at >= start, InfoSession.starts_at < end,
        )
        .order_by(InfoSession.starts_at, InfoSession.id)
    )  # fmt: skip
    if only_mine:
        query = query.where(InfoSession.staff_id == desk.staff.id)
    return [(talk, counter, name) for talk, counter, name in await desk.session.execute(query)]


async def mark(desk: Desk) -> Response:
    """Came or did not come: the appointment is marked, and it is a micro-contact."""
    row = await _appointment(desk)
    outcome = desk.form.get("outcome", "")
    if outcome not in ("attended", "no_show"):
        raise BadForm
    before = row.status
    result = await booking.mark(
        desk.session, row.id, attended=outcome == "attended", now=desk.now, by=desk.staff.id
    )
    if isinstance(result, Refused):
        raise NotAllowed("Dat kan pas als de afspraak begonnen is.")
    if before != outcome:
        minutes = int((row.ends_at - row.starts_at).total_seconds() // 60)
        way = ContactWay.VISIT if outcome == "attended" else ContactWay.NO_SHOW
        await microcontacts.log(
            desk.session, row.person_id, way=way, direction="in", channel="desk", staff_id=row.staff_id,
            at=row.starts_at, minutes=minutes if outcome == "attended" else 0, purpose="afspraak",
            region_id=row.region_id, replaces_id=await _counted(desk, row),
        )  # fmt: skip
    return desk.go("/console/agenda")


async def cancel(desk: Desk) -> Response:
    row = await _appointment(desk)
    result = await booking.cancel(desk.session, row.id, now=desk.now, by=desk.staff.id)
    if isinstance(result, Refused):
        raise NotAllowed("Deze afspraak is al begonnen of al voorbij.")
    await absences.change_told(desk.session, result, ChangeKind.CANCELLED, by_id=desk.staff.id, now=desk.now)
    return desk.go("/console/agenda")


async def _appointment(desk: Desk) -> Appointment:
    wanted = Appointment.id == desk.number("appointment_id")
    found: Appointment = await desk.one(access.appointments_of(desk.staff).where(wanted))
    return found


async def _counted(desk: Desk, row: Appointment) -> int | None:
    """The micro-contact that an earlier mark made, which the new one replaces."""
    return await desk.session.scalar(
        select(MicroContact.id).where(
            MicroContact.person_id == row.person_id,
            MicroContact.at == row.starts_at,
            MicroContact.purpose == "afspraak",
            microcontacts.stands(),
        )
    )


def _usual(desk: Desk) -> str:
    return "mij" if desk.role == Role.COUNSELLOR else "regio"


ROUTES = (
    Route(method="GET", path="/agenda", handler=show),
    Route(method="POST", path="/afspraak/{appointment_id}/resultaat", handler=mark),
    Route(method="POST", path="/afspraak/{appointment_id}/annuleren", handler=cancel),
)
