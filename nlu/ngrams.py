"""Words, pairs of words and letter sequences as a sparse vector.

Written out instead of taken from scikit-learn, so that training and serving cannot differ and the server does not
import it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.int32]

SHORTEST, LONGEST = 1, 4
_LONGEST_WORD = 24  # a longer "word" is a link or noise; its head says enough
_KEPT = 8_192  # words of which the columns are remembered: people use few, and use them often


def word_grams(folded: Sequence[str]) -> list[str]:
    """Words and pairs; marked so that they never meet a letter sequence. `folded` comes from `text.words`."""
    singles = [f"{word[:_LONGEST_WORD]}\t" for word in folded]
    pairs = [f"{a[:_LONGEST_WORD]}\t{b[:_LONGEST_WORD]}" for a, b in pairwise(folded)]
    return singles + pairs


def letter_grams(folded: Sequence[str]) -> list[str]:
    """Sequences of 1 to 4 letters inside words, with a space for the word's edge."""
    grams: list[str] = []
    for word in folded:
        padded = f" {word[:_LONGEST_WORD]} "
        size = len(padded)
        for n in range(SHORTEST, LONGEST + 1):
            if n >= size:
                grams.append(padded)
                break
            grams += [padded[i : i + n] for i in range(size - n + 1)]
    return grams


@dataclass(frozen=True, slots=True, kw_only=True)
class Ngrams:
    """A fitted vocabulary: gram → column, with the inverse document frequency of each column."""

    columns: dict[str, int]
    idf: Floats
    _letters: dict[str, list[int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def fit(cls, messages: Iterable[Sequence[str]], *, least_letters: int = 2) -> Ngrams:
        """Learn the vocabulary of messages, each by its folded words; letter sequences seen in fewer than
        `least_letters` of them are left out."""
        seen: Counter[str] = Counter()
        total = 0
        for folded in messages:
            seen.update(set(word_grams(folded)))
            seen.update(set(letter_grams(folded)))
            total += 1
        kept = sorted(gram for gram, count in seen.items() if "\t" in gram or count >= least_letters)
        idf = np.array([math.log((1 + total) / (1 + seen[gram])) + 1 for gram in kept], dtype=np.float32)
        return cls(columns={gram: index for index, gram in enumerate(kept)}, idf=idf)

    def vector(self, folded: Sequence[str]) -> tuple[Indices, Floats]:
        """Columns and values of a message. Words and letters are each of length one, so that neither drowns."""
        letters = [column for word in folded for column in self._of_letters(word)]
        parts = [self._part(self._known(word_grams(folded))), self._part(letters)]
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def _of_letters(self, word: str) -> list[int]:
        """The columns of the letter sequences of a word."""
        columns = self._letters.get(word)
        if columns is None:
            columns = self._known(letter_grams([word]))
            if len(self._letters) < _KEPT:
                self._letters[word] = columns
        return columns

    def _known(self, grams: Iterable[str]) -> list[int]:
        found = map(self.columns.get, grams)
        return [column for column in found if column is not None]

    def _part(self, found: list[int]) -> tuple[Indices, Floats]:
        counts: dict[int, int] = {}
        for column in found:
            counts[column] = counts.get(column, 0) + 1
        columns = np.fromiter(counts.keys(), dtype=np.int32, count=len(counts))
        values = np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts))) + np.float32(1)
        values *= self.idf[columns]
        norm = float(np.sqrt(values @ values))
        return columns, values / np.float32(norm) if norm else values
