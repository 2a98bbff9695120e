"""Prices of stored runs: all versions of their rule, from the database."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from data.catalog.price_rules import price_of, versions_for
from data.catalog.search import RunHit, runs_by_id
from data.db import Database
from data.seed.offer import seed_offer
from data.tables import PriceRule, Run

TODAY = date(2026, 11, 23)


@pytest.fixture
async def catalogue(database: Database) -> Database:
    async with database.transaction() as session:
        await seed_offer(session, random.Random(7), datetime(2026, 11, 23, tzinfo=UTC), TODAY)
    return database


async def test_a_run_costs_what_the_rule_of_its_start_says_and_what_other_pages_say_is_kept(
    catalogue: Database,
) -> None:
    async with catalogue.transaction() as session:

        async def one(rule: str, start: date | None = None) -> RunHit:
            run = (
                await session.scalars(
                    select(Run).join(PriceRule).where(PriceRule.source_id == rule).order_by(Run.id).limit(1)
                )
            ).one()
            if start is not None:
                run.start_date, run.end_date, run.lesson_hours = start, None, 400
                await session.flush()
            return (await runs_by_id(session, [run.id]))[0]

        basic, old = await one("cbe-standard"), await one("cvo-standard", date(2015, 5, 4))
        versions = await versions_for(session, [basic, old])
        assert set(versions) == {"cbe.basis", "cvo.standard", "cvo.standard.fourth"}

        price = price_of(basic, versions, {})
        assert price.amount == Decimal("1.50") * basic.lesson_hours
        assert [other.amount for other in price.others] == [Decimal(0)]
        assert price.disputed
        assert {price.source_url, price.others[0].source_url} == {
            rule.source_url for rule in versions["cbe.basis"]
        }

        price = price_of(old, versions, {})
        assert (price.rule_id, price.amount) == ("cvo-standard-2015", Decimal("460.00"))
        assert price_of(old, versions, {"status": "leefloon"}).to_prove is None, "that rule knew no exemption"
        assert await versions_for(session, []) == {}
