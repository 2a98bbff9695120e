"""What somebody does with their own file: correct, take back, stop, end the link, erase. Each a form without a script."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from bot.known import choose_language
from bot.pages import visitor
from bot.pages.errors import error_page
from bot.pages.offer import place_named
from bot.pages.own_file import HOME, SPOKEN, Visit, kept_out, page, visit
from bot.pages.render import BRUSSELS, page_language, render
from bot.replies import PARTLY, replies
from bot.turn_types import where_they_live
from channels.base import clean_text
from channels.opt_outs import OptOuts
from data.catalog.demand import DemandLog
from data.db import Database
from data.ids import id_of
from data.tables import Consent, Region
from dispatch import booking
from handover import erasing, holds, own_changes, own_file, own_links
from nlu.personal_numbers import mask

LONGEST_NAME, LONGEST = 80, 600  # characters
MOST_A_DAY = 10  # sentences for a colleague from one address

router = APIRouter(include_in_schema=False, prefix=HOME.rstrip("/"))
Form = Mapping[str, str]
Step = Callable[[Visit, Form], Awaitable[Response]]


async def _details(here: Visit, form: Form) -> Response:
    """Name, language and place: right at once. An empty name or place is one that we no longer know."""
    person = here.opened.person
    name = " ".join(clean_text(form.get("name", ""), 4 * LONGEST_NAME).split())
    place = clean_text(form.get("place", ""), 4 * LONGEST_NAME).strip()
    if len(name) > LONGEST_NAME:
        return await page(here, status=422, problem="own_too_long", typed=form)
    values: dict[str, object] = {"name": name or None}
    found = place_named(place) if place else None
    if place and found is None:
        return await page(here, status=422, problem="own_place_wrong", typed=form)
    if place != (said_place(here) or ""):
        if found is not None:
            facts = where_they_live(person, found, place[:4] if place[:4].isdigit() else None, person.facts)
            person.region_id = person.region_id or found.region
        else:
            facts = {
                key: value
                for key, value in person.facts.items()
                if key not in ("place_key", "nis", "postcode")
            }
            values |= {"municipality": None, "postcode": None, "nis": None, "lat": None, "lon": None}
        values["facts"] = facts
    await own_changes.corrected(here.session, person, **values)
    language = form.get("language", person.language)
    if language in SPOKEN and language != person.language:
        choose_language(person, language)
    return _back(here, "corrected")


async def _tell(here: Visit, form: Form) -> Response:
    """What else is wrong, for a colleague."""
    said = mask(clean_text(form.get("text", ""), 4 * LONGEST).strip())
    if not said or len(said) > LONGEST:
        problem = "own_too_long" if said else "own_tell_empty"
        return await page(here, status=422, problem=problem, typed=form)
    log: DemandLog = here.request.app.state.demand
    fresh = await log.first_today(
        here.session, "own_file", uuid4().hex, asker=f"own file {here.opened.address.id}",
        day=here.now.astimezone(BRUSSELS).date(), most=MOST_A_DAY,
    )  # fmt: skip
    if fresh is None:
        return await page(here, status=429, problem="own_tell_much", typed=form)
    await own_changes.tell(here.session, here.opened.person, here.opened.address, said, now=here.now)
    return _back(here, "told")


async def _withdraw(here: Visit, form: Form) -> Response:
    mine = Consent.person_id == here.opened.person.id
    number = id_of(form.get("consent_id", "")) or 0
    consent = await here.session.scalar(select(Consent).where(Consent.id == number, mine))
    if consent is None or not here.opened.whole:
        return error_page(here.request, 404)
    await own_changes.withdraw(here.session, consent, here.opened.address, now=here.now)
    return _back(here, "withdrawn")


async def _messages(here: Visit, form: Form) -> Response:
    """Stop messages on one of their addresses, or let them come again."""
    opened = here.opened
    mine = await own_file.addresses(here.session, opened.person.id) if opened.whole else [opened.address]
    address = next((one for one in mine if str(one.id) == form.get("address_id")), None)
    if address is None:
        return error_page(here.request, 404)
    opt_outs = OptOuts(here.request.app.state.secret)
    if form.get("stop") == "1":
        await opt_outs.stop(here.session, address, now=here.now, reminders=True, person_id=opened.person.id)
        return _back(here, "stopped")
    await opt_outs.resume(here.session, address, person_id=opened.person.id)
    return _back(here, "started")


async def _end(here: Visit, form: Form) -> Response:
    await own_links.revoke(here.session, here.opened.person.id, by_id=None, now=here.now)
    return RedirectResponse(f"/?lang={here.language}", status_code=303)


STEPS: Mapping[str, Step] = {
    "gegevens": _details, "zeg": _tell, "toestemming": _withdraw, "berichten": _messages, "stop": _end,
}  # fmt: skip


@router.get("/gewist")
async def erased(request: Request) -> Response:
    """What was done, when nobody is left to say it to."""
    return kept_out(render(request, "own-erased.html", language=page_language(request), private=True))


@router.get("/{token}/wissen")
async def ask_erase(request: Request, token: str) -> Response:
    """What goes and what stays, before anything does."""
    async with _database(request).transaction() as session:
        here = await visit(request, session, token)
        if here is None or not here.opened.whole:
            return error_page(request, 404)
        if await holds.standing(session, [here.opened.person.id]):
            return await _held(here)
        return await _sure(here)


@router.post("/{token}/wissen")
async def erase(request: Request, token: str) -> Response:
    """Only with `sure`. Who is erased is locked by that, so nothing is locked before."""
    async with request.form(max_files=0, max_fields=5) as sent:
        sure = sent.get("sure") == "1"
    async with _database(request).transaction() as session:
        here = await visit(request, session, token)
        if here is None or not here.opened.whole:
            return error_page(request, 404)
        if not visitor.same_origin(request):
            return await page(here, status=403, problem="own_foreign")
        if not sure:
            return await _sure(here, problem="own_erase_sure_missing")
        opt_outs = OptOuts(request.app.state.secret)
        try:
            await erasing.erase(session, here.opened.person.id, opt_outs=opt_outs, now=here.now)
        except erasing.Held:
            return await _held(here, status=409)
        language = here.language
    gone = RedirectResponse(f"{HOME}gewist?lang={language}", status_code=303)
    visitor.forget(request, gone)  # a chat in this browser was theirs too, or begins anew
    return gone


async def _held(here: Visit, *, status: int = 200) -> Response:
    """It cannot be erased yet: why, in general words, and whom to ask; in their own language where we have that sentence."""
    say = replies(here.opened.person.language)
    if say.own not in PARTLY:
        say = replies(here.language)
    region_id = here.opened.person.region_id
    region = await here.session.get(Region, region_id) if region_id else None
    reach = ", ".join(filter(None, (region.phone, region.email))) if region else ""
    whom = (
        say("erase_held_whom", region=region.name, reach=reach)
        if region and reach
        else say("erase_held_here")
    )
    response = render(
        here.request, "own-held.html", language=here.language, status=status, private=True, here=here,
        said=say("erase_held", whom=whom), spoken=say.own,
    )  # fmt: skip
    return kept_out(response)


async def _sure(here: Visit, *, problem: str = "") -> Response:
    """The second step; `problem` when the box was not ticked."""
    say = replies(here.language)
    coming = await booking.upcoming(here.session, here.opened.person.id, now=here.now)
    response = render(
        here.request, "own-erase.html", language=here.language, status=422 if problem else 200, private=True, here=here,
        problem=problem, coming=[say.when(row.starts_at) for row in coming if row.starts_at > here.now],
    )  # fmt: skip
    return kept_out(response)


@router.post("/{token}/{step}")
async def take(request: Request, token: str, step: str) -> Response:
    """One of STEPS, then back to the page."""
    async with request.form(max_files=0, max_fields=10) as sent:
        form = {name: value for name, value in sent.items() if isinstance(value, str)}
    async with _database(request).transaction() as session:
        here = await visit(request, session, token, lock=True)
        if here is None or step not in STEPS:
            return error_page(request, 404)
        if not visitor.same_origin(request):
            return await page(here, status=403, problem="own_foreign")
        if step == "gegevens" and not here.opened.whole:
            return error_page(request, 404)
        return await STEPS[step](here, form)


def said_place(here: Visit) -> str | None:
    """Where they live as the form says it, so that a form sent as it was changes nothing."""
    person = here.opened.person
    postcode = person.facts.get("postcode")
    return str(postcode) if postcode else person.municipality or person.postcode


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _back(here: Visit, done: str) -> Response:
    return RedirectResponse(f"{here.address}?done={done}&lang={here.language}", status_code=303)
