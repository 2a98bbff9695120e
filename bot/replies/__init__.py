"""The bot's wording: one file per language; dates and times as that language says them.

All files have the same keys. Facts and what there is to say about a price are written in `LANGUAGES` only: those of
`PARTLY` get them in English.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from nlu.text import words

LANGUAGES = ("nl", "fr", "en")
PARTLY = ("tr", "ar", "uk", "pl", "es")
BRUSSELS = ZoneInfo("Europe/Brussels")


class Replies:
    """What the bot says in one language.

    `own` is the language of these sentences, and so of a message made of them; facts, what there is to say about a
    price and the names of places come in `language`, which has them all.
    """

    def __init__(self, language: str, entries: dict[str, Any], *, own: str = "") -> None:
        self.language = language
        self.own = own or language
        self._entries = entries

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of `key` with `values` filled in. KeyError for an unknown key: a mistake of ours."""
        sentence: str = self._entries[key]
        return sentence.format(**values)

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def keys(self) -> set[str]:
        return set(self._entries)

    def weekday(self, number: int) -> str:
        """'di' for 1."""
        return str(self._entries["weekdays"][number])

    def days(self, numbers: Sequence[int]) -> str:
        """'di', 'di en do', 'ma, wo en vr', 'ma-vr' for three days or more in a row."""
        ordered = sorted(set(numbers))
        names = [self.weekday(number) for number in ordered]
        if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
            return f"{names[0]}-{names[-1]}"
        return f" {self('and')} ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)

    def short_date(self, day: date) -> str:
        """'27/11'."""
        return f"{day.day}/{day.month}"

    def long_day(self, moment: datetime) -> str:
        """'do 27 november'."""
        local = moment.astimezone(BRUSSELS)
        return f"{self.weekday(local.weekday())} {local.day} {self._entries['months'][local.month - 1]}"

    def when(self, moment: datetime, *, short: bool = False) -> str:
        """'do 27 november om 14:00', or short: 'do 27/11 14:00'."""
        local = moment.astimezone(BRUSSELS)
        time = f"{local:%H:%M}"
        if short:
            return f"{self.weekday(local.weekday())} {local.day}/{local.month} {time}"
        return self("at", day=self.long_day(moment), time=time)

    def promise(self, at: datetime, now: datetime) -> str:
        """When somebody will hear from us, in words: 'binnen 5 minuten', 'morgen voor 10:00'."""
        local, here = at.astimezone(BRUSSELS), now.astimezone(BRUSSELS)
        minutes = int((at - now).total_seconds()) // 60
        time = f"{local:%H:%M}"
        if minutes <= 30:
            return self("promise_minutes", minutes=max(minutes, 1))
        days = (local.date() - here.date()).days
        if days == 0:
            return self("promise_today", time=time)
        if days == 1:
            return self("promise_tomorrow", time=time)
        return self("promise_day", day=self.long_day(at), time=time)


@cache
def replies(language: str, *, spoken: bool = False) -> Replies:
    """The wording in `language`; English for a language that we do not write.

    `spoken`: to be read out in a call, where only `LANGUAGES` have a voice.
    """
    own = language.split("-")[0]
    if own in PARTLY and not spoken:
        return Replies("en", _read(own), own=own)
    code = own if own in LANGUAGES else "en"
    return Replies(code, _read(code))


@cache
def to_type() -> frozenset[str]:
    """The *phrases of several words* that we ask to type: they tell nothing about the language of who types them."""
    said = " ".join(str(sentence) for code in LANGUAGES for sentence in _read(code).values())
    phrases = (words(phrase) for phrase in re.findall(r"\*([^*]+)\*", said))
    return frozenset(" ".join(phrase) for phrase in phrases if len(phrase) > 1)


def _read(code: str) -> dict[str, Any]:
    text = resources.files("bot.replies").joinpath(f"{code}.yaml").read_text(encoding="utf-8")
    entries: dict[str, Any] = yaml.safe_load(text)
    return entries
