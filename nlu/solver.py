"""Fitting a softmax layer. The one module that needs scikit-learn, so that only training loads it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from nlu.engine import Linear
from nlu.ngrams import Floats, Indices

_STRENGTH = 10.0  # inverse of the regularisation
_PASSES = 120


def fit_sparse(
    rows: Sequence[tuple[Indices, Floats]], width: int, wanted: Sequence[str]
) -> tuple[tuple[str, ...], Linear]:
    """The labels, sorted, and the layer that tells them apart from sparse rows of `width` columns."""
    ends = np.cumsum([0] + [len(columns) for columns, _ in rows])
    columns = np.concatenate([columns for columns, _ in rows])
    values = np.concatenate([values for _, values in rows])
    return _fit(csr_matrix((values, columns, ends), shape=(len(rows), width)), wanted)


def fit_dense(matrix: Floats, wanted: Sequence[str]) -> tuple[tuple[str, ...], Linear]:
    """The same for a dense matrix, one row a message."""
    return _fit(matrix, wanted)


def _fit(matrix: csr_matrix | Floats, wanted: Sequence[str]) -> tuple[tuple[str, ...], Linear]:
    labels = tuple(sorted(set(wanted)))
    if len(labels) == 1:  # nothing to tell apart
        weights = np.zeros((matrix.shape[1], 1), dtype=np.float16)
        return labels, Linear(weights=weights, bias=np.zeros(1, dtype=np.float32))
    model = LogisticRegression(C=_STRENGTH, max_iter=_PASSES, tol=1e-3).fit(matrix, list(wanted))
    coefficients, intercept = model.coef_, model.intercept_
    if len(labels) == 2:  # scikit-learn keeps one row for two classes
        coefficients, intercept = (
            np.vstack([-coefficients, coefficients]) / 2,
            np.array([-1, 1]) * intercept / 2,
        )
    return labels, Linear(weights=coefficients.T.astype(np.float16), bias=intercept.astype(np.float32))
