"""Logging in and out, the front page, and whether one is there."""

from datetime import UTC, datetime

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from data import events
from data.db import Database
from data.seed import DEMO_PASSWORD, demo_log_ins
from data.tables import Presence, Role
from data.translation import LANGUAGES, N_, _, language, speak
from handover import access, accounts, auth
from handover.auth import LogInRefused, Passwords
from handover.console.desk import (
    STALE,
    BadForm,
    Desk,
    Route,
    home_of,
    html,
    local_path,
    read_form,
    refusal,
    same_origin,
    session_token,
)
from handover.presence import set_presence

OLD_LINK = N_("Deze link werkt niet meer. Vraag je coördinator een nieuwe.")


class Entrance:
    """The pages before one is logged in."""

    def __init__(self) -> None:
        self._passwords = Passwords()

    async def front(self, request: Request) -> Response:
        """/console/: the log-in page, or straight to work."""
        async with _database(request).transaction() as session:
            who = await auth.session_of(session, session_token(request), now=datetime.now(UTC))
            if who is not None:
                return RedirectResponse(home_of(Role(who.staff.role)), status_code=303)
        return self._page(request)

    async def show(self, request: Request) -> Response:
        """/console/login"""
        chosen = _one_of_ours(request.query_params.get("taal"))
        speak(chosen or language())
        return self._page(request, to=request.query_params.get("naar", ""), chosen=chosen)

    async def log_in(self, request: Request) -> Response:
        """The posted log-in form: a session and a cookie, or the page again with a sentence."""
        if not same_origin(request):
            return refusal(request, 403, _(STALE))
        form = await read_form(request)
        settings, database = request.app.state.settings, _database(request)
        email, to = form.get("email", "")[:200], form.get("naar", "")
        chosen = _one_of_ours(form.get("language"))
        now = datetime.now(UTC)
        try:
            token = await auth.log_in(
                database, self._passwords, email=email, password=form.get("password", "")[:200],
                network_address=request.client.host if request.client else "",
                secret=request.app.state.secret, now=now, old_token=session_token(request), console_language=chosen,
            )  # fmt: skip
        except LogInRefused as refused:
            speak(chosen or language())
            return self._page(
                request,
                status=429 if refused.too_many else 401,
                error=_(str(refused)),
                email=email,
                to=to,
                chosen=chosen,
            )
        answer = RedirectResponse(local_path(to, "/console/"), status_code=303)
        answer.set_cookie(
            auth.cookie_name(https=settings.https), token, max_age=int(auth.LONGEST.total_seconds()),
            path="/", secure=settings.https, httponly=True, samesite="lax",
        )  # fmt: skip
        return answer

    async def choose_password(self, request: Request) -> Response:
        """/console/wachtwoord/{token}: who was given a link chooses a password; every session of theirs ends."""
        state, token, now = request.app.state, request.path_params["token"], datetime.now(UTC)
        if request.method == "POST" and not same_origin(request):
            return refusal(request, 403, _(STALE))
        form = await read_form(request) if request.method == "POST" else {}
        async with _database(request).transaction() as session:
            account = await accounts.of_link(session, token, secret=state.secret, now=now)
            if account is None:
                return refusal(request, 404, _(OLD_LINK))
            speak(account.console_language)
            password = form.get("password", "")
            error = accounts.weak(password, account) if form else ""
            if form and not error:
                account.password_hash = await self._passwords.made(password)
                await auth.end_all(session, account.id)
                await events.record(
                    session, "staff.password", region_id=account.region_id, staff_id=account.id,
                    data={"account_id": account.id},
                )  # fmt: skip
                return RedirectResponse("/console/login", status_code=303)
            return html(
                "password.html", status=422 if error else 200, account=account, error=error,
                shortest=accounts.SHORTEST_PASSWORD,
            )  # fmt: skip

    def _page(
        self,
        request: Request,
        *,
        status: int = 200,
        error: str = "",
        email: str = "",
        to: str = "",
        chosen: str = "",
    ) -> HTMLResponse:
        demo = demo_log_ins() if request.app.state.settings.demo else ()
        return html(
            "login.html", status=status, error=error, email=email, to=to, chosen=chosen, demo=demo,
            demo_password=DEMO_PASSWORD,
        )  # fmt: skip


async def log_out(desk: Desk) -> Response:
    settings = desk.request.app.state.settings
    await auth.end(desk.session, session_token(desk.request) or "", now=desk.now)
    answer = RedirectResponse("/console/", status_code=303)
    answer.delete_cookie(
        auth.cookie_name(https=settings.https), path="/", secure=settings.https, httponly=True, samesite="lax"
    )
    return answer


async def choose_language(desk: Desk) -> Response:
    """The console in another language, from now on and on every device."""
    chosen = _one_of_ours(desk.form.get("language"))
    if not chosen:
        raise BadForm
    desk.staff.console_language = chosen
    return desk.go(home_of(desk.role))


async def presence(desk: Desk) -> Response:
    """Available, away or offline, as the person says."""
    wanted = desk.form.get("presence", "")
    if wanted not in set(Presence):
        raise BadForm
    await set_presence(desk.session, desk.staff, Presence(wanted), now=desk.now)
    return desk.go(home_of(desk.role))


def _one_of_ours(named: str | None) -> str:
    return named if named in LANGUAGES else ""


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


ROUTES = (
    Route(method="POST", path="/uit", handler=log_out, roles=access.EVERYBODY),
    Route(method="POST", path="/taal", handler=choose_language, roles=access.EVERYBODY),
    Route(method="POST", path="/aanwezig", handler=presence),
)
