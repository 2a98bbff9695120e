"""Fitting a softmax layer: AdaGrad in small batches on sparse rows, L-BFGS on dense ones.

AdaGrad takes seconds where a batch method takes minutes, and measured better on unseen messages. The one module that needs scipy, so that only training loads it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from nlu.engine import Linear, softmax
from nlu.ngrams import Floats, Indices

_PASSES = 5
_BATCH = 256
_STEP = 1.5
_DECAY = 1e-5
_SEED = 7
_STRENGTH = 10.0  # inverse of the regularisation of a dense layer
_STEPS = 150


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
    """The same for dense rows, one a message."""
    labels = tuple(sorted(set(wanted)))
    place = {label: index for index, label in enumerate(labels)}
    truth = np.array([place[label] for label in wanted])
    width, rows = matrix.shape[1], np.arange(len(truth))

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(width + 1, len(labels)).astype(np.float32)
        believed = softmax(matrix @ weights[:-1] + weights[-1])
        cost = -float(np.log(believed[rows, truth] + 1e-12).sum()) + float((weights[:-1] ** 2).sum()) / (2 * _STRENGTH)
        believed[rows, truth] -= 1
        slope = np.concatenate([matrix.T @ believed + weights[:-1] / _STRENGTH, believed.sum(axis=0, keepdims=True)])
        return cost, slope.astype(np.float64).reshape(-1)

    start = np.zeros((width + 1) * len(labels))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    weights = found.reshape(width + 1, len(labels)).astype(np.float32)
    return labels, Linear(weights=weights[:-1].copy(), bias=weights[-1].copy())


def _compact(rows: list[tuple[Indices, Floats]]) -> tuple[csr_matrix, Indices]:
    """A batch over only the columns that occur in it, and which columns those are."""
    columns = np.concatenate([columns for columns, _ in rows])
    values = np.concatenate([values for _, values in rows])
    used, local = np.unique(columns, return_inverse=True)
    ends = np.cumsum([0] + [len(columns) for columns, _ in rows])
    return csr_matrix((values, local, ends), shape=(len(rows), len(used))), used
