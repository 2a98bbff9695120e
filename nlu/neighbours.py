"""The training messages that mean nearly the same as a message, found without comparing it to every one in full."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_SKETCH = 64
"""Directions in which messages differ most; measured, they hold half of what tells messages apart."""

_CANDIDATES = 300
"""Compared in full; measured, 98 % of the twenty nearest are among them."""


class Neighbours:
    """Rows of length one, `examples`, with a short sketch of each."""

    def __init__(self, examples: Floats) -> None:
        self._examples = examples
        _, axes = np.linalg.eigh(examples.T @ examples)  # in ascending order
        self._axes = np.ascontiguousarray(axes[:, -_SKETCH:])
        self._sketches = examples @ self._axes

    def find(self, row: Floats, count: int) -> tuple[NDArray[np.intp], Floats]:
        """The `count` nearest rows (or all, when there are fewer) in no order, and their cosines to `row`."""
        candidates = _largest(self._sketches @ (row @ self._axes), _CANDIDATES)
        likeness = self._examples[candidates] @ row
        nearest = _largest(likeness, count)
        return candidates[nearest], likeness[nearest]


def _largest(values: Floats, count: int) -> NDArray[np.intp]:
    if len(values) <= count:
        return np.arange(len(values))
    return np.argpartition(values, -count)[-count:]
