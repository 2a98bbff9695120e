"""Dates, times and promises in words."""

import re
from datetime import date, datetime
from importlib import resources

import pytest
import yaml

from bot.replies import BRUSSELS, PARTLY, replies

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


def test_what_is_not_written_in_a_language_yet_is_said_in_english() -> None:
    turkish = replies("tr-BE")
    assert turkish.own == "tr"
    assert turkish("ask_subject") == "Ne öğrenmek istersin?"
    assert turkish("crisis") == replies("en")("crisis")
    assert turkish.keys() == replies("en").keys()
    assert turkish.days([1, 3]) == "sal ve per"


@pytest.mark.parametrize("language", PARTLY)
def test_a_part_of_a_language_fills_in_and_offers_the_same(language: str) -> None:
    """The same blanks, and the same *words* to type: those are understood in every language."""
    text = resources.files("bot.replies").joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    own, english = yaml.safe_load(text), replies("en")
    assert len(own) >= 40
    assert "Not yet read by a native speaker" in text
    for key, said in own.items():
        assert key in english, key
        if isinstance(said, list):
            assert len(said) == len(english._entries[key]), key
            continue
        whole = english._entries[key]
        assert set(re.findall(r"{\w+}", said)) == set(re.findall(r"{\w+}", whole)), key
        assert sorted(re.findall(r"\*\w+\*", said)) == sorted(re.findall(r"\*\w+\*", whole)), key


def test_short_date() -> None:
    assert replies("nl").short_date(date(2026, 11, 27)) == "27/11"
