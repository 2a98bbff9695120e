"""Cutting a message into the pieces that the sentence encoder knows: the likeliest split of a unigram model."""

from __future__ import annotations

from functools import lru_cache

from nlu.e5_weights import TokenTable

_SPACE = "▁"
_PENALTY = 10.0  # an unknown character costs this much more than the rarest piece
_LONGEST_PIECE = 16
_KEPT = 8_192  # words of which the split is remembered: people use few, and use them often


class Tokenizer:
    """Text → token ids, at most `longest` of them."""

    def __init__(self, table: TokenTable) -> None:
        self._table = table
        self._scores = table.scores.data  # a list would take ten times the memory
        self._unknown_score = float(table.scores.min()) - _PENALTY
        self._split = lru_cache(_KEPT)(self._find_split)

    def ids(self, text: str, *, longest: int) -> list[int]:
        """Begin mark, pieces, end mark."""
        _, *spoken = self._normal(text)[: longest * _LONGEST_PIECE].split(_SPACE)
        pieces = [piece for word in spoken for piece in self._split(_SPACE + word)]
        return [self._table.begin, *pieces[: longest - 2], self._table.end]

    def _normal(self, text: str) -> str:
        mapped = text.translate(self._table.normal)
        return _SPACE + _SPACE.join(part for part in mapped.split(" ") if part)

    def _find_split(self, text: str) -> tuple[int, ...]:
        """Viterbi over a word: the best way to reach every position, then back from the end. No piece goes over its edge."""
        size = len(text)
        best = [0.0] + [-1e30] * size
        came = [(0, self._table.unknown)] * (size + 1)
        known, scores, unknown = self._table.pieces, self._scores, self._table.unknown
        for start in range(size):
            reached = best[start]
            for end in range(start + 1, min(start + _LONGEST_PIECE, size) + 1):
                piece = known.get(text[start:end])
                if piece is not None and piece != unknown and reached + scores[piece] > best[end]:
                    best[end] = reached + scores[piece]
                    came[end] = (start, piece)
            if reached + self._unknown_score > best[start + 1]:
                best[start + 1] = reached + self._unknown_score
                came[start + 1] = (start, unknown)
        pieces: list[int] = []
        position = size
        while position:
            position, piece = came[position]
            if piece != unknown or pieces[-1:] != [unknown]:  # unknown characters in a row are one
                pieces.append(piece)
        return tuple(reversed(pieces))
