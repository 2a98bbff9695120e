"""Sentence embeddings: what a message means, in any language of the encoder, as a row of numbers of length one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LONGEST_TEXT = 2_000
"""Characters that are embedded; the head of a longer message says what it is about."""

_BATCH = 32


class SentenceModel(Protocol):
    """A loaded encoder: text → token ids, and the mean of the hidden states of messages with equally many tokens."""

    @property
    def width(self) -> int: ...

    def ids(self, text: str) -> list[int]: ...

    def run(self, ids: Sequence[Sequence[int]]) -> Floats: ...


class Embedder:
    """Embeds messages with a model in this process, on at most `threads` cores. Threads may share it."""

    def __init__(self, model: SentenceModel, *, threads: int = 2) -> None:
        self._model = model
        self._threads = threads

    @property
    def width(self) -> int:
        """Numbers in an embedding."""
        return self._model.width

    def embed(self, text: str) -> Floats:
        """The embedding of one message."""
        return np.asarray(self._run([self._model.ids(harmless(text))])[0], dtype=np.float32)

    def embed_all(self, texts: Sequence[str], *, tell: Callable[[float], None] = lambda _: None) -> Floats:
        """One row a message. Messages of equal length go together, and the runtime frees the threads for the cores."""
        rows = np.zeros((len(texts), self.width), dtype=np.float32)
        ids = [self._model.ids(harmless(text)) for text in texts]
        batches = _of_equal_length(ids)
        if self._threads == 1 or len(batches) == 1:
            for batch in batches:
                rows[batch] = self._run([ids[i] for i in batch])
            return rows
        done = 0
        with ThreadPoolExecutor(self._threads) as pool:
            runs = pool.map(lambda batch: self._run([ids[i] for i in batch]), batches)
            for batch, found in zip(batches, runs, strict=True):
                rows[batch] = found
                done += len(batch)
                tell(done / len(texts))
        return rows

    def _run(self, ids: Sequence[Sequence[int]]) -> Floats:
        mean = self._model.run(ids)
        norm = np.sqrt((mean * mean).sum(axis=1, keepdims=True))
        return np.asarray(mean / np.maximum(norm, 1e-6), dtype=np.float32)


def harmless(text: str) -> str:
    """The head of a text without what encoders choke on: NUL, and surrogates that stand alone."""
    return text[:LONGEST_TEXT].replace("\0", "").encode(errors="ignore").decode()


def _of_equal_length(ids: Sequence[Sequence[int]]) -> list[list[int]]:
    """Positions of messages with equally many tokens, `_BATCH` at most together."""
    by_length: dict[int, list[int]] = {}
    for index, row in enumerate(ids):
        by_length.setdefault(len(row), []).append(index)
    return [group[i : i + _BATCH] for group in by_length.values() for i in range(0, len(group), _BATCH)]
