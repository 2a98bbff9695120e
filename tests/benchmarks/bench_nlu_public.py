"""Training and measuring the product's own engine on a split of a public set."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlu.calibration import calibration_error, fit, probabilities
from nlu.embedder import Floats, Rows, at_once
from nlu.embedding_cache import EmbeddingCache
from nlu.encoders import E5
from nlu.engine import Engine, Reading
from nlu.learn import cross_validate, embed, embed_names, learn, open_encoder
from nlu.text import clean, words
from nlu.training_data import Example
from tests.benchmarks.bench_nlu_sets import Pair, Split

ALLOWED_REJECTED = 0.05

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Embedded:
    """Messages embedded beforehand, many at a time, by the product's encoder."""

    place: dict[str, int]
    rows: Rows

    def ask(self, text: str, *, glance: bool = False) -> Future[Floats]:
        found = self.rows[self.place[text]]
        row = found.glance if glance else found.whole
        assert row is not None
        return at_once(row)

    def embed(self, text: str) -> Floats:
        return self.ask(text).result()


def measure(split: Split, folder: Path, tell: Callable[[str], None]) -> Figures:
    """Accuracies from 0 to 1, calibration on held-out folds and on the test set, and seconds, of our engine.

    `folder` and its neighbours keep embeddings between runs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    examples = [Example(text=text, intent=label, language="en") for text, label in split.train]
    tell(f"{split.key}: embedding")
    began = time.perf_counter()
    embedder = open_encoder(folder)
    if embedder is None:
        raise SystemExit("the sentence encoder is not installed; nothing to measure")
    vectors = embed(examples, embedder, EmbeddingCache(folder / E5.cache_name))
    names = embed_names(examples, embedder)
    embedded = time.perf_counter()
    tell(f"{split.key}: training on {len(examples)} messages")
    held_out = cross_validate(examples, vectors, names=names)
    kept = fit(held_out.views, held_out.truth)
    learnt = replace(learn(examples, vectors, version="bench", names=names), calibration=kept)
    trained = time.perf_counter()
    believed = probabilities(held_out.views, kept)
    messages = [clean(text) for text, _ in [*split.test, *split.typos]] + [clean(t) for t in split.foreign]
    cache = EmbeddingCache(folder.with_name(f"{split.name}-test.npz"))
    rows = embedder.parted(cache.rows(messages, embedder, tell=lambda _: None))
    engine = Engine(learnt, Embedded({text: place for place, text in enumerate(messages)}, rows))
    tell(f"{split.key}: reading {len(messages)} messages")
    found = _read(engine, [text for text, _ in split.test])
    truth = np.array([learnt.labels.index(label) for _, label in split.test])
    figures = {
        "examples": float(len(examples)),
        "accuracy": _accuracy(found, learnt.labels, split.test),
        "ece_held_out": calibration_error(believed, held_out.truth),
        "ece_test": calibration_error(np.array([reading.probabilities for reading in found]), truth),
        "seconds_embedding": embedded - began,
        "seconds_training": trained - embedded,
    }
    if split.typos:
        figures["accuracy_typos"] = _accuracy(
            _read(engine, [text for text, _ in split.typos]), learnt.labels, split.typos
        )
    if split.foreign:
        inside, outside = _scopes(found), _scopes(_read(engine, split.foreign))
        figures["foreign_caught"] = caught(inside, outside)
        figures["foreign_auroc"] = auroc(inside, outside)
    return figures


def caught(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> float:
    """Share of foreign messages below the score that at most `ALLOWED_REJECTED` of our own lie below."""
    limit = np.sort(inside)[int(ALLOWED_REJECTED * len(inside))]
    return float((outside < limit).mean())


def auroc(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> float:
    """The chance that one of our own messages scores above a foreign one; ties count half."""
    ordered = np.sort(outside)
    below = np.searchsorted(ordered, inside, side="left") + np.searchsorted(ordered, inside, side="right")
    return float(below.mean() / 2 / len(outside))


def _scopes(found: Sequence[Reading]) -> NDArray[np.float64]:
    """What is sure without embedding counts as surely in scope, as it does in the product."""
    return np.array([np.inf if reading.in_scope is None else reading.in_scope for reading in found])


def _read(engine: Engine, texts: Sequence[str]) -> list[Reading]:
    return [engine.read(message, words(message)) for message in map(clean, texts)]


def _accuracy(found: Sequence[Reading], labels: Sequence[str], wanted: Sequence[Pair]) -> float:
    given = [labels[int(reading.probabilities.argmax())] for reading in found]
    return float(np.mean([name == label for name, (_, label) in zip(given, wanted, strict=True)]))
