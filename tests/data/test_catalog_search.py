from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from data import geo
from data.catalog.search import CourseQuery, Near, Relaxed, SearchResult, runs_by_id, search, subjects_in
from data.tables import Course, Place, PriceRule, Provider, Run
from tests.databases import EMPTY

TODAY = date(2026, 11, 23)


def near(key: str, max_km: float = 15) -> Near:
    place = geo.by_key(key)
    assert place is not None
    return Near(lat=place.lat, lon=place.lon, max_km=max_km)


class Catalogue:
    """Writes a small catalogue; every `run` is a Spanish evening course in Gent unless told otherwise."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._number = 0
        self._made: dict[str, Any] = {}

    def _sourced(self) -> dict[str, Any]:
        self._number += 1
        return {
            "source": "test",
            "source_id": str(self._number),
            "fetched_at": datetime(2026, 11, 1, tzinfo=UTC),
            "checked_on": date(2026, 11, 12),
        }

    async def _once(self, key: str, row: Any) -> int:
        if key not in self._made:
            self._session.add(row)
            await self._session.flush()
            self._made[key] = row.id
        return int(self._made[key])

    async def run(
        self,
        *,
        town: str = "gent",
        provider: str = "CVO A",
        title: str = "Spaans 1",
        subject: str = "spaans",
        weekday: int = 1,
        part: str = "evening",
        start: date = TODAY + timedelta(days=30),
        per_hour: str | None = "1.50",
        **columns: Any,
    ) -> int:
        place = geo.by_key(town)
        assert place is not None
        provider_id = await self._once(provider, Provider(name=provider, kind="cvo", **self._sourced()))
        place_id = await self._once(
            f"{provider} {town}",
            Place(
                provider_id=provider_id, name=f"campus {town}", postcode=place.postcodes[0],
                municipality=place.municipality, nis=place.nis, lat=place.lat, lon=place.lon, **self._sourced(),
            ),
        )  # fmt: skip
        course_id = await self._once(
            f"{provider} {title}",
            Course(
                provider_id=provider_id, title=title, description="Je leert het stap voor stap.",
                subject_ids=[subject], **self._sourced(),
            ),
        )  # fmt: skip
        rule_id = await self._once(
            f"rule {per_hour}",
            PriceRule(
                key="test", per_hour=None if per_hour is None else Decimal(per_hour), ceiling=None,
                statement="Proef.", **self._sourced(),
            ),
        )  # fmt: skip
        run = Run(
            course_id=course_id, place_id=place_id, start_date=start, weekdays=[weekday],
            starts=time(19, 0) if part == "evening" else time(9, 0), ends=time(22, 0), day_parts=[part],
            lesson_hours=columns.pop("lesson_hours", 60), price_rule_id=rule_id, **self._sourced(), **columns,
        )  # fmt: skip
        self._session.add(run)
        await self._session.flush()
        return run.id


@pytest.fixture(scope="module")
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An empty catalogue; every test undoes what it writes, which is faster than emptying all tables."""
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(EMPTY)
    yield engine
    await engine.dispose()


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session
        await session.rollback()


@pytest.fixture
def catalogue(session: AsyncSession) -> Catalogue:
    return Catalogue(session)


SPANISH = CourseQuery(subject_ids=("spaans",))


def ids(result: SearchResult) -> list[int]:
    return [hit.run_id for hit in result.hits]


async def test_nothing_in_the_catalogue(session: AsyncSession) -> None:
    assert await search(session, SPANISH, today=TODAY) == SearchResult()


