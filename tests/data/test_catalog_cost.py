"""The price ceiling of a search and the price that is told come from the same sum."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.prices import Status, price_for
from data.catalog.search import CourseQuery, search
from data.tables import PriceRule, Run
from tests.data.catalogue import TODAY, Catalogue

CENT = Decimal("0.01")
STATUSES = [str(status) for status in Status]
amounts = st.none() | st.decimals(0, 300, places=2)
exemptions = st.lists(
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(STATUSES),
            "per_hour": st.none() | st.decimals(0, 5, places=3).map(str),
            "fixed": st.none() | st.decimals(0, 90, places=2).map(str),
            "prove": st.just("attest"),
            "source": st.just("test"),
        }
    ),
    max_size=4,
)


@given(
    per_hour=st.none() | st.decimals(0, 9, places=2), fixed=amounts, ceiling=amounts, exemptions=exemptions,
    hours=st.integers(0, 900), material=st.decimals(0, 80, places=2),
    statuses=st.sets(st.sampled_from(STATUSES), max_size=3),
)  # fmt: skip
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_ceiling_is_compared_with_the_price_after_exemption(
    session: AsyncSession,
    per_hour: Decimal | None,
    fixed: Decimal | None,
    ceiling: Decimal | None,
    exemptions: list[dict[str, Any]],
    hours: int,
    material: Decimal,
    statuses: set[str],
) -> None:
    async with session.begin_nested() as undone:
        run_id = await Catalogue(session).run(lesson_hours=hours, material_cost=material)
        run = await session.get_one(Run, run_id)
        rule = await session.get_one(PriceRule, run.price_rule_id)
        rule.per_hour, rule.fixed, rule.ceiling, rule.exemptions = per_hour, fixed, ceiling, exemptions
        await session.flush()
        query = CourseQuery(subject_ids=("spaans",), statuses=tuple(sorted(statuses)))
        (hit,) = (await search(session, query, today=TODAY)).hits
        price = price_for(hours, hit.tariff, {"status": sorted(statuses)}, TODAY, material=material)
        for ceiling_asked, found in (
            (None if price.amount is None else price.amount + material, True),
            (None if price.amount is None else price.amount + material - CENT, False),
        ):
            if ceiling_asked is None:
                asked, found = Decimal(10_000), False  # nobody can tell the price: not under any ceiling
            else:
                asked = ceiling_asked
            result = await search(session, _below(query, asked), today=TODAY)
            assert bool(result.hits) == found, (price.amount, asked)
        await undone.rollback()


def _below(query: CourseQuery, most: Decimal) -> CourseQuery:
    return CourseQuery(subject_ids=query.subject_ids, statuses=query.statuses, max_price=most)


async def test_a_person_with_leefloon_finds_what_others_find_too_dear(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    run = await catalogue.run(lesson_hours=100)
    rule = await session.get_one(PriceRule, (await session.get_one(Run, run)).price_rule_id)
    rule.exemptions = [{"status": "leefloon", "per_hour": "0", "prove": "attest OCMW", "source": "test"}]
    await session.flush()
    dear = CourseQuery(subject_ids=("spaans",), max_price=Decimal(50))
    assert (await search(session, dear, today=TODAY)).hits == ()
    free = CourseQuery(subject_ids=("spaans",), max_price=Decimal(0), statuses=("leefloon",))
    assert [hit.run_id for hit in (await search(session, free, today=TODAY)).hits] == [run]
