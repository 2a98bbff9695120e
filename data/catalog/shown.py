"""The log of shown lists: what the audit of neutrality reads. Written after the ranking, so it may know providers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ARRAY, BigInteger, bindparam, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from data import geo
from data.catalog.search import SearchResult
from data.tables import Course, Place, Region, Run, ShownList

_RUN_IDS = func.any(bindparam("run_ids", type_=ARRAY(BigInteger)))  # one statement for any number of them
_PLACE_IDS = func.any(bindparam("place_ids", type_=ARRAY(BigInteger)))
_WHOSE = union_all(  # whose a run is, and whose a place: one look for both
    select(literal(True), Run.id, Course.provider_id)
    .join(Course, Course.id == Run.course_id)
    .where(Run.id == _RUN_IDS),
    select(literal(False), Place.id, Place.provider_id).where(Place.id == _PLACE_IDS),
)


async def remember(
    session: AsyncSession,
    result: SearchResult,
    *,
    query: Mapping[str, Any],
    skipped: int = 0,
    place: geo.Place | None = None,
    conversation_id: int | None = None,
    region_id: str | None = None,
) -> None:
    """Keep which runs were shown, and which providers had others that were as good. An empty list is not kept.

    `query` holds no free words: they may hold anything, and the audit does not need them. `skipped`: how many runs
    stood on pages before. The region is that of the conversation, or else of the place that was asked for.
    """
    if not result.hits:
        return
    runs = {run for equals in result.equals for run in equals}
    whose = await session.execute(_WHOSE, {"run_ids": list(runs), "place_ids": list(result.offer)})
    providers: dict[int, int] = {}
    owners: dict[int, int] = {}
    for is_run, number, provider_id in whose:
        (providers if is_run else owners)[number] = provider_id
    offer: Counter[int] = Counter()
    for place_id, count in result.offer.items():
        offer[owners[place_id]] += count
    session.add(
        ShownList(
            conversation_id=conversation_id,
            query=dict(query),
            run_ids=[hit.run_id for hit in result.hits],
            relaxed=",".join(result.relaxed) or None,
            skipped=skipped,
            region_id=region_id or await _region(session, place),
            offer={str(provider): count for provider, count in offer.items()},
            equals=[_count(providers[run] for run in equals) for equals in result.equals],
        )
    )


def _count(providers: Any) -> dict[str, int]:
    return {str(provider): count for provider, count in Counter(providers).items()}


async def _region(session: AsyncSession, place: geo.Place | None) -> str | None:
    """The region of a place, where this service has it."""
    if place is None or place.region is None:
        return None
    return await session.scalar(select(Region.id).where(Region.id == str(place.region)))
