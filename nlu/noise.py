"""Misspelt copies of training messages, as thumbs, spelling and foreign keyboards make them. Deterministic."""

from __future__ import annotations

import random
import zlib

from nlu.text import fold

_NEIGHBOURS = {
    "a": "qzs", "b": "vn", "c": "xvk", "d": "sfe", "e": "rwd", "f": "gdr", "g": "fht", "h": "gjy", "i": "uoj", "j": "hki",
    "k": "jlc", "l": "kmo", "m": "nl", "n": "bm", "o": "ipu", "p": "ol", "q": "a", "r": "te", "s": "adz", "t": "ry",
    "u": "yio", "v": "cb", "w": "ea", "x": "zc", "y": "tu", "z": "sx",
}  # fmt: skip
_LEAST_LETTERS = 4


def rough(text: str) -> str:
    """`text` as typed in haste: without diacritics and capitals where it has any, else with a slip or two."""
    plain = fold(text)
    return plain if plain != text.lower() else misspell(plain, random.Random(zlib.crc32(text.encode())))


def misspell(text: str, chance: random.Random) -> str:
    """`text` with one or two words misspelt: a letter dropped, doubled, swapped or hit beside. Short words stay."""
    words = text.split(" ")
    long = [index for index, word in enumerate(words) if len(word) >= _LEAST_LETTERS and word.isalpha()]
    for index in chance.sample(long, min(len(long), chance.choice((1, 1, 2)))):
        words[index] = _misspell_word(words[index], chance)
    return " ".join(words)


def _misspell_word(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at] + word[at:]
    if kind == 2:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    beside = _NEIGHBOURS.get(word[at].lower(), word[at])
    return word[:at] + chance.choice(beside) + word[at + 1 :]
