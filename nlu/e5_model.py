"""multilingual-e5-small as int8 ONNX graphs (`e5_graph`), word embeddings and tokenizer straight from the weights.

The 96,000,000 numbers of the word embeddings stay packed on disk; only the rows of a message are unpacked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nlu.e5_tokens import Tokenizer
from nlu.e5_weights import Floats, read_weights, unpack_rows, weights_path
from nlu.embedder import unit
from nlu.onnx_session import open_session

LONGEST = 96  # tokens
INPUT = "embedded"  # what the graphs call what they are given
_PREFIX = (
    "query: "  # what the model was made to read first; without it a fifth faster, and up to two points worse
)

_COMMON = 1e-3
"""A piece that is said this often (one in a thousand) weighs half; measured between 1e-4 and no weighing at all."""

_LEAST = 1e-6

_PEAKS = np.float32(2)
"""What the largest of each number over the tokens weighs beside their mean, in a glance. A mean forgets what one word
says loudly; measured on HWU64, both together bring a quarter of a point beside the whole row."""


class E5Input:
    """The part before the graph: text → tokens → embedded tokens. Raises WeightsError without the weights."""

    def __init__(self) -> None:
        weights = read_weights(weights_path(), only=frozenset({"emb.pos", "emb.type"}))
        self.width = weights.shape.width
        self._rows = weights.rows
        self._tokenizer = Tokenizer(weights.tokens)
        self._places = (
            weights.tensors["emb.pos"].reshape(-1, self.width)[:LONGEST]
            + weights.tensors["emb.type"][: self.width]
        )

        often = np.exp(np.asarray(weights.tokens.scores, dtype=np.float32))
        self._telling = (_COMMON / (_COMMON + often)).astype(np.float32)
        self._head = len(self._tokenizer.ids(_PREFIX, longest=LONGEST)) - 1

    def ids(self, text: str) -> list[int]:
        return self._tokenizer.ids(_PREFIX + text, longest=LONGEST)

    def telling(self, ids: Sequence[Sequence[int]]) -> Floats:
        """Messages × tokens: how much each says. Rare pieces say most; the prefix and the marks at the ends nothing."""
        shares = self._telling[np.array(ids)]
        shares[:, : self._head] = 0
        shares[:, -1] = 0
        shares += _LEAST  # of a message without words all tokens count alike
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float32)

    def peaks(self, states: Floats) -> Floats:
        """The largest of each number over the tokens of a message; of one without words, over its marks."""
        said = states[:, self._head : -1]
        return np.asarray((said if said.shape[1] else states).max(axis=1))

    def embedded(self, ids: Sequence[Sequence[int]]) -> Floats:
        """Messages × tokens × width, of messages with equally many tokens."""
        size = len(ids[0])
        packed = self._rows[np.array(ids).reshape(-1)]
        return unpack_rows(packed, self.width).reshape(len(ids), size, self.width) + self._places[:size]


class E5Model:
    """The encoder over its graphs, one after the other. Raises WeightsError when the weights are not installed."""

    def __init__(self, first: Path, *rest: Path) -> None:
        self._input = E5Input()
        self._first = open_session(first, fuse=False)
        self._rest = [open_session(graph, fuse=False) for graph in rest]

    @property
    def width(self) -> int:
        return self._input.width

    @property
    def glance_width(self) -> int:
        return 2 * self._input.width if self._rest else 0

    def ids(self, text: str) -> list[int]:
        return self._input.ids(text)

    def run(self, ids: Sequence[Sequence[int]]) -> Floats:
        return self.go_on(ids, self.start(ids))

    def start(self, ids: Sequence[Sequence[int]]) -> Floats:
        return _states(self._first, self._input.embedded(ids))

    def glance(self, ids: Sequence[Sequence[int]], states: Floats) -> Floats:
        means, peaks = unit(self._means(ids, states)), unit(self._input.peaks(states))
        return np.concatenate([means, peaks * _PEAKS], axis=1)

    def _means(self, ids: Sequence[Sequence[int]], states: Floats) -> Floats:
        return np.asarray(np.einsum("mtw,mt->mw", states, self._input.telling(ids)), dtype=np.float32)

    def go_on(self, ids: Sequence[Sequence[int]], states: Floats) -> Floats:
        for session in self._rest:
            states = _states(session, states)
        return self._means(ids, states)


def _states(session: Any, given: Floats) -> Floats:
    return np.asarray(session.run(None, {INPUT: given})[0], dtype=np.float32)
