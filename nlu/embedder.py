"""Sentence embeddings: what a message means, in any of a hundred languages, as 384 numbers.

multilingual-e5-small as an int8 ONNX graph (`e5_graph`), word embeddings and tokenizer straight from the weight file.
Runs on one core; threads may share it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime

from nlu.e5_tokens import Tokenizer
from nlu.e5_weights import Floats, read_weights, unpack_rows, weights_path

FILE_NAME = "e5-small.int8.onnx"
_PREFIX = "query: "
_LONGEST = 96  # tokens; the head of a longer message says what it is about
_THREADS = 2
_BATCH = 32


class Embedder:
    """Embeds cleaned messages. Raises WeightsError when the weights are not installed."""

    def __init__(self, graph: Path) -> None:
        weights = read_weights(weights_path(), only=frozenset({"emb.pos", "emb.type"}))
        self._width = weights.shape.width
        self._rows = weights.rows
        self._tokenizer = Tokenizer(weights.tokens)
        self._places = (
            weights.tensors["emb.pos"].reshape(-1, self._width)[:_LONGEST]
            + weights.tensors["emb.type"][: self._width]
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])

    @property
    def width(self) -> int:
        """Numbers in an embedding."""
        return self._width

    def embed(self, text: str) -> Floats:
        """The embedding of one message, of length one."""
        return np.asarray(self._run([self._ids(text)])[0], dtype=np.float32)

    def embed_all(self, texts: Sequence[str], *, tell: Callable[[float], None] = lambda _: None) -> Floats:
        """One row a message. Messages of equal length go together, and the runtime frees two threads for two cores."""
        rows = np.zeros((len(texts), self._width), dtype=np.float32)
        by_length: dict[int, list[int]] = {}
        ids = [self._ids(text) for text in texts]
        for index, row in enumerate(ids):
            by_length.setdefault(len(row), []).append(index)
        batches = [
            group[i : i + _BATCH] for group in by_length.values() for i in range(0, len(group), _BATCH)
        ]
        done = 0
        with ThreadPoolExecutor(_THREADS) as pool:
            for batch, found in zip(
                batches, pool.map(lambda batch: self._run([ids[i] for i in batch]), batches), strict=True
            ):
                rows[batch] = found
                done += len(batch)
                tell(done / len(texts))
        return rows

    def _ids(self, text: str) -> list[int]:
        return self._tokenizer.ids(_PREFIX + text, longest=_LONGEST)

    def _run(self, ids: list[list[int]]) -> Floats:
        """Embeddings of messages with equally many tokens."""
        size = len(ids[0])
        packed = self._rows[np.array(ids).reshape(-1)]
        embedded = unpack_rows(packed, self._width).reshape(len(ids), size, self._width) + self._places[:size]
        mean = np.asarray(self._session.run(None, {"embedded": embedded})[0]).mean(axis=1)
        norm = np.sqrt((mean * mean).sum(axis=1, keepdims=True))
        return np.asarray(mean / np.maximum(norm, 1e-6), dtype=np.float32)
