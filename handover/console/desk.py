"""What every page of the console goes through: who is there, may they, and one transaction around it all."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.ext.asyncio import AsyncSession

from channels.base import clean_text
from data.db import Database
from data.ids import id_of
from data.tables import Conversation, Person, Region, Role, Staff
from data.translation import N_, _, preferred, speak, speaking
from handover import access, auth, queue
from handover.console import undo
from handover.console.render import environment
from handover.put_back import MEANWHILE
from handover.refusal import NotAllowed

CONSOLE = "/console"
LOG_IN = f"{CONSOLE}/login"
MAX_FIELDS = 100

SENTENCES = {
    403: (
        N_("Hier mag je niet bij"),
        N_("Deze bladzijde hoort niet bij jouw rol. Vraag het je coördinator."),
    ),
    404: (N_("Niet gevonden"), N_("Dit bestaat niet, of het hoort bij een andere regio.")),
    400: (N_("Dat lukte niet"), N_("Het formulier was niet volledig. Ga terug en probeer opnieuw.")),
}
STALE = N_("Deze bladzijde was verouderd. Ga terug, laad ze opnieuw en probeer nog eens.")


class NotFound(Exception):
    """There is no such thing for this person."""


class BadForm(Exception):
    """The form misses something that our own pages always send."""


@dataclass(kw_only=True)
class Desk:
    """One request of somebody logged in, inside its transaction."""

    request: Request
    session: AsyncSession
    staff: Staff
    csrf: str
    now: datetime
    form: Mapping[str, str] = field(default_factory=dict)
    told: bool = False  # whether the next page says what was done

    @property
    def role(self) -> Role:
        return Role(self.staff.role)

    @property
    def refreshes(self) -> str:
        """What the page that is open fetches again of itself: `rows` of its list, its `thread`, `1`: the whole page.

        Empty when somebody opens it.
        """
        return self.request.headers.get("x-refresh", "")

    def number(self, name: str) -> int:
        """A number in the path. Raises NotFound."""
        return _number(self.request.path_params.get(name), NotFound)

    def text(self, name: str, limit: int = 8_000) -> str:
        """A field of the form, cleaned as everything at the edge; empty when it is not there."""
        return clean_text(self.form.get(name, ""), limit)

    def chosen(self, name: str) -> int:
        """A field that holds an id. Raises BadForm."""
        return _number(self.form.get(name), BadForm)

    def chosen_or_none(self, name: str) -> int | None:
        return self.chosen(name) if self.form.get(name) else None

    def uuid(self, name: str) -> str:
        """A field that holds the id of something made in the browser. Raises BadForm."""
        try:
            return str(UUID(self.form.get(name, "")))
        except ValueError:
            raise BadForm from None

    async def person(self) -> Person:
        """The person in the path, if this member of staff may see them and they are still there. Raises NotFound."""
        wanted = access.values(self.staff) | {"person_id": self.number("person_id")}
        person: Person = await self.one(access.person_of(access.viewer(self.staff)), wanted)
        if person.erased_at is not None:
            raise NotFound
        return person

    async def conversation(self) -> Conversation:
        """The conversation in the path, if this member of staff may see it. Raises NotFound."""
        wanted = access.values(self.staff) | {"conversation_id": self.number("conversation_id")}
        found: Conversation = await self.one(access.conversation_of(access.viewer(self.staff)), wanted)
        return found

    async def region(self, *, lock: bool = False) -> Region:
        """The region in the path, if this member of staff looks after it. Raises NotFound."""
        wanted, visible = str(self.request.path_params["region_id"]), access.visible_regions(self.staff)
        if visible is not None and wanted not in visible:
            raise NotFound
        query = select(Region).where(Region.id == wanted)
        found: Region = await self.one(query.with_for_update() if lock else query)
        return found

    async def one(self, query: Any, values: Mapping[str, Any] | None = None) -> Any:
        """The one row of a scoped query. Raises NotFound."""
        try:
            return (await self.session.scalars(query, values)).one()
        except NoResultFound:
            raise NotFound from None

    async def page(self, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """A whole page with the bar, the menu and the counts."""
        counts = await queue.counts(self.session, self.staff, now=self.now)
        notice = None
        if self.request.method == "GET" and not self.refreshes:
            secret = self.request.app.state.secret
            notice = undo.left(self.request, staff_id=self.staff.id, secret=secret)
        answer = html(
            template, status=status, request=self.request, staff=self.staff, csrf=self.csrf, now=self.now,
            counts=counts if self.role in access.SEES_PEOPLE else None, newest_event=counts.newest_event,
            menu=menu_of(self.role), notice=notice, **values,
        )  # fmt: skip
        if notice is not None:
            undo.forget(answer)
        return answer

    def fragment(self, template: str, block: str, **values: object) -> HTMLResponse:
        """One block of a page, for the page that is open; what stands around it is not asked for."""
        made = environment().get_template(template)
        context = made.new_context(
            {"request": self.request, "staff": self.staff, "csrf": self.csrf, "now": self.now, **values}
        )
        return _html("".join(made.blocks[block](context)))

    def go(self, path: str) -> RedirectResponse:
        """Back to where the form came from (`naar`), or to `path`; only ever inside the console."""
        return RedirectResponse(local_path(self.form.get("naar"), path), status_code=303)

    def done(self, answer: Response, said: str, undone_by: str = "", **fields: object) -> Response:
        """Have the next page say what was done, with a button that posts `fields` to `undone_by`: ids and codes only."""
        state = self.request.app.state
        notice = undo.Notice(
            said=said, path=undone_by, fields={name: str(value) for name, value in fields.items()}
        )
        undo.leave(answer, notice, staff_id=self.staff.id, secret=state.secret, https=state.settings.https)
        self.told = True
        return answer

    def unless_changed(self, now: object) -> None:
        """An undoing names in `was` how it was left: somebody who changed it meanwhile keeps what they did."""
        if "was" in self.form and self.form["was"] != str(now):
            raise NotAllowed(_(MEANWHILE))


Handler = Callable[[Desk], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True)
class Route:
    """A page or an action, and who may use it. The security test walks all of them."""

    method: str
    path: str
    handler: Handler
    roles: frozenset[Role] = access.SEES_PEOPLE


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    path: str
    name: str
    icon: str


def menu_of(role: Role) -> list[MenuItem]:
    """The menu at the side, by role."""
    people = [
        MenuItem(path="/console/dag", name=_("Mijn dag"), icon="clock"),
        MenuItem(path="/console/wachtrij", name=_("Wachtrij"), icon="chat"),
        MenuItem(path="/console/clienten", name=_("Cliënten"), icon="person"),
        MenuItem(path="/console/agenda", name=_("Agenda"), icon="calendar"),
        MenuItem(path="/console/noteer", name=_("Noteren"), icon="phone"),
    ]
    shared = [
        MenuItem(path="/console/aanbod", name=_("Aanbod"), icon="book"),
        MenuItem(path="/console/partners", name=_("Partners"), icon="place"),
        MenuItem(path="/console/rapporten", name=_("Rapporten"), icon="chart"),
    ]
    if role in access.SEES_PEOPLE:
        shared.append(MenuItem(path="/console/meldingen", name=_("Meldingen"), icon="warn"))
    if role in access.LEADS:
        people.append(MenuItem(path="/console/team", name=_("Team"), icon="people"))
    if role in access.NAMES_DOUBTS:
        shared.append(MenuItem(path="/console/twijfels", name=_("Twijfels"), icon="bot"))
    if role in access.NAMES_DOUBTS:
        shared.append(MenuItem(path="/console/kanalen", name=_("Kanalen"), icon="phone"))
    manage = (
        [MenuItem(path="/console/beheer", name=_("Beheer"), icon="note")] if role in access.MANAGES else []
    )
    return [*(people if role in access.SEES_PEOPLE else []), *shared, *manage]


def home_of(role: Role) -> str:
    """Where the day starts: dispatchers at the queue, counsellors at their day."""
    if role not in access.SEES_PEOPLE:
        return "/console/rapporten"
    return "/console/dag" if role == Role.COUNSELLOR else "/console/wachtrij"


async def in_their_language(request: Request) -> AsyncIterator[None]:
    """Before one knows who it is: the language that the browser asks for."""
    with speaking(preferred(request.headers.get("accept-language", ""))):
        yield


def endpoint(route: Route) -> Callable[[Request], Awaitable[Response]]:
    """The route as the web framework wants it."""

    async def answer(request: Request) -> Response:
        now = datetime.now(UTC)
        form: dict[str, str] = {}
        if route.method == "POST":
            if not same_origin(request):
                return refusal(request, 403, _(STALE))
            form = await read_form(request)
        database: Database = request.app.state.database
        try:
            async with database.transaction() as session:
                who = await auth.session_of(session, session_token(request), now=now)
                if who is None:
                    return not_logged_in(request)
                speak(who.staff.console_language)
                if route.method == "POST" and not csrf_holds(request, form, who.csrf):
                    return refusal(request, 403, _(STALE))
                if who.staff.role not in route.roles:
                    return refusal(request, 403)
                desk = Desk(
                    request=request, session=session, staff=who.staff, csrf=who.csrf, now=now, form=form
                )
                answered = await route.handler(desk)
                stays = undo.STAYS.get(route.path) if route.path not in undo.SAID_BEFORE else None
                if stays and answered.status_code == 303 and not desk.told:
                    desk.done(answered, _(stays))
                return answered
        except NotFound:
            return refusal(request, 404)
        except BadForm:
            return refusal(request, 400)
        except NotAllowed as refused:
            return refusal(request, 409, str(refused))

    return answer


def html(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    return _html(environment().get_template(template).render(**values), status)


def _html(text: str, status: int = 200) -> HTMLResponse:
    # what a client told us stays out of every cache, also the browser's own
    return HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-store"})


def refusal(request: Request, status: int, sentence: str | None = None) -> HTMLResponse:
    """A page that says what did not happen, and the way back."""
    title, usual = SENTENCES.get(status, SENTENCES[400])
    back = local_path(urlsplit(request.headers.get("referer", "")).path, f"{CONSOLE}/")
    answer = html(
        "refusal.html", status=status, title=_(title) if sentence is None else _("Dat ging niet door"),
        sentence=sentence or _(usual), back=back,
    )  # fmt: skip
    if request.headers.get("hx-request"):  # the page stays as it is, with what was typed in it
        answer.headers["HX-Reswap"] = "none"
        answer.headers["HX-Push-Url"] = "false"
        answer.headers["HX-Trigger"] = json.dumps({"refused": {"sentence": sentence or _(usual)}})
    return answer


def not_logged_in(request: Request) -> Response:
    """To the log-in page, and from there back to what was asked for."""
    if request.method != "GET":
        return refusal(
            request, 401, _("Je bent niet meer aangemeld. Meld je opnieuw aan; je tekst is bewaard.")
        )
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{LOG_IN}?naar={quote(asked, safe='')}", status_code=303)


def session_token(request: Request) -> str | None:
    return request.cookies.get(auth.cookie_name(https=request.app.state.settings.https))


async def read_form(request: Request) -> dict[str, str]:
    """The text fields of a posted form; files are no part of any form here."""
    async with request.form(max_files=0, max_fields=MAX_FIELDS) as sent:
        return {name: value for name, value in sent.items() if isinstance(value, str)}


def same_origin(request: Request) -> bool:
    """Whether the browser says that this post comes from our own pages (or says nothing: no browser)."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    host = urlsplit(origin).netloc
    public = urlsplit(str(request.app.state.settings.public_url)).netloc
    return host != "" and host in (public, request.headers.get("host", ""))


def csrf_holds(request: Request, form: Mapping[str, str], expected: str) -> bool:
    return auth.same(request.headers.get("x-csrf-token") or form.get("csrf", ""), expected)


def local_path(wanted: str | None, otherwise: str) -> str:
    """`wanted` if it is a path inside the console, else `otherwise`: never an address elsewhere."""
    if wanted and (wanted == CONSOLE or wanted.startswith(f"{CONSOLE}/")) and wanted.isprintable():
        parts = urlsplit(wanted)
        if not parts.scheme and not parts.netloc and "\\" not in wanted and "//" not in parts.path:
            return wanted
    return otherwise


def _number(value: object, error: type[Exception]) -> int:
    number = id_of(str(value or ""))
    if number is None:
        raise error
    return number
