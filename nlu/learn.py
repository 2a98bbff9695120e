"""Training: examples in, one model file out. Only this needs scipy; serving does not."""

from __future__ import annotations

import math
import random
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlu import model_file
from nlu.engine import Engine, softmax
from nlu.ngrams import Ngrams
from nlu.noise import misspell
from nlu.text import clean, words
from nlu.training_data import Example, fingerprint, load_examples

Progress = Callable[[str, float], None]

FOLDS = 5
_SEED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainReport:
    """What was learnt and how well it holds: `accuracy` and `calibration_error` are from messages not trained on."""

    version: str
    fingerprint: str
    examples: int
    labels: int
    languages: tuple[str, ...]
    accuracy: float
    calibration_error: float
    temperature: float
    seconds: float
    path: Path


def train(training_dir: Path, model_path: Path, *, progress: Progress | None = None) -> TrainReport:
    """Learn from the YAML files of `training_dir` and write the model. Raises TrainingDataError."""
    started = time.monotonic()
    tell = progress or _silent
    tell("Reading training data", 0.0)
    examples = load_examples(training_dir)
    print_of_data = fingerprint(examples)
    tell("Cross-validating", 0.1)
    held_out = cross_validate(examples, tell=lambda part: tell("Cross-validating", 0.1 + 0.6 * part))
    temperature = fit_temperature(held_out.logits, held_out.truth)
    tell("Training", 0.7)
    engine = fit(examples, version=f"{model_file.FORMAT}-{print_of_data}", temperature=temperature)
    tell("Saving", 0.95)
    model_file.save(model_path, engine.to_file(fingerprint=print_of_data, examples=len(examples)))
    probabilities = softmax(held_out.logits / np.float32(temperature))
    tell("Done", 1.0)
    return TrainReport(
        version=engine.version,
        fingerprint=print_of_data,
        examples=len(examples),
        labels=len(engine.labels),
        languages=engine.languages,
        accuracy=float((probabilities.argmax(axis=1) == held_out.truth).mean()),
        calibration_error=calibration_error(probabilities, held_out.truth),
        temperature=temperature,
        seconds=time.monotonic() - started,
        path=model_path,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """Scores of every example by a model that did not see it. `truth` indexes `labels`."""

    labels: tuple[str, ...]
    logits: NDArray[np.float32]
    truth: NDArray[np.int64]


def cross_validate(examples: Sequence[Example], *, tell: Callable[[float], None] = lambda _: None) -> HeldOut:
    """Score every example by a model trained on the other folds; rare labels may miss from a fold."""
    labels = tuple(sorted({example.intent for example in examples}))
    place = {label: index for index, label in enumerate(labels)}
    truth = np.array([place[example.intent] for example in examples])
    logits = np.full((len(examples), len(labels)), -30.0, dtype=np.float32)
    fold_of = _folds(truth)
    for number in range(FOLDS):
        seen, unseen = np.flatnonzero(fold_of != number), np.flatnonzero(fold_of == number)
        engine = fit([examples[int(i)] for i in seen], version="fold", temperature=1.0)
        positions = [place[label] for label in engine.labels]
        for index in map(int, unseen):
            folded = words(clean(examples[index].text))
            logits[index, positions] = np.log(engine.probabilities(folded) + np.float32(1e-9))
        tell((number + 1) / FOLDS)
    return HeldOut(labels=labels, logits=logits, truth=truth)


def fit(examples: Sequence[Example], *, version: str, temperature: float) -> Engine:
    """An engine trained on the examples and one misspelt copy of each."""
    from nlu.solver import fit_sparse  # scipy would add to the time that the server takes to start

    texts = [clean(example.text) for example in examples]
    copies = [misspell(text, random.Random(zlib.crc32(text.encode()))) for text in texts]
    folded = [words(text) for text in texts + copies]
    ngrams = Ngrams.fit(texts)
    rows, width = [ngrams.vector(row) for row in folded], len(ngrams.columns)
    intent_labels, intent_layer = fit_sparse(rows, width, [example.intent for example in examples] * 2)
    language_labels, language_layer = fit_sparse(rows[: len(texts)], width, [e.language for e in examples])
    return Engine(
        version=version,
        labels=intent_labels,
        languages=language_labels,
        ngrams=ngrams,
        intents=intent_layer,
        tongues=language_layer,
        temperature=temperature,
        known_words=frozenset(word for row in folded[: len(texts)] for word in row),
    )


def fit_temperature(logits: NDArray[np.float32], truth: NDArray[np.int64]) -> float:
    """The one number to divide scores by so that held-out probabilities mean what they say (least log-loss)."""
    candidates = [math.exp(step / 20) for step in range(-60, 41)]
    rows = np.arange(len(truth))

    def loss(temperature: float) -> float:
        probabilities = softmax(logits / np.float32(temperature))
        return float(-np.log(probabilities[rows, truth] + 1e-9).mean())

    return min(candidates, key=loss)


def calibration_error(probabilities: NDArray[np.float32], truth: NDArray[np.int64], bins: int = 15) -> float:
    """Expected calibration error: how far confidence and accuracy lie apart, averaged over bins of confidence."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = (
        abs(right[which == b].mean() - confidence[which == b].mean()) * (which == b).mean()
        for b in set(which)
    )
    return float(sum(gaps))


def _folds(truth: NDArray[np.int64]) -> NDArray[np.int64]:
    """The fold of every example: each label spread evenly, the order shuffled by a fixed seed."""
    fold_of = np.zeros(len(truth), dtype=np.int64)
    chance = np.random.default_rng(_SEED)
    for label in np.unique(truth):
        members = chance.permutation(np.flatnonzero(truth == label))
        fold_of[members] = (np.arange(len(members)) + label) % FOLDS
    return fold_of


def _silent(_: str, __: float) -> None:
    return None
