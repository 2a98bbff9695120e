"""Nobody can be favoured: the ranking works in a database that has no providers at all."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import fields, replace
from datetime import timedelta
from importlib import resources
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog import indexing, search, words
from data.catalog.search import CourseQuery
from data.tables import CourseText, Provider, SubjectTerm
from tests.data.catalogue import TODAY, Catalogue, near

SPANISH = CourseQuery(subject_ids=("spaans",), limit=50)
QUERIES = (
    SPANISH,
    replace(SPANISH, near=near("gent", 30)),
    replace(SPANISH, text="spaans voor beginners", with_related=True),
    replace(SPANISH, cheapest_first=True),
    CourseQuery(text="spaans", limit=50, near=near("aalst", 40), with_related=True),
)
SEES_NOTHING = (search.search, search.match, search._matches, search._rank, search._parameters)


@pytest.mark.parametrize("name", ["rank_runs", "match_texts"])
def test_no_query_that_ranks_names_a_provider(name: str) -> None:
    sql = resources.files("data.catalog").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    assert "provider" not in re.sub(r"--.*", "", sql).lower()


@pytest.mark.parametrize("function", [*SEES_NOTHING, indexing.meaning_text, words.search_words])
def test_no_function_that_ranks_knows_a_provider(function: Any) -> None:
    """Not as a parameter, a variable, an attribute or a key; the docstring may say so."""
    tree = ast.parse(inspect.getsource(function))
    body = tree.body[0]
    assert isinstance(body, ast.FunctionDef | ast.AsyncFunctionDef)
    if ast.get_docstring(body):
        body.body = body.body[1:]
    assert "provider" not in ast.unparse(tree).lower()


def test_nothing_that_is_asked_or_read_has_a_provider() -> None:
    named = [field.name for field in (*fields(CourseQuery), *fields(search.Match))]
    named += [column.name for table in (CourseText, SubjectTerm) for column in table.__table__.columns]
    assert [name for name in named if "provider" in name] == []


async def _offer(catalogue: Catalogue) -> list[int]:
    """Runs of six providers in three towns, some alike in everything but who gives them."""
    runs = []
    for number in range(6):
        for week in range(3):
            runs.append(
                await catalogue.run(
                    provider=f"CVO {number}", town=("gent", "aalst", "deinze")[number % 3],
                    title=f"Spaans {week % 2 + 1}", start=TODAY + timedelta(weeks=4 + week),
                )
            )  # fmt: skip
    return runs


async def test_the_ranking_needs_no_providers(session: AsyncSession, catalogue: Catalogue) -> None:
    """The strongest proof: take the providers away, all of them, and the order stays as it was."""
    await _offer(catalogue)
    await indexing.index_texts(session)
    before = [await search.search(session, query, today=TODAY) for query in QUERIES]
    await session.flush()
    for statement in (
        "ALTER TABLE course DROP COLUMN provider_id",
        "ALTER TABLE place DROP COLUMN provider_id",
        "DROP TABLE provider CASCADE",
    ):
        await session.execute(text(statement))
    for query, found in zip(QUERIES, before, strict=True):
        matches = await search.match(session, query)
        rows = await search._rank(session, query, matches, TODAY, farther=False)
        assert [row.run_id for row in rows] == [hit.run_id for hit in found.hits]
        assert rows


@given(order=st.permutations(range(6)), names=st.permutations([f"{letter} School" for letter in "AbMZ0é"]))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_who_provides_does_not_change_the_order(
    session: AsyncSession, catalogue: Catalogue, order: list[int], names: list[str]
) -> None:
    async with session.begin_nested() as undone:
        await _offer(Catalogue(session))
        before = [await search.search(session, query, today=TODAY) for query in QUERIES]
        providers = list((await session.scalars(text("SELECT id FROM provider ORDER BY id"))).all())
        taken = {old: providers[new] for old, new in zip(providers, order, strict=True)}
        for table in ("course", "place"):
            await session.execute(
                text(
                    f"UPDATE {table} SET provider_id = moved.new"  # noqa: S608
                    " FROM unnest(CAST(:old AS bigint[]), CAST(:new AS bigint[])) AS moved (old, new)"
                    " WHERE provider_id = moved.old"
                ),
                {"old": list(taken), "new": list(taken.values())},
            )
        for provider, name in zip(providers, names, strict=True):
            (await session.get_one(Provider, provider)).name = name
        await session.flush()
        for query, found in zip(QUERIES, before, strict=True):
            after = await search.search(session, query, today=TODAY)
            assert [hit.run_id for hit in after.hits] == [hit.run_id for hit in found.hits]
        await undone.rollback()


async def test_a_school_is_not_found_by_its_name(session: AsyncSession, catalogue: Catalogue) -> None:
    await catalogue.run(provider="Talenhuis Merelbeke")
    assert (await search.search(session, CourseQuery(text="Merelbeke talenhuis"), today=TODAY)).hits == ()


async def test_equals_are_the_runs_that_only_the_shuffle_sets_apart(
    session: AsyncSession, catalogue: Catalogue
) -> None:
    alike = {await catalogue.run(provider=f"CVO {number}") for number in range(3)}
    second = await catalogue.run(provider="CVO 0", start=TODAY + timedelta(days=60))
    farther = await catalogue.run(provider="CVO 3", town="aalst")
    found = await search.search(session, replace(SPANISH, near=near("gent", 40)), today=TODAY)
    assert [set(equals) for equals in found.equals] == [alike, alike, alike, {second}, {farther}]
    assert sum(found.offer.values()) == found.total == 5
