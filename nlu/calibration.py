"""Making probabilities mean what they say, on messages that the model did not see."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nlu.engine import Calibration, log_near, softmax, weigh

Floats = NDArray[np.float32]
Truth = NDArray[np.int64]

_TEMPERATURES = tuple(math.exp(step / 20) for step in range(-60, 41))
_NEWTON_STEPS = 12
_FIRST_SHARE = 0.3
_STEADY = 1e-4  # keeps the steps finite when a view says nothing
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
    """The temperature and the shares of least log-loss, and from where the first view may decide alone."""
    alone = _temperature(views.spelling, truth)
    logits = _logits(views)
    if logits is None:
        return Calibration(spelling=alone, shares=(1 / alone, 0.0, 0.0), sure=0.0)
    kept = Calibration(spelling=alone, shares=_shares(logits, truth), sure=_ALWAYS)
    first = softmax(views.spelling / np.float32(alone))
    return replace(kept, sure=_sure_from(first, probabilities(views, kept), truth))


def probabilities(views: Views, kept: Calibration) -> Floats:
    """What the engine would answer for these scores, one row a message."""
    first = softmax(views.spelling / np.float32(kept.spelling))
    if views.meaning is None or views.near is None:
        return first
    together = softmax(weigh(views.spelling, views.meaning, views.near, kept.shares))
    return np.where(first.max(axis=1, keepdims=True) >= kept.sure, first, together)


def _logits(views: Views) -> Floats | None:
    """All views × messages × labels, as `engine.weigh` adds them up."""
    if views.meaning is None or views.near is None:
        return None
    return np.stack([views.spelling, views.meaning, log_near(views.near)])


def _shares(logits: Floats, truth: Truth) -> tuple[float, float, float]:
    """The weights of least log-loss, by Newton's method: the loss is convex in them. None is below zero."""
    rows = np.arange(len(truth))
    right = logits[:, rows, truth].mean(axis=1)
    shares = np.full(len(logits), _FIRST_SHARE, dtype=np.float32)
    for _ in range(_NEWTON_STEPS):
        believed = softmax(np.einsum("v,vml->ml", shares, logits))
        expected = np.einsum("ml,vml->vm", believed, logits)
        curve = np.einsum("vml,wml->vw", logits * believed, logits, optimize=True) - expected @ expected.T
        steady = curve / len(truth) + _STEADY * np.eye(len(logits))
        step = np.linalg.solve(steady, expected.mean(axis=1) - right)
        shares = np.maximum(shares - step, 0).astype(np.float32)
    first, second, third = map(float, shares)
    return first, second, third


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
