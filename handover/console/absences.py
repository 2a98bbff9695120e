"""Who is away, which appointments that hits, and one button that settles them all."""

from datetime import datetime, time, timedelta

from fastapi.responses import RedirectResponse, Response

from data.tables import Absence, ChangeKind, Role, Staff
from data.translation import _
from dispatch import clock
from handover import absences, access
from handover.absences import CHOICES, Hit
from handover.console.desk import BadForm, Desk, Route
from handover.conversation import NotAllowed

HOME = "/console/agenda/afwezig"
LONGEST_AGO = timedelta(days=30)


async def show(desk: Desk) -> Response:
    """/console/agenda/afwezig: who is away, and a form to enter it."""
    rows = (
        access.absences_of(desk.staff)
        .add_columns(Staff.name)
        .where(Absence.ends_at > desk.now - LONGEST_AGO)
        .order_by(Absence.starts_at.desc())
        .limit(60)
    )
    evening = datetime.combine(clock.day_of(desk.now), time(18), clock.ZONE)
    return await desk.page(
        "absences.html", rows=(await desk.session.execute(rows)).all(), choices=await _colleagues(desk),
        until=evening if evening > desk.now else evening + timedelta(days=1),
    )  # fmt: skip


async def enter(desk: Desk) -> Response:
    """From now on nobody can book them in this time; then the page of what it hits."""
    wanted = desk.chosen("staff_id")
    staff = next((one for one in await _colleagues(desk) if one.id == wanted), None)
    if staff is None:
        raise NotAllowed(_("Je kan alleen jezelf afwezig melden. Vraag het je coördinator."))
    starts_at, ends_at = moment(desk.form.get("starts_at", "")), moment(desk.form.get("ends_at", ""))
    if starts_at is None or ends_at is None:
        raise NotAllowed(_("Vul bij begin en einde een dag en een uur in."))
    absence = await absences.enter(desk.session, staff, starts_at, ends_at, by_id=desk.staff.id, now=desk.now)
    return _away(desk, absence)


async def one(desk: Desk) -> Response:
    """/console/agenda/afwezig/7: the appointments that it hits, each with what will happen."""
    absence = await _absence(desk)
    found = await absences.hits(desk.session, absence, now=desk.now)
    names = {hit.appointment.id: hit.deputy.staff_name for hit in found if hit.deputy is not None}
    return await desk.page(
        "absence.html", absence=absence, who=await desk.session.get_one(Staff, absence.staff_id), hits=found,
        open=[hit for hit in found if hit.change is None], deputies=names, said=_said,
    )  # fmt: skip


async def settle(desk: Desk) -> Response:
    """What was chosen for each; where nothing was chosen, a deputy or else another time."""
    absence = await _absence(desk)
    choices = {
        int(name[1:]): ChangeKind(value)
        for name, value in desk.form.items()
        if name[:1] == "a" and name[1:].isdigit() and value in CHOICES
    }
    await absences.settle(desk.session, absence, by_id=desk.staff.id, now=desk.now, choices=choices)
    return RedirectResponse(f"{HOME}/{absence.id}", status_code=303)


async def back(desk: Desk) -> Response:
    absence = await _absence(desk)
    until = absence.ends_at
    await absences.back(desk.session, absence, by_id=desk.staff.id, now=desk.now)
    return desk.done(
        RedirectResponse(HOME, status_code=303), _("De afwezigheid is voorbij. Wat cliënten gezegd is, blijft staan."),
        f"{HOME}/{absence.id}/toch", until=until.isoformat(), was=absence.ends_at.isoformat(),
    )  # fmt: skip


async def away_after_all(desk: Desk) -> Response:
    absence = await _absence(desk)
    desk.unless_changed(absence.ends_at.isoformat())
    try:
        until = datetime.fromisoformat(desk.form.get("until", ""))
    except ValueError:
        raise BadForm from None
    if until.tzinfo is None:
        raise BadForm
    await absences.away_after_all(desk.session, absence, until=until, by_id=desk.staff.id, now=desk.now)
    return _away(desk, absence)


def _away(desk: Desk, absence: Absence) -> Response:
    answer = RedirectResponse(f"{HOME}/{absence.id}", status_code=303)
    return desk.done(answer, _("De afwezigheid is ingevuld."), f"{HOME}/{absence.id}/terug")


def moment(text: str) -> datetime | None:
    """The instant of a datetime-local field; None when it is no time that exists."""
    try:
        return clock.instant(datetime.fromisoformat(text).replace(tzinfo=None))
    except ValueError:
        return None


async def _absence(desk: Desk) -> Absence:
    found: Absence = await desk.one(
        access.absences_of(desk.staff).where(Absence.id == desk.number("absence_id"))
    )
    return found


async def _colleagues(desk: Desk) -> list[Staff]:
    """Whom one may say to be away: oneself; a dispatcher or coordinator: everybody of the region."""
    if desk.role == Role.COUNSELLOR:
        return [desk.staff]
    found = await desk.session.scalars(access.colleagues_of(desk.staff).order_by(Staff.name))
    return list(found)


def _said(hit: Hit) -> str:
    """What became of an appointment, in words."""
    change = hit.change
    if change is None:
        return ""
    if change.state == "planned":
        return _("wordt geregeld")
    if change.outcome == ChangeKind.DEPUTY:
        return _("een collega neemt over, de cliënt weet het")
    if change.outcome == ChangeKind.CALL:
        return _("iemand belt de cliënt, zie Mijn dag")
    if change.outcome == ChangeKind.ANOTHER_TIME:
        asked = change.state == "asked"
        return (
            _("de cliënt kiest een ander moment") if asked else _("de cliënt is gevraagd om een ander moment")
        )
    return _("al verplaatst of afgezegd")


ROUTES = (
    Route(method="GET", path="/agenda/afwezig", handler=show),
    Route(method="POST", path="/agenda/afwezig", handler=enter),
    Route(method="GET", path="/agenda/afwezig/{absence_id}", handler=one),
    Route(method="POST", path="/agenda/afwezig/{absence_id}/regelen", handler=settle),
    Route(method="POST", path="/agenda/afwezig/{absence_id}/terug", handler=back),
    Route(method="POST", path="/agenda/afwezig/{absence_id}/toch", handler=away_after_all),
)
