"""Fitting a softmax layer in small batches: AdaGrad on sparse rows, Adam on dense ones.

They take seconds where L-BFGS takes minutes, and measured a little better on unseen messages. The one module that needs scipy, so that only training loads it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from nlu.engine import Linear, softmax
from nlu.ngrams import Floats, Indices

_PASSES = 5
_BATCH = 256
_STEP = 1.5
_DECAY = 1e-5
_SEED = 7
_DENSE_PASSES = 20
_DENSE_BATCH = 512
_DENSE_STEP = 0.05


def fit_sparse(
    rows: Sequence[tuple[Indices, Floats]], width: int, wanted: Sequence[str]
) -> tuple[tuple[str, ...], Linear]:
    """The labels, sorted, and the layer that tells them apart from sparse rows of `width` columns."""
    labels = tuple(sorted(set(wanted)))
    place = {label: index for index, label in enumerate(labels)}
    truth = np.array([place[label] for label in wanted])
    weights = np.zeros((width, len(labels)), dtype=np.float32)
    seen = np.full((width, len(labels)), 1e-4, dtype=np.float32)
    bias = np.zeros(len(labels), dtype=np.float32)
    bias_seen = np.full(len(labels), 1e-4, dtype=np.float32)
    chance = np.random.default_rng(_SEED)
    for _ in range(_PASSES):
        order = chance.permutation(len(rows))
        for start in range(0, len(rows), _BATCH):
            batch = order[start : start + _BATCH]
            matrix, used = _compact([rows[i] for i in batch])
            error = softmax(matrix @ weights[used] + bias)
            error[np.arange(len(batch)), truth[batch]] -= 1
            error /= len(batch)
            slope = matrix.T @ error + _DECAY * weights[used]
            seen[used] += slope**2
            weights[used] -= _STEP * slope / np.sqrt(seen[used])
            slope_of_bias = error.sum(axis=0)
            bias_seen += slope_of_bias**2
            bias -= _STEP * slope_of_bias / np.sqrt(bias_seen)
    return labels, Linear(weights=weights.astype(np.float16), bias=bias)


def fit_dense(matrix: Floats, wanted: Sequence[str]) -> tuple[tuple[str, ...], Linear]:
    """The same for dense rows, one a message: Adam, with steps that shrink to nothing."""
    labels = tuple(sorted(set(wanted)))
    place = {label: index for index, label in enumerate(labels)}
    truth = np.array([place[label] for label in wanted])
    inputs = np.concatenate([matrix, np.ones((len(matrix), 1), dtype=np.float32)], axis=1)
    weights = np.zeros((inputs.shape[1], len(labels)), dtype=np.float32)
    speed, size = np.zeros_like(weights), np.zeros_like(weights)
    chance = np.random.default_rng(_SEED)
    steps = _DENSE_PASSES * -(-len(inputs) // _DENSE_BATCH)
    step = 0
    for _ in range(_DENSE_PASSES):
        order = chance.permutation(len(inputs))
        for start in range(0, len(inputs), _DENSE_BATCH):
            batch = order[start : start + _DENSE_BATCH]
            error = softmax(inputs[batch] @ weights)
            error[np.arange(len(batch)), truth[batch]] -= 1
            slope = inputs[batch].T @ error / len(batch) + _DECAY * weights
            speed += 0.1 * (slope - speed)
            size += 0.001 * (slope**2 - size)
            step += 1
            pace = _DENSE_STEP * (1 - step / steps)
            weights -= pace * (speed / (1 - 0.9**step)) / (np.sqrt(size / (1 - 0.999**step)) + 1e-8)
    return labels, Linear(weights=weights[:-1].copy(), bias=weights[-1].copy())


def _compact(rows: list[tuple[Indices, Floats]]) -> tuple[csr_matrix, Indices]:
    """A batch over only the columns that occur in it, and which columns those are."""
    columns = np.concatenate([columns for columns, _ in rows])
    values = np.concatenate([values for _, values in rows])
    used, local = np.unique(columns, return_inverse=True)
    ends = np.cumsum([0] + [len(columns) for columns, _ in rows])
    return csr_matrix((values, local, ends), shape=(len(rows), len(used))), used
