"""The judged questions are what they say, and the measures measure."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from data.catalog.subjects import subjects
from data.seed.rows import read_table
from tests.benchmarks.search_quality import QUESTIONS, ndcg, questions, recall

ASKED = questions()


def test_there_are_enough_in_enough_languages_and_half_of_each_is_kept_apart() -> None:
    judged = [question for question in ASKED if question.grades]
    languages = Counter(question.language for question in judged)
    assert len(judged) >= 300
    assert len(languages) >= 12
    assert len({question.text for question in ASKED}) == len(ASKED)
    for language, count in languages.items():
        test = sum(question.split == "test" for question in judged if question.language == language)
        assert abs(2 * test - count) <= 1, language
    assert sum(not question.grades for question in ASKED) >= 20  # what is not taught, to find nothing for


def test_what_is_named_exists() -> None:
    known = {row["title"] for row in read_table("courses")} | {item.id for item in subjects()}
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        assert set(asked["relevant"]) <= known, asked
        assert set(asked["relevant"].values()) <= {1, 2, 3}, asked


@pytest.mark.parametrize(
    ("found", "score"),
    [
        (["a", "b", "c"], 1.0),
        (["a"], 7 / (7 + 3 / 1.58496 + 1 / 2)),
        ([], 0.0),
        (["x", "y", "z", "x", "x", "a"], 0.0),
    ],
)
def test_gain_is_discounted(found: list[str], score: float) -> None:
    assert ndcg(found, {"a": 3, "b": 2, "c": 1}) == pytest.approx(score, abs=1e-4)


def test_the_best_order_is_better_than_any_other() -> None:
    grades = {"a": 3, "b": 2, "c": 1}
    assert ndcg(["a", "b", "c"], grades) > ndcg(["b", "a", "c"], grades) > ndcg(["c", "b", "a"], grades)
    assert recall(["x", "b", "a"], grades) == 1.0
    assert recall(["c", "a"], grades) == 0.5
