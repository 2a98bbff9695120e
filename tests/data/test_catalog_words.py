"""What of a question is looked up, and how compounds come apart."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.indexing import index_texts, meaning_text
from data.catalog.subjects import subjects
from data.catalog.words import parts_of, search_words, split, telling_text, vocabulary_of
from tests.data.catalogue import Catalogue

KNOWN = frozenset(
    {"natuur", "gids", "kinder", "verzorging", "assistent", "fiets", "maker", "winkel", "mede", "werker"}
)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("natuurgids", ("natuur", "gids")),
        ("fietsenmaker", ("fiets", "maker")),
        ("kinderverzorgingsassistent", ("kinder", "verzorging", "assistent")),
        ("winkelmedewerker", ("winkel", "mede", "werker")),
        ("natuurlijk", ()),
        ("gids", ()),
        ("", ()),
    ],
)
def test_compounds_come_apart_where_all_parts_are_known(word: str, parts: tuple[str, ...]) -> None:
    assert split(word, KNOWN) == parts


@given(st.lists(st.sampled_from(sorted(KNOWN)), min_size=2, max_size=3))
def test_what_known_words_make_comes_apart(words: list[str]) -> None:
    found = split("".join(words), KNOWN)
    assert found
    assert set(found) <= KNOWN
    assert "".join(found) == "".join(words)


@pytest.mark.parametrize(
    ("typed", "telling"),
    [
        ("Ik zoek een cursus boekhouden", "boekhouden"),
        ("ik wil gere spaans lere", "spaans"),
        ("cours d'espagnol", "espagnol"),
        ("auto's herstellen", "auto herstellen"),
        ("İngilizce kursu", "ingilizce"),
        ("débutant crèche", "crèche"),
        ("курси бухгалтера", "бухгалтера"),
        ("أريد دورة خياطة", "خياطة"),
        ("een cursus", "een cursus"),  # nothing tells: then all of it
        ("", ""),
    ],
)
def test_only_the_words_that_tell_are_looked_up(typed: str, telling: str) -> None:
    assert telling_text(typed) == telling


@given(typed=st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_text_makes_a_sound_query(session: AsyncSession, typed: str) -> None:
    for word in search_words(typed):
        await session.execute(text("SELECT to_tsquery('dutch', :query)"), {"query": word.query})


async def test_whatever_is_typed_makes_a_sound_query(session: AsyncSession) -> None:
    for typed in (
        "a & b | !c",
        "':*A",
        "naaien:*",
        "\\",
        "<->",
        "(((",
        "don't 'stop'",
        "C++ C#",
        "100% \x00 \u202e",
        "ß ﬁ Ⅷ ½",
    ):
        for word in search_words(typed):
            await session.execute(text("SELECT to_tsquery('dutch', :query)"), {"query": word.query})


def test_a_long_message_is_cut_off() -> None:
    assert len(search_words(" ".join(f"woord{number}" for number in range(500)))) == 12


async def test_indexing_takes_up_what_changed_and_drops_what_is_gone(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    await catalogue.run(title="Natuurgids in je buurt", subject="gids")
    await catalogue.run(title="Een gids voor de natuur", subject="gids")
    assert await index_texts(session) == 2
    assert await index_texts(session) == 0
    rows = await session.execute(text("SELECT title, parts FROM course_text"))
    kept = {row.title: row.parts for row in rows}
    assert kept == {"Natuurgids in je buurt": "natuur gids", "Een gids voor de natuur": ""}
    terms = await session.scalar(text("SELECT count(*) FROM subject_term"))
    assert terms == sum(len(item.search_terms) for item in subjects())
    await session.execute(text("UPDATE course SET title = 'Stadsgids' WHERE title LIKE 'Natuur%'"))
    await index_texts(session)
    titles = (await session.scalars(text("SELECT title FROM course_text ORDER BY 1"))).all()
    assert titles == ["Een gids voor de natuur", "Stadsgids"]


async def test_the_same_text_is_kept_once_whoever_teaches_it(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    for number in range(3):
        await catalogue.run(provider=f"CVO {number}")
    assert await session.scalar(text("SELECT count(*) FROM course_text")) == 1


def test_what_is_embedded_has_the_subjects_in_all_languages() -> None:
    told = meaning_text("Spaans 1", "Je leert praten.", ["spaans", "bestaat_niet"])
    assert told.startswith("Spaans 1. ")
    assert told.endswith(". Je leert praten.")
    assert all(word in told for word in ("Espagnol", "İspanyolca", "Іспанська", "الإسبانية"))
    assert vocabulary_of(["De natuurgids"]) == {"natuurgids"}
    assert parts_of("Natuurgids!", {"natuur", "gids"}) == ("natuur", "gids")
