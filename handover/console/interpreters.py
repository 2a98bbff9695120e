"""The interpreters of a region: who they are, when they work, and where they are booked. The coordinator keeps the list."""

from collections.abc import Mapping
from datetime import date, timedelta

from fastapi.responses import Response
from sqlalchemy import select

from data import events
from data.tables import Appointment, AppointmentStatus, Counter, Interpreter, Region, Role, Staff
from data.translation import _
from dispatch import interpreters
from handover import access
from handover.console.desk import BadForm, Desk, Route
from handover.console.labels import LANGUAGES, words
from handover.console.render import DAYS
from handover.conversation import NotAllowed

HERE = "/console/tolken"
AHEAD = timedelta(weeks=6)
MOST_DAYS = 60


async def show(desk: Desk) -> Response:
    """/console/tolken"""
    found = await desk.session.scalars(
        access.interpreters_of(desk.staff).order_by(Interpreter.active.desc(), Interpreter.name)
    )
    booked = await desk.session.execute(
        select(Appointment, Interpreter, Counter, Staff.name)
        .join(Interpreter, Interpreter.id == Appointment.interpreter_id)
        .join(Counter, Counter.id == Appointment.counter_id)
        .join(Staff, Staff.id == Appointment.staff_id)
        .where(
            access.may_see_appointment(desk.staff), Appointment.status == AppointmentStatus.CONFIRMED,
            Appointment.starts_at.between(desk.now, desk.now + AHEAD),
        )
        .order_by(Appointment.starts_at)
    )  # fmt: skip
    return await desk.page(
        "interpreters.html",
        interpreters=found.all(),
        booked=booked.all(),
        manages=desk.role in access.MANAGES,
    )


async def new(desk: Desk) -> Response:
    """/console/tolken/nieuw"""
    return await _form(desk, None, {"active": "1"})


async def edit(desk: Desk) -> Response:
    """/console/tolken/7"""
    one = await _one(desk)
    hours = {
        day: ", ".join(f"{opens}-{closes}" for opens, closes in blocks) for day, blocks in one.hours.items()
    }
    return await _form(
        desk, one,
        {
            "name": one.name, "contact": one.contact or "", "languages": ",".join(one.languages),
            "days_off": " ".join(f"{day.day}/{day.month}/{day.year}" for day in sorted(one.days_off)),
            "active": "1" if one.active else "", **hours,
        },
    )  # fmt: skip


async def add(desk: Desk) -> Response:
    region_id = desk.staff.region_id
    if region_id is None:  # an admin says where
        region_id = desk.text("region_id", 40)
        if await desk.session.get(Region, region_id) is None:
            raise BadForm
    return await _save(desk, Interpreter(region_id=region_id))


async def save(desk: Desk) -> Response:
    return await _save(desk, await _one(desk))


async def _save(desk: Desk, one: Interpreter) -> Response:
    name = desk.text("name", 200)
    languages = [code for code in LANGUAGES if desk.form.get(f"l_{code}")]
    if not name or not languages:
        raise NotAllowed(_("Vul een naam in, en kies minstens één taal."))
    try:
        one.hours = interpreters.read_hours(desk.form)
        one.days_off = _days(desk.text("days_off", 2_000))
    except ValueError as wrong:
        raise NotAllowed(str(wrong)) from None
    one.name, one.languages = name, languages
    one.contact = desk.text("contact", 300) or None
    one.active = bool(desk.form.get("active"))
    desk.session.add(one)
    await desk.session.flush()
    await events.record(
        desk.session, "interpreter.saved", region_id=one.region_id, staff_id=desk.staff.id,
        data={"interpreter_id": one.id},
    )  # fmt: skip
    return desk.go(HERE)


def _days(text: str) -> list[date]:
    """ "24/12/2026 27/12/2026" as days. Raises ValueError with a sentence."""
    days = []
    for word in text.replace(",", " ").split()[:MOST_DAYS]:
        try:
            day, month, year = (int(part) for part in word.split("/"))
            days.append(date(year, month, day))
        except ValueError:
            raise ValueError(
                _("“{text}” is geen dag. Schrijf 24/12/2026, met spaties ertussen.", text=word[:20])
            ) from None
    return days


async def _one(desk: Desk) -> Interpreter:
    wanted = Interpreter.id == desk.number("interpreter_id")
    found: Interpreter = await desk.one(access.interpreters_of(desk.staff).where(wanted))
    return found


async def _form(desk: Desk, one: Interpreter | None, values: Mapping[str, str]) -> Response:
    regions: Mapping[str, str] = {}
    if desk.role == Role.ADMIN and one is None:
        rows = await desk.session.execute(select(Region.id, Region.name).order_by(Region.name))
        regions = dict(rows.all())
    return await desk.page(
        "interpreter.html", one=one, values=values, regions=regions, languages=words("language"),
        chosen=set(values.get("languages", "").split(",")), days=dict(zip(interpreters.DAYS, map(_, DAYS), strict=True)),
    )  # fmt: skip


ROUTES = (
    Route(method="GET", path="/tolken", handler=show),
    Route(method="GET", path="/tolken/nieuw", handler=new, roles=access.MANAGES),
    Route(method="POST", path="/tolken", handler=add, roles=access.MANAGES),
    Route(method="GET", path="/tolken/{interpreter_id}", handler=edit, roles=access.MANAGES),
    Route(method="POST", path="/tolken/{interpreter_id}", handler=save, roles=access.MANAGES),
)
