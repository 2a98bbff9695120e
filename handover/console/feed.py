"""The secret address of one's own calendar: make it, see it once, stop it."""

from fastapi.responses import RedirectResponse, Response

from handover import feeds
from handover.console.desk import Desk, Route

HOME = "/console/agenda/telefoon"


async def show(desk: Desk) -> Response:
    """/console/agenda/telefoon"""
    return await _page(desk, None)


async def make(desk: Desk) -> Response:
    """A new address, shown this once; the one before stops."""
    token = await feeds.make(desk.session, desk.staff, now=desk.now)
    public_url = str(desk.request.app.state.settings.public_url).rstrip("/")
    return await _page(desk, f"{public_url}/agenda/{token}.ics")


async def stop(desk: Desk) -> Response:
    await feeds.stop(desk.session, desk.staff)
    return RedirectResponse(HOME, status_code=303)


async def _page(desk: Desk, address: str | None) -> Response:
    known = await feeds.of(desk.session, desk.staff.id)
    names = bool(desk.request.app.state.settings.agenda_names)
    return await desk.page("feed.html", address=address, feed=known, names=names)


ROUTES = (
    Route(method="GET", path="/agenda/telefoon", handler=show),
    Route(method="POST", path="/agenda/telefoon", handler=make),
    Route(method="POST", path="/agenda/telefoon/stop", handler=stop),
)
