"""The trained classifier: probabilities of every intent and act, and of the languages seen in training.

Three views of a message are weighed: its letters and words (fast, knows our spelling), its meaning (a sentence
embedding, knows other languages), and the training messages that mean nearly the same. The last two are only asked when
the first is not sure; without them the first stands alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nlu.model_file import ModelError, ModelFile, pack_strings, unpack_strings
from nlu.neighbours import Neighbours
from nlu.ngrams import Ngrams

Floats = NDArray[np.float32]

EMBEDDING_SCALE = np.float32(20)
"""Centred embeddings lie close together; measured, the classifier gains five points from spreading them."""

LIKENESS_SHARE = 5.0
"""What the cosine to the nearest training message says about scope, beside the logits; measured on CLINC150, 2 to 10."""

_LEAST_NEAR = np.float32(1e-2)  # no neighbour of an intent is no proof against it
_NEIGHBOURS = 20
_NEARNESS = np.float32(12)
_CHUNK = 256


class NoEmbedding(RuntimeError):
    """No embedding of this message: its worker died or is slow. Words and letters then decide alone."""


class Embeds(Protocol):
    """What turns a message into a vector; see `embedder.Embedder` and `embedding_pool.EmbeddingPool`."""

    def embed(self, text: str) -> Floats:
        """Raises NoEmbedding."""
        ...


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
class Meaning:
    """Two layers over sentence embeddings, the mean embedding to subtract first, and the training messages.

    `examples` are centred and of length one, one a row; `example_labels` index the labels of the layers.
    """

    hidden: Linear
    layer: Linear
    mean: Floats
    examples: Floats
    example_labels: NDArray[np.int32]

    def logits(self, embeddings: Floats) -> Floats:
        """Scores of embedded messages, one a row, or of a single one."""
        spread = (embeddings - self.mean) * EMBEDDING_SCALE
        active = np.maximum(spread @ self.hidden.weights + self.hidden.bias, 0)
        return np.asarray(active @ self.layer.weights + self.layer.bias, dtype=np.float32)

    def near(self, embeddings: Floats) -> Floats:
        """Share of every label among the nearest training messages, one row a message; nearer ones weigh more."""
        found = np.zeros((len(embeddings), len(self.layer.bias)), dtype=np.float32)
        centred = unit(embeddings - self.mean)
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

    def near_one(self, embedding: Floats, neighbours: Neighbours) -> tuple[Floats, float]:
        """As `near` for one message, a tenth of the work, and how near the nearest is; `neighbours` hold `examples`."""
        nearest, likeness = neighbours.find(unit(embedding - self.mean), _NEIGHBOURS)
        shares = softmax(likeness * _NEARNESS)
        found = np.bincount(self.example_labels[nearest], shares, minlength=len(self.layer.bias))
        return np.asarray(found, dtype=np.float32), float(likeness.max(initial=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What makes probabilities honest, fitted on held-out messages.

    `spelling` is the temperature of words and letters alone, and `sure` the probability from which they are as good as
    all views together. `shares` weigh spelling, meaning and near messages.
    """

    spelling: float
    shares: tuple[float, float, float]
    sure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """Everything learnt. Immutable."""

    version: str
    labels: tuple[str, ...]
    languages: tuple[str, ...]
    ngrams: Ngrams
    spelling: Linear
    tongues: Linear
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
            arrays["meaning_mean"] = self.meaning.mean
            arrays["meaning_examples"] = self.meaning.examples.astype(np.float16)
            arrays["meaning_example_labels"] = self.meaning.example_labels
            for name, layer in (("hidden", self.meaning.hidden), ("meaning", self.meaning.layer)):
                arrays[f"{name}_weights"], arrays[f"{name}_bias"] = layer.weights, layer.bias
        kept = self.calibration
        header = {
            "version": self.version,
            "fingerprint": fingerprint,
            "examples": examples,
            "encoder": encoder,
            "accuracy": accuracy,
            "labels": list(self.labels),
            "languages": list(self.languages),
            "calibration": [kept.spelling, *kept.shares, kept.sure],
        }
        return ModelFile(header=header, arrays=arrays)

    @classmethod
    def from_file(cls, content: ModelFile) -> Learnt:
        """The inverse of `to_file`. Raises ModelError when a part is missing."""
        header, arrays = content.header, content.arrays
        try:
            grams = unpack_strings(arrays["grams"])
            meaning = None
            if "meaning_weights" in arrays:
                meaning = Meaning(
                    hidden=Linear(weights=arrays["hidden_weights"], bias=arrays["hidden_bias"]),
                    layer=Linear(weights=arrays["meaning_weights"], bias=arrays["meaning_bias"]),
                    mean=arrays["meaning_mean"],
                    examples=arrays["meaning_examples"].astype(np.float32),
                    example_labels=arrays["meaning_example_labels"],
                )
            by_spelling, first, second, third, sure = map(float, header["calibration"])
            return cls(
                version=header["version"],
                labels=tuple(header["labels"]),
                languages=tuple(header["languages"]),
                ngrams=Ngrams(columns={gram: i for i, gram in enumerate(grams)}, idf=arrays["idf"]),
                spelling=Linear(weights=arrays["spelling_weights"], bias=arrays["spelling_bias"]),
                tongues=Linear(weights=arrays["language_weights"], bias=arrays["language_bias"]),
                meaning=meaning,
                calibration=Calibration(spelling=by_spelling, shares=(first, second, third), sure=sure),
                known_words=frozenset(unpack_strings(arrays["known_words"])),
            )
        except KeyError as error:
            raise ModelError(f"The model lacks {error}; train it with: python -m bot train") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the engine makes of a message.

    `probabilities` are calibrated, in the order of `Learnt.labels`; `languages` hold a log-probability each, weighed by
    how much of the message was seen in training at all. `in_scope` is higher the surer it is that the message is about
    any of the intents: only for comparing messages read by one model. None when it was not embedded, because words and
    letters were sure or all there is.
    """

    probabilities: Floats
    languages: dict[str, float]
    in_scope: float | None


class Engine:
    """What was learnt, ready to read messages. Threads may share it; a new one can take its place at any moment."""

    def __init__(self, learnt: Learnt, embedder: Embeds | None) -> None:
        self.learnt = learnt
        self._embedder = embedder if learnt.meaning is not None else None
        self._neighbours = Neighbours(learnt.meaning.examples) if learnt.meaning is not None else None
        self._embed = lru_cache(maxsize=2_048)(self._embed_once)

    @property
    def uses_embeddings(self) -> bool:
        """False when only words and letters are read, which is less sure in other languages than Dutch."""
        return self._embedder is not None

    def read(self, message: str, folded: Sequence[str], *, deep: bool = True) -> Reading:
        """Read a message: `message` is cleaned and `folded` its words by `text.words`; not `deep`, it is not embedded."""
        columns, values = self.learnt.ngrams.vector(folded)
        probabilities, in_scope = self._intents(message, folded, columns, values, deep=deep)
        languages = self._languages(folded, columns, values)
        return Reading(probabilities=probabilities, languages=languages, in_scope=in_scope)

    def _intents(
        self,
        message: str,
        folded: Sequence[str],
        columns: NDArray[np.int32],
        values: Floats,
        *,
        deep: bool,
    ) -> tuple[Floats, float | None]:
        kept = self.learnt.calibration
        logits = self.learnt.spelling.logits(columns, values)
        spelling = softmax(logits / np.float32(kept.spelling))
        # A word never seen may change everything, however familiar the rest is.
        sure = float(spelling.max()) >= kept.sure and self.learnt.known_words.issuperset(folded)
        if sure or not deep or self._embedder is None or self._neighbours is None:
            return spelling, None
        meaning = self.learnt.meaning
        if meaning is None:
            return spelling, None
        try:
            embedding = self._embed(message)
        except NoEmbedding:
            return spelling, None
        near, likeness = meaning.near_one(embedding, self._neighbours)
        together = weigh(logits, meaning.logits(embedding), near, kept.shares)
        return softmax(together), _mass(together) + LIKENESS_SHARE * likeness

    def _languages(
        self, folded: Sequence[str], columns: NDArray[np.int32], values: Floats
    ) -> dict[str, float]:
        if not folded or not len(columns):
            return {}
        seen = sum(1 for word in folded if word in self.learnt.known_words) / len(folded)
        logs = np.log(softmax(self.learnt.tongues.logits(columns, values)) + np.float32(1e-4)) * np.float32(
            seen
        )
        return dict(zip(self.learnt.languages, logs.tolist(), strict=True))

    def _embed_once(self, message: str) -> Floats:
        if self._embedder is None:
            raise RuntimeError("asked to embed without an embedder")
        return self._embedder.embed(message)


def weigh(spelling: Floats, meaning: Floats, near: Floats, shares: Sequence[float]) -> Floats:
    """Logits by all views: those of two and the shares of near messages, each weighed by `shares`."""
    first, second, third = np.asarray(shares, dtype=np.float32)
    return np.asarray(first * spelling + second * meaning + third * log_near(near), dtype=np.float32)


def _mass(logits: Floats) -> float:
    """The logarithm of all that speaks for any label ("energy", https://arxiv.org/abs/2010.03759)."""
    highest = logits.max()
    return float(highest + np.log(np.exp(logits - highest).sum()))


def log_near(near: Floats) -> Floats:
    """The shares of near messages as logits."""
    return np.asarray(np.log(near + _LEAST_NEAR), dtype=np.float32)


def unit(rows: Floats) -> Floats:
    """Rows of length one."""
    lengths = np.sqrt((rows * rows).sum(axis=-1, keepdims=True))
    return np.asarray(rows / np.maximum(lengths, 1e-6), dtype=np.float32)


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)
