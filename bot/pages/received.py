"""What a partner reads of somebody who agreed to it, and where they say that they have it. The address is the key.

Reading confirms nothing: mail servers open links too.
"""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from bot.pages import visitor
from bot.pages.errors import error_page
from bot.pages.render import page_language, render
from data.db import Database
from data.tables import Partner, ReferralState
from dispatch import partners

router = APIRouter(include_in_schema=False, prefix="/p")


@router.get("/{token}")
async def show(request: Request, token: str) -> Response:
    """The lines, and a button."""
    database: Database = request.app.state.database
    async with database.transaction() as session:
        referral = await partners.received(session, token, now=datetime.now(UTC))
        if referral is None:
            return error_page(request, 404)
        partner = await session.get_one(Partner, referral.partner_id)
        return render(
            request, "received.html", language=page_language(request), private=True, partner=partner,
            lines=referral.lines, address=f"/p/{token}", arrived=referral.state == ReferralState.ARRIVED,
        )  # fmt: skip


@router.post("/{token}")
async def confirm(request: Request, token: str) -> Response:
    """They have it."""
    now = datetime.now(UTC)
    database: Database = request.app.state.database
    async with database.transaction() as session:
        referral = await partners.received(session, token, now=now)
        if referral is None or not visitor.same_origin(request):
            return error_page(request, 404 if referral is None else 403)
        await partners.acknowledge(session, referral.id, now=now)
    return RedirectResponse(f"/p/{token}?lang={page_language(request)}", status_code=303)
