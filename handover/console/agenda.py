"""The week's appointments, and what became of each."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from fastapi.responses import Response
from sqlalchemy import select

from data.ids import id_of
from data.tables import (
    Appointment,
    AppointmentKind,
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
from data.translation import _
from dispatch import booking, calendar, clock, interpreters
from dispatch.booking import Refused
from dispatch.calendar import DURATION, Slot
from handover import absences, access, calendar_push, microcontacts
from handover.console.desk import BadForm, Desk, Route
from handover.conversation import NotAllowed

HIDDEN = ("held", "expired", "moved")


class Item(NamedTuple):
    """A line of the agenda: an appointment with its person, an info session, or a free time; with place and counsellor."""

    starts_at: datetime
    counter: str
    staff: str
    slot: Slot | None = None
    appointment: Appointment | None = None
    person: Person | None = None
    talk: InfoSession | None = None


async def show(desk: Desk) -> Response:
    """/console/agenda?week=2026-11-23&wie=mij"""
    today = clock.day_of(desk.now)
    try:
        day = date.fromisoformat(desk.request.query_params.get("week", ""))
    except ValueError:  # at the weekend one looks ahead
        day = today + timedelta(days=7 - today.weekday()) if today.weekday() > 4 else today
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
    moving, client = await in_hand(desk)
    kind = moving.kind if moving is not None else AppointmentKind.MEDIATION
    whose = moving.staff_id if moving is not None else desk.staff.id if only_mine else None
    free = await _free(desk, start, end, kind, whose)
    needs = moving.language if moving is not None else client.language if client is not None else None
    if needs is not None:
        known = {
            slot: slot for slot in await interpreters.understood(desk.session, free, needs, now=desk.now)
        }
        free = [known.get(slot, slot) for slot in free]
    items = [
        *(Item(row.starts_at, appointment=row, person=person, counter=counter, staff=name) for row, person, counter, name in found),
        *(Item(talk.starts_at, talk=talk, counter=counter, staff=name) for talk, counter, name in talks),
        *(Item(slot.starts_at, slot=slot, counter=slot.counter.name, staff=slot.staff_name) for slot in free),
    ]  # fmt: skip
    items.sort(key=lambda item: item.starts_at)
    by_day = {day: [item for item in items if clock.day_of(item.starts_at) == day] for day in days}
    weekend = any(by_day[day] for day in days[5:])
    return await desk.page(
        "agenda.html", by_day=by_day if weekend else {day: by_day[day] for day in days[:5]}, today=today,
        moving=moving, client=client,
        kind=kind, needs=needs, monday=monday, before=monday - timedelta(days=7), after=monday + timedelta(days=7),
        account=await calendar_push.of(desk.session, desk.staff.id),
        only_mine=only_mine, whose="mij" if only_mine else "regio", may_see_all=desk.role != Role.COUNSELLOR,
    )  # fmt: skip


async def _free(desk: Desk, start: datetime, end: datetime, kind: str, staff_id: int | None) -> list[Slot]:
    """The free times of one counsellor between two moments; of many they are on the page of the day."""
    if staff_id is None or end <= desk.now or kind not in DURATION:
        return []
    one = access.colleagues_of(desk.staff).where(Staff.id == staff_id)
    if await desk.session.scalar(one) is None:  # an admin sits nowhere
        return []
    return await calendar.free_slots(
        desk.session, kind=kind, start=max(start, desk.now), end=end, staff_id=staff_id, now=desk.now
    )


async def in_hand(desk: Desk) -> tuple[Appointment | None, Person | None]:
    """The appointment that is being moved and the client who is being booked for, by the parameters of the address."""
    moving = await asked_for(desk, access.appointments_of(desk.staff), Appointment.id, "verplaats")
    return moving, await asked_for(desk, access.persons_of(desk.staff), Person.id, "client")


async def asked_for(desk: Desk, query: Any, column: Any, name: str) -> Any:
    """The row that a parameter of the address names, if one may see it."""
    number = id_of(desk.request.query_params.get(name, ""))
    if number is None:
        return None
    return (await desk.session.scalars(query.where(column == number))).one_or_none()


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
        raise NotAllowed(_("Dat kan pas als de afspraak begonnen is."))
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
        raise NotAllowed(_("Deze afspraak is al begonnen of al voorbij."))
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
