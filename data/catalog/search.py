"""Finding runs: by words, meaning and subjects, then by distance, days, dates and price.

Two queries. `match_texts.sql` weighs every text of a course against the words and the vector of the question: Dutch
stems, compounds and synonyms, trigrams for typing errors, and meaning across languages. `rank_runs.sql` filters and
orders the runs of the texts that match.

Neutral by construction: neither reads a provider. The order is by how well a run matches, how near it is, and the
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

from sqlalchemy import Row, RowMapping, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.indexing import vector_text
from data.catalog.prices import Tariff, exemption_of
from data.catalog.subjects import subjects
from data.catalog.words import fold, plain, search_words
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

    `subject_ids`: ids of `data.catalog.subjects`, any of them. `text`: free words in any language, and `vector` their
    meaning, by the encoder that embedded the courses; without it words and spelling decide alone. With both subjects
    and words the subjects filter and the words order. `time_of_day`: morning · afternoon · evening. `weekdays`: 0 is
    Monday, any of them. `not_parts`, `not_weekdays`: leave out what has lessons then; what does not tell when it is stays. `mode`: contact · blended · online. `starts_from`, `starts_until`: inclusive. `max_price`:
    euro, material included, after the exemptions for `statuses` (`prices.of_person`). `level`: as courses have it.
    `language`: in which the course is taught. `only_open`: leave out what is full, cancelled, ended, or closed for
    enrolment. `with_related`: let what only resembles the words follow what matches them.
    """

    subject_ids: tuple[str, ...] = ()
    text: str | None = None
    vector: Sequence[float] | None = None
    near: Near | None = None
    time_of_day: str | None = None
    weekdays: tuple[int, ...] = ()
    not_parts: tuple[str, ...] = ()
    not_weekdays: tuple[int, ...] = ()
    mode: str | None = None
    starts_from: date | None = None
    starts_until: date | None = None
    max_price: Decimal | None = None
    statuses: tuple[str, ...] = ()
    level: str | None = None
    language: str | None = None
    with_related: bool = False
    only_open: bool = True
    cheapest_first: bool = False
    limit: int = 5
    offset: int = 0


class Relaxed(StrEnum):
    """A wish that was let go because nothing fits it, mildest first; SUBJECT: what is shown only resembles the words."""

    WEEKDAY = "weekday"
    TIME_OF_DAY = "time_of_day"
    DISTANCE = "distance"
    START = "start"
    LEVEL = "level"
    SUBJECT = "subject"


_BITS = {Relaxed.WEEKDAY: 1, Relaxed.TIME_OF_DAY: 2, Relaxed.DISTANCE: 4, Relaxed.START: 8, Relaxed.LEVEL: 16}
"""The bits of `missed` in rank_runs.sql."""


@dataclass(frozen=True, kw_only=True)
class RunHit:
    """One run as it is shown: what, where, when, for how much, and from which source. Distance in kilometres.

    `start_date` None and `municipality` empty: the source does not tell. `also_from`: other sources that offer it.
    """

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
    start_date: date | None
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
    also_from: tuple[str, ...] = ()

    @property
    def sources(self) -> str:
        """All sources that offer this run: the one whose words are shown first."""
        return ", ".join((self.source, *self.also_from))


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """The page of hits asked for, how many runs fit in all, and which wishes were let go to find them.

    `alike`: how many more only resemble the words; with `with_related` they follow the `total` that fit.
    `offer`: place → how many of its runs fit. `equals`: for each hit, the runs that only the shuffle of the day set
    apart from it, itself among them. Both for the audit of neutrality (`catalog.shown`).
    """

    hits: tuple[RunHit, ...] = ()
    total: int = 0
    alike: int = 0
    relaxed: tuple[Relaxed, ...] = ()
    offer: Mapping[int, int] = field(default_factory=dict)
    equals: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Match:
    """A text that fits the words: `closeness` counts the steps below the best; `related` only resembles."""

    key: str
    closeness: int
    related: bool


async def search(session: AsyncSession, query: CourseQuery, *, today: date) -> SearchResult:
    """Runs that fit; if none does, those that fit when the fewest wishes are let go (`relaxed`)."""
    matches = await match(session, query)
    rows = await _rank(session, query, matches, today, farther=False)
    if query.near and (not rows or rows[0].related or rows[0].missed not in _MILDER_THAN_DISTANCE):
        rows = await _rank(session, query, matches, today, farther=True)
    if not rows:
        return SearchResult()
    relaxed = [wish for wish, bit in _BITS.items() if rows[0].missed & bit]
    return SearchResult(
        hits=await runs_by_id(session, [row.run_id for row in rows], near=query.near),
        total=rows[0].total,
        alike=rows[0].alike,
        relaxed=(*relaxed, Relaxed.SUBJECT) if rows[0].related else tuple(relaxed),
        offer={int(place): runs for row in rows for place, runs in (row.offer or {}).items()},
        equals=tuple(tuple(row.equals) for row in rows),
    )


_MILDER_THAN_DISTANCE = (0, _BITS[Relaxed.WEEKDAY], _BITS[Relaxed.TIME_OF_DAY])
"""While no more than this is let go, looking farther cannot give a milder answer."""


