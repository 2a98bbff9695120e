"""The page of an offered appointment: pick one of the times that somebody of ours wrote. The address is the key."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from bot.pages import visitor
from bot.pages.errors import error_page
from bot.pages.render import LANGUAGES, page_language, render
from data.db import Database
from data.tables import Appointment, Person
from dispatch import clock
from dispatch.calendar import Slot
from handover import offers

router = APIRouter(include_in_schema=False, prefix="/a/kies")


@router.get("/{token}")
async def show(request: Request, token: str) -> Response:
    """The times that are still free; once one is picked, that appointment."""
    return await _answer(request, token, None)


@router.post("/{token}")
async def pick(request: Request, token: str, slot: Annotated[str, Form(max_length=80)] = "") -> Response:
    """Book it, or show what is left when somebody was first."""
    if not visitor.same_origin(request):
        return error_page(request, 403)
    return await _answer(request, token, slot)


async def _answer(request: Request, token: str, slot: str | None) -> Response:
    now = datetime.now(UTC)
    database: Database = request.app.state.database
    async with database.transaction() as session:
        offer = await offers.by_token(session, token)
        if offer is None:
            return error_page(request, 404)
        if slot is not None and (made := await offers.pick(session, offer, slot, now=now)) is not None:
            return RedirectResponse(f"/a/{made.token}?done=confirmed", status_code=303)
        if offer.appointment_id is not None:
            picked = await session.get_one(Appointment, offer.appointment_id)
            return RedirectResponse(f"/a/{picked.token}", status_code=303)
        person = await session.get_one(Person, offer.person_id)
        free = await offers.free(session, offer, now=now)
    own = person.language if person.language in LANGUAGES else LANGUAGES[0]
    return render(
        request, "choose-time.html", language=page_language(request) if "lang" in request.query_params else own,
        status=200 if slot is None else 409, private=True, gone=slot is not None, days=_by_day(free),
        address=f"/a/kies/{token}",
    )  # fmt: skip


def _by_day(slots: Sequence[Slot]) -> list[tuple[datetime, list[Slot]]]:
    ordered = sorted(slots, key=lambda slot: slot.starts_at)
    days = [list(of_day) for _, of_day in groupby(ordered, key=lambda slot: clock.day_of(slot.starts_at))]
    return [(of_day[0].starts_at, of_day) for of_day in days]
