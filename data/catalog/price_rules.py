"""The stored price rules: all versions of the rules that some runs name, and what such a run costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.prices import FOURTH, Price, Tariff, exemption_of, price_for
from data.catalog.search import RunHit
from data.tables.catalog import PriceRule

Versions = Mapping[str, tuple[Tariff, ...]]
"""Key of a rule → all its versions, of whatever year or page."""

_NAMED = (  # one statement for any number of them
    select(PriceRule)
    .where(PriceRule.key == func.any(bindparam("keys", type_=ARRAY(Text))))
    .order_by(PriceRule.source_id)
)


async def versions_for(session: AsyncSession, hits: Iterable[RunHit]) -> Versions:
    """The versions of the rules that these runs name."""
    keys = {hit.tariff.key for hit in hits}
    if not keys:
        return {}
    keys |= {key + FOURTH for key in keys}
    found: dict[str, list[Tariff]] = defaultdict(list)
    for row in await session.scalars(_NAMED, {"keys": list(keys)}):
        found[row.key].append(tariff_of(row))
    return {key: tuple(tariffs) for key, tariffs in found.items()}


def price_of(hit: RunHit, versions: Versions, person_facts: Mapping[str, Any]) -> Price:
    """What a run probably costs a person, by the rule that holds on the day it starts."""
    same_key = versions.get(hit.tariff.key, ())
    before = person_facts.get("enrolled_before")  # course id → how often, in the last six school years
    times = before.get(str(hit.course_id)) if isinstance(before, Mapping) else None
    return price_for(
        hit.lesson_hours,
        next((rule for rule in same_key if rule.id == hit.tariff.id), hit.tariff),
        person_facts,
        hit.start_date or hit.checked_on,
        versions=(*same_key, *versions.get(hit.tariff.key + FOURTH, ())),
        material=hit.material_cost,
        ends=hit.end_date,
        enrolled_before=times if isinstance(times, int) else None,
    )


def tariff_of(row: PriceRule) -> Tariff:
    """A stored rule as a value."""
    return Tariff(
        id=row.source_id,
        key=row.key,
        statement=row.statement,
        per_hour=row.per_hour,
        fixed=row.fixed,
        ceiling=row.ceiling,
        year_ceiling=row.year_ceiling,
        exemptions=tuple(exemption_of(item) for item in row.exemptions),
        disputed=row.disputed,
        source=row.source,
        source_url=row.source_url,
        checked_on=row.checked_on,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        invented=row.invented,
    )
