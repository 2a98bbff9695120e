"""The taxonomy of subjects: what can be learned, in the words people use (`subjects.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

LANGUAGES = ("nl", "fr", "en", "tr", "ar", "uk", "pl", "es")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One subject.

    `id` stays put ("rijbewijs_c"); `area` groups subjects ("vervoer"); `labels` has one word per language of
    `LANGUAGES`; `terms` are all words for it in all languages, lower case, labels included.
    """

    id: str
    area: str
    labels: Mapping[str, str]
    terms: tuple[str, ...]

    def label(self, language: str) -> str:
        """The word for this subject in a language; Dutch where we have no other."""
        return self.labels.get(language, self.labels["nl"])


@cache
def subjects() -> tuple[Subject, ...]:
    """All subjects, in the order of the file."""
    text = resources.files("data.catalog").joinpath("subjects.toml").read_text(encoding="utf-8")
    return tuple(_subject(subject_id, table) for subject_id, table in tomllib.loads(text).items())


def subject(subject_id: str) -> Subject | None:
    """The subject with this id, or None."""
    return _index().get(subject_id)


@cache
def areas() -> Mapping[str, tuple[Subject, ...]]:
    """Area → its subjects."""
    names = dict.fromkeys(item.area for item in subjects())
    return MappingProxyType({name: tuple(item for item in subjects() if item.area == name) for name in names})


@cache
def _index() -> Mapping[str, Subject]:
    return {item.id: item for item in subjects()}


def _subject(subject_id: str, table: Mapping[str, str]) -> Subject:
    words = {language: [word.strip() for word in table[language].split(",")] for language in LANGUAGES}
    return Subject(
        id=subject_id,
        area=table["area"],
        labels=MappingProxyType({language: found[0] for language, found in words.items()}),
        terms=tuple(dict.fromkeys(_lower(word) for found in words.values() for word in found)),
    )


def _lower(word: str) -> str:
    # Python lowers the Turkish capital İ to i plus a combining dot, which nobody types.
    return word.replace("İ", "i").lower()
