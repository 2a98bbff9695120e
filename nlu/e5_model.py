"""multilingual-e5-small as an int8 ONNX graph (`e5_graph`), word embeddings and tokenizer straight from the weights.

The 96,000,000 numbers of the word embeddings stay packed on disk; only the rows of a message are unpacked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlu.e5_tokens import Tokenizer
from nlu.e5_weights import Floats, read_weights, unpack_rows, weights_path
from nlu.onnx_session import open_session

LONGEST = 96  # tokens
_PREFIX = (
    "query: "  # what the model was made to read first; without it a fifth faster, and up to two points worse
)

_COMMON = 1e-3
"""A piece that is said this often (one in a thousand) weighs half; measured between 1e-4 and no weighing at all."""

_LEAST = 1e-6


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

    def embedded(self, ids: Sequence[Sequence[int]]) -> Floats:
        """Messages × tokens × width, of messages with equally many tokens."""
        size = len(ids[0])
        packed = self._rows[np.array(ids).reshape(-1)]
        return unpack_rows(packed, self.width).reshape(len(ids), size, self.width) + self._places[:size]


class E5Model:
    """The encoder over its graph. Raises WeightsError when the weights are not installed."""

    def __init__(self, graph: Path) -> None:
        self._input = E5Input()
        self._session = open_session(graph)

    @property
    def width(self) -> int:
        return self._input.width

    def ids(self, text: str) -> list[int]:
        return self._input.ids(text)

    def run(self, ids: Sequence[Sequence[int]]) -> Floats:
        states = self._session.run(None, {"embedded": self._input.embedded(ids)})[0]
        weighed = np.einsum("mtw,mt->mw", states, self._input.telling(ids))
        return np.asarray(weighed, dtype=np.float32)
