"""Texts in every language, and text that cannot become HTML."""

import string
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from bot.pages.render import LANGUAGES, clock, direction, page_language, rich, said_once, texts
from channels.base import Choice


def shape(value: Any) -> Any:
    """What two languages must share: kinds, keys, lengths of lists, and the names to fill in."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return len(value)
    assert isinstance(value, str), value
    return sorted(name for _, name, _, _ in string.Formatter().parse(value) if name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    assert shape(dict(texts(language).entries)) == shape(dict(texts("nl").entries))


def test_an_unknown_language_gets_dutch() -> None:
    assert texts("xx").language == "nl"


@pytest.mark.parametrize(
    ("query", "language"), [("", "nl"), ("lang=fr", "fr"), ("lang=en", "en"), ("lang=xx", "nl")]
)
def test_the_language_is_what_was_asked_else_dutch(query: str, language: str) -> None:
    request = Request({"type": "http", "query_string": query.encode(), "headers": []})
    assert page_language(request) == language


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Typ *mens*.", "Typ <b>mens</b>."),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("<b>x</b> & y", "&lt;b&gt;x&lt;/b&gt; &amp; y"),
        ("Zie https://x.be/a?b=1&c.", 'Zie <a href="https://x.be/a?b=1&amp;c" rel="noopener">x.be/a?b=1&amp;c</a>.'),
        ("https://x.be/" + "y" * 60, f'<a href="https://x.be/{"y" * 60}" rel="noopener">x.be/{"y" * 34}…</a>'),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ('https://x.be/"onclick="alert(1)', '<a href="https://x.be/" rel="noopener">x.be/</a>&#34;onclick=&#34;alert(1)'),
    ],
)  # fmt: skip
def test_our_texts_carry_links_and_words_to_type(text: str, html: str) -> None:
    assert rich(text) == html


def test_what_the_page_shows_already_is_not_said_twice() -> None:
    choices = [Choice(label="bib Aalst", value="1"), Choice(label="Meer", value="M")]
    text = "Dag!\nKies:\n1) bib Aalst\n2) bib Ninove\nTyp 1."
    assert said_once(text, choices, "Dag!") == "Kies:\n2) bib Ninove\nTyp 1."
    assert said_once("Dag!", (), "Dag!") == "Dag!", "an answer is never empty"


@given(st.text())
def test_no_text_makes_a_tag_of_its_own(text: str) -> None:
    bare = rich(text).replace("<b>", "").replace("</b>", "").replace("</a>", "")
    assert bare.count("<") == bare.count('<a href="http')


def test_hours_and_days_are_those_of_brussels() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert clock(late) == "00:30"
    assert texts("nl").day(late) == "maandag 23 november"
    assert texts("fr").day(date(2026, 8, 1)) == "samedi 1 août"


def test_distances_are_written_as_the_language_does() -> None:
    assert [texts(language).kilometres(2.5) for language in LANGUAGES] == ["2,5 km", "2,5 km", "2.5 km"]
    assert texts("nl").kilometres(10.0) == "10 km"


@pytest.mark.parametrize(
    ("language", "wanted"), [("ar", "rtl"), ("fa-AF", "rtl"), ("nl", "auto"), (None, "auto")]
)
def test_arabic_runs_from_right_to_left(language: str | None, wanted: str) -> None:
    assert direction(language) == wanted
