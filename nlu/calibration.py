"""Making probabilities mean what they say, on messages that the model did not see."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nlu.learnt import ALWAYS, Calibration, add, log_near, softmax, weigh

Floats = NDArray[np.float32]
Truth = NDArray[np.int64]

_TEMPERATURES = tuple(math.exp(step / 20) for step in range(-60, 41))
_NEWTON_STEPS = 12
_FIRST_SHARE = 0.3
_STEADY = 1e-4  # keeps the steps finite when a view says nothing
_LEAST_SURE, _LEAST_SURE_AT_A_GLANCE = 0.9, 0.85
_NOT_FAR = 0.7
"""Share of our own messages that a glance may settle: much of what is none of ours lies beyond, and is looked at in full."""

_ALLOWED_LOSS, _ALLOWED_LOSS_AT_A_GLANCE = 0.001, 0.0025  # accuracy that a first view deciding alone may cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """Held-out scores: logits by spelling, and, with embeddings, logits by meaning and shares of near examples.

    `clouds` are those by clouds of meaning, and `distance` how far from them; `glance` holds logits by the embedding
    halfway, where the encoder gives it, and `glance_distance` how far that lies from its clouds.
    """

    spelling: Floats
    glance: Floats | None = None
    glance_distance: Floats | None = None
    meaning: Floats | None = None
    clouds: Floats | None = None
    distance: Floats | None = None
    near: Floats | None = None

    def together(self, shares: Sequence[float]) -> Floats | None:
        """Logits by all views, each weighed by its share; None without embeddings."""
        if self.meaning is None or self.clouds is None or self.near is None:
            return None
        return weigh(self.spelling, self.meaning, self.clouds, self.near, shares)


def fit(views: Views, truth: Truth) -> Calibration:
    """The temperature and the shares of least log-loss, and from where the first views may decide alone."""
    alone = _temperature(views.spelling, truth)
    kept = Calibration(spelling=alone, shares=(1 / alone, 0.0, 0.0, 0.0), sure=0.0)
    logits = _logits(views)
    if logits is None:
        return kept
    kept = replace(kept, shares=_shares(logits, truth), sure=ALWAYS)
    if views.distance is not None:
        kept = replace(kept, distance=max(float(views.distance.std()), _STEADY))
    all_views = probabilities(views, kept)
    spelling = softmax(views.spelling / np.float32(alone))
    kept = replace(kept, sure=_sure_from(spelling, all_views, truth, least=_LEAST_SURE, loss=_ALLOWED_LOSS))
    if views.glance is None:
        return kept
    first = np.stack([views.spelling, views.glance])
    kept = replace(kept, glance_shares=_shares(first, truth))
    if views.glance_distance is not None:
        kept = replace(kept, glance_far=float(np.quantile(views.glance_distance, _NOT_FAR)))
    seen = softmax(add(first, kept.glance_shares))
    return replace(
        kept,
        glance_sure=_sure_from(
            seen, all_views, truth, least=_LEAST_SURE_AT_A_GLANCE, loss=_ALLOWED_LOSS_AT_A_GLANCE
        ),
    )


def probabilities(views: Views, kept: Calibration) -> Floats:
    """What the engine would answer for these scores, one row a message, if nothing grave is among them."""
    spelling = softmax(views.spelling / np.float32(kept.spelling))
    together = views.together(kept.shares)
    if together is None:
        return spelling
    found = softmax(together)
    if views.glance is not None:
        seen = softmax(add((views.spelling, views.glance), kept.glance_shares))
        settled = seen.max(axis=1) >= kept.glance_sure
        if views.glance_distance is not None:
            settled &= views.glance_distance <= kept.glance_far
        found = np.where(settled[:, None], seen, found)
    return np.where(spelling.max(axis=1, keepdims=True) >= kept.sure, spelling, found)


def _logits(views: Views) -> Floats | None:
    """All views × messages × labels, as `learnt.weigh` adds them up."""
    if views.meaning is None or views.clouds is None or views.near is None:
        return None
    return np.stack([views.spelling, views.meaning, views.clouds, log_near(views.near)])


def _shares(logits: Floats, truth: Truth) -> tuple[float, ...]:
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
    return tuple(map(float, shares))


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


def _sure_from(first: Floats, all_views: Floats, truth: Truth, *, least: float, loss: float) -> float:
    """The lowest probability, `least` or more, from which a first view alone costs no more accuracy than `loss`."""
    sureness = first.max(axis=1)
    lost = (all_views.argmax(axis=1) == truth).astype(int) - (first.argmax(axis=1) == truth).astype(int)
    for threshold in np.linspace(least, 0.999, 34):
        if lost[sureness >= threshold].sum() <= loss * len(truth):
            return float(threshold)
    return ALWAYS
