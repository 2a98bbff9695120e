"""What the JSON API says: pydantic models, and how they are made from the catalogue and the counters.

Amounts are euro as exact text ("90.00"); weekdays count from 0 for Monday; hours are wall time in Belgium.
"""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field

from data import geo
from data.catalog import price_words
from data.catalog.price_rules import Versions, price_of
from data.catalog.search import RunHit, SearchResult
from data.catalog.subjects import Subject
from dispatch.near import CounterHours

Language = Literal["nl", "fr", "en"]


class Problem(BaseModel):
    """Why a request has no answer."""

    detail: str = Field(description="One sentence.", examples=["There is no course run 12."])


class Sourced(BaseModel):
    """Where an item comes from."""

    source: str
    source_url: str | None = None
    checked_on: date = Field(description="When the source was last checked.")
    invented: bool = Field(description="Demo data, which must not be shown as true.")


class PriceOut(Sourced):
    """What a run costs without exemptions, by a dated rule. Nothing is promised to anybody."""

    words: str = Field(description="Two or three words.", examples=["90 euro"])
    sentences: list[str] = Field(description="Everything there is to say, exemptions included.")
    amount: Decimal | None = Field(description="Euro, without material; null where nobody can tell.")
    material: Decimal = Field(description="Euro, about.")
    disputed: bool = Field(description="Official pages disagree: ask the school.")


class ProviderOut(BaseModel):
    """Who teaches. The order of a list never depends on it."""

    name: str
    kind: str = Field(examples=["cvo"])


class PlaceOut(BaseModel):
    """Where lessons are."""

    name: str
    street: str | None
    postcode: str
    municipality: str
    wheelchair: bool | None = Field(description="null: not known.")


class CourseOut(Sourced):
    """One run of a course: a place, days, hours and dates."""

    run_id: int
    course_id: int
    title: str
    subjects: list[str] = Field(description="Ids of /api/v1/subjects.")
    level: str | None
    requirements: str | None
    certificate: str | None
    provider: ProviderOut
    place: PlaceOut
    distance_km: float | None = Field(description="In a straight line; null online, or without a place.")
    mode: str = Field(description="contact · blended · online")
    weekdays: list[int]
    starts: time | None
    ends: time | None
    parts_of_day: list[str] = Field(description="morning · afternoon · evening")
    start_date: date | None = Field(description="Null when the source does not tell.")
    end_date: date | None
    enrol_until: date | None
    status: str = Field(description="open · full · cancelled · ended")
    lesson_hours: int
    price: PriceOut
    url: str | None = Field(description="The provider's own page.")
    page: str = Field(description="Our page about this run.")
    also_from: list[str] = Field(description="Other sources that offer this same run.")


class FoundPlace(BaseModel):
    """The place that distances count from."""

    name: str
    municipality: str
    postcodes: list[str]


class CoursesOut(BaseModel):
    """A page of runs: how well they fit, how near, then by chance; who teaches has no part in it."""

    total: int = Field(description="How many fit.")
    alike: int = Field(description="How many more only resemble the words; they come after those that fit.")
    offset: int
    limit: int
    place: FoundPlace | None
    relaxed: list[str] = Field(
        description="Wishes let go because nothing fits them: weekday · time_of_day · distance · start · level; subject: only alike."
    )
    courses: list[CourseOut]


class SubjectOut(BaseModel):
    """Something that can be learned."""

    id: str
    area: str
    labels: dict[str, str] = Field(description="Language to word.")


class SubjectsOut(BaseModel):
    """All subjects."""

    subjects: list[SubjectOut]


class HoursOut(BaseModel):
    """A weekly block of hours."""

    weekday: int
    starts: time
    ends: time
    not_in_holidays_of: str | None = Field(description="flemish · french: whose school holidays; null: none.")


class CounterOut(Sourced):
    """A counter of a leerwinkel: a free, neutral conversation about learning."""

    id: int
    name: str
    region: str
    host: str | None = Field(description="Whose building it is.")
    street: str | None
    postcode: str | None
    municipality: str | None
    directions: str | None
    wheelchair: bool
    lift: bool
    walk_in: bool = Field(description="Also without an appointment.")
    languages: list[str]
    distance_km: float = Field(description="In a straight line.")
    hours: list[HoursOut]


class CountersOut(BaseModel):
    """The nearest counters, the nearest first."""

    place: FoundPlace
    counters: list[CounterOut]


def course_out(hit: RunHit, *, versions: Versions, language: Language, base: str) -> CourseOut:
    """A run as the API shows it; `base` is our own address."""
    tariff = hit.tariff
    price = price_of(hit, versions, {})
    return CourseOut(
        run_id=hit.run_id, course_id=hit.course_id, title=hit.course_title, subjects=list(hit.subject_ids),
        level=hit.level, requirements=hit.requirements, certificate=hit.certificate,
        provider=ProviderOut(name=hit.provider_name, kind=hit.provider_kind),
        place=PlaceOut(
            name=hit.place_name, street=hit.street, postcode=hit.postcode, municipality=hit.municipality,
            wheelchair=hit.wheelchair,
        ),
        distance_km=hit.distance_km, mode=hit.mode, weekdays=list(hit.weekdays), starts=hit.starts,
        ends=hit.ends, parts_of_day=list(hit.day_parts), start_date=hit.start_date, end_date=hit.end_date,
        enrol_until=hit.enrol_until, status=hit.status, lesson_hours=hit.lesson_hours,
        price=PriceOut(
            words=price_words.short(price, language), sentences=list(price_words.sentences(price, language)),
            amount=price.amount, material=price.material, disputed=price.disputed, source=price.source,
            source_url=price.source_url, checked_on=price.source_date, invented=tariff.invented,
        ),
        also_from=list(hit.also_from), source=hit.source, source_url=hit.source_url, checked_on=hit.checked_on, invented=hit.invented,
        url=hit.url, page=f"{base}/aanbod/{hit.run_id}",
    )  # fmt: skip


def courses_out(
    result: SearchResult,
    place: geo.Place | None,
    *,
    limit: int,
    offset: int,
    versions: Versions,
    language: Language,
    base: str,
) -> CoursesOut:
    """A page of what was found."""
    return CoursesOut(
        total=result.total, alike=result.alike, offset=offset, limit=limit, place=place_out(place) if place else None,
        relaxed=list(result.relaxed),
        courses=[course_out(hit, versions=versions, language=language, base=base) for hit in result.hits],
    )  # fmt: skip


def place_out(place: geo.Place) -> FoundPlace:
    return FoundPlace(name=place.name, municipality=place.municipality, postcodes=list(place.postcodes))


def subject_out(item: Subject) -> SubjectOut:
    return SubjectOut(id=item.id, area=item.area, labels=dict(item.labels))


def counter_out(found: CounterHours, regions: Mapping[str, str], today: date) -> CounterOut:
    """A counter with its week, and nobody's name. `regions`: id → name. The agenda is our own, so it is of today."""
    counter = found.counter
    return CounterOut(
        id=counter.id, name=counter.name, region=regions[counter.region_id], host=counter.host,
        street=counter.street, postcode=counter.postcode, municipality=counter.municipality,
        directions=counter.directions, wheelchair=counter.wheelchair, lift=counter.lift, walk_in=counter.walk_in,
        languages=list(counter.languages), distance_km=round(found.distance_km, 1),
        hours=[
            HoursOut(weekday=row.weekday, starts=row.starts, ends=row.ends, not_in_holidays_of=row.schools)
            for row in found.sittings
        ],
        source=f"agenda van {regions[counter.region_id]}", checked_on=today, invented=counter.invented,
    )  # fmt: skip
