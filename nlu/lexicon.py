"""Finding listed words and phrases in a message, whatever their endings."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from nlu.text import Token, words


class Lexicon:
    """Normal forms by the phrases that tell them; the first of them goes before the others."""

    def __init__(self, lists: Mapping[str, str]) -> None:
        self._patterns = tuple((value, re.compile(_pattern(phrases))) for value, phrases in lists.items())

    def find(self, tokens: Sequence[Token]) -> list[tuple[str, int, int]]:
        """The values that are told, in their order, each with the first and the last of its tokens."""
        starts, sentence = [0], ""
        for token in tokens:
            sentence += token.fold + " "
            starts.append(len(sentence))
        found = []
        for value, pattern in self._patterns:
            match = pattern.search(sentence)
            if match:
                first = bisect_right(starts, match.start()) - 1
                found.append((value, first, bisect_right(starts, match.end() - 1) - 1))
        return found


def _pattern(phrases: str) -> str:
    """Whole words of the folded message; a star stands for any ending."""
    said = []
    for phrase in phrases.split("|"):
        pieces = [(" ".join(words(piece)), piece.endswith("*")) for piece in phrase.split()]
        said.append(" ".join(re.escape(word) + (r"\w*" if any_end else "") for word, any_end in pieces))
    return rf"(?<!\S)(?:{'|'.join(said)})(?!\S)"
