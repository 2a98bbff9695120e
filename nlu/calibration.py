"""Making probabilities mean what they say, on messages that the model did not see."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nlu.engine import Calibration, softmax, weigh

Floats = NDArray[np.float32]
Truth = NDArray[np.int64]

_TEMPERATURES = tuple(math.exp(step / 20) for step in range(-60, 41))
_ALWAYS = 1.01  # a probability that is never reached: every message is embedded
_LEAST_SURE = 0.9
_ALLOWED_LOSS = 0.001  # accuracy that skipping the embedding may cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """Held-out scores: logits by spelling, and, with embeddings, logits by meaning and shares of near examples."""

    spelling: Floats
    meaning: Floats | None = None
    near: Floats | None = None


def fit(views: Views, truth: Truth) -> Calibration:
    """Temperatures of least log-loss for either view and for all, and from where the first may decide alone."""
    by_spelling = _temperature(views.spelling, truth)
    if views.meaning is None or views.near is None:
        return Calibration(spelling=by_spelling, meaning=1.0, both=1.0, sure=0.0)
    by_meaning = _temperature(views.meaning, truth)
    first = softmax(views.spelling / np.float32(by_spelling))
    modest = np.log(
        weigh(first, softmax(views.meaning / np.float32(by_meaning)), views.near, 1.0) + np.float32(1e-9)
    )
    kept = Calibration(
        spelling=by_spelling, meaning=by_meaning, both=_temperature(modest, truth), sure=_ALWAYS
    )
    together = probabilities(views, kept)
    return replace(kept, sure=_sure_from(first, together, truth))


def probabilities(views: Views, kept: Calibration) -> Floats:
    """What the engine would answer for these scores, one row a message."""
    first = softmax(views.spelling / np.float32(kept.spelling))
    if views.meaning is None or views.near is None:
        return first
    together = weigh(first, softmax(views.meaning / np.float32(kept.meaning)), views.near, kept.both)
    return np.where(first.max(axis=1, keepdims=True) >= kept.sure, first, together)


def calibration_error(believed: Floats, truth: Truth, bins: int = 15) -> float:
    """Expected calibration error: how far confidence and accuracy lie apart, averaged over bins of confidence."""
    confidence = believed.max(axis=1)
    right = believed.argmax(axis=1) == truth
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = (
        abs(right[which == b].mean() - confidence[which == b].mean()) * (which == b).mean()
        for b in set(which)
    )
    return float(sum(gaps))


def _temperature(logits: Floats, truth: Truth) -> float:
    rows = np.arange(len(truth))

    def loss(temperature: float) -> float:
        return float(-np.log(softmax(logits / np.float32(temperature))[rows, truth] + 1e-9).mean())

    return min(_TEMPERATURES, key=loss)


def _sure_from(first: Floats, both: Floats, truth: Truth) -> float:
    """The lowest probability from which the first view alone costs no more than `_ALLOWED_LOSS` of accuracy."""
    sureness = first.max(axis=1)
    lost = (both.argmax(axis=1) == truth).astype(int) - (first.argmax(axis=1) == truth).astype(int)
    for threshold in np.linspace(_LEAST_SURE, 0.999, 34):
        if lost[sureness >= threshold].sum() <= _ALLOWED_LOSS * len(truth):
            return float(threshold)
    return _ALWAYS
