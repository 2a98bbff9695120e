"""All routes of the console in one table, and the router made of it."""

from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import FileResponse, Response

from handover.console import (
    absences,
    actions,
    agenda,
    agenda_day,
    appointment,
    approved,
    beside,
    calls,
    cards,
    channels,
    clients,
    compose,
    consents,
    contact,
    corrections,
    counters,
    day,
    entrance,
    feed,
    figures,
    files,
    gaps,
    identity,
    imports,
    info_sessions,
    interpreters,
    keeping,
    leaving,
    ledger,
    lengths,
    live,
    neutrality,
    offers,
    own_link,
    partners,
    referrals,
    regions,
    reports_of_offer,
    saved,
    seek,
    sittings,
    staff,
    steps,
    team,
    threads,
    track,
)
from handover.console.desk import CONSOLE, Route, endpoint, in_their_language, refusal

STATIC = Path(__file__).parent / "static"
FILES = {
    "console.js": "text/javascript",
    "beside.js": "text/javascript",
    "drafts.js": "text/javascript",
    "notices.js": "text/javascript",
    "place.js": "text/javascript",
    "said.js": "text/javascript",
    "keys.js": "text/javascript",
    "thread.js": "text/javascript",
    "compose.js": "text/javascript",
    "learn.js": "text/javascript",
    "agenda.js": "text/javascript",
    "report.js": "text/javascript",
    "console.css": "text/css",
}

ROUTES: tuple[Route, ...] = (
    *entrance.ROUTES,
    *threads.ROUTES,
    *team.ROUTES,
    *beside.ROUTES,
    *calls.ROUTES,
    *files.ROUTES,
    *steps.ROUTES,
    *actions.ROUTES,
    *corrections.ROUTES,
    *clients.ROUTES,
    *track.ROUTES,
    *compose.ROUTES,
    *offers.ROUTES,
    *approved.ROUTES,
    *ledger.ROUTES,
    *saved.ROUTES,
    *agenda.ROUTES,
    *agenda_day.ROUTES,
    *appointment.ROUTES,
    *info_sessions.ROUTES,
    *interpreters.ROUTES,
    *lengths.ROUTES,
    *absences.ROUTES,
    *feed.ROUTES,
    *day.ROUTES,
    *contact.ROUTES,
    *figures.ROUTES,
    *staff.ROUTES,
    *leaving.ROUTES,
    *cards.ROUTES,
    *consents.ROUTES,
    *keeping.ROUTES,
    *neutrality.ROUTES,
    *partners.ROUTES,
    *counters.ROUTES,
    *sittings.ROUTES,
    *regions.ROUTES,
    *referrals.ROUTES,
    *gaps.ROUTES,
    *imports.ROUTES,
    *reports_of_offer.ROUTES,
    *seek.ROUTES,
    *channels.ROUTES,
    *own_link.ROUTES,
    *identity.ROUTES,
)


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in FILES:
        return refusal(request, 404)
    return FileResponse(STATIC / name, media_type=FILES[name], headers={"Cache-Control": "no-cache"})


def router() -> APIRouter:
    """A new router with every page of the console; it wants `database`, `settings` and `secret` in the app's state."""
    made = APIRouter(prefix=CONSOLE, include_in_schema=False, dependencies=[Depends(in_their_language)])
    door = entrance.Entrance()
    for path in ("", "/"):
        made.add_api_route(path, door.front, methods=["GET"])
    made.add_api_route("/login", door.show, methods=["GET"])
    made.add_api_route("/login", door.log_in, methods=["POST"])
    made.add_api_route("/wachtwoord/{token}", door.choose_password, methods=["GET", "POST"])
    made.add_api_route("/events", live.stream, methods=["GET"])
    made.add_api_route("/static/{name}", _file, methods=["GET"])
    for route in ROUTES:
        made.add_api_route(route.path, endpoint(route), methods=[route.method])
    return made


def add_console(app: FastAPI) -> None:
    """Put the console in an application whose state has `database`, `settings` and `secret`."""
    app.include_router(router())
