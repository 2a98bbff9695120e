"""The trained classifier: probabilities of every intent and act, and of the languages seen in training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.model_file import ModelError, ModelFile, pack_strings, unpack_strings
from nlu.ngrams import Ngrams

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A softmax layer: `weights` (columns × labels) and `bias` (labels)."""

    weights: NDArray[Any]
    bias: Floats

    def logits(self, columns: NDArray[np.int32], values: Floats) -> Floats:
        """Scores of a sparse message."""
        return np.asarray(values @ self.weights[columns].astype(np.float32) + self.bias, dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Everything learnt. Immutable, so that threads may share it and a new one can take its place at any moment."""

    version: str
    labels: tuple[str, ...]
    languages: tuple[str, ...]
    ngrams: Ngrams
    intents: Linear
    tongues: Linear
    temperature: float
    known_words: frozenset[str]

    def probabilities(self, folded: Sequence[str]) -> Floats:
        """Calibrated probabilities in the order of `labels`; `folded` comes from `text.words`."""
        columns, values = self.ngrams.vector(folded)
        return softmax(self.intents.logits(columns, values) / self.temperature)

    def language_scores(self, folded: Sequence[str]) -> dict[str, float]:
        """Log-probability per language, weighed by how much of the message was seen in training at all."""
        columns, values = self.ngrams.vector(folded)
        if not folded or not len(columns):
            return {}
        seen = sum(1 for word in folded if word in self.known_words) / len(folded)
        logs = np.log(softmax(self.tongues.logits(columns, values)) + np.float32(1e-4)) * seen
        return {language: float(value) for language, value in zip(self.languages, logs, strict=True)}

    def to_file(self, *, fingerprint: str, examples: int) -> ModelFile:
        """The content to save."""
        grams = sorted(self.ngrams.columns, key=lambda gram: self.ngrams.columns[gram])
        return ModelFile(
            header={
                "version": self.version,
                "fingerprint": fingerprint,
                "examples": examples,
                "labels": list(self.labels),
                "languages": list(self.languages),
                "temperature": self.temperature,
            },
            arrays={
                "grams": pack_strings(grams),
                "idf": self.ngrams.idf,
                "intent_weights": self.intents.weights,
                "intent_bias": self.intents.bias,
                "language_weights": self.tongues.weights,
                "language_bias": self.tongues.bias,
                "known_words": pack_strings(sorted(self.known_words)),
            },
        )

    @classmethod
    def from_file(cls, content: ModelFile) -> Engine:
        """The inverse of `to_file`. Raises ModelError when a part is missing."""
        header, arrays = content.header, content.arrays
        try:
            grams = unpack_strings(arrays["grams"])
            return cls(
                version=header["version"],
                labels=tuple(header["labels"]),
                languages=tuple(header["languages"]),
                ngrams=Ngrams(columns={gram: i for i, gram in enumerate(grams)}, idf=arrays["idf"]),
                intents=Linear(weights=arrays["intent_weights"], bias=arrays["intent_bias"]),
                tongues=Linear(weights=arrays["language_weights"], bias=arrays["language_bias"]),
                temperature=float(header["temperature"]),
                known_words=frozenset(unpack_strings(arrays["known_words"])),
            )
        except KeyError as error:
            raise ModelError(f"The model lacks {error}; train it with: python -m bot train") from error


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)
