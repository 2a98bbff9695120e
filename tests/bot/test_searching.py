"""Courses found by meaning, with the real encoder, and what happens without it."""

from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hub import Hub
from bot.searching import embed_courses, find_runs
from data.catalog.indexing import index_texts, lacking
from data.catalog.search import CourseQuery, Relaxed
from data.db import Database
from tests.data.catalogue import TODAY, Catalogue

COURSES = {
    "bakkerij": "Brood en banket: starten",
    "naaien": "Naaien 1: starten",
    "boekhouden": "Boekhouden: starten",
    "lassen": "TIG-lassen",
    "yoga": "Yoga en mindfulness",
}


@pytest.fixture
async def offer(database: Database, hub: Hub) -> Database:
    """Five Dutch courses, embedded; of the taxonomy only their own words, to be quick."""
    async with database.transaction() as session:
        catalogue = Catalogue(session)
        for subject, title in COURSES.items():
            await catalogue.run(title=title, subject=subject)
        await index_texts(session)
        await session.execute(
            text("UPDATE subject_term SET encoder = :name WHERE subject_id <> ALL (:kept)"),
            {"name": hub.understanders.encoder_name, "kept": list(COURSES)},
        )
    return database


async def titles(session: AsyncSession, words: str, hub: Hub, **wishes: object) -> list[str]:
    found = await find_runs(
        session, CourseQuery(text=words, **wishes), today=TODAY, vector_of=hub.understanders.vector_of
    )
    return [hit.course_title for hit in found.hits]


async def test_questions_in_any_language_find_the_dutch_courses(offer: Database, hub: Hub) -> None:
    name = hub.understanders.encoder_name
    assert name is not None
    told: list[int] = []
    done = await embed_courses(offer, hub.understanders.vector_of, name, tell=told.append)
    assert told[-1] == done > len(COURSES)
    assert await embed_courses(offer, hub.understanders.vector_of, name) == 0
    async with offer.transaction() as session:
        for words, subject in {
            "bakkerij kursu nerede": "bakkerij",
            "دورة خياطة": "naaien",
            "курси бухгалтера": "boekhouden",
            "бухгалтерия": "boekhouden",  # Russian, which the taxonomy does not have
            "contabilitate": "boekhouden",  # Romanian, which it does not have either
            "meditatie tegen de stress": "yoga",
            "bouwhouden": "boekhouden",
        }.items():
            assert (await titles(session, words, hub))[:1] == [COURSES[subject]], words
        assert await titles(session, "schaken", hub) == []
        assert await titles(session, "бухгалтерия", hub, subject_ids=("yoga",)) == [COURSES["yoga"]]


async def test_a_changed_course_is_embedded_again_and_only_that(offer: Database, hub: Hub) -> None:
    name = hub.understanders.encoder_name
    assert name is not None
    await embed_courses(offer, hub.understanders.vector_of, name)
    async with offer.transaction() as session:
        await session.execute(text("UPDATE course SET description = 'Nieuw.' WHERE title = 'TIG-lassen'"))
        assert (await lacking(session)).without_vector > 0
    assert await embed_courses(offer, hub.understanders.vector_of, name) == 1


async def test_without_an_encoder_words_decide(offer: Database) -> None:
    def silent(_: str) -> Sequence[float] | None:
        return None

    assert await embed_courses(offer, silent, "none") == 0
    async with offer.transaction() as session:
        found = await find_runs(session, CourseQuery(text="boekhouden"), today=TODAY, vector_of=silent)
        assert [hit.course_title for hit in found.hits] == [COURSES["boekhouden"]]
        assert found.relaxed == ()
        wider = await find_runs(
            session, CourseQuery(text="brood naaien", weekdays=(5,)), today=TODAY, vector_of=silent
        )
        assert wider.relaxed == (Relaxed.WEEKDAY,)


async def test_a_vector_of_another_width_is_not_used(offer: Database) -> None:
    async with offer.transaction() as session:
        found = await find_runs(
            session, CourseQuery(text="boekhouden"), today=TODAY, vector_of=lambda _: [0.5, 0.5]
        )
        assert [hit.course_title for hit in found.hits] == [COURSES["boekhouden"]]
