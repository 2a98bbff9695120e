"""Text made safe and comparable: cleaning, folding, tokens with their place in the message."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

MEANING_LENGTH = 2_000
"""Characters that are read for meaning; what comes after adds cost, not sense."""

# Combining marks, tatweel and the two joiners belong to the word they stand in.
_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0640\u200c\u200d"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")
_SPACE = re.compile(r"[^\S\n]+")
_LETTERS = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ß": "ss", "œ": "oe", "æ": "ae", "ə": "e", "ð": "d", "þ": "th"}
    | {
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ک": "ك",
        "ة": "ه",
        "ۀ": "ه",
        "ە": "ه",
        "ـ": "",
        "\u200c": "",
        "\u200d": "",
    }
    | {"’": "'", "‘": "'", "`": "'", "´": "'", "–": "-", "—": "-"}
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word: as written, folded for comparing, and its span in the message."""

    text: str
    fold: str
    start: int
    end: int


def clean(text: str) -> str:
    """The message without what cannot be stored or shown safely, in NFC, at most `MEANING_LENGTH` characters.

    Lone surrogates, NUL, control characters and direction overrides go; runs of spaces become one.
    """
    text = text[: 8 * MEANING_LENGTH]
    kept = "".join(" " if char in "\t\r\v\f" else char for char in text if _is_kept(char))
    return _SPACE.sub(" ", unicodedata.normalize("NFC", kept)).strip()[:MEANING_LENGTH]


def fold(text: str) -> str:
    """Lower case without diacritics; letters that only differ by keyboard (ى/ي, ı/i) become one."""
    if text.isascii():
        return text.lower()
    lowered = text.lower().translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_LETTERS)


@lru_cache(maxsize=64)  # of the messages being read: one is cut in many places
def tokens(text: str) -> tuple[Token, ...]:
    """The words of a message, in order. Hyphens, dots and apostrophes separate words."""
    return tuple(
        Token(match.group(), _fold_word(match.group()), match.start(), match.end())
        for match in _WORD.finditer(text)
    )


def words(text: str) -> list[str]:
    """The folded words of a message, without their spans."""
    return [_fold_word(match) for match in _WORD.findall(text)]


@lru_cache(maxsize=20_000)
def _fold_word(word: str) -> str:
    return fold(word)


@lru_cache(maxsize=4_096)
def _is_kept(char: str) -> bool:
    if char in "\n\t\r\v\f\u200c\u200d":
        return True
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
