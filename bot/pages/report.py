"""Saying on the public pages that something in the offer is wrong: a form, and no more than a few a day."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from bot.demand import network_of
from bot.pages import visitor
from bot.pages.errors import error_page
from bot.pages.render import BRUSSELS, LANGUAGES, page_language, render, texts
from channels.base import clean_text
from data.catalog.demand import DemandLog
from data.db import Database
from data.ids import id_of
from data.tables import RecordKind
from handover import catalogue_reports

MOST_A_DAY = 10  # reports from one network
LONGEST = 500  # characters
ABOUT = ("price", "dates", "hours", "place", "gone", "full", "other")
BACK = {RecordKind.RUN: "/aanbod/{number}", RecordKind.FACT: "/antwoorden"}
KINDS = tuple(BACK)

router = APIRouter(include_in_schema=False, prefix="/melding")


@router.get("")
async def show(request: Request, kind: str = "", id: str = "", done: str = "") -> Response:
    """The form, or the thanks once it was sent."""
    found = await _record(request, kind, id)
    if found is None:
        return error_page(request, 404)
    return _page(request, *found, done=done == "1")


@router.post("")
async def send(
    request: Request,
    kind: Annotated[str, Form(max_length=20)] = "",
    id: Annotated[str, Form(max_length=20)] = "",
    about: Annotated[str, Form(max_length=20)] = "",
    text: Annotated[str, Form()] = "",
    lang: Annotated[str, Form(max_length=2)] = "",
    website: Annotated[str, Form()] = "",
) -> Response:
    """Keep the report for the region of the record. `website` is a field that people do not see."""
    language = lang if lang in LANGUAGES else page_language(request)
    words = texts(language)
    found = await _record(request, kind, id)
    if found is None:
        return error_page(request, 404)
    said = clean_text(text, 4 * LONGEST)
    problem = ""
    if not visitor.same_origin(request):
        return _page(
            request, *found, language=language, status=403, problem=words["report_foreign"], said=said
        )
    if about not in ABOUT:
        problem = words["report_choose"]
    elif about == "other" and not said:
        problem = words["report_empty"]
    elif len(said) > LONGEST:
        problem = words["report_too_long"]
    if problem:
        return _page(request, *found, language=language, status=422, problem=problem, about=about, said=said)
    of_kind, number, _ = found
    now = datetime.now(UTC)
    log: DemandLog = request.app.state.demand
    database: Database = request.app.state.database
    if not website:
        async with database.transaction() as session:
            fresh = await log.first_today(
                session, "report", f"{kind} {number} {about} {said}", asker=network_of(request),
                day=now.astimezone(BRUSSELS).date(), most=MOST_A_DAY,
            )  # fmt: skip
            if fresh is None:
                return _page(
                    request, *found, language=language, status=429, problem=words["report_too_many"], about=about,
                    said=said,
                )  # fmt: skip
            if fresh:
                await catalogue_reports.report(
                    session,
                    of_kind,
                    number,
                    said or words["report_abouts"][about],
                    heard="page",
                    about=about,
                    now=now,
                )
    query = urlencode({"kind": kind, "id": number, "done": "1", "lang": language})
    return RedirectResponse(f"/melding?{query}", status_code=303)


async def _record(request: Request, kind: str, number: str) -> tuple[RecordKind, int, str] | None:
    """The record that an address or a form names, and what to call it."""
    record_id = id_of(number)
    if kind not in KINDS or record_id is None:
        return None
    of_kind, database = RecordKind(kind), request.app.state.database
    async with database.transaction() as session:
        record = await catalogue_reports.by_id(session, of_kind, record_id)
        if record is None:
            return None
        return of_kind, record_id, await catalogue_reports.title_of(session, of_kind, record)


def _page(
    request: Request,
    kind: RecordKind,
    number: int,
    title: str,
    *,
    language: str = "",
    status: int = 200,
    problem: str = "",
    about: str = "",
    said: str = "",
    done: bool = False,
) -> Response:
    language = language or page_language(request)
    return render(
        request, "report.html", language=language, status=status, private=True, kind=kind, number=number, title=title,
        problem=problem, about=about, said=said, done=done, abouts=ABOUT, longest=LONGEST,
        back=BACK[kind].format(number=number),
    )  # fmt: skip
