"""The front page, and the pages that say how we work."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.pages.render import Texts, page_language, render, texts
from data.db import Database
from data.tables.service import Counter, Region, Sitting
from handover import retention

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A counter as the front page shows it; `hours` are lines such as "di 13:00 tot 16:00"."""

    counter: Counter
    hours: tuple[str, ...]


@router.get("/")
async def home(request: Request) -> Response:
    """Ask a question, look for a course, or find somebody to talk to."""
    language = page_language(request)
    database: Database = request.app.state.database
    async with database.transaction() as session:
        regions = await desks_by_region(session, texts(language))
    return render(
        request,
        "home.html",
        language=language,
        regions=regions,
        invented=any(desk.counter.invented for _, desks in regions for desk in desks),
    )


@router.get("/neutraal")
async def neutral(request: Request) -> Response:
    """How the offer is ordered."""
    return render(request, "neutral.html", language=page_language(request))


@router.get("/toegankelijkheid")
async def accessibility(request: Request) -> Response:
    """What works for whom, and where to say what does not."""
    return render(request, "accessibility.html", language=page_language(request))


@router.get("/privacy")
async def privacy(request: Request) -> Response:
    """What we keep, for how long, and who may see it."""
    language = page_language(request)
    database: Database = request.app.state.database
    async with database.transaction() as session:
        regions = await retention.all_terms(session)
    differ = len({terms for _, terms in regions}) > 1
    return render(
        request, "privacy.html", language=language, regions=regions if differ else (),
        usual=retention.DEFAULT if differ or not regions else regions[0][1],
        term=lambda kind, terms: retention.in_words(kind, terms.of(kind), language),
    )  # fmt: skip


async def desks_by_region(session: AsyncSession, words: Texts) -> list[tuple[str, Sequence[Desk]]]:
    """The active counters with their weekly hours, by the name of their region."""
    rows = await session.execute(
        select(Counter, Region.name)
        .join(Region, Region.id == Counter.region_id)
        .where(Counter.active)
        .order_by(Region.name, Counter.municipality.nulls_last(), Counter.name)
    )
    block = (Sitting.counter_id, Sitting.weekday, Sitting.starts, Sitting.ends)
    sittings = await session.execute(
        select(*block, func.bool_and(Sitting.schools.is_not(None)))
        .where(or_(Sitting.valid_to.is_(None), Sitting.valid_to >= func.current_date()))
        .group_by(*block)
        .order_by(Sitting.weekday, Sitting.starts)
    )
    hours: dict[int, list[str]] = defaultdict(list)
    for counter_id, weekday, starts, ends, closed in sittings:
        span = words["offer_at"].format(start=f"{starts:%H:%M}", end=f"{ends:%H:%M}")
        not_then = f" ({words['not_in_school_holidays']})" if closed else ""
        hours[counter_id].append(f"{words['weekdays_short'][weekday]} {span}{not_then}")
    regions: dict[str, list[Desk]] = defaultdict(list)
    for counter, region in rows:
        regions[region].append(Desk(counter=counter, hours=tuple(hours[counter.id])))
    return list(regions.items())
