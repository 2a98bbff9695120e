"""Cutting a message into the pieces that the sentence encoder knows: the likeliest split of a unigram model."""

from __future__ import annotations

from nlu.e5_weights import TokenTable

_SPACE = "▁"
_PENALTY = 10.0  # an unknown character costs this much more than the rarest piece
_LONGEST_PIECE = 16


class Tokenizer:
    """Text → token ids, at most `longest` of them."""

    def __init__(self, table: TokenTable) -> None:
        self._table = table
        self._scores = table.scores.data  # a list would take ten times the memory
        self._unknown_score = float(table.scores.min()) - _PENALTY

    def ids(self, text: str, *, longest: int) -> list[int]:
        """Begin mark, pieces, end mark."""
        pieces = self._split(self._normal(text)[: longest * _LONGEST_PIECE])
        return [self._table.begin, *pieces[: longest - 2], self._table.end]

    def _normal(self, text: str) -> str:
        mapped = text.translate(self._table.normal)
        return _SPACE + _SPACE.join(part for part in mapped.split(" ") if part)

    def _split(self, text: str) -> list[int]:
        """Viterbi: the best way to reach every position, then back from the end."""
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
        return pieces[::-1]