async def match(session: AsyncSession, query: CourseQuery) -> list[Match] | None:
    """The texts that fit the words of a query, best first; None when it has no words that tell anything."""
    words = search_words(query.text or "")
    if not words:
        return None
    rows = await session.execute(
        _sql("match_texts"),
        {
            "typed": [word.typed for word in words],
            "queries": [word.query for word in words],
            "subjects": list(subjects_in(query.text or "")),
            "subject_filter": list(query.subject_ids),
            "vector": None if query.vector is None else vector_text(query.vector),
            "least": LEAST,
        },
    )
    return _matches(rows.all(), of_subject=bool(query.subject_ids))


LEAST, SURE = 1.0, 1.4
"""A text whose subject was not named is not shown with a score below LEAST, and below SURE only resembles. Measured on the
development half of the judged questions: of what is not taught, three in four find nothing and the rest only what
"resembles" it; of what is taught, one in 159 is said to resemble. A higher LEAST shows less of what is not taught, and
finds less of what is: 1.1 costs 0.003 nDCG@5."""

_STEP = 0.05  # scores that differ less are equally good
_RELATED = 0.5  # this far below the best, a text only resembles what was asked
_UNRELATED = (
    1.5  # and this far it does not even do that: of such texts one in fifteen is of some use (dev half)
)


def _matches(rows: Sequence[Row[Any]], *, of_subject: bool) -> list[Match]:
    """Rows of match_texts.sql, best first. Words that were found are sure; meaning has to be near enough."""
    best = rows[0].score if rows else 0.0
    return [
        Match(
            key=row.key,
            closeness=int((best - row.score) / _STEP),
            related=not of_subject and (best - row.score > _RELATED or (row.by_meaning and row.score < SURE)),
        )
        for row in rows
        if of_subject or best - row.score <= _UNRELATED
    ]


async def _rank(
    session: AsyncSession, query: CourseQuery, matches: list[Match] | None, today: date, *, farther: bool
) -> Sequence[Row[Any]]:
    parameters = _parameters(query, matches, today, farther=farther)
    return (await session.execute(_sql("rank_runs"), parameters)).all()


async def runs_by_id(
    session: AsyncSession, run_ids: Sequence[int], *, near: Near | None = None
) -> tuple[RunHit, ...]:
    """The runs with these ids, in this order, whatever their status; unknown ids are left out."""
    shown = await session.execute(_sql("show_runs"), {"run_ids": list(run_ids)})
    return tuple(_hit(row, near) for row in shown.mappings())


@cache
def _sql(name: str) -> TextClause:
    return text(resources.files("data.catalog").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8"))


def subjects_in(words: str) -> tuple[str, ...]:
    """The subjects whose own words occur in a text, e.g. "cursus boekhouden" → ("boekhouden",)."""
    pattern, ids = _vocabulary()
    found = (ids[match.group()] for match in pattern.finditer(fold(plain(words))))
    return tuple(dict.fromkeys(found))


@cache
def _vocabulary() -> tuple[re.Pattern[str], Mapping[str, str]]:
    ids = {fold(term): item.id for item in subjects() for term in item.search_terms}
    longest_first = sorted(ids, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b"), ids


def _parameters(
    query: CourseQuery, matches: list[Match] | None, today: date, *, farther: bool
) -> dict[str, Any]:
    near = query.near
    return {
        "keys": None if matches is None else [match.key for match in matches],
        "closeness": [match.closeness for match in matches or ()],
        "related": [match.related for match in matches or ()],
        "with_related": query.with_related,
        "subject_ids": list(query.subject_ids),
        "lat": near.lat if near else None,
        "lon": near.lon if near else None,
        "max_km": near.max_km if near else None,
        "reach_km": near and (max(FARTHEST_KM, near.max_km) if farther else near.max_km),
        "online": farther or near is None or query.mode == "online",
        "time_of_day": query.time_of_day,
        "weekdays": list(query.weekdays) or None,
        "not_parts": list(query.not_parts),
        "not_weekdays": list(query.not_weekdays),
        "mode": query.mode,
        "level": query.level,
        "language": query.language,
        "starts_from": query.starts_from,
        "starts_until": query.starts_until,
        "max_price": query.max_price,
        "statuses": list(query.statuses),
        "only_open": query.only_open,
        "cheapest_first": query.cheapest_first,
        "today": today,
        "seed": today.isoformat(),
        "limit": query.limit,
        "offset": query.offset,
    }


def _hit(row: RowMapping, near: Near | None) -> RunHit:
    here = near if row["mode"] != "online" else None
    far = distance_km(here.lat, here.lon, row["lat"], row["lon"]) if here and row["lat"] is not None else None
    return RunHit(
        **{name: row[name] for name in _PLAIN},
        subject_ids=tuple(row["subject_ids"]),
        distance_km=None if far is None else round(far, 1),
        weekdays=tuple(row["weekdays"]),
        day_parts=tuple(row["day_parts"]),
        also_from=tuple(row["also_from"]),
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
