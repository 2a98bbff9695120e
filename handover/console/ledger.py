"""The ledger of micro-contacts in the console: counts beside the blueprint's 22, what was put right, and files."""

import asyncio
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from fastapi.responses import Response
from sqlalchemy import select

from data.ids import id_of
from data.tables import ContactWay, MicroContact, Person, Role, Staff
from data.translation import N_, _
from dispatch import clock
from handover import access, ledger, looks, microcontacts, sheets, trajectory
from handover.console.desk import BadForm, Desk, NotFound, Route
from handover.console.labels import CALL_OUTCOMES, CONTACT_OUTCOMES, word
from handover.console.render import month_year, wall_input
from handover.conversation import NotAllowed
from handover.ledger import Entry, Span
from handover.sheets import Cell

LONGEST = 600  # minutes
AHEAD = timedelta(minutes=5)  # clocks differ a little
SHOWN = 300
HEAD = (
    N_("Wanneer"), N_("Cliëntnummer"), N_("Cliënt"), N_("Traject"), N_("Wie van ons"), N_("Richting"), N_("Kanaal"), N_("Wat"), N_("Minuten"), N_("Waarover"),
    N_("Hoe het eindigde"), N_("Telt"), N_("Genoteerd door"), N_("Regel"), N_("Verbetert regel"),
)  # fmt: skip


async def show(desk: Desk) -> Response:
    """/console/microcontacten?maand=2026-11&begeleider=5"""
    today = clock.day_of(desk.now)
    span = await _span(desk, today)
    month = span.month or today.replace(day=1)
    session, staff = desk.session, desk.staff
    return await desk.page(
        "ledger.html", rule=ledger.RULE, norm=microcontacts.NORM, month=f"{month:%Y-%m}", title=month_year(month),
        chosen=span.staff_id, colleagues=await _colleagues(desk), most=ledger.TRACKS,
        query=urlencode({"maand": f"{month:%Y-%m}", "begeleider": span.staff_id or ""}),
        tracks=await ledger.tracks(session, staff, span), by_staff=await ledger.by_staff(session, staff, span),
        by_month=[
            (month_year(first), count) for first, count in await ledger.by_month(session, staff, span, today=today)
        ],
    )  # fmt: skip


async def of_person(desk: Desk) -> Response:
    """/console/client/{person_id}/contacten"""
    person = await desk.person()
    await looks.note(desk.session, person.id, desk.staff.id, now=desk.now)
    return await _of_person(desk, person)


async def correct(desk: Desk) -> Response:
    """A newer row beside the wrong one; or that there was no contact."""
    visible = access.persons_of(desk.staff).with_only_columns(Person.id)
    row: MicroContact = await desk.one(
        select(MicroContact)
        .where(MicroContact.id == desk.number("contact_id"), MicroContact.person_id.in_(visible))
        .with_for_update()
    )
    way, outcome = desk.form.get("way", ""), desk.form.get("ending", "")
    if way not in set(ContactWay) or (way == ContactWay.MESSAGE) != (row.way == ContactWay.MESSAGE):
        raise BadForm
    if outcome and outcome != row.outcome and outcome not in CONTACT_OUTCOMES | CALL_OUTCOMES:
        raise BadForm
    person = await desk.session.get_one(Person, row.person_id)
    at = _moment(desk.form.get("at", ""), row)
    if at > desk.now + AHEAD:
        return await _of_person(
            desk, person, status=409, warning=_("Een contact kan niet in de toekomst liggen.")
        )
    whose = desk.chosen_or_none("staff_id")
    if (
        whose is not None
        and whose != row.staff_id
        and whose not in {one.id for one in await _colleagues(desk)}
    ):
        raise NotFound
    try:
        await ledger.correct(
            desk.session, row, way=ContactWay(way), direction="in" if desk.form.get("direction") == "in" else "out",
            minutes=min(desk.chosen_or_none("minutes") or 0, LONGEST), purpose=desk.text("purpose", 400),
            outcome=outcome, staff_id=whose, at=at, by_id=desk.staff.id, voided=desk.form.get("voided") == "1",
        )  # fmt: skip
    except NotAllowed as refused:
        return await _of_person(desk, person, status=409, warning=str(refused))
    return desk.go(f"/console/client/{row.person_id}/contacten")


