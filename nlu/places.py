"""Finding towns, villages and postcodes in a message.

Many Belgian places are also ordinary words (Halen, Landen, Werken, As). So a name alone counts only when it is long
and not a known word; every other needs a sign: a preposition, a capital, a postcode, or that nothing else is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlu.nearest import Nearest
from nlu.negation import is_negated
from nlu.place_words import (
    ABBREVIATIONS,
    FILLERS,
    ORDINARY_WORDS,
    PREPOSITIONS,
    SAINTS,
    UNITS,
    WEAK_PREPOSITIONS,
)
from nlu.text import Token, fold, words
from nlu.values import PlaceEntry, Slot

_CYRILLIC_ENDINGS = frozenset("еиіуаюя")
_LATIN_ENDINGS = (
    ("ie", "a"), ("ii", "ia"), ("y", "a"),
    *((ending, "") for ending in ("deki", "teki", "den", "dan", "ten", "tan", "de", "da", "te", "ta")),
)  # fmt: skip
_ARABIC_PREFIXES = frozenset("بفلو")
_SHORT = 4  # names this short are only taken with a sign
_DOMINANT = 5  # a town this many times bigger than its namesakes is the one meant
_KNOWN_TOWN = 8_000  # inhabitants from which a bare lower-case name is taken


@dataclass(frozen=True, slots=True)
class _Hit:
    first: int
    last: int
    keys: tuple[str, ...]
    confidence: float


class PlaceFinder:
    """Places and postcodes of one vocabulary. `known_words` are words that misspelt names must not swallow."""

    def __init__(self, places: Sequence[PlaceEntry], known_words: frozenset[str]) -> None:
        self._entries = {place.key: place for place in places}
        self._known = known_words
        self._names: dict[tuple[str, ...], list[str]] = {}
        self._longest = 1
        self._postcodes: dict[str, list[str]] = {}
        for place in places:
            for name in (place.name, *place.aliases):
                self._add(_name_key(name), place.key)
            for postcode in place.postcodes:
                self._postcodes.setdefault(postcode, []).append(place.key)
        for short, name in ABBREVIATIONS.items():
            for key in self._names.get(_name_key(name), ())[:1]:
                self._add(_name_key(short), key)
        self._starts = {name[0] for name in self._names}
        self._nearest = Nearest(name[0] for name in self._names if len(name) == 1)

    def find(self, text: str, tokens: Sequence[Token], *, asked: bool) -> list[Slot]:
        """Place and postcode slots in order. `asked` says that the bot just asked for a place."""
        postcodes = self._find_postcodes(text, tokens, asked=asked)
        taken = {index for index, _ in postcodes}
        hits = self._find_names(text, tokens, taken, asked=asked)
        slots = [self._place_slot(text, tokens, hit, postcodes) for hit in hits]
        slots += [self._postcode_slot(tokens, index, code, asked=asked) for index, code in postcodes]
        return sorted(slots, key=lambda slot: slot.start)

    def is_only_a_place(self, tokens: Sequence[Token], slots: Sequence[Slot]) -> bool:
        """Whether the message says nothing but a place ("ik woon in Aalst", "9300")."""
        spans = [(slot.start, slot.end) for slot in slots if slot.name in ("place", "postcode")]
        rest = [t for t in tokens if not any(start <= t.start and t.end <= end for start, end in spans)]
        return bool(spans) and all(token.fold in FILLERS for token in rest)

    def _add(self, name: tuple[str, ...], key: str) -> None:
        if not name or (len(name) == 1 and len(name[0]) < 2):
            return
        self._longest = max(self._longest, len(name))
        keys = self._names.setdefault(name, [])
        if key not in keys:
            keys.append(key)

    def _find_names(self, text: str, tokens: Sequence[Token], taken: set[int], *, asked: bool) -> list[_Hit]:
        folds = [self._bare(SAINTS.get(token.fold, token.fold)) for token in tokens]
        shouting = text.isupper()
        hits: list[_Hit] = []
        index = 0
        while index < len(tokens):
            hit = None
            if index not in taken:
                hit = self._exact(tokens, folds, index, taken, asked=asked, shouting=shouting)
                hit = hit or self._misspelt(tokens, folds, index, asked=asked, shouting=shouting)
            if hit:
                hits.append(hit)
            index = hit.last + 1 if hit else index + 1
        return hits

    def _bare(self, word: str) -> str:
        """The name without what Slavic languages write after it and Arabic before it: Генте, بغنت."""
        if len(word) < _SHORT or word in self._starts:
            return word
        if word.isascii():
            return self._without_ending(word)
        if word[0] in _ARABIC_PREFIXES and word[1:] in self._starts:
            return word[1:]
        return word[:-1] if word[-1] in _CYRILLIC_ENDINGS and word[:-1] in self._starts else word

    def _without_ending(self, word: str) -> str:
        """ "w Gandawie", "z Antwerpii", "antwerpende": the name that was inflected, in Polish or Turkish."""
        for ending, plain in _LATIN_ENDINGS:
            stem = word.removesuffix(ending)
            name = stem + plain
            if stem != word and len(stem) > _SHORT and name in self._starts and name not in ORDINARY_WORDS:
                return name
        return word

    def _exact(
        self,
        tokens: Sequence[Token],
        folds: list[str],
        first: int,
        taken: set[int],
        *,
        asked: bool,
        shouting: bool,
    ) -> _Hit | None:
        if folds[first] not in self._starts:
            return None
        for size in range(min(self._longest, len(tokens) - first), 0, -1):
            keys = self._names.get(tuple(folds[first : first + size]))
            if keys is None:
                continue
            last = first + size - 1
            confidence = self._belief(tokens, first, last, keys, taken, asked=asked, shouting=shouting)
            if confidence:
                return _Hit(first, last, tuple(keys), confidence)
        return None

    def _belief(
        self,
        tokens: Sequence[Token],
        first: int,
        last: int,
        keys: Sequence[str],
        taken: set[int],
        *,
        asked: bool,
        shouting: bool,
    ) -> float:
        """How sure this name is a place here; 0 when it is more likely an ordinary word."""
        alone = all(token.fold in FILLERS for token in (*tokens[:first], *tokens[last + 1 :]))
        beside_postcode = first - 1 in taken or last + 1 in taken
        word = tokens[first].fold
        ordinary = first == last and (
            word in ORDINARY_WORDS or (word in self._known and not self._is_town(keys))
        )
        only = alone and len(tokens) <= 3 and (not ordinary or self._is_town(keys))
        if beside_postcode or (alone and asked) or only:
            return 1.0
        before = tokens[first - 1].fold if first else ""
        capital = tokens[first].text[0].isupper() and not shouting and (first > 0 or last > first)
        preposition = before in PREPOSITIONS or (before in WEAK_PREPOSITIONS and (capital or not ordinary))
        if ordinary:
            return (
                0.9
                if preposition and capital
                else 0.7
                if preposition and before in ("in", "rond", "regio")
                else 0.0
            )
        if preposition:
            return 0.95
        if capital or last > first:
            return 0.9
        if len(word) <= _SHORT:
            return 0.0 if not self._is_big(keys) else 0.8
        return 0.85 if self._is_town(keys) else 0.0

    def _misspelt(
        self, tokens: Sequence[Token], folds: list[str], index: int, *, asked: bool, shouting: bool
    ) -> _Hit | None:
        word = folds[index]
        if word in self._known or word in ORDINARY_WORDS or not word.isalpha():
            return None
        found = self._nearest.find(word)
        if found is None:
            return None
        name, likeness = found
        keys = self._names[(name,)]
        before = tokens[index - 1].fold if index else ""
        capital = index > 0 and tokens[index].text[0].isupper() and not shouting
        alone = all(token.fold in FILLERS for token in (*tokens[:index], *tokens[index + 1 :]))
        sign = capital or alone or asked or before in PREPOSITIONS or before in WEAK_PREPOSITIONS
        if name in ORDINARY_WORDS or not (sign or self._is_town(keys)):
            return None
        if not sign and likeness < 0.87:
            return None
        return _Hit(index, index, tuple(keys), round(0.9 * likeness, 2))

    def _find_postcodes(self, text: str, tokens: Sequence[Token], *, asked: bool) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        for index, token in enumerate(tokens):
            digits = token.fold.removeprefix("b") if len(token.fold) == 5 else token.fold
            if not (len(digits) == 4 and digits.isdecimal()):
                continue
            code = "".join(str(int(digit)) for digit in digits)  # ٩٣٠٠ is a postcode too
            if code not in self._postcodes or self._is_amount(text, tokens, index):
                continue
            if 1930 <= int(code) <= 2035 and not self._is_marked_postcode(tokens, index, asked=asked):
                continue
            found.append((index, code))
        return found

    def _is_amount(self, text: str, tokens: Sequence[Token], index: int) -> bool:
        following = tokens[index + 1].fold if index + 1 < len(tokens) else ""
        around = text[max(0, tokens[index].start - 2) : tokens[index].start] + text[tokens[index].end :][:2]
        return following in UNITS or any(sign in around for sign in "€$+/")

    def _is_marked_postcode(self, tokens: Sequence[Token], index: int, *, asked: bool) -> bool:
        """A number that may be a year: is it beside a place name, or the whole answer?"""
        if asked or len(tokens) == 1:
            return True
        before = tokens[index - 1].fold if index else ""
        following = tokens[index + 1].fold if index + 1 < len(tokens) else ""
        named = (following,) in self._names or (before,) in self._names
        return named or before in ("postcode", "te", "postnummer", "code", "postal")

    def _place_slot(
        self, text: str, tokens: Sequence[Token], hit: _Hit, postcodes: Sequence[tuple[int, str]]
    ) -> Slot:
        beside = next((code for index, code in postcodes if index in (hit.first - 1, hit.last + 1)), None)
        keys = [key for key in hit.keys if beside in self._entries[key].postcodes] if beside else []
        keys = sorted(keys or hit.keys, key=self._size, reverse=True)
        start, end = tokens[hit.first].start, tokens[hit.last].end
        best = self._entries[keys[0]]
        clear = len(keys) == 1 or self._size(keys[0]) >= _DOMINANT * max(self._size(keys[1]), 1)
        return Slot(
            name="place",
            value=best.name,
            text=text[start:end],
            start=start,
            end=end,
            confidence=hit.confidence,
            negated=is_negated(tokens, hit.first, hit.last),
            choices=() if clear else tuple(keys),
            data=_data(best, beside),
        )

    def _postcode_slot(self, tokens: Sequence[Token], index: int, code: str, *, asked: bool) -> Slot:
        keys = sorted(self._postcodes[code], key=self._size, reverse=True)
        token = tokens[index]
        return Slot(
            name="postcode",
            value=code,
            text=token.text,
            start=token.start,
            end=token.end,
            confidence=1.0 if asked or len(tokens) == 1 else 0.95,
            negated=is_negated(tokens, index, index),
            choices=tuple(keys) if len(keys) > 1 else (),
            data=_data(self._entries[keys[0]], code) | {"name": self._entries[keys[0]].name},
        )

    def _size(self, key: str) -> int:
        return self._entries[key].population

    def _is_town(self, keys: Sequence[str]) -> bool:
        return any(self._size(key) >= _KNOWN_TOWN for key in keys)

    def _is_big(self, keys: Sequence[str]) -> bool:
        return any(self._size(key) >= 5 * _KNOWN_TOWN for key in keys)


def _data(place: PlaceEntry, postcode: str | None) -> dict[str, str]:
    return {
        "key": place.key,
        "nis": place.nis,
        "postcode": postcode or (place.postcodes[0] if place.postcodes else ""),
        "lat": str(place.lat),
        "lon": str(place.lon),
        "municipality": place.municipality,
    }


def _name_key(name: str) -> tuple[str, ...]:
    return tuple(SAINTS.get(word, word) for word in words(fold(name)))
