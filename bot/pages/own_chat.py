"""The chat in this browser and the appointment behind a link are of one person, if whoever has both says so.

The link is the proof: it went to the address of the appointment. Looking changes nothing; pressing the button does.
"""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.pages import visitor
from bot.pages.errors import error_page
from channels.web import address_of
from data.db import Database
from data.tables import AddressLink, Appointment, MergeHow
from dispatch import booking
from handover import merging
from handover.conversation import NotAllowed

router = APIRouter(include_in_schema=False, prefix="/a")


async def chat_of_another(session: AsyncSession, request: Request, appointment: Appointment) -> int | None:
    """The person of this browser's chat, when that is not who made the appointment; None otherwise."""
    token = visitor.token_of(request)
    address = await address_of(session, token) if token else None
    if address is None:
        return None
    owners = set(
        await session.scalars(
            select(AddressLink.person_id).where(
                AddressLink.address_id == address.id, AddressLink.ended_at.is_(None)
            )
        )
    )
    return owners.pop() if len(owners) == 1 and appointment.person_id not in owners else None


@router.post("/{token}/dit-ben-ik")
async def claim(request: Request, token: str) -> Response:
    """Bring the two together; what cannot be brought together by a machine is left as it is."""
    if not visitor.same_origin(request):
        return error_page(request, 403)
    database: Database = request.app.state.database
    done = ""
    try:
        async with database.transaction() as session:
            appointment = await booking.by_token(session, token)
            if appointment is None:
                return error_page(request, 404)
            other_id = await chat_of_another(session, request, appointment)
            if other_id is not None:
                await merging.merge(
                    session, appointment.person_id, other_id, how=MergeHow.APPOINTMENT, now=datetime.now(UTC)
                )
                done = "?done=linked"
    except NotAllowed:
        pass  # both have a file: that is for people to decide
    return RedirectResponse(f"/a/{token}{done}", status_code=303)
