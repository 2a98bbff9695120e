"""One course with all its runs, and one provider with its places and courses: every provider shown the same way."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.pages.errors import error_page
from bot.pages.offer import FARTHEST_PAGE, shown_run
from bot.pages.render import BRUSSELS, page_language, render, texts
from data.catalog.exporters.schemaorg import course_page_jsonld
from data.catalog.listing import course_page, provider_page
from data.catalog.price_rules import versions_for
from data.catalog.subjects import subject
from data.db import Database
from data.ids import id_of

COURSES_SHOWN = 40

router = APIRouter(include_in_schema=False)


@router.get("/aanbod/cursus/{course_id}")
async def show_course(request: Request, course_id: str) -> Response:
    """What one learns, and every run one can join, by start."""
    language, today = page_language(request), datetime.now(BRUSSELS).date()
    number = id_of(course_id)
    if number is None:
        return error_page(request, 404)
    database: Database = request.app.state.database
    async with database.transaction() as session:
        page = await course_page(session, number, today=today)
        if page is None:
            return error_page(request, 404)
        versions = await versions_for(session, (*page.open, *page.closed))
    words = texts(language)
    over = page.is_over(today)
    return render(
        request,
        "course.html",
        language=language,
        status=410 if over else 200,
        over=over,
        course=page.course,
        provider=page.provider,
        topics=[topic.label(language) for item in page.course.subject_ids if (topic := subject(item))],
        open_runs=[shown_run(hit, versions, words, today) for hit in page.open],
        closed_runs=[shown_run(hit, versions, words, today) for hit in page.closed],
        linked_data=course_page_jsonld(page, base=str(request.base_url).rstrip("/")),
    )


@router.get("/aanbod/aanbieder/{provider_id}")
async def show_provider(request: Request, provider_id: str) -> Response:
    """Where a provider teaches and what, by town and by title."""
    language, today = page_language(request), datetime.now(BRUSSELS).date()
    number = id_of(provider_id)
    at = id_of(request.query_params.get("page", "1")) or 1
    if number is None or at > FARTHEST_PAGE:
        return error_page(request, 404)
    database: Database = request.app.state.database
    async with database.transaction() as session:
        page = await provider_page(
            session, number, today=today, limit=COURSES_SHOWN, offset=(at - 1) * COURSES_SHOWN
        )
    pages = 1 if page is None else max(1, -(-page.total // COURSES_SHOWN))
    if page is None or at > pages:
        return error_page(request, 404)
    over = page.is_over(today)
    return render(
        request,
        "provider.html",
        language=language,
        status=410 if over else 200,
        over=over,
        provider=page.provider,
        places=page.places,
        courses=page.courses,
        total=page.total,
        at=at,
        pages=pages,
        to_page=lambda to: f"/aanbod/aanbieder/{number}?page={to}&lang={language}",
    )
