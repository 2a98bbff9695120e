"""Keeping what search reads in step: the words of the taxonomy, the parts of compounds, and which texts lack a vector.

A new course can be found by its words at once (a trigger keeps its text); `index_texts` adds what takes Python. Both
`index_texts` and the vectors are for whoever imports or seeds courses, and are done again in the background.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from data.catalog.subjects import LANGUAGES, subject, subjects
from data.catalog.words import folded_words, parts_of, vocabulary_of


@dataclass(frozen=True, kw_only=True)
class Unembedded:
    """Something that has no vector of this encoder yet: `text` is what to embed; the rest says where it is kept."""

    table: Literal["course_text", "subject_term"]
    key: str
    subject_id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """How many texts there are, and how many have no vector."""

    texts: int
    without_vector: int


async def index_texts(session: AsyncSession) -> int:
    """Take up new courses and a changed taxonomy; returns how many texts were new. Cheap when there is nothing to do."""
    await session.execute(
        text(
            "DELETE FROM course_text WHERE NOT EXISTS (SELECT FROM course WHERE course.text_key = course_text.key)"
        )
    )
    await _keep_terms(session)
    fresh = (
        await session.execute(text("SELECT key, title, description FROM course_text WHERE parts IS NULL"))
    ).all()
    if not fresh:
        return 0
    titles = (await session.scalars(text("SELECT title || ' ' || description FROM course_text"))).all()
    vocabulary = vocabulary_of(
        [*titles, *(item.labels["nl"] for item in subjects()), *_terms_without_spaces()]
    )
    await session.execute(
        text(
            "UPDATE course_text SET parts = fresh.parts FROM unnest(CAST(:keys AS text[]), CAST(:parts AS text[]))"
            " AS fresh (key, parts) WHERE course_text.key = fresh.key"
        ),
        {
            "keys": [row.key for row in fresh],
            "parts": [
                " ".join((*parts_of(row.title, vocabulary), *folded_words(f"{row.title} {row.description}")))
                for row in fresh
            ],
        },
    )
    return len(fresh)


async def unembedded(session: AsyncSession, encoder: str, *, limit: int = 100) -> list[Unembedded]:
    """What still lacks a vector of this encoder, courses first."""
    rows = await session.execute(
        text(
            "SELECT 'course_text' AS kind, key, '' AS subject_id, title, description, subject_ids FROM course_text"
            " WHERE encoder IS DISTINCT FROM :encoder UNION ALL"
            " SELECT 'subject_term', term, subject_id, term, '', '{}' FROM subject_term"
            " WHERE encoder IS DISTINCT FROM :encoder ORDER BY kind, key LIMIT :limit"
        ),
        {"encoder": encoder, "limit": limit},
    )
    return [
        Unembedded(
            table=row.kind, key=row.key, subject_id=row.subject_id,
            text=row.key if row.kind == "subject_term" else meaning_text(row.title, row.description, row.subject_ids),
        )
        for row in rows
    ]  # fmt: skip


def meaning_text(title: str, description: str, subject_ids: Sequence[str]) -> str:
    """What is embedded of a course: its title, its subjects in all languages, what one learns. Never who teaches it."""
    found = [item for item in map(subject, subject_ids) if item]
    labels = "; ".join(item.labels[language] for item in found for language in LANGUAGES)
    return ". ".join(part for part in (title, labels, description) if part)


async def keep_vectors(
    session: AsyncSession, encoder: str, embedded: Sequence[tuple[Unembedded, Sequence[float]]]
) -> None:
    """Store vectors; what changed meanwhile is left for the next time."""
    for table in ("course_text", "subject_term"):
        rows = [(item, vector) for item, vector in embedded if item.table == table]
        same = "kept.key = made.key" if table == "course_text" else (
            "kept.term = made.key AND kept.subject_id = made.subject_id"
        )  # fmt: skip
        await session.execute(
            text(
                f"UPDATE {table} AS kept SET embedding = CAST(made.vector AS vector), encoder = :encoder"  # noqa: S608
                " FROM unnest(CAST(:keys AS text[]), CAST(:subjects AS text[]), CAST(:vectors AS text[]))"
                f" AS made (key, subject_id, vector) WHERE {same}"
            ),
            {
                "encoder": encoder,
                "keys": [item.key for item, _ in rows],
                "subjects": [item.subject_id for item, _ in rows],
                "vectors": [vector_text(vector) for _, vector in rows],
            },
        )


def vector_text(vector: Sequence[float]) -> str:
    """A vector as pgvector reads it."""
    return f"[{','.join(f'{number:.6g}' for number in vector)}]"


async def lacking(session: AsyncSession) -> Lacking:
    """How far embedding is."""
    row = (
        await session.execute(
            text(
                "SELECT count(*) AS texts, count(*) FILTER (WHERE embedding IS NULL) AS without"
                " FROM (SELECT embedding FROM course_text UNION ALL SELECT embedding FROM subject_term) AS kept"
            )
        )
    ).one()
    return Lacking(texts=row.texts, without_vector=row.without)


async def _keep_terms(session: AsyncSession) -> None:
    pairs = [(item.id, term) for item in subjects() for term in item.search_terms]
    wanted = {"ids": [pair[0] for pair in pairs], "terms": [pair[1] for pair in pairs]}
    taxonomy = "unnest(CAST(:ids AS text[]), CAST(:terms AS text[])) AS wanted (subject_id, term)"
    await session.execute(
        text(
            f"DELETE FROM subject_term WHERE (subject_id, term) NOT IN (SELECT * FROM {taxonomy})"  # noqa: S608
        ),
        wanted,
    )
    await session.execute(
        text(f"INSERT INTO subject_term (subject_id, term) SELECT * FROM {taxonomy} ON CONFLICT DO NOTHING"),  # noqa: S608
        wanted,
    )


def _terms_without_spaces() -> list[str]:
    """Single words of the taxonomy that are written in our alphabet."""
    return [term for item in subjects() for term in item.terms if term.isascii() and " " not in term]
