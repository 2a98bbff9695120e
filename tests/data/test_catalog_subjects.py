from __future__ import annotations

from collections import Counter

from data.catalog.subjects import LANGUAGES, areas, subject, subjects


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
    counts = Counter(term for item in subjects() for term in item.terms)
    assert [term for term, count in counts.items() if count > 1] == []


def test_no_term_is_an_everyday_dutch_word_with_another_meaning() -> None:
    assert not {"word", "zorg", "chef"} & {term for item in subjects() for term in item.terms}


def test_labels_fall_back_to_dutch() -> None:
    spanish = subject("spaans")
    assert spanish is not None
    assert spanish.label("fr") == "Espagnol"
    assert spanish.label("de") == "Spaans"
    assert "ispanyolca" in spanish.terms
    assert subject("alchemie") is None
