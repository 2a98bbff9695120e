"""The audit flags a planted bias, and lets an honest log pass."""

from __future__ import annotations

import random
from argparse import Namespace
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands.offer import run_neutrality
from bot.replies import BRUSSELS
from bot.settings import Settings
from data.catalog.neutrality import LEAST_DAYS, Shown, audit, weigh
from data.catalog.search import CourseQuery, search
from data.catalog.shown import remember
from data.db import Database
from data.tables import Course, Provider, Region, Run, ShownList
from tests.data.catalogue import TODAY, Catalogue, near

DAYS = 40
SPANISH = CourseQuery(subject_ids=("spaans",), limit=3)
QUESTIONS = (
    SPANISH,
    replace(SPANISH, offset=3),
    replace(SPANISH, near=near("gent", 40)),
    replace(SPANISH, weekdays=(1,)),
    CourseQuery(text="spaans", limit=5),
)


async def _log(session: AsyncSession) -> None:
    """Six schools with one to six runs each, asked for on many days through the real search."""
    catalogue = Catalogue(session)
    for number in range(6):
        for week in range(number + 1):
            await catalogue.run(
                provider=f"CVO {number}", town=("gent", "aalst")[number % 2], weekday=week % 2,
                start=TODAY + timedelta(days=100 + week),
            )  # fmt: skip
    for day in range(DAYS):
        on = TODAY + timedelta(days=day)
        for query in QUESTIONS:
            await remember(session, await search(session, query, today=on), query={}, skipped=query.offset)
        await session.flush()
        for kept in await session.scalars(
            select(ShownList).order_by(ShownList.id.desc()).limit(len(QUESTIONS))
        ):
            kept.created_at = datetime.combine(on, datetime.min.time(), BRUSSELS) + timedelta(hours=12)
    await session.flush()


SPAN = (
    datetime(2026, 11, 1, tzinfo=BRUSSELS),
    datetime(2027, 6, 1, tzinfo=BRUSSELS),
)


async def test_the_real_ranking_passes_and_a_planted_bias_does_not(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async with database.transaction() as session:
        await _log(session)
    async with database.transaction() as session:
        found = await audit(session, *SPAN)
        assert (found.lists, found.days) == (DAYS * len(QUESTIONS), DAYS)
        assert found.flagged == ()
        for shares in ("offer", "expected", "real"):
            assert sum(getattr(one, shares) for one in found.providers) == pytest.approx(1)
        assert all(one.low <= one.difference <= one.high for one in found.providers)
        assert await audit(session, *SPAN) == found
    settings = Settings(database_url=database.url)
    asked = Namespace(start=date(2026, 11, 1), until=date(2027, 5, 1), region=None)
    assert await run_neutrality(settings, asked) == 0
    assert "Neutral: none of 6 providers" in capsys.readouterr().out

    async with database.transaction() as session:  # somebody adds the provider to the ranking
        owned = (
            select(Run.id)
            .join(Course, Course.id == Run.course_id)
            .join(Provider, Provider.id == Course.provider_id)
        )
        favourite = set(await session.scalars(owned.where(Provider.name == "CVO 2")))
        for kept in await session.scalars(select(ShownList)):
            kept.run_ids = sorted(kept.run_ids, key=lambda run: run not in favourite)
    assert await run_neutrality(settings, asked) == 1
    told = capsys.readouterr().out
    assert "NOT neutral" in told
    assert "CVO 2 (more than expected)" in told.splitlines()[-1]


def _lists(days: int, seed: int, *, favour: float = 0.0) -> list[Shown]:
    """Three of eight providers a list, ten lists a day in the order of that day; `favour`: how often 1 jumps ahead."""
    rng = random.Random(seed)
    offer = dict.fromkeys(range(8), 1)
    lists = []
    for day in range(days):
        order = rng.sample(range(8), 8)
        for _ in range(10):
            shown = [1, *(one for one in order if one != 1)] if rng.random() < favour else order
            lists.append(
                Shown(
                    day=date(2026, 1, 1) + timedelta(days=day), skipped=0, providers=tuple(shown[:3]),
                    offer=offer, equals=(offer,) * 3,
                )
            )  # fmt: skip
    return lists


def test_honest_logs_are_seldom_flagged() -> None:
    """1 in 100 by construction; of 200 logs, 8 would be far too many."""
    flagged = sum(bool(weigh(_lists(30, seed), {}).flagged) for seed in range(200))
    assert flagged <= 7


@pytest.mark.parametrize("favour", [1.0, 0.5])
def test_a_favourite_is_flagged_and_it_only_upwards(favour: float) -> None:
    found = [weigh(_lists(60, seed, favour=favour), {1: "Favoriet"}).flagged for seed in range(10)]
    up = [[one.name for one in flagged if one.difference > 0] for flagged in found]
    assert up == [["Favoriet"]] * 10


def test_too_few_days_prove_nothing() -> None:
    found = weigh(_lists(LEAST_DAYS - 1, 1, favour=1.0), {})
    assert not found.enough
    assert found.flagged == ()
    nothing = weigh([], {})
    assert (nothing.lists, nothing.days, nothing.providers) == (0, 0, ())


async def test_questions_of_one_region(database: Database) -> None:
    async with database.transaction() as session:
        session.add(Region(id="oost-vlaanderen", name="Oost", office_hours={}))
        await session.flush()
        await Catalogue(session).run()
        for region in ("oost-vlaanderen", None):
            await remember(session, await search(session, SPANISH, today=TODAY), query={}, region_id=region)
    async with database.transaction() as session:
        wide = (datetime(2020, 1, 1, tzinfo=BRUSSELS), datetime(2040, 1, 1, tzinfo=BRUSSELS))
        assert (await audit(session, *wide)).lists == 2
        assert (await audit(session, *wide, frozenset({"oost-vlaanderen"}))).lists == 1
        assert (await audit(session, *wide, frozenset())).lists == 0
