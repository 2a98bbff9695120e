"""Info sessions: plan one, who has a seat, put a client in it, call it off."""

from datetime import datetime, time, timedelta

from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from data.tables import (
    Appointment,
    AppointmentKind,
    ChangeKind,
    Counter,
    InfoSession,
    Person,
    Role,
    Staff,
)
from data.translation import _
from dispatch import calendar, clock, info_sessions
from dispatch.booking import Taken
from dispatch.info_sessions import Full
from handover import absences, access
from handover.console.absences import moment
from handover.console.clients import clients
from handover.console.desk import BadForm, Desk, Route
from handover.console.labels import LANGUAGES, words
from handover.conversation import NotAllowed, lock_person

HERE = "/console/infosessies"
BACK = timedelta(days=31)
SOON = timedelta(days=14)  # a first guess
MOST_SEATS = 500
LENGTHS = range(15, 481)  # minutes


async def show(desk: Desk) -> Response:
    """/console/infosessies"""
    rows = await desk.session.execute(
        select(InfoSession, Counter.name, Staff.name)
        .join(Counter, Counter.id == InfoSession.counter_id)
        .join(Staff, Staff.id == InfoSession.staff_id)
        .where(access.may_see_session(desk.staff), InfoSession.starts_at > desk.now - BACK)
        .order_by(InfoSession.starts_at)
    )
    counters = await desk.session.scalars(
        access.counters_of(desk.staff).where(Counter.active).order_by(Counter.name)
    )
    minutes = await calendar.minutes_of(desk.session, desk.staff.region_id)
    return await desk.page(
        "info_sessions.html", rows=rows.all(), counters=counters.all(), colleagues=await _colleagues(desk),
        languages=words("language"), minutes=minutes[AppointmentKind.SESSION], most=MOST_SEATS,
        start=datetime.combine(clock.day_of(desk.now) + SOON, time(10), clock.ZONE),
    )  # fmt: skip


async def plan(desk: Desk) -> Response:
    counter: Counter = await desk.one(
        access.counters_of(desk.staff).where(Counter.id == desk.chosen("counter_id"), Counter.active)
    )
    staff = next((one for one in await _colleagues(desk) if one.id == desk.chosen("staff_id")), None)
    title, seats, minutes = desk.text("title", 120), desk.chosen("seats"), desk.chosen("minutes")
    starts_at = moment(desk.form.get("starts_at", ""))
    if staff is None or desk.form.get("language") not in LANGUAGES:
        raise BadForm
    if starts_at is None or starts_at <= desk.now:
        raise NotAllowed(_("Kies een dag en een uur die nog moeten komen."))
    if not title or not 1 <= seats <= MOST_SEATS or minutes not in LENGTHS:
        raise NotAllowed(
            _(
                "Vul in waarover het gaat, 1 tot {most} plaatsen, en een duur van 15 minuten tot 8 uur.",
                most=MOST_SEATS,
            )
        )
    room = desk.text("room", 80) or None
    if room is not None and counter.rooms and room not in counter.rooms:
        raise NotAllowed(
            _(
                "{counter} heeft deze lokalen: {rooms}. Kies er een van.",
                counter=counter.name,
                rooms=", ".join(counter.rooms),
            )
        )
    made = await info_sessions.plan(
        desk.session, counter=counter, staff=staff, wall_start=clock.wall(starts_at), minutes=minutes, seats=seats,
        title=title, language=desk.form["language"], room=room, now=desk.now, by=desk.staff.id,
    )  # fmt: skip
    if isinstance(made, Taken):
        raise NotAllowed(
            _(
                "{name} of het lokaal is dan al bezet. Kies een ander moment, een collega of een ander lokaal.",
                name=staff.name,
            )
        )
    return RedirectResponse(f"{HERE}/{made.id}", status_code=303)


async def one(desk: Desk) -> Response:
    """/console/infosessies/7"""
    row = await _session(desk)
    seats = await desk.session.execute(
        select(Appointment, Person)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.session_id == row.id, Appointment.status != "expired")
        .order_by(Appointment.id)
    )
    return await desk.page(
        "info_session.html", row=row, seats=seats.all(), counter=await desk.session.get_one(Counter, row.counter_id),
        who=await desk.session.get_one(Staff, row.staff_id),
        people=[found.person for found in await clients(desk, mine=False)],
    )  # fmt: skip


async def take(desk: Desk) -> Response:
    """A seat for a client; they are told."""
    row = await _session(desk)
    person: Person = await desk.one(
        access.persons_of(desk.staff).where(Person.id == desk.chosen("client_id"))
    )
    await lock_person(desk.session, person.id)
    made = await info_sessions.take(
        desk.session, row.id, person.id, now=desk.now, language=person.language, by=desk.staff.id
    )
    if not isinstance(made, Appointment):
        raise NotAllowed(
            _("Deze infosessie is vol.")
            if isinstance(made, Full)
            else _("Deze infosessie is voorbij of gaat niet door.")
        )
    await absences.change_told(desk.session, made, ChangeKind.BOOKED, by_id=desk.staff.id, now=desk.now)
    return RedirectResponse(f"{HERE}/{row.id}", status_code=303)


async def seats(desk: Desk) -> Response:
    """More seats, or fewer: never fewer than are taken."""
    row = await _session(desk, lock=True)
    wanted = desk.chosen("seats")
    if not max(row.taken, 1) <= wanted <= MOST_SEATS:
        raise NotAllowed(
            _(
                "Er zijn al {taken} plaatsen weg. Kies {least} tot {most}.",
                taken=row.taken,
                least=max(row.taken, 1),
                most=MOST_SEATS,
            )
        )
    row.seats = wanted
    return RedirectResponse(f"{HERE}/{row.id}", status_code=303)


async def call_off(desk: Desk) -> Response:
    """It does not take place: everybody who has a seat is told."""
    row = await _session(desk)
    ended = await info_sessions.call_off(desk.session, row, now=desk.now, by=desk.staff.id)
    if ended is None:
        raise NotAllowed(_("Deze infosessie is al begonnen of al afgezegd."))
    for seat in ended:
        await absences.change_told(
            desk.session, seat, ChangeKind.CANCELLED, by_id=desk.staff.id, now=desk.now
        )
    return RedirectResponse(HERE, status_code=303)


async def _session(desk: Desk, *, lock: bool = False) -> InfoSession:
    query = select(InfoSession).where(
        access.may_see_session(desk.staff), InfoSession.id == desk.number("session_id")
    )
    found: InfoSession = await desk.one(query.with_for_update() if lock else query)
    return found


async def _colleagues(desk: Desk) -> list[Staff]:
    if desk.role == Role.COUNSELLOR:
        return [desk.staff]
    return list(await desk.session.scalars(access.colleagues_of(desk.staff).order_by(Staff.name)))


ROUTES = (
    Route(method="GET", path="/infosessies", handler=show),
    Route(method="POST", path="/infosessies/nieuw", handler=plan),
    Route(method="GET", path="/infosessies/{session_id}", handler=one),
    Route(method="POST", path="/infosessies/{session_id}/plaats", handler=take),
    Route(method="POST", path="/infosessies/{session_id}/plaatsen", handler=seats),
    Route(method="POST", path="/infosessies/{session_id}/afzeggen", handler=call_off),
)
