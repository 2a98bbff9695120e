"""What is wrong with training data before it is trained on: contradictions, copies, languages left behind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from nlu.text import words
from nlu.training_data import ACTS, Example

LEAST = {"nl": 60} | dict.fromkeys(("fr", "en", "tr", "ar", "ar-Latn", "uk", "pl", "es"), 20)
"""Examples that every intent needs in these languages."""


def lint(examples: Sequence[Example]) -> tuple[str, ...]:
    """One sentence a problem, in English, worst first; empty when all is well."""
    return (*_contradictions(examples), *_gaps(examples), *_copies(examples))


def _contradictions(examples: Sequence[Example]) -> list[str]:
    intents: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        intents[_key(example)].add(example.intent)
    return [
        f"{text!r} is an example of {' and '.join(sorted(found))}"
        for text, found in sorted(intents.items())
        if len(found) > 1
    ]


def _gaps(examples: Sequence[Example]) -> list[str]:
    counts = Counter((example.language, example.intent) for example in examples)
    names = sorted({example.intent for example in examples} - set(ACTS))
    return [
        f"{name} has {counts[language, name]} examples in {language}, {least} are asked for"
        for language, least in LEAST.items()
        for name in names
        if counts[language, name] < least
    ]


def _copies(examples: Sequence[Example]) -> list[str]:
    counts = Counter((example.language, example.intent, _key(example)) for example in examples)
    return [
        f"{text!r} stands {count} times under {intent} in {language}"
        for (language, intent, text), count in sorted(counts.items())
        if count > 1
    ]


def _key(example: Example) -> str:
    return " ".join(words(example.text)) or example.text
