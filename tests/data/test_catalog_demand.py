"""Counting demand: once a day for each asker, and nobody to be found in what is kept."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from data.catalog.demand import BUCKETS, MOST_A_DAY, Asked, DemandLog, forget_days_before
from data.catalog.gaps import STEPS, Month, gaps, months, year_until
from data.db import Database
from data.tables import DailyMark, Demand, DemandKind, DemandTopic

DAY = date(2026, 11, 24)
SPANISH = Asked(subject_id="spaans", language="nl", nis="44021", region="gent", day_part="evening")


@pytest.fixture
def log() -> DemandLog:
    return DemandLog(b"secret", k=3)


def people(log: DemandLog, count: int) -> list[str]:
    """Askers who fall in as many different buckets."""
    found: dict[int, str] = {}
    for number in range(BUCKETS * 20):
        found.setdefault(log.bucket(f"p{number}"), f"p{number}")
    return list(found.values())[:count]


async def test_the_same_question_counts_once_a_day(database: Database, log: DemandLog) -> None:
    async with database.transaction() as session:
        heard = {"heard": "chat", "asker": "p1"}
        assert await log.record(session, SPANISH, DemandKind.NONE, day=DAY, **heard)
        assert not await log.record(session, SPANISH, DemandKind.NONE, day=DAY, **heard)
        assert not await log.record(session, SPANISH, DemandKind.FULL, day=DAY, **heard), "same question"
        assert await log.record(session, SPANISH, DemandKind.NONE, day=DAY + timedelta(days=1), **heard)
        assert await log.record(session, SPANISH, DemandKind.NONE, day=DAY, heard="chat", asker="p2")
        assert await session.scalar(select(func.count()).select_from(Demand)) == 3


async def test_a_program_does_not_drown_out_people(database: Database, log: DemandLog) -> None:
    async with database.transaction() as session:
        for number in range(MOST_A_DAY + 10):
            asked = Asked(subject_id=f"s{number}", language="nl")
            await log.record(session, asked, DemandKind.NONE, heard="api", asker="program", day=DAY)
        assert await session.scalar(select(func.count()).select_from(Demand)) == MOST_A_DAY


async def test_what_tells_askers_apart_goes_with_the_day(database: Database, log: DemandLog) -> None:
    async with database.transaction() as session:
        await log.record(session, SPANISH, DemandKind.NONE, heard="chat", asker="person 12345", day=DAY)
        for table in ("demand", "daily_mark"):
            kept = (await session.execute(text(f"SELECT * FROM {table}"))).all()  # noqa: S608
            assert kept
            assert "12345" not in str(kept)
        await forget_days_before(session, DAY)
        assert await session.scalar(select(func.count()).select_from(DailyMark)) == 1
        await forget_days_before(session, DAY + timedelta(days=1))
        assert await session.scalar(select(func.count()).select_from(DailyMark)) == 0
        assert await session.scalar(select(func.count()).select_from(Demand)) == 1


async def test_a_word_is_kept_only_when_several_people_said_it(database: Database, log: DemandLog) -> None:
    asked = Asked(language="nl", nis="44021", region="gent")

    async def say(asker: str, topic: str, days: int = 0) -> None:
        async with database.transaction() as session:
            await log.record(
                session, asked, DemandKind.UNKNOWN_TOPIC, topic=topic, heard="chat", asker=asker,
                day=DAY + timedelta(days=days),
            )  # fmt: skip

    async def words() -> list[str]:
        async with database.transaction() as session:
            return list(await session.scalars(select(DemandTopic.word)))

    one, two, three = people(log, 3)
    for days in range(3):
        await say(one, "Imkeren", days)
    await say(two, "imkeren")
    assert await words() == [], "one person who says it thrice is one person"
    await say(three, " imkeren ")
    assert await words() == ["imkeren"]
    for asker in people(log, 5):
        await say(asker, "bel 0470 12 34 56")
        await say(asker, "x" * 60)
    assert await words() == ["imkeren"]


async def test_rare_questions_are_told_at_a_wider_place(database: Database, log: DemandLog) -> None:
    where = ["44021"] * 3 + ["41002"] * 3 + ["41048"] * 2
    async with database.transaction() as session:
        for asker, nis in zip(people(log, 8), where, strict=True):
            region = "gent" if nis == "44021" else "oost-vlaanderen"
            asked = Asked(subject_id="spaans", language="nl", nis=nis, region=region, day_part="evening")
            await log.record(session, asked, DemandKind.NONE, heard="chat", asker=asker, day=DAY)
    november = [Month.of(DAY)]
    async with database.transaction() as session:
        found = await gaps(session, november, k=3)
        here = await gaps(session, november, k=3, regions=frozenset({"gent"}))
        hidden = await gaps(session, november, k=9)
        december = await gaps(session, [november[0].after], k=3)
    # the two of Ninove make those of Aalst a figure of the region: alone they could be subtracted
    assert {(gap.nis, gap.region): gap.count for gap in found.gaps} == {
        ("*", "oost-vlaanderen"): 5,
        ("44021", "gent"): 3,
    }
    assert found.total == 8
    assert [(gap.nis, gap.count) for gap in here.gaps] == [("44021", 3)]
    assert (hidden.gaps, hidden.total, hidden.too_few) == ([], 0, november)
    assert (december.gaps, december.too_few) == ([], [])


async def test_two_reports_cannot_be_subtracted(database: Database, log: DemandLog) -> None:
    """A month that has too few of its own stays hidden in the sum with another."""
    askers = people(log, 5)
    lonely = DAY - timedelta(days=31)
    async with database.transaction() as session:
        for asker in askers:
            await log.record(session, SPANISH, DemandKind.NONE, heard="chat", asker=asker, day=DAY)
        await log.record(session, SPANISH, DemandKind.NONE, heard="chat", asker=askers[0], day=lonely)
        november = await gaps(session, [Month.of(DAY)], k=3)
        both = await gaps(session, months(lonely, DAY), k=3)
    assert both.gaps == november.gaps
    assert both.too_few == [Month.of(lonely)]


def test_looking_coarser_twice_is_looking_coarser_once() -> None:
    values = (
        "",
        "*",
        "spaans",
        "area:talen",
        "~",
        "~imkeren",
        "44021",
        "gent",
        "relaxed:weekday",
        "none",
        "nergens",
    )
    for step in STEPS:
        for wider in step.values():
            assert [wider(wider(value)) for value in values] == [wider(value) for value in values]


def test_months() -> None:
    over_the_year = months(date(2026, 11, 30), date(2027, 1, 1))
    assert [str(month) for month in over_the_year] == ["2026-11", "2026-12", "2027-01"]
    assert months(date(2026, 2, 1), date(2026, 1, 1)) == []
    year = year_until(date(2026, 11, 27), closed=True)
    assert (str(year[0]), str(year[-1]), len(year)) == ("2025-11", "2026-10", 12)
    assert str(year_until(date(2026, 3, 1), closed=False)[0]) == "2025-04"
