"""Finding the catalogue's subjects: in several words, inflected, inside Dutch compounds, and misspelt."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import TypeVar

from nlu.nearest import Nearest
from nlu.negation import is_negated
from nlu.text import Token, fold, words
from nlu.values import Slot, SubjectEntry

_Key = TypeVar("_Key", str, tuple[str, ...])

_COURSE_WORDS = (
    "cursussen", "cursus", "cursusje", "opleidingen", "opleiding", "lessen", "lesje", "les", "training", "workshop", "klas",
    "school", "diploma", "avondles", "examen", "praktijk", "programma", "bewijs", "kunde", "kursus", "vorming", "taal", "werk",
)  # fmt: skip
_ENDINGS = ("lerinnen", "sters", "ster", "ende", "ers", "er", "jes", "je", "en", "es", "e", "s", "n")
_SLAVIC_ENDINGS = tuple(
    map(fold, (
        "ами", "ями", "ою", "ею", "ої", "ом", "ем", "ів", "ой", "ей", "а", "е", "и", "і", "о", "у", "ю", "я", "ь", "ы",
        "iem", "ie", "ia", "iu", "em", "a", "u",
    ))
)  # fmt: skip
_ARABIC_ARTICLE = "ال"
_LEAST_SLAVIC_STEM = 5
_LEAST_POLISH_STEM = 6
_NO_SUBJECTS = frozenset({"slagen", "geslaagd"})
"""Words that only look like an inflected subject: who passes is no butcher."""

_DANCE = "dans"
_FRENCH = frozenset(
    words("l le la les un une mon ma mes notre nos votre ce cet cette ces quel quelle quels quelles d")
)
"""Words before which "dans" is French for "in"."""

_VOWELS = frozenset("aeiou")
_LEAST_STEM = 3
_LEAST_UNDOUBLED = 5
"""Letters of a word that may be a subject written with one letter where two belong ("kaper"), the commonest slip of who
writes by ear. Shorter ones are too often another word."""

_KEPT = 8_192  # words of which is remembered what they name
_LEAST_ENDING_STEM = 4


class SubjectFinder:
    """Subjects of one vocabulary. `known_words` are words that a misspelt subject must not swallow."""

    def __init__(self, subjects: Sequence[SubjectEntry], known_words: frozenset[str]) -> None:
        self._known = known_words
        self._terms: dict[tuple[str, ...], list[str]] = {}
        self._stems: dict[str, list[str]] = {}
        self._longest = 1
        for subject in subjects:
            for term in subject.terms:
                key = tuple(words(term))
                if key:
                    self._longest = max(self._longest, len(key))
                    _append(self._terms, key, subject.id)
                if len(key) == 1:
                    for stem in _stems(key[0]):
                        _append(self._stems, stem, subject.id)
        self._starts = {key[0] for key in self._terms}
        self._single_letters = {
            _undoubled(key[0]): key for key in self._terms if len(key) == 1 and _undoubled(key[0]) != key[0]
        }
        self._nearest = Nearest(key[0] for key in self._terms if len(key) == 1)
        self._single = lru_cache(_KEPT)(self._find_single)

    def find(self, text: str, tokens: Sequence[Token]) -> list[Slot]:
        """Subject slots in order; the longest term wins."""
        slots: list[Slot] = []
        index = 0
        while index < len(tokens):
            if (
                tokens[index].fold == _DANCE
                and tokens[index + 1 : index + 2]
                and tokens[index + 1].fold in _FRENCH
            ):
                index += 1
                continue
            size, ids, confidence = self._longest_term(tokens, index)
            if not ids:
                ids, confidence = self._single(tokens[index].fold)
                size = 1
            if ids:
                slots.append(_slot(text, tokens, index, index + size - 1, ids, confidence))
            index += size if ids else 1
        return slots

    def _longest_term(self, tokens: Sequence[Token], first: int) -> tuple[int, Sequence[str], float]:
        if tokens[first].fold not in self._starts:
            return 1, (), 0.0
        for size in range(min(self._longest, len(tokens) - first), 0, -1):
            key = tuple(token.fold for token in tokens[first : first + size])
            ids = self._terms.get(key)
            if ids:
                return size, ids, 1.0
        return 1, (), 0.0

    def _find_single(self, word: str) -> tuple[Sequence[str], float]:
        if len(word) < _LEAST_STEM or not word.isalpha() or word in _NO_SUBJECTS:
            return (), 0.0
        for stem in _stems(word):
            if stem in self._stems and (len(stem) > _LEAST_STEM or stem == word):
                return self._stems[stem], 0.95
        inside = self._in_compound(word)
        if inside:
            return inside, 0.9
        if word in self._known:
            return (), 0.0
        doubled = self._single_letters.get(word)
        if doubled is not None and len(word) >= _LEAST_UNDOUBLED:
            return self._terms[doubled], 0.8
        found = self._nearest.find(word)
        if found is not None:
            return self._terms[(found[0],)], round(0.9 * found[1], 2)
        return (), 0.0

    def _in_compound(self, word: str) -> Sequence[str]:
        """ "naailes", "boekhoudcursus": what stands before the word for a course."""
        for tail in _COURSE_WORDS:
            if not word.endswith(tail):
                continue
            head = word[: -len(tail)]
            for candidate in (
                head,
                head.removesuffix("s"),
                head.removesuffix("avond"),
                head.removesuffix("dag"),
            ):
                if len(candidate) < _LEAST_STEM:
                    continue
                for stem in _stems(candidate):
                    if stem in self._stems:
                        return self._stems[stem]
                found = self._nearest.find(candidate)
                if found is not None:
                    return self._terms[(found[0],)]
        return ()


def _undoubled(word: str) -> str:
    """ "kapper" becomes "kaper"."""
    return "".join(letter for letter, after in zip_longest(word, word[1:]) if letter != after)


def _slot(
    text: str, tokens: Sequence[Token], first: int, last: int, ids: Sequence[str], confidence: float
) -> Slot:
    start, end = tokens[first].start, tokens[last].end
    return Slot(
        name="subject",
        value=ids[0],
        text=text[start:end],
        start=start,
        end=end,
        confidence=confidence,
        negated=is_negated(tokens, first, last),
        choices=tuple(ids) if len(ids) > 1 else (),
    )


def _stems(word: str) -> list[str]:
    """The word and what is left without Dutch endings, in closed spelling: koken → kok, kook; lassen → las.

    Then without Slavic ones, of long words: медсестру → медсестр, spawania → spawan; Arabic without its article.
    """
    stems = [word]
    bare = word.removeprefix(_ARABIC_ARTICLE)
    if bare != word and len(bare) > _LEAST_STEM:
        stems.append(bare)
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _LEAST_STEM or (len(stem) < _LEAST_ENDING_STEM and ending != "en"):
            continue
        stems.append(stem)
        if stem[-1] == stem[-2]:
            stems.append(stem[:-1])
        elif ending in ("en", "e", "er", "ers") and stem[-1] not in _VOWELS and stem[-2] in _VOWELS:
            stems.append(stem[:-1] + stem[-2] + stem[-1])
    least = _LEAST_POLISH_STEM if word.isascii() else _LEAST_SLAVIC_STEM
    stems += [stem for ending in _SLAVIC_ENDINGS if len(stem := word.removesuffix(ending)) >= least]
    return list(dict.fromkeys(stems))


def _append(index: dict[_Key, list[str]], key: _Key, value: str) -> None:
    values = index.setdefault(key, [])
    if value not in values:
        values.append(value)
