"""What every text passes at the edge."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.base import TEXT_LIMIT, Throttled, clean_text

ANYTHING = st.text(st.characters(exclude_categories=()))  # lone surrogates too


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Dag, hoe gaat het?", "Dag, hoe gaat het?"),
        ("  spaties  ", "spaties"),
        ("a\x00b", "ab"),
        ("\ud83d", "?"),
        ("a\udfffb", "a?b"),
        ("e\u0301", "é"),
        ("regel 1\r\nregel 2\rregel 3", "regel 1\nregel 2\nregel 3"),
        ("a\tb", "a\tb"),
        ("\x1b[31mrood\x07\x08", "[31mrood"),
        ("a\x85b\x9fc", "abc"),
        ("\ufeffBOM", "BOM"),
        ("factuur\u202efdp.exe", "factuurfdp.exe"),
        ("\u2066links\u2069\u202a\u202b\u202c\u202d\u2067\u2068", "links"),
        ("مرحبا بالعالم", "مرحبا بالعالم"),
        ("👩‍👩‍👧‍👦 🇧🇪 ❤️", "👩‍👩‍👧‍👦 🇧🇪 ❤️"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),  # kept as written; pages show it inert
        ("'; DROP TABLE message; --", "'; DROP TABLE message; --"),
        ("\x00\x00", ""),
        ("", ""),
    ],
)
def test_corpus(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@pytest.mark.parametrize(
    "text",
    ["😀" * 250_000, "a" + "\u0301" * 100_000, "\u202e" * 100_000, "\ufdfa" * 100_000, "\U0001d160" * 50_000],
    ids=["a megabyte of emoji", "ten thousand accents", "overrides", "ligatures", "grows when composed"],
)
def test_what_is_huge_is_cut(text: str) -> None:
    clean = clean_text(text)
    assert len(clean.encode()) <= TEXT_LIMIT
    assert set(clean) <= set(unicodedata.normalize("NFC", text))


@given(ANYTHING, st.integers(0, 64))
@example("\ud800" * 64, 10)
@example("é" * 10, 1)
def test_never_raises_never_exceeds_and_is_done_the_first_time(text: str, limit: int) -> None:
    clean = clean_text(text, limit)
    assert len(clean.encode("utf-8")) <= limit
    assert "\x00" not in clean
    assert clean_text(clean, limit) == clean


def test_an_error_without_words_has_words_for_staff() -> None:
    assert str(Throttled(retry_after=3)) == "te veel berichten tegelijk"
    assert Throttled("traag").reason == "traag"