async def test_a_hit_says_what_where_when_how_much_and_from_which_source(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    await catalogue.run(town="aalst", material_cost=Decimal(20), invented=True)
    result = await search(session, replace(SPANISH, near=near("aalst")), today=TODAY)
    (hit,) = result.hits
    assert (hit.course_title, hit.provider_name, hit.municipality) == ("Spaans 1", "CVO A", "Aalst")
    assert (hit.weekdays, hit.starts, hit.day_parts) == ((1,), time(19, 0), ("evening",))
    assert (hit.lesson_hours, hit.tariff.per_hour, hit.material_cost) == (60, Decimal("1.50"), Decimal(20))
    assert (hit.source, hit.checked_on, hit.invented) == ("test", date(2026, 11, 12), True)
    assert hit.distance_km == 0.0
    assert result.total == 1
    assert result.relaxed == ()


@pytest.mark.parametrize(
    ("wishes", "found"),
    [
        ({}, True),
        ({"weekdays": (1,)}, True),
        ({"weekdays": (1, 3), "time_of_day": "evening"}, True),
        ({"starts_from": TODAY + timedelta(days=30)}, True),
        ({"starts_until": TODAY + timedelta(days=30)}, True),
        ({"mode": "contact"}, True),
        ({"mode": "online"}, False),
        ({"max_price": Decimal(90)}, True),
        ({"max_price": Decimal("89.99")}, False),
        ({"subject_ids": ("frans",)}, False),
        ({"subject_ids": ("frans", "spaans")}, True),
    ],
)
async def test_hard_filters(
    session: AsyncSession, catalogue: Catalogue, wishes: dict[str, Any], found: bool
) -> None:
    run = await catalogue.run()
    result = await search(session, replace(SPANISH, **wishes), today=TODAY)
    assert ids(result) == ([run] if found else [])
    assert result.relaxed == ()


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        ({"status": "full"}, False),
        ({"status": "cancelled"}, False),
        ({"start": TODAY - timedelta(days=1)}, False),
        ({"start": TODAY - timedelta(days=9), "enrol_until": TODAY}, True),
        ({"start": TODAY, "enrol_until": TODAY - timedelta(days=1)}, False),
        ({"valid_to": TODAY - timedelta(days=1)}, False),
        ({"valid_from": TODAY + timedelta(days=1)}, False),
    ],
)
async def test_only_what_one_can_still_join(
    session: AsyncSession, catalogue: Catalogue, columns: dict[str, Any], shown: bool
) -> None:
    run = await catalogue.run(**columns)
    assert ids(await search(session, SPANISH, today=TODAY)) == ([run] if shown else [])
    if "status" in columns:
        assert ids(await search(session, replace(SPANISH, only_open=False), today=TODAY)) == [run]


TUESDAY_EVENING = replace(SPANISH, near=near("gent"), weekdays=(1,), time_of_day="evening")


@pytest.mark.parametrize(
    ("run", "query", "relaxed"),
    [
        ({"weekday": 3}, TUESDAY_EVENING, (Relaxed.WEEKDAY,)),
        ({"weekday": 3, "part": "morning"}, TUESDAY_EVENING, (Relaxed.WEEKDAY, Relaxed.TIME_OF_DAY)),
        ({"weekday": 1, "part": "morning"}, TUESDAY_EVENING, (Relaxed.TIME_OF_DAY,)),
        ({"town": "aalst"}, TUESDAY_EVENING, (Relaxed.DISTANCE,)),
        (
            {"start": TODAY + timedelta(days=200)},
            replace(TUESDAY_EVENING, starts_until=TODAY + timedelta(days=60)),
            (Relaxed.START,),
        ),
        (
            {"town": "aalst", "weekday": 4},
            TUESDAY_EVENING,
            (Relaxed.WEEKDAY, Relaxed.DISTANCE),
        ),
        ({"weekday": 3}, replace(TUESDAY_EVENING, time_of_day=None), (Relaxed.WEEKDAY,)),
        ({"mode": "online"}, TUESDAY_EVENING, (Relaxed.DISTANCE,)),
    ],
)
async def test_wishes_are_let_go_one_by_one(
    session: AsyncSession,
    catalogue: Catalogue,
    run: dict[str, Any],
    query: CourseQuery,
    relaxed: tuple[Relaxed, ...],
) -> None:
    made = await catalogue.run(**run)
    result = await search(session, query, today=TODAY)
    assert ids(result) == [made]
    assert result.relaxed == relaxed


async def test_the_mildest_way_of_letting_go_wins(session: AsyncSession, catalogue: Catalogue) -> None:
    other_day = await catalogue.run(weekday=3)
    await catalogue.run(weekday=3, part="morning")
    await catalogue.run(town="aalst")
    result = await search(session, TUESDAY_EVENING, today=TODAY)
    assert ids(result) == [other_day]
    exact = await catalogue.run()
    assert ids(await search(session, TUESDAY_EVENING, today=TODAY)) == [exact]


async def test_too_far_is_too_far(session: AsyncSession, catalogue: Catalogue) -> None:
    await catalogue.run(town="genk")
    assert await search(session, replace(SPANISH, near=near("oostende")), today=TODAY) == SearchResult()


async def test_nearer_comes_first(session: AsyncSession, catalogue: Catalogue) -> None:
    runs = [await catalogue.run(town=town) for town in ("brugge", "deinze", "gent", "aalst")]
    result = await search(session, replace(SPANISH, near=near("gent", 60)), today=TODAY)
    assert ids(result) == [runs[2], runs[1], runs[3], runs[0]]
    distances = [hit.distance_km for hit in result.hits]
    assert distances == sorted(distances, key=float)


