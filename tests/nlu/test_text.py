"""Cleaning and folding any string."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.text import MEANING_LENGTH, clean, fold, tokens, words


@pytest.mark.parametrize(
    ("given_text", "wanted"),
    [
        ("a\x00b", "ab"),
        ("a\ud800b", "ab"),
        ("  a \t b  ", "a b"),
        ("a\u202eb", "ab"),
        ("e\u0301", "é"),
        ("regel\r\nregel", "regel \nregel"),
        ("", ""),
    ],
)
def test_what_cannot_be_stored_goes(given_text: str, wanted: str) -> None:
    assert clean(given_text) == wanted


@given(st.text())
def test_clean_text_stays_clean(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")
    assert len(once) <= MEANING_LENGTH


@given(st.text(max_size=200))
def test_tokens_are_spans_of_the_text(text: str) -> None:
    message = clean(text)
    assert all(message[token.start : token.end] == token.text for token in tokens(message))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Crèche", "creche"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("ışık", "isik"),
        ("مدرسة", "مدرسه"),
        ("أنا", "انا"),
        ("l’été", "l'ete"),
    ],
)
def test_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other) == other


def test_hyphens_and_apostrophes_separate_words() -> None:
    assert words("Sint-Niklaas, 's avonds; l'après-midi") == [
        "sint",
        "niklaas",
        "s",
        "avonds",
        "l",
        "apres",
        "midi",
    ]


def test_a_megabyte_is_cleaned_in_time() -> None:
    started = time.process_time()
    assert len(clean("😀" * 1_000_000)) <= MEANING_LENGTH
    assert time.process_time() - started < 1
