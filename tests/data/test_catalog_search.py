from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.indexing import index_texts, vector_text
from data.catalog.search import CourseQuery, Relaxed, SearchResult, runs_by_id, search, subjects_in
from data.tables import Run
from tests.data.catalogue import TODAY, Catalogue, near

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
        ({"not_parts": ("morning", "afternoon"), "not_weekdays": (0, 5)}, True),
        ({"not_parts": ("evening",)}, False),
        ({"not_weekdays": (1,)}, False),
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
    assert subjects_in("ECOLE DE COMPTABILITE, creche") == ("boekhouden", "kinderbegeleider")
    assert subjects_in("lasagne") == ()


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


@pytest.mark.parametrize(
    ("wishes", "relaxed"),
    [
        ({}, ()),
        ({"level": "A1"}, ()),
        ({"level": "B1"}, (Relaxed.LEVEL,)),
        ({"level": "B1", "weekdays": (4,)}, (Relaxed.WEEKDAY, Relaxed.LEVEL)),
        ({"language": "nl"}, ()),
        ({"language": "fr"}, None),
    ],
)
async def test_level_is_a_wish_and_the_language_of_the_lessons_is_not(
    session: AsyncSession,
    catalogue: Catalogue,
    wishes: dict[str, Any],
    relaxed: tuple[Relaxed, ...] | None,
) -> None:
    run = await catalogue.run(level="A1")
    result = await search(session, replace(SPANISH, **wishes), today=TODAY)
    assert ids(result) == ([] if relaxed is None else [run])
    assert result.relaxed == (relaxed or ())


async def test_one_wish_is_let_go_before_two_and_the_mildest_first(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    """Runs that each miss other wishes, from the worst to the best: each new one takes over."""
    wishes = replace(TUESDAY_EVENING, starts_until=TODAY + timedelta(days=60), level="A1")
    late = TODAY + timedelta(days=90)
    for columns, relaxed in (
        (
            {"town": "aalst", "weekday": 3, "part": "morning", "start": late, "level": "B1"},
            (Relaxed.WEEKDAY, Relaxed.TIME_OF_DAY, Relaxed.DISTANCE, Relaxed.START, Relaxed.LEVEL),
        ),
        (
            {"weekday": 3, "part": "morning", "start": late},
            (Relaxed.WEEKDAY, Relaxed.TIME_OF_DAY, Relaxed.START),
        ),
        ({"town": "aalst", "level": "B1"}, (Relaxed.DISTANCE, Relaxed.LEVEL)),
        ({"weekday": 3, "part": "morning"}, (Relaxed.WEEKDAY, Relaxed.TIME_OF_DAY)),
        ({"level": "B1"}, (Relaxed.LEVEL,)),
        ({"start": late}, (Relaxed.START,)),
        ({"town": "aalst"}, (Relaxed.DISTANCE,)),
        ({"part": "morning"}, (Relaxed.TIME_OF_DAY,)),
        ({"weekday": 3}, (Relaxed.WEEKDAY,)),
        ({}, ()),
    ):
        level = str(columns.get("level", "A1"))
        run = await catalogue.run(**{"level": level, "title": f"Spaans {level}", **columns})
        result = await search(session, wishes, today=TODAY)
        assert (ids(result), result.relaxed) == ([run], relaxed)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("kinderverzorgingsopleiding", "Verzorging van kinderen"),
        ("natuurgidsencursus", "Gids in de natuur"),
        ("gids", "Natuurgids in je buurt"),
        ("sokkenbreien", "Sokken breien"),
        ("bouwhouden", "Boekhouden: starten"),
        ("muhasebbe", "Boekhouden: starten"),
        ("PC", "Computer: je eerste stappen"),
        ("industriele", "Industriële automatisering"),
        ("patisserie", "Pâtisserie voor elke dag"),
        ("pâtisserie", "Patisserie voor elke dag"),
        ("velo's herstellen", "Fiets: pannes en banden"),
    ],
)
async def test_compounds_synonyms_and_typing_errors(
    session: AsyncSession, catalogue: Catalogue, words: str, title: str
) -> None:
    run = await catalogue.run(title=title, subject="boekhouden" if "Boek" in title else "gids")
    await catalogue.run(title="Bloemschikken", subject="bloemschikken")
    await catalogue.run(title="Wijnkennis", subject="wijn")
    await index_texts(session)
    assert ids(await search(session, CourseQuery(text=words), today=TODAY)) == [run]


