"""What training gives and reading uses: layers over words and embeddings, and what makes their scores honest."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.embedder import unit
from nlu.model_file import ModelError, ModelFile, pack_strings, unpack_strings
from nlu.neighbours import Neighbours
from nlu.ngrams import Ngrams

Floats = NDArray[np.float32]

EMBEDDING_SCALE = np.float32(20)
"""Centred embeddings lie close together; measured, the classifier gains five points from spreading them."""

DISTANCE_SHARE = 2.0
"""What a standard deviation of distance says about scope, beside the logits; measured on CLINC150, 1.5 to 5."""

ALWAYS = 1.01
"""A probability that is never reached: the next view is always asked."""

_GLANCE_BESIDE = np.float32(0.78)
"""What the row halfway weighs beside the whole one: with ten examples an intent it brings a point of accuracy."""

_LEAST_NEAR = np.float32(1e-2)  # no neighbour of an intent is no proof against it
_NEIGHBOURS = 20
_NEARNESS = np.float32(12)
_CHUNK = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A softmax layer: `weights` (columns × labels) and `bias` (labels)."""

    weights: NDArray[Any]
    bias: Floats

    def logits(self, columns: NDArray[np.int32], values: Floats) -> Floats:
        """Scores of a sparse message. Summed by einsum: for one row, threads cost more than they bring."""
        chosen = self.weights[columns].astype(np.float32)
        return np.asarray(np.einsum("i,ij->j", values, chosen) + self.bias, dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """Two layers over sentence embeddings, and the mean embedding to subtract first."""

    hidden: Linear
    layer: Linear
    mean: Floats

    def logits(self, embeddings: Floats) -> Floats:
        """Scores of embedded messages, one a row, or of a single one."""
        spread = (embeddings - self.mean) * EMBEDDING_SCALE
        active = np.maximum(spread @ self.hidden.weights + self.hidden.bias, 0)
        return np.asarray(active @ self.layer.weights + self.layer.bias, dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clouds:
    """Labels as clouds of rows that all have one shape: linear discriminant analysis.

    `root` (columns × columns) makes that shape a ball; `middles` (labels × columns) are the middles of the clouds then,
    and `bias` minus half their squared lengths. `scale` brings the logits to the size of others. Rows may have more
    columns, which clouds leave out: the peaks at the end of a glance tell labels apart, but blur what is far.
    """

    root: Floats
    middles: Floats
    bias: Floats
    scale: float

    def look(self, rows: Floats) -> tuple[Floats, Floats]:
        """Logits of centred rows, or of a single one, and the squared distance of each to the nearest middle.

        The distance tells what is like no label at all (Mahalanobis, https://arxiv.org/abs/1807.03888).
        """
        seen = rows[..., : len(self.root)] @ self.root
        toward = seen @ self.middles.T + self.bias
        distance = (seen * seen).sum(axis=-1) - 2 * toward.max(axis=-1)
        return np.asarray(toward * np.float32(self.scale), dtype=np.float32), np.asarray(distance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance(Layers):
    """Layers and clouds over the same embeddings."""

    clouds: Clouds

    def look(self, embeddings: Floats) -> tuple[Floats, Floats]:
        """As `Clouds.look`, of embeddings as they are."""
        return self.clouds.look(embeddings - self.mean)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning(Glance):
    """The same over whole embeddings, each `joined` with its glance if there is one, and the training messages.

    `examples` are whole, centred and of length one, one a row;
    `example_labels` index the labels of the layers.
    """

    examples: Floats
    example_labels: NDArray[np.int32]

    def near(self, embeddings: Floats) -> Floats:
        """Share of every label among the nearest training messages, one row a message; nearer ones weigh more."""
        found = np.zeros((len(embeddings), len(self.layer.bias)), dtype=np.float32)
        centred = self.centred(embeddings)
        for start in range(0, len(centred), _CHUNK):
            likeness = centred[start : start + _CHUNK] @ self.examples.T
            nearest = np.argpartition(-likeness, min(_NEIGHBOURS, likeness.shape[1] - 1), axis=1)[
                :, :_NEIGHBOURS
            ]
            weights = softmax(np.take_along_axis(likeness, nearest, axis=1) * _NEARNESS)
            for row, (labels, shares) in enumerate(
                zip(self.example_labels[nearest], weights, strict=True), start
            ):
                np.add.at(found[row], labels, shares)
        return found

    def centred(self, embeddings: Floats) -> Floats:
        """The whole part of embeddings as `examples` are."""
        whole = self.examples.shape[1]
        return unit(embeddings[..., :whole] - self.mean[:whole])

    def near_one(self, embedding: Floats, neighbours: Neighbours) -> Floats:
        """As `near` for one message, a tenth of the work; `neighbours` hold `examples`."""
        nearest, likeness = neighbours.find(self.centred(embedding), _NEIGHBOURS)
        shares = softmax(likeness * _NEARNESS)
        found = np.bincount(self.example_labels[nearest], shares, minlength=len(self.layer.bias))
        return np.asarray(found, dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What makes probabilities honest, fitted on held-out messages.

    `spelling` is the temperature of words and letters alone, and `sure` the probability from which they are as good as
    all views together. `glance_shares` weigh spelling and glance, which are as good as all from `glance_sure` on, for
    what lies no farther from its clouds than `glance_far`.
    `shares` weigh spelling, meaning by layers and by clouds, and near messages. `distance` is the standard deviation of
    the distances to the clouds. Below `scope` a message is like hardly any of ours (`scope_scores`).
    """

    spelling: float
    shares: tuple[float, ...]
    sure: float
    glance_shares: tuple[float, ...] = (1.0, 0.0)
    glance_sure: float = ALWAYS
    glance_far: float = math.inf
    distance: float = 1.0
    scope: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """Everything learnt. Immutable."""

    version: str
    labels: tuple[str, ...]
    languages: tuple[str, ...]
    ngrams: Ngrams
    spelling: Linear
    tongues: Linear
    glance: Glance | None = None
    meaning: Meaning | None
    calibration: Calibration
    known_words: frozenset[str]

    def to_file(self, *, fingerprint: str, examples: int, encoder: str, accuracy: float) -> ModelFile:
        """The content to save. `encoder` is the fingerprint of what embedded the examples, "" when nothing did."""
        arrays: dict[str, NDArray[Any]] = {
            "grams": pack_strings(sorted(self.ngrams.columns, key=lambda gram: self.ngrams.columns[gram])),
            "idf": self.ngrams.idf,
            "spelling_weights": self.spelling.weights,
            "spelling_bias": self.spelling.bias,
            "language_weights": self.tongues.weights,
            "language_bias": self.tongues.bias,
            "known_words": pack_strings(sorted(self.known_words)),
        }
        if self.meaning is not None:
            arrays["meaning_examples"] = self.meaning.examples.astype(np.float16)
            arrays["meaning_example_labels"] = self.meaning.example_labels
        for name, layers in (("glance", self.glance), ("meaning", self.meaning)):
            if layers is not None:
                clouds = layers.clouds
                arrays[f"{name}_mean"], arrays[f"{name}_root"] = layers.mean, clouds.root
                arrays[f"{name}_middles"], arrays[f"{name}_bias"] = clouds.middles, clouds.bias
                arrays[f"{name}_scale"] = np.array(clouds.scale)
                for part, layer in (("hidden", layers.hidden), ("layer", layers.layer)):
                    arrays[f"{name}_{part}_weights"] = layer.weights
                    arrays[f"{name}_{part}_bias"] = layer.bias
        kept = self.calibration
        header = {
            "version": self.version,
            "fingerprint": fingerprint,
            "examples": examples,
            "encoder": encoder,
            "accuracy": accuracy,
            "labels": list(self.labels),
            "languages": list(self.languages),
            "calibration": asdict(kept),
        }
        return ModelFile(header=header, arrays=arrays)

    @classmethod
    def from_file(cls, content: ModelFile) -> Learnt:
        """The inverse of `to_file`. Raises ModelError when a part is missing."""
        header, arrays = content.header, content.arrays
        try:
            grams = unpack_strings(arrays["grams"])
            meaning = glance = None
            if "meaning_mean" in arrays:
                meaning = Meaning(
                    **_layers(arrays, "meaning"),
                    examples=arrays["meaning_examples"].astype(np.float32),
                    example_labels=arrays["meaning_example_labels"],
                )
            if "glance_mean" in arrays:
                glance = Glance(**_layers(arrays, "glance"))
            kept: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value
                for name, value in header["calibration"].items()
            }
            return cls(
                version=header["version"],
                labels=tuple(header["labels"]),
                languages=tuple(header["languages"]),
                ngrams=Ngrams(columns={gram: i for i, gram in enumerate(grams)}, idf=arrays["idf"]),
                spelling=Linear(weights=arrays["spelling_weights"], bias=arrays["spelling_bias"]),
                tongues=Linear(weights=arrays["language_weights"], bias=arrays["language_bias"]),
                glance=glance,
                meaning=meaning,
                calibration=Calibration(**kept),
                known_words=frozenset(unpack_strings(arrays["known_words"])),
            )
        except KeyError as error:
            raise ModelError(f"The model lacks {error}; train it with: python -m bot train") from error


def _layers(arrays: Mapping[str, NDArray[Any]], name: str) -> dict[str, Any]:
    hidden, layer = (_linear(arrays, f"{name}_{part}") for part in ("hidden", "layer"))
    root, middles, bias, scale = (arrays[f"{name}_{part}"] for part in ("root", "middles", "bias", "scale"))
    clouds = Clouds(root=root, middles=middles, bias=bias, scale=float(scale))
    return {"hidden": hidden, "layer": layer, "mean": arrays[f"{name}_mean"], "clouds": clouds}


def _linear(arrays: Mapping[str, NDArray[Any]], name: str) -> Linear:
    return Linear(weights=arrays[f"{name}_weights"], bias=arrays[f"{name}_bias"])


def joined(whole: Floats, glance: Floats | None) -> Floats:
    """Whole embeddings with their glances beside them, as `Meaning` reads them."""
    if glance is None:
        return whole
    return np.concatenate([whole, glance * _GLANCE_BESIDE], axis=-1, dtype=np.float32)


def weigh(spelling: Floats, meaning: Floats, clouds: Floats, near: Floats, shares: Sequence[float]) -> Floats:
    """Logits by all views: those of three and the shares of near messages, each weighed by `shares`."""
    return add((spelling, meaning, clouds, log_near(near)), shares)


def scope_scores(logits: Floats, distance: Floats) -> Floats:
    """How surely messages are about any of the labels: all that speaks for one, and how far from all of them it lies.

    The first is the logarithm of the mass of the logits ("energy", https://arxiv.org/abs/2010.03759); the second is in
    standard deviations.
    """
    highest = logits.max(axis=-1, keepdims=True)
    mass = highest[..., 0] + np.log(np.exp(logits - highest).sum(axis=-1))
    return np.asarray(mass - DISTANCE_SHARE * distance, dtype=np.float32)


def add(views: Iterable[Floats], shares: Sequence[float]) -> Floats:
    """Views, each weighed by its share."""
    weighed = (np.float32(share) * view for view, share in zip(views, shares, strict=True))
    return np.asarray(sum(weighed), dtype=np.float32)


def log_near(near: Floats) -> Floats:
    """The shares of near messages as logits."""
    return np.asarray(np.log(near + _LEAST_NEAR), dtype=np.float32)


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)
