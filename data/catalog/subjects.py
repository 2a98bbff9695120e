"""The taxonomy of subjects: what can be learned, in the words people use (`subjects.toml`, `subject_words.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

LANGUAGES = ("nl", "fr", "en", "tr", "ar", "uk", "pl", "es")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One subject.

    `id` stays put ("rijbewijs_c"); `area` groups subjects ("vervoer"); `labels` has one word per language of
    `LANGUAGES`; `terms` are all words for it in those languages, lower case, labels included; `dutch` those in Dutch; `more_terms` those of
    further languages, which are looked for in a search only.
    """

    id: str
    area: str
    labels: Mapping[str, str]
    terms: tuple[str, ...]
    dutch: tuple[str, ...]
    more_terms: tuple[str, ...] = ()

    @property
    def search_terms(self) -> tuple[str, ...]:
        """Every word that search knows for this subject."""
        return self.terms + self.more_terms

    def label(self, language: str) -> str:
        """The word for this subject in a language; Dutch where we have no other."""
        return self.labels.get(language, self.labels["nl"])


@cache
def subjects() -> tuple[Subject, ...]:
    """All subjects, in the order of the file."""
    more = _read("subject_words.toml")
    return tuple(
        _subject(subject_id, table, [words[subject_id] for words in more.values() if subject_id in words])
        for subject_id, table in _read("subjects.toml").items()
    )


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


def _subject(subject_id: str, table: Mapping[str, str], more: Sequence[str]) -> Subject:
    words = {language: _words(table[language]) for language in LANGUAGES}
    terms = dict.fromkeys(_lower(word) for found in words.values() for word in found)
    further = dict.fromkeys(_lower(word) for found in more for word in _words(found))
    return Subject(
        id=subject_id,
        area=table["area"],
        labels=MappingProxyType({language: found[0] for language, found in words.items()}),
        terms=tuple(terms),
        dutch=tuple(_lower(word) for word in words["nl"]),
        more_terms=tuple(term for term in further if term not in terms),
    )


def _words(listed: str) -> list[str]:
    return [word.strip() for word in listed.split(",")]


def _read(name: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(resources.files("data.catalog").joinpath(name).read_text(encoding="utf-8"))


def _lower(word: str) -> str:
    # Python lowers the Turkish capital İ to i plus a combining dot, which nobody types.
    return word.replace("İ", "i").lower()
