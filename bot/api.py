"""The JSON API at /api/v1: the catalogue and the counters for other programs. Read-only, public, about nobody.

Only partners with a key write, in `bot.api_referrals`.

/api/v1/openapi.json describes it. What is wrong with a request is said as {"detail": one sentence}.
"""

from collections.abc import Callable, Coroutine
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from bot import demand
from bot.api_answers import AnswerLanguage, AnswerOut, AnswersOut, answer_out
from bot.api_models import (
    CountersOut,
    CourseOut,
    CoursesOut,
    Language,
    Problem,
    SubjectsOut,
    counter_out,
    course_out,
    courses_out,
    place_out,
    subject_out,
)
from bot.pages.offer import place_named
from bot.replies import BRUSSELS
from bot.searching import find_runs, vector_of
from data import geo
from data.catalog.answer_cards import cards
from data.catalog.answer_facts import backed
from data.catalog.price_rules import versions_for
from data.catalog.search import CourseQuery, Near, runs_by_id
from data.catalog.shown import remember
from data.catalog.subjects import subject, subjects
from data.db import Database
from data.tables import Region
from dispatch.near import open_hours

LIMIT, LARGEST_LIMIT, FARTHEST = 10, 50, 2000
COUNTERS = 5
LARGEST_ID = 2**63 - 1