async def download(desk: Desk) -> Response:
    """/console/microcontacten.csv or .xlsx, with the same choices as the page; every row, also what was put right."""
    kind = desk.request.url.path.rpartition(".")[2]
    span = await _span(desk, None)
    entries = await ledger.entries(desk.session, desk.staff, span)
    await looks.note_all(desk.session, {entry.person.id for entry in entries}, desk.staff.id, now=desk.now)
    rows = [_cells(entry) for entry in entries]
    made = await asyncio.to_thread(_made, kind, rows)  # a year of a region takes seconds
    name = f"microcontacten-{span.month:%Y-%m}.{kind}" if span.month else f"microcontacten.{kind}"
    return Response(
        made,
        media_type=sheets.TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


async def _of_person(desk: Desk, person: Person, *, status: int = 200, warning: str = "") -> Response:
    track = await trajectory.current(desk.session, person.id)
    count = await microcontacts.count(
        desk.session, person_id=None if track else person.id, trajectory_id=track.id if track else None
    )
    return await desk.page(
        "contacts.html", status=status, person=person, track=track, count=count, norm=microcontacts.NORM,
        rows=await ledger.entries(desk.session, desk.staff, Span(person_id=person.id), limit=SHOWN),
        rule=ledger.RULE, warning=warning, colleagues=await _colleagues(desk),
    )  # fmt: skip


def _made(kind: str, rows: list[tuple[Cell, ...]]) -> bytes:
    head = tuple(_(name) for name in HEAD)
    return (
        sheets.as_csv(head, rows) if kind == "csv" else sheets.as_xlsx(head, rows, title=_("Microcontacten"))
    )


def _cells(entry: Entry) -> tuple[Cell, ...]:
    row = entry.row
    return (
        row.at, row.person_id, entry.person.name or "", row.trajectory_id, entry.who or "",
        _("van de cliënt") if row.direction == "in" else _("van ons"), word(row.channel, "channel"), word(row.way, "way"),
        row.minutes, word(row.purpose, "purpose") if row.purpose else "",
        word(row.outcome, "contact_outcome") if row.outcome else "", _("ja") if entry.stands else _("neen"),
        entry.noted_by or "", row.id, row.replaces_id,
    )  # fmt: skip


async def _span(desk: Desk, today: date | None) -> Span:
    """What the address asks for, as far as one may see it. A person out of sight is not found."""
    query = desk.request.query_params
    month = _first_of(query.get("maand", ""))
    whose, client = query.get("begeleider", ""), query.get("client", "")
    known = {str(one.id): one.id for one in await _colleagues(desk)}
    person_id = None
    if client:
        wanted = Person.id == (id_of(client) or 0)
        person_id = (await desk.one(access.persons_of(desk.staff).where(wanted))).id
    return Span(
        month=month or (today.replace(day=1) if today is not None else None), staff_id=known.get(whose),
        person_id=person_id,
    )  # fmt: skip


async def _colleagues(desk: Desk) -> list[Staff]:
    if desk.role == Role.COUNSELLOR:
        return [desk.staff]
    return list(await desk.session.scalars(access.colleagues_of(desk.staff).order_by(Staff.name)))


def _first_of(month: str) -> date | None:
    """The first day of "2026-11"."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    return first if 2000 <= first.year < 3000 else None


def _moment(typed: str, row: MicroContact) -> datetime:
    """A datetime-local field, taken as wall time in Belgium; the row's own moment where nothing changed."""
    if typed == wall_input(row.at):
        return row.at
    try:
        return clock.instant(datetime.fromisoformat(typed).replace(tzinfo=None))
    except ValueError:
        raise BadForm from None


ROUTES = (
    Route(method="GET", path="/microcontacten", handler=show),
    *(Route(method="GET", path=f"/microcontacten.{kind}", handler=download) for kind in sheets.TYPES),
    Route(method="GET", path="/client/{person_id}/contacten", handler=of_person),
    Route(method="POST", path="/microcontact/{contact_id}", handler=correct),
)
