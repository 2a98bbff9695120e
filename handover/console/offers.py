"""Offering an appointment inside a message: free times to tick, which come in the draft with the client's own page."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from data.ids import id_of
from data.tables import AppointmentKind, AppointmentOffer, Counter, Person, Role, Staff
from data.translation import _
from dispatch import calendar, clock
from dispatch.calendar import DURATION, Slot, SlotKey
from handover import access, offers
from handover.console.desk import BadForm, Desk, Route
from handover.conversation import NotAllowed

AHEAD = timedelta(days=21)
NOT_BEFORE = timedelta(hours=2)
DAYS, A_DAY = 6, 6
PREFIX = "momenten-"


async def show(desk: Desk) -> Response:
    """/console/client/{person_id}/momenten?soort=…"""
    return await _page(desk, await desk.person())


async def make(desk: Desk) -> Response:
    """Back to the thread with the ticked times in the draft."""
    person = await desk.person()
    kind = _kind(desk.form.get("kind"))
    slots = []
    for name, value in desk.form.items():
        if name.startswith("slot_"):
            slot = await _slot(desk, value, kind)
            if slot is None:
                return await _page(
                    desk, person, status=409, warning=_("Een van die momenten is net weg. Kies opnieuw.")
                )
            slots.append(slot)
    try:
        offer = await offers.make(
            desk.session,
            person,
            sorted(slots, key=lambda slot: slot.starts_at),
            by_id=desk.staff.id,
            now=desk.now,
        )
    except NotAllowed as refused:
        return await _page(desk, person, status=409, warning=str(refused))
    return RedirectResponse(f"/console/client/{person.id}?invoegen={PREFIX}{offer.id}", status_code=303)


async def draft_of(desk: Desk, person: Person, wanted: str) -> str:
    """The text of an offer that this person was made, by its key in the address; empty when there is none."""
    number = id_of(wanted.removeprefix(PREFIX))
    if number is None:
        return ""
    offer = await desk.session.scalar(
        select(AppointmentOffer).where(AppointmentOffer.id == number, AppointmentOffer.person_id == person.id)
    )
    if offer is None:
        return ""
    base = str(desk.request.app.state.settings.public_url).rstrip("/")
    return await offers.text_of(desk.session, offer, person.language, base=base, now=desk.now)


async def _page(desk: Desk, person: Person, *, status: int = 200, warning: str = "") -> Response:
    kind = _kind(desk.form.get("kind") or desk.request.query_params.get("soort"))
    return await desk.page(
        "offer_times.html", status=status, person=person, warning=warning, kind=kind, kinds=tuple(DURATION),
        days=_by_day(await _free(desk, kind)), most=offers.MOST,
    )  # fmt: skip


async def _free(desk: Desk, kind: AppointmentKind) -> list[Slot]:
    """One's own free times; a dispatcher or coordinator: those of the region."""
    if desk.staff.region_id is None:
        return []
    start = desk.now + NOT_BEFORE
    return await calendar.free_slots(
        desk.session, kind=kind, start=start, end=start + AHEAD, region_id=desk.staff.region_id,
        staff_id=desk.staff.id if desk.role == Role.COUNSELLOR else None, now=desk.now,
    )  # fmt: skip


async def _slot(desk: Desk, text: str, kind: AppointmentKind) -> Slot | None:
    """A ticked time that is still free. Raises BadForm, and NotFound for one out of reach."""
    try:
        key = SlotKey.parse(text)
    except ValueError:
        raise BadForm from None
    await desk.one(access.counters_of(desk.staff).where(Counter.id == key.counter_id))
    await desk.one(access.colleagues_of(desk.staff).where(Staff.id == key.staff_id))
    return await calendar.slot_at(desk.session, key, kind, now=desk.now)


def _by_day(slots: Sequence[Slot]) -> list[list[Slot]]:
    days = [list(of_day) for _, of_day in groupby(slots, key=lambda slot: clock.day_of(slot.starts_at))]
    return [of_day[:A_DAY] for of_day in days[:DAYS]]


def _kind(text: str | None) -> AppointmentKind:
    return AppointmentKind(text) if text and text in DURATION else AppointmentKind.MEDIATION


ROUTES = (
    Route(method="GET", path="/client/{person_id}/momenten", handler=show),
    Route(method="POST", path="/client/{person_id}/momenten", handler=make),
)