class InSentences(APIRoute):
    """Tells what is wrong with a request in a sentence, where the framework gives a list."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                first = error.errors()[0]
                (_, name, *_), message = first["loc"], first["msg"]  # ("query", "weekday", 0)
                if first["type"] == "extra_forbidden":
                    raise HTTPException(422, f"There is no parameter '{name}'.") from None
                raise HTTPException(422, f"'{name}' is wrong: {message[0].lower()}{message[1:]}.") from None

        return told


class Asked(BaseModel):
    """What courses to look for; what is left out does not filter."""

    model_config = ConfigDict(extra="forbid")

    subject: list[str] = Field([], max_length=20, description="Ids of /api/v1/subjects, any of them.")
    text: str = Field("", max_length=200, description="Free words, for what has no subject.")
    place: str = Field("", max_length=80, description="A town or village; runs within 15 km, else farther.")
    postcode: str = Field("", pattern=r"^(\d{4})?$", description="Goes before `place`.")
    time_of_day: Literal["morning", "afternoon", "evening"] | None = None
    weekday: list[Annotated[int, Field(ge=0, le=6)]] = Field(
        [], max_length=7, description="0 is Monday; any of them."
    )
    not_time_of_day: list[Literal["morning", "afternoon", "evening"]] = Field(
        [], max_length=3, description="Leave out what has lessons then; never let go."
    )
    not_weekday: list[Annotated[int, Field(ge=0, le=6)]] = Field(
        [], max_length=7, description="Leave out what has lessons on one of these days; never let go."
    )
    mode: Literal["contact", "blended", "online"] | None = None
    level: str = Field("", max_length=100, description="As courses have it: A1, basis, bachelor, …")
    taught_in: str = Field(
        "", pattern=r"^([a-z]{2,3})?$", description="The language of the lessons, such as nl."
    )
    max_price: Decimal | None = Field(
        None,
        ge=0,
        le=100_000,
        description="Euro, material included, without anybody's exemptions; never let go.",
    )
    starts_from: date | None = Field(None, description="The first day on which it may start.")
    starts_until: date | None = Field(None, description="The last day on which it may start.")
    language: Language = Field("nl", description="Of the words about the price.")
    limit: int = Field(LIMIT, ge=1, le=LARGEST_LIMIT)
    offset: int = Field(0, ge=0, le=FARTHEST)


router = APIRouter(
    prefix="/api/v1", route_class=InSentences, responses={422: {"model": Problem, "description": "Refused"}}
)


@router.get("/courses")
async def find_courses(request: Request, asked: Annotated[Asked, Query()]) -> CoursesOut:
    """Courses that can still be joined, best fit first.

    When nothing fits everything, the fewest wishes are let go, and `relaxed` says which.
    """
    for wanted in asked.subject:
        if subject(wanted) is None:
            raise HTTPException(422, f"There is no subject '{wanted}'; /api/v1/subjects lists them.")
    place = _place(asked)
    today = datetime.now(BRUSSELS).date()
    query = CourseQuery(
        subject_ids=tuple(asked.subject), text=asked.text.replace("\0", "").strip() or None,
        near=Near(lat=place.lat, lon=place.lon) if place else None, time_of_day=asked.time_of_day,
        weekdays=tuple(asked.weekday), not_parts=tuple(asked.not_time_of_day),
        not_weekdays=tuple(asked.not_weekday), mode=asked.mode, level=asked.level.strip() or None,
        language=asked.taught_in or None, max_price=asked.max_price, starts_from=asked.starts_from,
        starts_until=asked.starts_until, with_related=True, limit=asked.limit, offset=asked.offset,
    )  # fmt: skip
    async with _database(request).transaction() as session:
        result = await find_runs(session, query, today=today, vector_of=vector_of(request))
        versions = await versions_for(session, result.hits)
        await demand.note_visit(
            request, session, query, place, result, language=asked.language, heard="api", today=today
        )
        # Who was shown what, where, can be audited; the free words stay out.
        shown: dict[str, Any] = {"by": "api", "subject": ",".join(asked.subject), "offset": asked.offset}
        if place:
            shown["place"] = place.key
        await remember(session, result, query=shown, skipped=asked.offset, place=place)
    return courses_out(
        result, place, limit=asked.limit, offset=asked.offset, versions=versions, language=asked.language,
        base=_base(request),
    )  # fmt: skip


@router.get("/courses/{run_id}", responses={404: {"model": Problem, "description": "No such run"}})
async def show_course(
    request: Request,
    run_id: Annotated[int, Path(ge=1, le=LARGEST_ID)],
    language: Annotated[Language, Query(description="Of the words about the price.")] = "nl",
) -> CourseOut:
    """One run, whatever its status."""
    async with _database(request).transaction() as session:
        found = await runs_by_id(session, [run_id])
        versions = await versions_for(session, found)
    if not found:
        raise HTTPException(404, f"There is no course run {run_id}.")
    return course_out(found[0], versions=versions, language=language, base=_base(request))


@router.get("/counters")
async def find_counters(request: Request, postcode: Annotated[str, Query(pattern=r"^\d{4}$")]) -> CountersOut:
    """The counters nearest to a postcode, each with its weekly hours."""
    place = _by_postcode(postcode)
    today = datetime.now(BRUSSELS).date()
    async with _database(request).transaction() as session:
        near = await open_hours(
            session, place.lat, place.lon, postcodes=(postcode,), on=today, limit=COUNTERS
        )
        rows = await session.execute(select(Region.id, Region.name))
        regions = {row.id: row.name for row in rows}
        counters = [counter_out(found, regions, today) for found in near]
    return CountersOut(place=place_out(place), counters=counters)


@router.get("/subjects")
async def list_subjects() -> SubjectsOut:
    """Everything that can be looked for by subject, in eight languages."""
    return SubjectsOut(subjects=[subject_out(item) for item in subjects()])


@router.get("/answers")
async def list_answers(
    request: Request, language: Annotated[AnswerLanguage, Query(description="Of the text.")] = "nl"
) -> AnswersOut:
    """The answer cards: short reviewed answers to questions that are no course list."""
    today = datetime.now(BRUSSELS).date()
    async with _database(request).transaction() as session:
        behind = [await backed(session, card, on=today) for card in cards().values()]
    return AnswersOut(
        answers=[answer_out(item, language, _base(request)) for item in behind if not item.held]
    )


@router.get("/answers/{card_id}", responses={404: {"model": Problem, "description": "No such answer"}})
async def show_answer(
    request: Request,
    card_id: str,
    language: Annotated[AnswerLanguage, Query(description="Of the text.")] = "nl",
) -> AnswerOut:
    """One answer card."""
    card = cards().get(card_id)
    if card is None:
        raise HTTPException(404, f"There is no answer '{card_id}'; /api/v1/answers lists them.")
    async with _database(request).transaction() as session:
        behind = await backed(session, card, on=datetime.now(BRUSSELS).date())
    if behind.held:
        raise HTTPException(
            404, f"The answer '{card_id}' is being checked, because something in it is wrong."
        )
    return answer_out(behind, language, _base(request))


def _place(asked: Asked) -> geo.Place | None:
    if asked.postcode:
        return _by_postcode(asked.postcode)
    if not asked.place.strip():
        return None
    place = place_named(asked.place.strip())
    if place is None:
        raise HTTPException(422, f"There is no place '{asked.place.strip()}'; give a name or a postcode.")
    return place


def _by_postcode(postcode: str) -> geo.Place:
    found = geo.by_postcode(postcode)
    if not found:
        raise HTTPException(422, f"There is no postcode {postcode} in Belgium.")
    return found[0]


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")
