"""How well search finds: the judged questions, and nDCG@5 and recall@10 of each way of looking.

A question names subjects or titles of the demo catalogue with a grade: 3 is what was asked, 2 serves as well, 1 is of
some use. Courses with the same title count once. `split`: weights and synonyms were tuned on dev; test was only measured.
"""

import json
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.searching import VectorOf
from data.catalog.indexing import vector_text
from data.catalog.search import CourseQuery, search
from data.catalog.words import search_words, telling_text
from data.seed.rows import read_table
from tests.data.catalogue import TODAY

QUESTIONS = Path(__file__).resolve().parent.parent / "data" / "search_queries" / "queries.jsonl"
GOOD = 2  # the grade from which a course counts for recall


@dataclass(frozen=True, kw_only=True)
class Question:
    """What somebody types, and the grade of every title of the catalogue that is worth something."""

    text: str
    language: str
    split: str
    level: str | None
    grades: Mapping[str, int]


Look = Callable[[Question], Awaitable[list[str]]]
"""A way of looking: the titles found, best first, each once."""


def questions(taught: frozenset[str] | None = None) -> list[Question]:
    """All questions. `taught`: the titles that there are; by default all of the demo's."""
    courses = {row["title"]: row["subjects"].split(",") for row in read_table("courses")}
    found = []
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        named = asked["relevant"]
        grades = {
            title: named[title] if title in named else max(named.get(subject, 0) for subject in subjects)
            for title, subjects in courses.items()
            if taught is None or title in taught
        }
        found.append(
            Question(
                text=asked["query"], language=asked["language"], split=asked["split"],
                level=asked.get("filters", {}).get("level"),
                grades={title: grade for title, grade in grades.items() if grade},
            )
        )  # fmt: skip
    return found


def ndcg(found: Sequence[str], grades: Mapping[str, int], places: int = 5) -> float:
    """Gain 2^grade - 1, discounted by log2(1 + place), beside the best possible order."""
    gains = [2 ** grades.get(title, 0) - 1 for title in found[:places]]
    best = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:places]
    return _discounted(gains) / _discounted(best)


def recall(found: Sequence[str], grades: Mapping[str, int], places: int = 10) -> float:
    """How many of the good courses are among the first; nan when there is none."""
    good = {title for title, grade in grades.items() if grade >= GOOD}
    return len(good & set(found[:places])) / min(len(good), places) if good else math.nan


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


def mean(values: Sequence[float]) -> float:
    """Without what does not count."""
    kept = [value for value in values if not math.isnan(value)]
    return fmean(kept) if kept else math.nan


def ways(session: AsyncSession, vector_of: VectorOf) -> dict[str, Look]:
    """Plain full text and plain vectors for comparison, and our search without and with vectors."""

    async def full_text(question: Question) -> list[str]:
        words = " | ".join(word.typed for word in search_words(question.text) if word.typed.isalnum())
        rows = await session.scalars(
            text(
                "SELECT title FROM course_text, to_tsquery('dutch', :words) AS asked, "
                "to_tsvector('dutch', title || ' ' || description) AS found"
                " WHERE found @@ asked ORDER BY ts_rank(found, asked) DESC, title LIMIT 20"
            ),
            {"words": words},
        )
        return list(rows)

    async def vectors(question: Question) -> list[str]:
        rows = await session.scalars(
            text(
                "SELECT title FROM course_text ORDER BY embedding <#> CAST(CAST(:vector AS text) AS vector) LIMIT 20"
            ),
            {"vector": vector_text(vector_of(telling_text(question.text)) or ())},
        )
        return list(dict.fromkeys(rows))

    async def words_only(question: Question) -> list[str]:
        return await _search(session, question, None)

    async def hybrid(question: Question) -> list[str]:
        return await _search(session, question, vector_of(telling_text(question.text)))

    return {"full text": full_text, "vectors": vectors, "words": words_only, "hybrid": hybrid}


async def _search(session: AsyncSession, question: Question, vector: Sequence[float] | None) -> list[str]:
    query = CourseQuery(
        text=question.text, vector=vector, level=question.level, with_related=True, only_open=False, limit=400
    )
    found = await search(session, query, today=TODAY)
    return list(dict.fromkeys(hit.course_title for hit in found.hits))
