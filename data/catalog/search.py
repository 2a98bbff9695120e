"""Finding runs: one query over subjects, words, distance, days and dates.

Neutral by construction: the ranking reads no provider. It sorts by how well a run matches, how near it is, and the
spread over places; what is then still equal is shuffled anew each day, the same for everybody. The provider's name is
joined to the few rows that are left, to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy import Row, RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.prices import Tariff, exemption_of
from data.catalog.subjects import subjects
from data.geo import distance_km

FARTHEST_KM = 60.0
"""How far one looks, at least, when nothing is found near by."""


@dataclass(frozen=True, kw_only=True)
class Near:
    """Within `max_km` kilometres of a point in degrees."""

    lat: float
    lon: float
    max_km: float = 15.0


@dataclass(frozen=True, kw_only=True)
class CourseQuery:
    """What somebody looks for; empty fields do not filter.

    `subject_ids`: ids of `data.catalog.subjects`, any of them. `text`: free words, for what has no subject.
    `time_of_day`: morning · afternoon · evening. `weekdays`: 0 is Monday, any of them. `mode`: contact · blended ·
    online. `starts_from`, `starts_until`: inclusive. `max_price`: euro, material included, without exemptions.
    `only_open`: leave out what is full, cancelled, ended, or closed for enrolment.
    """

    subject_ids: tuple[str, ...] = ()
    text: str | None = None
    near: Near | None = None
    time_of_day: str | None = None
    weekdays: tuple[int, ...] = ()
    mode: str | None = None
    starts_from: date | None = None
    starts_until: date | None = None
    max_price: Decimal | None = None
    only_open: bool = True
    cheapest_first: bool = False
    limit: int = 5
    offset: int = 0


class Relaxed(StrEnum):
    """A wish that was let go because nothing fits it."""

    WEEKDAY = "weekday"
    TIME_OF_DAY = "time_of_day"
    DISTANCE = "distance"
    START = "start"


# The levels that rank_runs.sql gives, mildest first.
_LEVELS: Mapping[int, tuple[Relaxed, ...]] = {
    0: (),
    1: (Relaxed.WEEKDAY,),
    2: (Relaxed.WEEKDAY, Relaxed.TIME_OF_DAY),
    3: (Relaxed.DISTANCE,),
    4: (Relaxed.START,),
    5: (Relaxed.WEEKDAY, Relaxed.TIME_OF_DAY, Relaxed.DISTANCE),
    6: (Relaxed.WEEKDAY, Relaxed.TIME_OF_DAY, Relaxed.DISTANCE, Relaxed.START),
}
_MILDEST_WITHOUT_DISTANCE = 2  # up to here, looking farther cannot give a milder answer


@dataclass(frozen=True, kw_only=True)
class RunHit:
    """One run as it is shown: what, where, when, for how much, and from which source. Distance in kilometres."""

    run_id: int
    course_id: int
    course_title: str
    subject_ids: tuple[str, ...]
    level: str | None
    requirements: str | None
    certificate: str | None
    provider_name: str
    provider_kind: str
    place_name: str
    street: str | None
    postcode: str
    municipality: str
    wheelchair: bool | None
    distance_km: float | None
    weekdays: tuple[int, ...]
    starts: time | None
    ends: time | None
    day_parts: tuple[str, ...]
    mode: str
    start_date: date
    end_date: date | None
    enrol_until: date | None
    status: str
    lesson_hours: int
    tariff: Tariff
    material_cost: Decimal
    source: str
    source_url: str | None
    checked_on: date
    invented: bool
    url: str | None


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """The page of hits asked for, how many there are in all, and which wishes were let go to find them."""

    hits: tuple[RunHit, ...] = ()
    total: int = 0
    relaxed: tuple[Relaxed, ...] = field(default=())


async def search(session: AsyncSession, query: CourseQuery, *, today: date) -> SearchResult:
    """Runs that fit; if none does, those that fit when the fewest wishes are let go (`relaxed`)."""
    subject_ids = query.subject_ids or subjects_in(query.text or "")
    rows = await _rank(session, query, subject_ids, today, farther=False)
    if query.near and (not rows or rows[0].let_go > _MILDEST_WITHOUT_DISTANCE):
        rows = await _rank(session, query, subject_ids, today, farther=True)
    if not rows:
        return SearchResult()
    return SearchResult(
        hits=await runs_by_id(session, [row.run_id for row in rows], near=query.near),
        total=rows[0].total,
        relaxed=tuple(wish for wish in _LEVELS[rows[0].let_go] if _was_wished(wish, query)),
    )


async def _rank(
    session: AsyncSession, query: CourseQuery, subject_ids: tuple[str, ...], today: date, *, farther: bool
) -> Sequence[Row[Any]]:
    parameters = _parameters(query, subject_ids, today, farther=farther)
    return (await session.execute(text(_sql("rank_runs")), parameters)).all()


async def runs_by_id(
    session: AsyncSession, run_ids: Sequence[int], *, near: Near | None = None
) -> tuple[RunHit, ...]:
    """The runs with these ids, in this order, whatever their status; unknown ids are left out."""
    shown = await session.execute(text(_sql("show_runs")), {"run_ids": list(run_ids)})
    return tuple(_hit(row, near) for row in shown.mappings())


@cache
def _sql(name: str) -> str:
    return resources.files("data.catalog").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def subjects_in(words: str) -> tuple[str, ...]:
    """The subjects whose own words occur in a text, e.g. "cursus boekhouden" → ("boekhouden",)."""
    pattern, ids = _vocabulary()
    found = (ids[match.group()] for match in pattern.finditer(words.lower()))
    return tuple(dict.fromkeys(found))


@cache
def _vocabulary() -> tuple[re.Pattern[str], Mapping[str, str]]:
    ids = {term: item.id for item in subjects() for term in item.terms}
    longest_first = sorted(ids, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b"), ids


def _parameters(
    query: CourseQuery, subject_ids: tuple[str, ...], today: date, *, farther: bool
) -> dict[str, Any]:
    near = query.near
    words = [] if subject_ids else re.findall(r"\w{3,}", query.text or "")[:12]
    return {
        "subject_ids": list(subject_ids),
        "words": " | ".join(f"{word}:*" for word in words) or None,
        "typed": " ".join(words) or None,
        "lat": near.lat if near else None,
        "lon": near.lon if near else None,
        "max_km": near.max_km if near else None,
        "reach_km": near and (max(FARTHEST_KM, near.max_km) if farther else near.max_km),
        "online": farther or near is None or query.mode == "online",
        "time_of_day": query.time_of_day,
        "weekdays": list(query.weekdays) or None,
        "mode": query.mode,
        "starts_from": query.starts_from,
        "starts_until": query.starts_until,
        "max_price": query.max_price,
        "only_open": query.only_open,
        "cheapest_first": query.cheapest_first,
        "today": today,
        "seed": today.isoformat(),
        "limit": query.limit,
        "offset": query.offset,
    }


def _was_wished(wish: Relaxed, query: CourseQuery) -> bool:
    return {
        Relaxed.WEEKDAY: bool(query.weekdays),
        Relaxed.TIME_OF_DAY: query.time_of_day is not None,
        Relaxed.DISTANCE: query.near is not None,
        Relaxed.START: query.starts_from is not None or query.starts_until is not None,
    }[wish]


def _hit(row: RowMapping, near: Near | None) -> RunHit:
    here = near if row["mode"] != "online" else None
    far = distance_km(here.lat, here.lon, row["lat"], row["lon"]) if here else None
    return RunHit(
        **{name: row[name] for name in _PLAIN},
        subject_ids=tuple(row["subject_ids"]),
        distance_km=None if far is None else round(far, 1),
        weekdays=tuple(row["weekdays"]),
        day_parts=tuple(row["day_parts"]),
        tariff=Tariff(
            id=row["rule_source_id"],
            key=row["rule_key"],
            statement=row["rule_statement"],
            per_hour=row["per_hour"],
            fixed=row["fixed"],
            ceiling=row["ceiling"],
            exemptions=tuple(exemption_of(item) for item in row["exemptions"]),
            disputed=row["disputed"],
            source=row["rule_source"],
            source_url=row["rule_source_url"],
            checked_on=row["rule_checked_on"],
            valid_from=row["rule_valid_from"],
            valid_to=row["rule_valid_to"],
            invented=row["rule_invented"],
        ),
    )


_PLAIN = (
    "run_id", "course_id", "course_title", "level", "requirements", "certificate", "provider_name", "provider_kind",
    "place_name", "street", "postcode", "municipality", "wheelchair", "starts", "ends", "mode", "start_date",
    "end_date", "enrol_until", "status", "lesson_hours", "material_cost", "source", "source_url", "checked_on",
    "invented", "url",
)  # fmt: skip
