"""Dates, times and promises in words."""

from datetime import date, datetime

import pytest

from bot.replies import BRUSSELS, replies

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


def test_short_date() -> None:
    assert replies("nl").short_date(date(2026, 11, 27)) == "27/11"
