"""One's own calendar elsewhere: read at a secret address, or written to by us."""

from fastapi.responses import RedirectResponse, Response

from data.translation import _
from dispatch import caldav
from handover import calendar_push, feeds
from handover.console.desk import Desk, Route
from handover.conversation import NotAllowed

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


async def connect(desk: Desk) -> Response:
    """Write to this calendar from now on."""
    allowed = desk.request.app.state.settings.agenda_push
    if allowed == "off":
        raise NotAllowed(_("Jullie dienst koos om niets in andere agenda's te schrijven."))
    try:
        url = caldav.address_of(desk.text("url", 500), internal=allowed == "internal")
    except caldav.NotACalendarAddress as wrong:
        raise NotAllowed(str(wrong)) from None
    username, password = desk.text("username", 200), desk.form.get("password", "")[:500]
    if not username or not password:
        raise NotAllowed(_("Vul een gebruiker en een wachtwoord in."))
    await calendar_push.connect(
        desk.session, desk.staff, url=url, username=username, password=password,
        secret=desk.request.app.state.secret,
    )  # fmt: skip
    return RedirectResponse(HOME, status_code=303)


async def try_again(desk: Desk) -> Response:
    await calendar_push.try_again(desk.session, desk.staff)
    return RedirectResponse(HOME, status_code=303)


async def disconnect(desk: Desk) -> Response:
    await calendar_push.stop(desk.session, desk.staff)
    return RedirectResponse(HOME, status_code=303)


async def _page(desk: Desk, address: str | None) -> Response:
    known = await feeds.of(desk.session, desk.staff.id)
    settings = desk.request.app.state.settings
    return await desk.page(
        "feed.html", address=address, feed=known, names=bool(settings.agenda_names),
        account=await calendar_push.of(desk.session, desk.staff.id), may_push=settings.agenda_push != "off",
    )  # fmt: skip


ROUTES = (
    Route(method="GET", path="/agenda/telefoon", handler=show),
    Route(method="POST", path="/agenda/telefoon", handler=make),
    Route(method="POST", path="/agenda/telefoon/stop", handler=stop),
    Route(method="POST", path="/agenda/telefoon/schrijf", handler=connect),
    Route(method="POST", path="/agenda/telefoon/schrijf/opnieuw", handler=try_again),
    Route(method="POST", path="/agenda/telefoon/schrijf/stop", handler=disconnect),
)
