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

_PREFIX = "query: "
_LONGEST = 96  # tokens


class E5Model:
    """The encoder over its graph. Raises WeightsError when the weights are not installed."""

    def __init__(self, graph: Path) -> None:
        weights = read_weights(weights_path(), only=frozenset({"emb.pos", "emb.type"}))
        self._width = weights.shape.width
        self._rows = weights.rows
        self._tokenizer = Tokenizer(weights.tokens)
        self._places = (
            weights.tensors["emb.pos"].reshape(-1, self._width)[:_LONGEST]
            + weights.tensors["emb.type"][: self._width]
        )
        self._session = open_session(graph)

    @property
    def width(self) -> int:
        return self._width

    def ids(self, text: str) -> list[int]:
        return self._tokenizer.ids(_PREFIX + text, longest=_LONGEST)

    def run(self, ids: Sequence[Sequence[int]]) -> Floats:
        size = len(ids[0])
        packed = self._rows[np.array(ids).reshape(-1)]
        embedded = unpack_rows(packed, self._width).reshape(len(ids), size, self._width) + self._places[:size]
        return np.asarray(self._session.run(None, {"embedded": embedded})[0].mean(axis=1), dtype=np.float32)