async def test_a_meaning_that_is_only_near_is_said_to_resemble(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    """Vectors made by hand: the same direction is the same meaning, and 0.9 of it a score between LEAST and SURE."""
    run = await catalogue.run(title="Imkerij", subject="wijn")
    east = [1.0] + [0.0] * 383
    await session.execute(
        text("UPDATE course_text SET encoder = 'hand', embedding = CAST(CAST(:east AS text) AS vector)"),
        {"east": vector_text(east)},
    )
    for likeness, relaxed in ((1.0, ()), (0.90, ()), (0.84, (Relaxed.SUBJECT,)), (0.80, None)):
        vector = [likeness, (1 - likeness**2) ** 0.5] + [0.0] * 382
        result = await search(session, CourseQuery(text="honing", vector=vector), today=TODAY)
        assert (ids(result), result.relaxed) == (([], ()) if relaxed is None else ([run], relaxed))
    elsewhere = CourseQuery(text="vin", vector=[0.0, 1.0] + [0.0] * 382)  # its subject is named: no doubt
    assert ids(await search(session, elsewhere, today=TODAY)) == [run]
    named = CourseQuery(text="honing", vector=east, subject_ids=("wijn",))
    assert (await search(session, named, today=TODAY)).relaxed == ()


async def test_what_only_resembles_follows_when_asked_and_else_comes_when_nothing_else_is_left(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    begun = {"start": TODAY - timedelta(days=9), "enrol_until": TODAY}
    wanted = await catalogue.run(title="Handtassen snijden, lijmen en verven", subject="leder", **begun)
    alike = await catalogue.run(title="Lederbewerking", subject="naaien", lesson_hours=1)  # and cheaper
    query = CourseQuery(text="lederen handtassen snijden lijmen verven")
    assert ids(await search(session, query, today=TODAY)) == [wanted]
    both = await search(session, replace(query, with_related=True), today=TODAY)
    assert (ids(both), both.relaxed, both.total, both.alike) == ([wanted, alike], (), 1, 1)
    cheapest = replace(query, with_related=True, cheapest_first=True)
    assert ids(await search(session, cheapest, today=TODAY)) == [wanted, alike]
    by_subject = await search(session, replace(query, subject_ids=("naaien",)), today=TODAY)
    assert (ids(by_subject), by_subject.relaxed) == ([alike], ())
    later = await search(session, replace(query, starts_from=TODAY + timedelta(days=1)), today=TODAY)
    assert (ids(later), later.relaxed) == ([wanted], (Relaxed.START,))
    (await session.get_one(Run, wanted)).status = "full"
    await session.flush()
    left = await search(session, query, today=TODAY)
    assert (ids(left), left.relaxed, left.total, left.alike) == ([alike], (Relaxed.SUBJECT,), 1, 0)


async def test_what_a_source_does_not_tell_fits_no_filter_on_it(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    """Without a first day one can still join, and it comes with the rest; without a town it is near nothing."""
    told, silent = await catalogue.run(town="aalst"), await catalogue.run(town="aalst")
    nowhere = await catalogue.run(town="gent")
    await session.execute(
        text(
            "UPDATE run SET start_date = NULL, starts = NULL, day_parts = '{}', weekdays = '{}' WHERE id = :id"
        ),
        {"id": silent},
    )
    await session.execute(
        text(
            "UPDATE place SET municipality = '', lat = NULL, lon = NULL"
            " WHERE id = (SELECT place_id FROM run WHERE id = :id)"
        ),
        {"id": nowhere},
    )
    assert sorted(ids(await search(session, SPANISH, today=TODAY))) == sorted([told, silent, nowhere])
    window = replace(SPANISH, starts_from=TODAY, starts_until=TODAY + timedelta(days=400))
    found = await search(session, window, today=TODAY)
    assert silent not in ids(found)
    assert told in ids(found)
    around = await search(session, replace(SPANISH, near=near("aalst")), today=TODAY)
    assert sorted(ids(around)) == sorted([told, silent])
    never = replace(SPANISH, near=near("aalst"), not_parts=("evening",), not_weekdays=(1,))
    assert ids(await search(session, never, today=TODAY)) == [
        silent
    ]  # nobody knows that it is in the evening
    (hit,) = await runs_by_id(session, [nowhere], near=near("aalst"))
    assert (hit.municipality, hit.distance_km) == ("", None)