async def test_every_place_has_its_turn_before_any_has_a_second(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    for _ in range(4):
        await catalogue.run(provider="CVO A")
    await catalogue.run(provider="CVO B")
    await catalogue.run(provider="CVO C")
    hits = (await search(session, replace(SPANISH, near=near("gent")), today=TODAY)).hits
    assert {hit.provider_name for hit in hits[:3]} == {"CVO A", "CVO B", "CVO C"}


async def test_cheapest_first_and_unknown_prices_last(session: AsyncSession, catalogue: Catalogue) -> None:
    unknown = await catalogue.run(per_hour=None)
    dear = await catalogue.run(lesson_hours=120)
    cheap = await catalogue.run(lesson_hours=40)
    assert ids(await search(session, replace(SPANISH, cheapest_first=True), today=TODAY)) == [
        cheap,
        dear,
        unknown,
    ]


async def test_pages_do_not_overlap(session: AsyncSession, catalogue: Catalogue) -> None:
    runs = {await catalogue.run(provider=f"CVO {number}") for number in range(7)}
    pages = [
        await search(session, replace(SPANISH, limit=3, offset=offset), today=TODAY)
        for offset in (0, 3, 6, 9)
    ]
    assert [len(page.hits) for page in pages] == [3, 3, 1, 0]
    assert {run for page in pages for run in ids(page)} == runs
    assert pages[0].total == 7


@pytest.mark.parametrize(
    "words", ["boekhouden", "een cursus boekhouden", "boekhoud", "boekhoudne", "Comptabilité", "muhasebe"]
)
async def test_free_words_find_by_subject_stem_beginning_and_likeness(
    session: AsyncSession, catalogue: Catalogue, words: str
) -> None:
    run = await catalogue.run(title="Boekhouden: starten", subject="boekhouden")
    await catalogue.run(title="Bloemschikken", subject="bloemschikken")
    assert ids(await search(session, CourseQuery(text=words), today=TODAY)) == [run]


@pytest.mark.parametrize("words", ["kippenhok", "'; DROP TABLE run; --", "& | ! ()", "a", "\u202e\u0000"])
async def test_words_that_mean_nothing_to_us_find_nothing_or_everything_but_never_break(
    session: AsyncSession, catalogue: Catalogue, words: str
) -> None:
    await catalogue.run()
    result = await search(session, CourseQuery(text=words), today=TODAY)
    assert result.total in (0, 1)


def test_subjects_in_reads_whole_words_in_many_languages() -> None:
    assert subjects_in("Ik zoek Spaanse les of un cours de couture") == ("spaans", "naaien")
    assert subjects_in("ik wil boekhouder worden") == ("boekhouden",)
    assert subjects_in("lasagne") == ()


def test_the_ranking_reads_no_provider() -> None:
    sql = resources.files("data.catalog").joinpath("sql", "rank_runs.sql").read_text(encoding="utf-8")
    assert "provider" not in re.sub(r"--.*", "", sql)


async def test_who_provides_does_not_change_the_order(session: AsyncSession, catalogue: Catalogue) -> None:
    runs = [await catalogue.run(provider=f"CVO {number}") for number in range(6)]
    before = await search(session, replace(SPANISH, limit=6), today=TODAY)
    for number, run in enumerate(runs):
        course = await session.get_one(Course, (await session.get_one(Run, run)).course_id)
        other = await session.get_one(Run, runs[-1 - number])
        course.provider_id = (await session.get_one(Place, other.place_id)).provider_id
    await session.flush()
    after = await search(session, replace(SPANISH, limit=6), today=TODAY)
    assert ids(after) == ids(before)
    assert [hit.provider_name for hit in after.hits] != [hit.provider_name for hit in before.hits]


async def test_equal_runs_take_turns_at_the_top(session: AsyncSession, catalogue: Catalogue) -> None:
    runs = [await catalogue.run(provider=f"CVO {number}", start=date(2028, 1, 5)) for number in range(4)]
    first = Counter(
        [ids(await search(session, SPANISH, today=TODAY + timedelta(days=day)))[0] for day in range(200)]
    )
    assert set(first) == set(runs)
    assert all(30 <= count <= 70 for count in first.values())


async def test_the_order_of_a_day_is_the_same_for_everybody(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    for number in range(6):
        await catalogue.run(provider=f"CVO {number}")
    orders = [ids(await search(session, SPANISH, today=TODAY)) for _ in range(3)]
    assert orders[0] == orders[1] == orders[2]


async def test_runs_by_id_keeps_the_order_and_leaves_out_what_is_not_there(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    first, second = await catalogue.run(status="full"), await catalogue.run(town="aalst")
    hits = await runs_by_id(session, [second, 999_999, first], near=near("gent"))
    assert [hit.run_id for hit in hits] == [second, first]
    assert [hit.distance_km for hit in hits] == [pytest.approx(25.6, abs=1), 0.0]
