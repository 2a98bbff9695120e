"""Finding the word that a misspelt one was meant to be, among known words."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

LEAST_LETTERS = 6
"""Shorter words are only ever matched exactly: one slip makes too many of them another word."""

_TWO_SLIPS = 9


class Nearest:
    """Known words, arranged by first letter: people rarely miss that one."""

    def __init__(self, known: Iterable[str]) -> None:
        self._by_letter: dict[str, list[str]] = {}
        for word in sorted(set(known)):
            if len(word) >= LEAST_LETTERS - 1:
                self._by_letter.setdefault(word[0], []).append(word)

    def find(self, word: str) -> tuple[str, float] | None:
        """The known word one slip away (two from nine letters), with its likeness from 0 to 1; None if none is."""
        if len(word) < LEAST_LETTERS:
            return None
        slips = 2 if len(word) >= _TWO_SLIPS else 1
        candidates = self._by_letter.get(word[0], [])
        found = process.extractOne(word, candidates, scorer=OSA.distance, score_cutoff=slips)
        if found is None:
            return None
        name, distance, _ = found
        return name, 1.0 - distance / max(len(word), len(name))
