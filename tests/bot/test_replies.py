"""Dates, times and promises in words."""

import re
from datetime import date, datetime
from importlib import resources
from typing import Any

import pytest
import yaml

from bot.replies import BRUSSELS, LANGUAGES, PARTLY, replies, to_type
from nlu.text import words

TYPED = re.compile(r"\*[^*]+\*|\bSTOP\b|\bSTART\b")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BRUSSELS)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOON.replace(minute=5), "binnen 5 minuten"),
        (NOON.replace(second=10), "binnen 1 minuten"),
        (NOON.replace(hour=16), "vandaag voor 16:00"),
        (datetime(2026, 11, 24, 10, 0, tzinfo=BRUSSELS), "morgen voor 10:00"),
        (datetime(2026, 11, 26, 10, 0, tzinfo=BRUSSELS), "do 26 november voor 10:00"),
    ],
)
def test_promise(at: datetime, said: str) -> None:
    assert replies("nl").promise(at, NOON) == said


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([1], "di"),
        ([3, 1], "di en do"),
        ([0, 2, 4], "ma, wo en vr"),
        ([0, 1, 2, 3, 4], "ma-vr"),
        ([1, 2], "di en wo"),
    ],
)
def test_days(numbers: list[int], said: str) -> None:
    assert replies("nl").days(numbers) == said


def test_times_are_belgian_whatever_the_zone_they_come_in() -> None:
    moment = datetime.fromisoformat("2026-07-01T07:30:00+00:00")
    assert replies("nl").when(moment) == "wo 1 juli om 09:30"
    assert replies("fr").when(moment) == "me 1 juillet à 09:30"
    assert replies("en").when(moment, short=True) == "Wed 1/7 09:30"


def test_a_language_we_do_not_write_gets_english() -> None:
    assert replies("tr").language == "en"
    assert replies("nl-BE").language == "nl"


def test_facts_are_english_where_the_rest_is_turkish() -> None:
    turkish = replies("tr-BE")
    assert turkish.own == "tr"
    assert turkish("ask_subject") == "Ne öğrenmek istersin?"
    assert turkish.language == "en"
    assert turkish.keys() == replies("en").keys()
    assert turkish.days([1, 3]) == "sal ve per"


def read(language: str) -> dict[str, Any]:
    """The file of a language."""
    text = resources.files("bot.replies").joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    said: dict[str, Any] = yaml.safe_load(text)
    return said


@pytest.mark.parametrize("language", PARTLY)
def test_nothing_is_missing_in_a_language(language: str) -> None:
    """To an Arabic speaker in danger no English answer is good enough."""
    own, english = read(language), read("en")
    assert [key for key in english if key not in own] == []
    same = {key for key in own if own[key] == english[key]}
    assert {key for key in same if re.search(r"[A-Za-z]{2}", re.sub(r"{\w+}", "", str(own[key])))} <= {
        "online", "mode_online", "wish_word", "channel_whatsapp", "channel_messenger", "km", "no", "satisfied_3",
    }  # fmt: skip


@pytest.mark.parametrize(("language", "known"), [("tr", "tek başına"), ("ar", "وحدك")])
def test_who_is_in_danger_reads_it_in_their_own_language(language: str, known: str) -> None:
    said = replies(language)("crisis")
    assert said != replies("en")("crisis")
    assert re.search(known, said)
    assert all(number in said for number in ("1813", "112", "zelfmoord1813.be"))


@pytest.mark.parametrize("language", PARTLY)
def test_a_promise_about_a_late_answer_is_in_one_language(language: str) -> None:
    """No English words around a Turkish date."""
    say = replies(language)
    said = say("promise_late", promise=say.promise(datetime(2026, 11, 30, 10, 0, tzinfo=BRUSSELS), NOON))
    english = set(re.findall(r"[a-z]{3,}", read("en")["promise_late"].lower()))
    assert not english & set(re.findall(r"[a-z]{3,}", said.lower()))


def test_in_a_call_only_languages_with_a_voice_are_spoken() -> None:
    turkish = replies("tr", spoken=True)
    assert (turkish.own, turkish("yes")) == ("en", "Yes")
    assert replies("fr", spoken=True).own == "fr"


def test_phrases_to_type_are_known_in_the_words_that_were_offered() -> None:
    assert {"tell me later", "no longer needed", "laat weten", "previens moi"} <= to_type()
    assert "person" not in to_type()
    assert all(
        " ".join(words(replies(language)("wish_word"))) in to_type() for language in (*LANGUAGES, *PARTLY)
    )


@pytest.mark.parametrize("language", PARTLY)
def test_a_part_of_a_language_fills_in_and_offers_the_same(language: str) -> None:
    """The same blanks, and the same *words* to type: those are understood in every language."""
    text = resources.files("bot.replies").joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    own, english = yaml.safe_load(text), replies("en")
    assert "Not yet read by a native speaker" in text
    for key, said in own.items():
        assert key in english, key
        if isinstance(said, list):
            assert len(said) == len(english._entries[key]), key
            continue
        whole = english._entries[key]
        assert set(re.findall(r"{\w+}", said)) == set(re.findall(r"{\w+}", whole)), key
        assert sorted(TYPED.findall(said)) == sorted(TYPED.findall(whole)), key


def test_short_date() -> None:
    assert replies("nl").short_date(date(2026, 11, 27)) == "27/11"
