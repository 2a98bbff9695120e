"""The public catalogue: search with filters that are plain addresses, and one page a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import demand
from bot.pages.errors import error_page
from bot.pages.render import BRUSSELS, Texts, page_language, render, texts
from bot.searching import find_runs, vector_of
from data import geo
from data.catalog import price_words
from data.catalog.exporters.schemaorg import course_jsonld
from data.catalog.listing import can_join, whose
from data.catalog.price_rules import Versions, price_of, versions_for
from data.catalog.prices import Price
from data.catalog.search import CourseQuery, Near, RunHit, SearchResult, runs_by_id
from data.catalog.shown import remember
from data.catalog.subjects import subject, subjects
from data.db import Database
from data.ids import id_of
from data.tables.catalog import Place, RunStatus

PAGE_SIZE = 10
FARTHEST_PAGE = 200
DISTANCES_KM = (5, 15, 30, 60)
USUAL_KM = 15
SOME_SIZE = 30_000  # inhabitants
_AT = frozenset(["in", "te", "bij", "rond", "à", "a", "près", "de", "near", "at", "en", "w", "в", "у"])
PARTS = ("morning", "afternoon", "evening")
MODES = ("contact", "blended", "online")
PRICES = (50, 100, 200, 300)

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True)
class Search:
    """What a visitor filled in; what an address spells wrongly is left out.

    `day` is 0 for Monday, `most` is in euro, `start` is an ISO day, `order` is "price" or empty. `not_days` and
    `not_parts` are when the visitor cannot come.
    """

    words: str = ""
    where: str = ""
    km: int = USUAL_KM
    subject: str = ""
    part: str = ""
    day: int | None = None
    not_days: tuple[int, ...] = ()
    not_parts: tuple[str, ...] = ()
    mode: str = ""
    most: int | None = None
    start: str = ""
    order: str = ""
    page: int = 1

    @classmethod
    def of(cls, given: Mapping[str, str], refused: Sequence[str] = ()) -> "Search":
        """Read the query of an address; `refused` are the values of its `not`: numbers of days, and parts of the day.

        What is asked for wins: who wants Fridays does not refuse them.
        """
        km, day = _number(given.get("km"), DISTANCES_KM), _number(given.get("day"), range(7))
        wanted = given.get("subject", "")
        part = given["part"] if given.get("part") in PARTS else ""
        return cls(
            words=given.get("q", "").replace("\0", "").strip()[:200],
            where=given.get("where", "").replace("\0", "").strip()[:80],
            km=USUAL_KM if km is None else km,
            subject=wanted if subject(wanted) else "",
            part=part,
            day=day,
            not_days=tuple(number for number in range(7) if str(number) in refused and number != day),
            not_parts=tuple(item for item in PARTS if item in refused and item != part),
            mode=given["mode"] if given.get("mode") in MODES else "",
            most=_number(given.get("most"), PRICES),
            start=_day(given.get("start", "")),
            order="price" if given.get("order") == "price" else "",
            page=_number(given.get("page"), range(1, FARTHEST_PAGE)) or 1,
        )

    @property
    def place(self) -> geo.Place | None:
        """The place that `where` means, if we know it."""
        return place_named(self.where)

    def with_place(self) -> "Search":
        """The same with the place that ends the words ("naaien in Gent") taken for where, when nothing is filled in.

        Without "in" or the like only a town of some size: "Boom", "Peer" and "Ham" are words too.
        """
        *words, last = self.words.split() or [""]
        place = None if self.where or not words else place_named(last)
        if place is None or last.isdigit():
            return self
        told = words[-1].casefold() in _AT
        if (told and words[:-1] == []) or (not told and place.population < SOME_SIZE):
            return self
        return replace(self, words=" ".join(words[:-1] if told else words), where=place.name)

    @property
    def narrowed(self) -> bool:
        """Whether one of the less used filters is set."""
        usual = Search(words=self.words, where=self.where, page=self.page)
        return self != usual

    def query(self) -> CourseQuery:
        """As the catalogue understands it."""
        place = self.place
        return CourseQuery(
            subject_ids=(self.subject,) if self.subject else (),
            text=self.words or None,
            near=Near(lat=place.lat, lon=place.lon, max_km=self.km) if place else None,
            time_of_day=self.part or None,
            weekdays=() if self.day is None else (self.day,),
            not_parts=self.not_parts,
            not_weekdays=self.not_days,
            mode=self.mode or None,
            with_related=True,
            max_price=None if self.most is None else Decimal(self.most),
            starts_from=date.fromisoformat(self.start) if self.start else None,
            cheapest_first=self.order == "price",
            limit=PAGE_SIZE,
            offset=(self.page - 1) * PAGE_SIZE,
        )

    def address(self, language: str) -> str:
        """The address of this search."""
        values = {
            "q": self.words,
            "where": self.where,
            "km": self.km if self.where and self.km != USUAL_KM else "",
            "subject": self.subject,
            "part": self.part,
            "day": "" if self.day is None else self.day,
            "not": (*self.not_days, *self.not_parts),
            "mode": self.mode,
            "most": "" if self.most is None else self.most,
            "start": self.start,
            "order": self.order,
            "page": self.page if self.page > 1 else "",
            "lang": language,
        }
        given = {name: value for name, value in values.items() if value != ""}
        return "/aanbod?" + urlencode(given, doseq=True)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A run with what the page says about it."""

    hit: RunHit
    price: Price
    price_short: str
    when: str
    start: str
    place: str
    begun: str


