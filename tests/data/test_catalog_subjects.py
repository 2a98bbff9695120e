from __future__ import annotations

import tomllib
from collections import Counter
from importlib import resources

import pytest

from bot.vocabulary import vocabulary
from data.catalog.search import subjects_in
from data.catalog.subjects import LANGUAGES, areas, subject, subjects
from data.catalog.words import fold


def test_the_taxonomy_is_wide() -> None:
    assert len(subjects()) >= 60
    assert len(areas()) >= 15
    assert sum(len(items) for items in areas().values()) == len(subjects())


def test_every_subject_has_a_word_in_every_language() -> None:
    for item in subjects():
        assert set(item.labels) == set(LANGUAGES), item.id
        assert all(item.labels.values()), item.id
        assert all(term == term.strip() and term for term in item.terms), item.id


def test_no_word_means_two_subjects() -> None:
    counts = Counter(term for item in subjects() for term in {fold(term) for term in item.search_terms})
    assert [term for term, count in counts.items() if count > 1] == []


def test_further_languages_know_the_same_subjects_and_are_for_search_only() -> None:
    kept = resources.files("data.catalog").joinpath("subject_words.toml").read_text(encoding="utf-8")
    for language, words in tomllib.loads(kept).items():
        assert language not in LANGUAGES
        assert set(words) <= {item.id for item in subjects()}, language
    assert subjects_in("caut un curs de croitorie") == ("naaien",)
    assert subjects_in("koorso dawaarle") == ("naaien",)
    understood = {term for entry in vocabulary().subjects for term in entry.terms}
    assert "dawaarle" not in understood
    assert "naaien" in understood


@pytest.mark.parametrize("said", ["in het najaar", "beer", "to bare", "in een restaurant", "la haine"])
def test_a_word_of_a_far_language_is_not_taken_for_one_of_a_near_language(said: str) -> None:
    assert subjects_in(said) == ()


def test_no_term_is_an_everyday_dutch_word_with_another_meaning() -> None:
    assert not {"word", "zorg", "chef"} & {term for item in subjects() for term in item.terms}


def test_labels_fall_back_to_dutch() -> None:
    spanish = subject("spaans")
    assert spanish is not None
    assert spanish.label("fr") == "Espagnol"
    assert spanish.label("de") == "Spaans"
    assert "ispanyolca" in spanish.terms
    assert subject("alchemie") is None
