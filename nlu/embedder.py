"""Sentence embeddings: what a message means, in any language of the encoder, as a row of numbers of length one.

An encoder may give a row halfway too, at half the price: a glance. Most messages need no more (`engine`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LONGEST_TEXT = 2_000
"""Characters that are embedded; the head of a longer message says what it is about."""

_BATCH = 32
_HALFWAY = 32  # messages of which the hidden states are kept between the glance and the rest: 25 kB each


class SentenceModel(Protocol):
    """A loaded encoder: text → token ids, and the mean of the hidden states of messages with equally many tokens."""

    @property
    def width(self) -> int: ...

    def ids(self, text: str) -> list[int]: ...

    def run(self, ids: Sequence[Sequence[int]]) -> Floats: ...


@runtime_checkable
class TwoStepModel(SentenceModel, Protocol):
    """An encoder that can stop halfway: `start` gives hidden states, `glance` their row, `go_on` the whole row."""

    @property
    def glance_width(self) -> int:
        """Numbers in a glance; 0 when this one has none after all."""
        ...

    def start(self, ids: Sequence[Sequence[int]]) -> Floats: ...

    def glance(self, ids: Sequence[Sequence[int]], states: Floats) -> Floats: ...

    def go_on(self, ids: Sequence[Sequence[int]], states: Floats) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Rows:
    """Embedded messages: `whole` has one row each, in its last axis; `glance` as well, where the encoder gives any."""

    whole: Floats
    glance: Floats | None

    def __len__(self) -> int:
        return len(self.whole)

    def __getitem__(self, chosen: Any) -> Rows:
        """Some of the messages, by whatever numpy takes for the first axes."""
        return Rows(self.whole[chosen], None if self.glance is None else self.glance[chosen])


class Embedder:
    """Embeds messages with a model in this process, on at most `threads` cores. Threads may share it."""

    def __init__(self, model: SentenceModel, *, threads: int = 2) -> None:
        self._model = model
        self._two_steps = model if isinstance(model, TwoStepModel) and model.glance_width else None
        self._threads = threads
        self._halfway: OrderedDict[str, tuple[list[int], Floats]] = OrderedDict()
        self._keeping = threading.Lock()

    @property
    def width(self) -> int:
        """Numbers in an embedding."""
        return self._model.width

    @property
    def glance_width(self) -> int:
        """Numbers in a glance; 0 when the encoder gives none."""
        return self._two_steps.glance_width if self._two_steps is not None else 0

    def embed(self, text: str) -> Floats:
        """The embedding of one message; of one that was glanced at, only the rest is computed."""
        text = harmless(text)
        with self._keeping:
            kept = self._halfway.pop(text, None)
        if kept is not None and self._two_steps is not None:
            ids, states = kept
            return _lone(self._two_steps.go_on([ids], states))
        return _lone(self._model.run([self._model.ids(text)]))

    def glance(self, text: str) -> Floats:
        """The row halfway of one message. Raises ValueError when the encoder gives none."""
        if self._two_steps is None:
            raise ValueError("this encoder gives no glance")
        text = harmless(text)
        ids = self._model.ids(text)
        states = self._two_steps.start([ids])
        with self._keeping:
            self._halfway[text] = ids, states
            if len(self._halfway) > _HALFWAY:
                self._halfway.popitem(last=False)
        return _lone(self._two_steps.glance([ids], states))

    def ask(self, text: str, *, glance: bool = False) -> Future[Floats]:
        """As `embed` or `glance`, in the form of what embeds elsewhere: here it is done at once."""
        return at_once(self.glance(text) if glance else self.embed(text))

    def embed_all(self, texts: Sequence[str], *, tell: Callable[[float], None] = lambda _: None) -> Floats:
        """One row a message: its glance, if there are any, and then its embedding, side by side.

        Messages of equal length go together, and the runtime frees the threads for the cores.
        """
        rows = np.zeros((len(texts), self.glance_width + self.width), dtype=np.float32)
        ids = [self._model.ids(harmless(text)) for text in texts]
        batches = _of_equal_length(ids)
        done = 0
        with ThreadPoolExecutor(self._threads) as pool:
            runs = pool.map(lambda batch: self._run([ids[i] for i in batch]), batches)
            for batch, found in zip(batches, runs, strict=True):
                rows[batch] = found
                done += len(batch)
                tell(done / len(texts))
        return rows

    def parted(self, rows: Floats) -> Rows:
        """What `embed_all` put side by side, apart."""
        cut = self.glance_width
        return Rows(whole=rows[..., cut:], glance=rows[..., :cut] if cut else None)

    def _run(self, ids: Sequence[Sequence[int]]) -> Floats:
        if self._two_steps is None:
            return unit(self._model.run(ids))
        states = self._two_steps.start(ids)
        parts = [self._two_steps.glance(ids, states), self._two_steps.go_on(ids, states)]
        return np.concatenate([unit(part) for part in parts], axis=1)


def at_once(row: Floats) -> Future[Floats]:
    """A row that is there already, in the form of one to come."""
    answer: Future[Floats] = Future()
    answer.set_result(row)
    return answer


def harmless(text: str) -> str:
    """The head of a text without what encoders choke on: NUL, and surrogates that stand alone."""
    return text[:LONGEST_TEXT].replace("\0", "").encode(errors="ignore").decode()


def unit(rows: Floats) -> Floats:
    """Rows of length one."""
    lengths = np.sqrt((rows * rows).sum(axis=-1, keepdims=True))
    return np.asarray(rows / np.maximum(lengths, 1e-6), dtype=np.float32)


def _lone(rows: Floats) -> Floats:
    return np.asarray(unit(rows)[0], dtype=np.float32)


def _of_equal_length(ids: Sequence[Sequence[int]]) -> list[list[int]]:
    """Positions of messages with equally many tokens, `_BATCH` at most together."""
    by_length: dict[int, list[int]] = {}
    for index, row in enumerate(ids):
        by_length.setdefault(len(row), []).append(index)
    return [group[i : i + _BATCH] for group in by_length.values() for i in range(0, len(group), _BATCH)]
