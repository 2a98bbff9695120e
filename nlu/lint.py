"""What is wrong with training data before it is trained on: contradictions, copies, intents that run together,
languages left behind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from nlu.text import words
from nlu.training_data import ACTS, Example

Likeness = NDArray[np.uint8]

LEAST = {"nl": 60} | dict.fromkeys(("fr", "en", "tr", "ar", "ar-Latn", "uk", "pl", "es"), 20)
"""Examples that every intent needs in these languages."""

_SAME = 93
"""Likeness, of 100, from which two messages are one message with a slip; contrasts such as "lezen", "kiezen" lie under it."""

_SHORTEST = 12  # characters; in shorter messages one letter makes another word
_NEAR = 70  # likeness from which one message is worth comparing to another at all
_RUN_TOGETHER = 0.20
"""Share of an intent's messages that lie nearest to one other intent: there the engine can only guess."""

_COUNTS = 20  # messages from which a share says something
_LOPSIDED = 4  # times the median of a language: a larger intent draws doubtful messages to itself


def lint(examples: Sequence[Example]) -> tuple[str, ...]:
    """One sentence a problem, in English, worst first; empty when all is well."""
    overlaps: list[str] = []
    near_copies: list[str] = []
    for language, rows in _by_language(examples).items():
        likeness = process.cdist(list(rows), list(rows), scorer=fuzz.ratio, dtype=np.uint8)
        np.fill_diagonal(likeness, 0)
        near_copies += _near_copies(language, rows, likeness)
        overlaps += _overlaps(language, rows, likeness)
    return (*_contradictions(examples), *near_copies, *overlaps, *_gaps(examples), *_lopsided(examples), *_copies(examples))  # fmt: skip


def _by_language(examples: Sequence[Example]) -> Mapping[str, dict[str, str]]:
    """Per language the distinct messages with their intent; of a contradiction the first."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for example in examples:
        found[example.language].setdefault(_key(example), example.intent)
    return dict(sorted(found.items()))


def _contradictions(examples: Sequence[Example]) -> list[str]:
    intents: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        intents[_key(example)].add(example.intent)
    return [
        f"{text!r} is an example of {' and '.join(sorted(found))}"
        for text, found in sorted(intents.items())
        if len(found) > 1
    ]


def _near_copies(language: str, rows: Mapping[str, str], likeness: Likeness) -> Iterator[str]:
    """Messages of two intents that differ by a slip."""
    texts, intents = list(rows), list(rows.values())
    for i, j in zip(*np.nonzero(np.triu(likeness) >= _SAME), strict=True):
        if intents[i] != intents[j] and len(texts[i]) >= _SHORTEST:
            yield f"{texts[i]!r} ({intents[i]}) and {texts[j]!r} ({intents[j]}) are nearly the same in {language}"


def _overlaps(language: str, rows: Mapping[str, str], likeness: Likeness) -> Iterator[str]:
    """Intents whose messages lie nearer to another intent than to their own."""
    intents = list(rows.values())
    sizes = Counter(intents)
    strays: Counter[tuple[str, str]] = Counter()
    for own, nearest, how_near in zip(intents, likeness.argmax(axis=1), likeness.max(axis=1), strict=True):
        if how_near >= _NEAR and intents[nearest] != own:
            strays[own, intents[nearest]] += 1
    for (own, other), count in strays.most_common():
        if sizes[own] >= _COUNTS and count / sizes[own] > _RUN_TOGETHER:
            yield f"{own} overlaps with {other} in {language}: {count} of {sizes[own]} examples lie nearest to it"


def _gaps(examples: Sequence[Example]) -> list[str]:
    counts = Counter((example.language, example.intent) for example in examples)
    names = sorted({example.intent for example in examples} - set(ACTS))
    return [
        f"{name} has {counts[language, name]} examples in {language}, {least} are asked for"
        for language, least in LEAST.items()
        for name in names
        if counts[language, name] < least
    ]


def _lopsided(examples: Sequence[Example]) -> Iterator[str]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        counts[example.language][example.intent] += 1
    for language, intents in sorted(counts.items()):
        usual = median(intents.values())
        for intent, count in intents.most_common():
            if usual >= _COUNTS and count > _LOPSIDED * usual:
                yield f"{intent} has {count} examples in {language}, where {usual:.0f} are usual"


def _copies(examples: Sequence[Example]) -> list[str]:
    counts = Counter((example.language, example.intent, _key(example)) for example in examples)
    return [
        f"{text!r} stands {count} times under {intent} in {language}"
        for (language, intent, text), count in sorted(counts.items())
        if count > 1
    ]


def _key(example: Example) -> str:
    return " ".join(words(example.text)) or example.text
