"""From what people type to what PostgreSQL can look up: the words that tell, their synonyms, and compounds in parts."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

MOST_WORDS = 12
_LEAST_COMPOUND = 7
_LEAST_PART = 4
_LEAST_PREFIX = 4  # shorter words are looked up whole: "tig" must not find "tigerbrood"
_LINKS = ("", "s", "en", "e", "n")
"""What Dutch puts between the parts of a compound: verzorging-s-assistent, fiets-en-maker."""

_CLITIC = re.compile(r"\b(?:l|d|qu|j|n|c|m|t)'(?=\w)|'s\b")  # l'espagnol, auto's
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


@dataclass(frozen=True, kw_only=True)
class SearchWord:
    """One word as it was typed, and the tsquery (for the Dutch configuration) of all that may stand for it."""

    typed: str
    query: str


def search_words(text: str) -> tuple[SearchWord, ...]:
    """The words of a text that tell what is looked for, `MOST_WORDS` at most.

    "ik zoek een cursus" tells nothing and is left out, unless there is nothing else.
    """
    words = list(dict.fromkeys(_WORD.findall(_CLITIC.sub(" ", plain(text)))))
    telling = [
        word for word in words if fold(word) not in _lists()["empty"] and (len(word) > 1 or word.isdigit())
    ]
    return tuple(SearchWord(typed=word, query=_query(word)) for word in telling[:MOST_WORDS])


def empty_words() -> Collection[str]:
    """The words that do not tell what somebody wants to learn, in all our languages, folded by `fold`."""
    return _lists()["empty"].keys()


def telling_text(text: str) -> str:
    """What of a text to embed: its telling words; the whole of it when none tells anything."""
    return " ".join(word.typed for word in search_words(text)) or text


def parts_of(text: str, vocabulary: Collection[str]) -> tuple[str, ...]:
    """The words inside the compounds of a text, as far as `vocabulary` has them all; each once, in order."""
    found: dict[str, None] = {}
    for word in _WORD.findall(plain(text)):
        found.update(dict.fromkeys(split(word, vocabulary)))
    return tuple(found)


def split(word: str, vocabulary: Collection[str]) -> tuple[str, ...]:
    """The parts of one compound, longest first part first: "natuurgids" → natuur, gids. () if it is none."""
    if len(word) < _LEAST_COMPOUND:
        return ()
    for cut in range(len(word) - _LEAST_PART, _LEAST_PART - 1, -1):
        first = _without_link(word[:cut], vocabulary)
        if first is None:
            continue
        rest = word[cut:]
        if rest in vocabulary:
            return first, rest
        more = split(rest, vocabulary)
        if more:
            return first, *more
    return ()


def vocabulary_of(texts: Collection[str]) -> frozenset[str]:
    """The words of some texts that may be parts of compounds."""
    words = {word for text in texts for word in _WORD.findall(plain(text))}
    return frozenset(word for word in words if len(word) >= _LEAST_PART and word.isalpha())


def plain(text: str) -> str:
    """Lower case, without what PostgreSQL cannot keep."""
    lowered = unicodedata.normalize("NFC", text).replace("İ", "i").lower()
    return lowered.replace("\0", " ").replace("’", "'")


def fold(text: str) -> str:
    """The same without accents: crèche → creche, أ → ا. People leave them out."""
    apart = unicodedata.normalize("NFD", text)
    if apart == text:
        return text
    return unicodedata.normalize(
        "NFC", "".join(letter for letter in apart if not unicodedata.combining(letter))
    )


def folded_words(text: str) -> tuple[str, ...]:
    """The words of a text that lose an accent when they are folded, folded."""
    words = dict.fromkeys(_WORD.findall(plain(text)))
    return tuple(fold(word) for word in words if fold(word) != word)


def _without_link(word: str, vocabulary: Collection[str]) -> str | None:
    for link in _LINKS:
        stem = word.removesuffix(link) if link else word
        if len(stem) >= _LEAST_PART and stem in vocabulary and (not link or stem != word):
            return stem
    return None


def _query(word: str) -> str:
    """Everything that may stand for a word. Only letters and digits get into it, so that nothing can be injected."""
    whole = [_lexeme(word)]
    if fold(word) != word:
        whole.append(_lexeme(fold(word)))
    synonyms = _lists()["synonyms"].get(fold(word), ())
    whole += [" <-> ".join(_lexeme(part) for part in _WORD.findall(synonym)) for synonym in synonyms]
    for head in _lists()["heads"]:  # boekhoudcursus, kinderverzorgingsopleiding
        stem = word.removesuffix(head)
        if stem != word and len(stem) >= _LEAST_PART:
            whole.append(_lexeme(stem))
            word = stem
            break
    if len(word) >= _LEAST_COMPOUND and word.isalpha():
        # Any two parts: the words of the catalogue are the dictionary, for both must stand in the same text.
        for cut in range(_LEAST_PART, len(word) - _LEAST_PART + 1):
            whole.append(f"({word[:cut]} & {_lexeme(word[cut:])})")
    return " | ".join(f"({part})" for part in whole)


def _lexeme(word: str) -> str:
    safe = "".join(letter for letter in word if letter.isalnum())
    return f"{safe}:*" if len(safe) >= _LEAST_PREFIX else safe


@cache
def _lists() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """`empty`: words that tell nothing. `heads`: what ends the names of courses. `synonyms`: word → words."""
    text = resources.files("data.catalog").joinpath("synonyms.toml").read_text(encoding="utf-8")
    kept = tomllib.loads(text)
    empty = {fold(plain(word)): () for words in kept["empty"].values() for word in words.split()}
    heads = sorted(kept["heads"]["nl"].split(), key=len, reverse=True)
    synonyms = {
        fold(plain(word)): tuple(plain(other.strip()) for other in others.split(","))
        for word, others in kept["synonyms"].items()
    }
    return {"empty": empty, "heads": dict.fromkeys(heads, ()), "synonyms": synonyms}
