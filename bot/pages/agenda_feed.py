"""The private calendar of a counsellor, for the program on their phone: whoever has the address may read it."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.pages.errors import error_page
from data.db import Database
from handover import feeds

router = APIRouter(include_in_schema=False)


@router.get("/agenda/{token}.ics")
async def feed(request: Request, token: str) -> Response:
    """404 for an address that was never made, or is stopped: nothing says which."""
    database: Database = request.app.state.database
    names: bool = request.app.state.settings.agenda_names
    async with database.transaction() as session:
        file = await feeds.read(session, token, names=names, now=datetime.now(UTC))
    if file is None:
        return error_page(request, 404)
    return Response(
        file, media_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"},
    )  # fmt: skip
