"""What is exported: a run with its course, provider and place, read in a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.prices import CENT
from data.catalog.search import RunHit

BATCH = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """A run as it is exported; a course without runs has no `place_name`, a place that is not told an empty one.

    Ids are those of the source, None when nobody asked for them. `rule_id`: the price rule that others may know;
    None for an amount of the source's own. `price` in euro, None when unknown; the rest as in `tables.catalog`.
    """

    source: str
    title: str
    description: str
    subject_ids: Sequence[str]
    level: str | None
    requirements: str | None
    certificate: str | None
    licence: str | None
    checked_on: date
    provider_name: str
    provider_kind: str
    place_name: str | None
    street: str | None
    postcode: str | None
    municipality: str | None
    wheelchair: bool | None
    start_date: date | None
    end_date: date | None
    enrol_until: date | None
    weekdays: Sequence[int]
    starts: time | None
    ends: time | None
    day_parts: Sequence[str]
    mode: str
    lesson_hours: int
    material_cost: Decimal
    status: str
    url: str | None
    price: Decimal | None
    rule_id: str | None
    per_hour: Decimal | None
    ceiling: Decimal | None
    language: str = "nl"
    course_id: str | None = None
    course_url: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    provider_id: str | None = None
    provider_url: str | None = None
    provider_phone: str | None = None
    place_id: str | None = None
    country: str = "BE"
    lat: float | None = None
    lon: float | None = None
    run_id: str | None = None


def of_hit(hit: RunHit) -> Offered:
    """A run that was found, for its page: without what only an exchange of catalogues needs."""
    tariff = hit.tariff
    return Offered(
        source=hit.source, title=hit.course_title, description=hit.course_title, subject_ids=hit.subject_ids,
        level=hit.level, requirements=hit.requirements, certificate=hit.certificate, licence=None,
        checked_on=hit.checked_on, provider_name=hit.provider_name, provider_kind=hit.provider_kind,
        place_name=hit.place_name, street=hit.street, postcode=hit.postcode, municipality=hit.municipality,
        wheelchair=hit.wheelchair, start_date=hit.start_date, end_date=hit.end_date, enrol_until=hit.enrol_until,
        weekdays=hit.weekdays, starts=hit.starts, ends=hit.ends, day_parts=hit.day_parts, mode=hit.mode,
        lesson_hours=hit.lesson_hours, material_cost=hit.material_cost, status=hit.status, url=hit.url,
        price=_price(hit.lesson_hours, tariff.per_hour, tariff.fixed, tariff.ceiling), rule_id=None,
        per_hour=tariff.per_hour, ceiling=tariff.ceiling,
    )  # fmt: skip


async def offered(
    session: AsyncSession, *, today: date, source: str | None = None, invented: bool = False
) -> AsyncIterator[list[Offered]]:
    """The runs of each course in turn, in a fixed order and in constant memory.

    Of all sources together the ids begin with the name of the source, so that they stay apart.
    """
    statement = resources.files("data.catalog").joinpath("sql", "export_runs.sql").read_text(encoding="utf-8")
    found = await session.stream(
        text(statement).execution_options(yield_per=BATCH),
        {"today": today, "source": source, "invented": invented},
    )
    runs: list[Offered] = []
    async for row in found.mappings():
        values = dict(row)
        fixed, own, unknown = values.pop("fixed"), values.pop("fixed_by_source"), values.pop("no_price")
        if source is None:
            values |= {
                name: f"{row['source']}/{row[name]}"
                for name in ("provider_id", "place_id", "course_id", "run_id")
                if row[name]
            }
        if row["run_id"] is None:
            values |= {"weekdays": (), "day_parts": (), "mode": "contact", "lesson_hours": 0, "country": "BE",
                       "material_cost": Decimal(0), "status": "open"}  # fmt: skip
        values["price"] = _price(values["lesson_hours"], row["per_hour"], fixed, row["ceiling"])
        values["rule_id"] = None if own or unknown else row["rule_id"]
        run = Offered(**values)
        if runs and runs[0].course_id != run.course_id:
            yield runs
            runs = []
        runs.append(run)
    if runs:
        yield runs


def _price(
    hours: int, per_hour: Decimal | None, fixed: Decimal | None, ceiling: Decimal | None
) -> Decimal | None:
    """Without any exemption, and None where lesson hours are needed and not known."""
    if fixed is not None:
        return fixed
    if per_hour is None or (per_hour and not hours):
        return None
    total = (per_hour * hours).quantize(CENT, ROUND_HALF_UP)
    return total if ceiling is None else min(total, ceiling)