@router.get("/aanbod")
async def find(request: Request) -> Response:
    """Search the offer. Every list shown is kept, so that exposure can be audited."""
    language = page_language(request)
    words = texts(language)
    given = request.query_params
    asked = Search.of(given, given.getlist("not")).with_place()
    today = datetime.now(BRUSSELS).date()
    database: Database = request.app.state.database
    async with database.transaction() as session:
        result = await find_runs(session, asked.query(), today=today, vector_of=vector_of(request))
        versions = await versions_for(session, result.hits)
        towns = await session.scalars(
            select(Place.municipality).where(Place.municipality != "").distinct().order_by(Place.municipality)
        )
        await demand.note_visit(
            request, session, asked.query(), asked.place, result, language=language, heard="page", today=today
        )
        await _remember(session, asked, result)
    return render(
        request,
        "offer.html",
        language=language,
        asked=asked,
        place=asked.place,
        towns=list(towns),
        options=_options(words),
        shown=[shown_run(hit, versions, words, today) for hit in result.hits],
        total=result.total,
        alike=result.alike,
        fitting=max(0, result.total - (asked.page - 1) * PAGE_SIZE),  # so many of this page and what follows
        pages=min(-(-(result.total + result.alike) // PAGE_SIZE), FARTHEST_PAGE - 1),
        wishes=", ".join(words["relaxed"][wish] for wish in result.relaxed),
        to_page=lambda page: replace(asked, page=page).address(language),
        invented=bool(result.hits) and all(hit.invented for hit in result.hits),  # each card says it too
        linked_data=_linked_list(result.hits, str(request.base_url).rstrip("/")),
    )


@router.get("/aanbod/{run_id}")
async def show(request: Request, run_id: str) -> Response:
    """Everything we know about one run, and from whom."""
    language = page_language(request)
    number = id_of(run_id)
    if number is None:
        return error_page(request, 404)
    database: Database = request.app.state.database
    async with database.transaction() as session:
        found = await runs_by_id(session, [number])
        if not found:
            return error_page(request, 404)
        versions = await versions_for(session, found)
        provider_id, valid_to = await whose(session, number)
    hit, today = found[0], datetime.now(BRUSSELS).date()
    over = hit.status == RunStatus.ENDED or (valid_to is not None and valid_to < today)
    shown = shown_run(hit, versions, texts(language), today)
    return render(
        request,
        "run.html",
        language=language,
        status=410 if over else 200,
        over=over,
        provider_id=provider_id,
        shown=shown,
        hit=hit,
        price_lines=price_words.sentences(shown.price, language),
        closed=not can_join(hit, today),
        topics=[topic.label(language) for item in hit.subject_ids if (topic := subject(item))],
        linked_data=course_jsonld(hit, url=f"{str(request.base_url).rstrip('/')}/aanbod/{hit.run_id}"),
    )


def place_named(words: str) -> geo.Place | None:
    """The place with this name or postcode, the most populous first; None if we know no such place."""
    if words[:4].isdigit() and (found := geo.by_postcode(words[:4])):
        return found[0]
    return _places_by_name().get(_plain(words))


@cache
def _places_by_name() -> Mapping[str, geo.Place]:
    names: dict[str, geo.Place] = {}
    for place in geo.places():  # the most populous first
        names.setdefault(_plain(place.name), place)
    for place in geo.places():
        for alias in place.aliases:
            names.setdefault(_plain(alias), place)
    return names


def _plain(name: str) -> str:
    return geo.slug(name) or name.casefold()


def _number(text: str | None, allowed: range | tuple[int, ...]) -> int | None:
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 6:
        return None
    return int(text) if int(text) in allowed else None


def _day(text: str) -> str:
    """An ISO day as it came, empty for what is none."""
    try:
        return date.fromisoformat(text).isoformat() if len(text) == len("2026-11-23") else ""
    except ValueError:
        return ""


def _options(words: Texts) -> dict[str, list[tuple[Any, str]]]:
    """What the selects offer: values with their words."""
    return {
        "subject": sorted(
            ((item.id, item.label(words.language)) for item in subjects()),
            key=lambda pair: pair[1].casefold(),
        ),
        "km": [(km, words["offer_km_value"].format(km=km)) for km in DISTANCES_KM],
        "day": list(enumerate(words["days"])),
        "part": [(part, words["parts"][part]) for part in PARTS],
        "mode": [(mode, words["modes"][mode]) for mode in MODES],
        "most": [(price, words["offer_most_value"].format(price=price)) for price in PRICES],
        "order": [("price", words["offer_order_price"])],
    }


async def _remember(session: AsyncSession, asked: Search, result: SearchResult) -> None:
    # The free words stay out: they may hold anything, and the audit needs only which runs stood where.
    query: dict[str, Any] = {"by": "page", "subject": asked.subject, "page": asked.page}
    place = asked.place
    if place:
        query["place"] = place.key
    await remember(session, result, query=query, skipped=(asked.page - 1) * PAGE_SIZE, place=place)


def shown_run(hit: RunHit, versions: Versions, words: Texts, today: date) -> Shown:
    """A run with its price and its hours in words, and that it has begun where one can still join."""
    begun = hit.start_date is not None and hit.start_date < today and can_join(hit, today)
    price = price_of(hit, versions, {})
    return Shown(
        hit=hit,
        price=price,
        price_short=price_words.short(price, words.language),
        when=_when(hit, words),
        start=f"{words.day(hit.start_date)} {hit.start_date.year}" if hit.start_date else "",
        place=_place(hit, words),
        begun=words["offer_begun"].format(day=words.day(hit.enrol_until or today)) if begun else "",
    )


def _place(hit: RunHit, words: Texts) -> str:
    """The building and the town, as far as the source tells; online courses need no place."""
    told = ", ".join(dict.fromkeys(part for part in (hit.place_name, hit.municipality) if part))
    return told or words["modes"]["online"] if hit.mode == "online" else told or words["offer_place_unknown"]


def _when(hit: RunHit, words: Texts) -> str:
    days = ", ".join(words["days"][day] for day in hit.weekdays)
    if hit.starts is None or hit.ends is None:
        hours = ", ".join(words["parts"][part] for part in hit.day_parts)
    else:
        hours = words["offer_at"].format(start=_hour(hit.starts), end=_hour(hit.ends))
    return ", ".join(part for part in (days, hours) if part)


def _hour(moment: time) -> str:
    return f"{moment:%H:%M}"


def _linked_list(hits: tuple[RunHit, ...], base: str) -> dict[str, Any]:
    items = [
        {"@type": "ListItem", "position": place, "url": f"{base}/aanbod/{hit.run_id}"}
        for place, hit in enumerate(hits, start=1)
    ]
    return {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": items}
