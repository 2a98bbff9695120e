"""Training: examples in, one model file out. Only this needs scipy and onnx; serving does not."""

from __future__ import annotations

import logging
import random
import re
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu import model_file
from nlu.blas import use_one_thread
from nlu.calibration import Views, calibration_error, fit, probabilities
from nlu.embedder import Embedder, Rows, unit
from nlu.embedding_cache import EmbeddingCache
from nlu.encoders import E5, Encoder, EncoderError
from nlu.learnt import (
    EMBEDDING_SCALE,
    Calibration,
    Glance,
    Learnt,
    Linear,
    Meaning,
    joined,
    scope_scores,
)
from nlu.ngrams import Ngrams
from nlu.noise import misspell, rough
from nlu.text import clean, words
from nlu.training_data import Example, fingerprint, load_examples

log = logging.getLogger(__name__)

Progress = Callable[[str, float], None]
Floats = NDArray[np.float32]
Names = Mapping[str, Rows]

FOLDS = 3
_SEED = 20
_HASTY = 3_000
"""Messages typed in haste that are embedded at most: every one costs training as much as a message of its own."""

_STRANGE = 0.02
"""Share of our own messages that may count as like hardly any of ours."""

_NOT_OURS = "out_of_scope"

_UNKNOWN = Calibration(spelling=1.0, shares=(1.0, 0.0, 0.0, 0.0), sure=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainReport:
    """What was learnt and how well it holds: `accuracy` and `calibration_error` are of messages not trained on."""

    version: str
    fingerprint: str
    examples: int
    labels: int
    languages: tuple[str, ...]
    accuracy: float
    calibration_error: float
    uses_embeddings: bool
    seconds: float
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """Scores of examples by a model that did not see them. `truth` indexes `labels`."""

    labels: tuple[str, ...]
    views: Views
    truth: NDArray[np.int64]

    def scope(self, calibration: Calibration) -> float | None:
        """Below which score of `learnt.scope_scores` at most `_STRANGE` of our own messages lie; None without embeddings."""
        logits, distance = self.views.together(calibration.shares), self.views.distance
        if logits is None or distance is None:
            return None
        ours = np.array([self.labels[label] != _NOT_OURS for label in self.truth])
        scores = scope_scores(logits, distance / np.float32(calibration.distance))
        return float(np.quantile(scores[ours], _STRANGE))


def train(
    training_dir: Path, model_path: Path, *, progress: Progress | None = None, encoder: Encoder = E5
) -> TrainReport:
    """Learn from the YAML files of `training_dir` and write the model. Raises TrainingDataError.

    `encoder` says which sentence encoder embeds the messages; when it is not there the model reads words and letters
    only, and a warning says so.
    """
    if progress is not None:
        progress("Reading training data", 0.0)
    return train_on(load_examples(training_dir), model_path, progress=progress, encoder=encoder)


def train_on(
    examples: Sequence[Example],
    model_path: Path,
    *,
    progress: Progress | None = None,
    encoder: Encoder = E5,
    note: Mapping[str, Any] | None = None,
) -> TrainReport:
    """Learn from these examples and write the model; `note` (JSON values) goes into its header. See `train`."""
    started = time.monotonic()
    tell = progress or _silent
    tell("Embedding", 0.02)
    vectors = names = None
    embedder = open_encoder(model_path.parent, encoder)
    if embedder is not None:
        kept = EmbeddingCache(model_path.parent / encoder.cache_name)
        vectors = embed(examples, embedder, kept, tell=lambda part: tell("Embedding", 0.02 + 0.55 * part))
        names = embed_names(examples, embedder)
    tell("Training", 0.6)
    mark = fingerprint(examples)
    use_one_thread()  # each of the two trainings
    with ThreadPoolExecutor(1) as beside:  # two cores: the model itself, and one that tells how well it holds
        whole = beside.submit(learn, examples, vectors, version=f"{model_file.FORMAT}-{mark}", names=names)
        held_out = cross_validate(examples, vectors, names=names, folds=1)
        calibration = fit(held_out.views, held_out.truth)
        calibration = replace(calibration, scope=held_out.scope(calibration))
        learnt = replace(whole.result(), calibration=calibration)
    believed = probabilities(held_out.views, calibration)
    accuracy = float((believed.argmax(axis=1) == held_out.truth).mean())
    used = "" if learnt.meaning is None else encoder.fingerprint()
    content = learnt.to_file(fingerprint=mark, examples=len(examples), encoder=used, accuracy=accuracy)
    model_file.save(model_path, replace(content, header=content.header | dict(note or {})))
    tell("Done", 1.0)
    return TrainReport(
        version=learnt.version,
        fingerprint=mark,
        examples=len(examples),
        labels=len(learnt.labels),
        languages=learnt.languages,
        accuracy=accuracy,
        calibration_error=calibration_error(believed, held_out.truth),
        uses_embeddings=learnt.meaning is not None,
        seconds=time.monotonic() - started,
        path=model_path,
    )


def embed(
    examples: Sequence[Example],
    embedder: Embedder,
    cache: EmbeddingCache,
    *,
    tell: Callable[[float], None] = lambda _: None,
) -> Rows:
    """Per example two rows, as written and as typed in haste; what was embedded before is taken from the cache.

    Of many examples only some are embedded a second time; the others have the same row twice.
    """
    texts = [clean(example.text) for example in examples]
    every = -(-len(texts) // _HASTY)
    hasty = [text if place % every else rough(text) for place, text in enumerate(texts)]
    rows = cache.rows([*texts, *hasty], embedder, tell=tell)
    return embedder.parted(np.stack([rows[: len(texts)], rows[len(texts) :]], axis=1))


def embed_names(examples: Sequence[Example], embedder: Embedder) -> Names:
    """The row of every intent's name, in words."""
    intents = sorted({example.intent for example in examples})
    rows = embedder.parted(embedder.embed_all([in_words(intent) for intent in intents]))
    return {intent: rows[place] for place, intent in enumerate(intents)}


def in_words(intent: str) -> str:
    """The name of an intent as a message: "find_course" becomes "find course"."""
    return " ".join(re.findall(r"[^\W_]+", intent))


def open_encoder(folder: Path, encoder: Encoder = E5) -> Embedder | None:
    """The encoder, made in `folder` if need be; None, and a warning, when it cannot be had."""
    try:
        encoder.prepare(folder)
        return encoder.open(folder)
    except EncoderError as error:
        log.warning("no sentence embeddings (%s): the model will read words and letters only", error)
        return None


def cross_validate(
    examples: Sequence[Example],
    vectors: Rows | None,
    *,
    names: Names | None = None,
    folds: int = FOLDS,
) -> HeldOut:
    """Score the examples of the first `folds` of FOLDS folds, each by a model trained on all other folds.

    A rare label may miss from a fold.
    """
    labels = tuple(sorted({example.intent for example in examples}))
    place = {label: index for index, label in enumerate(labels)}
    truth = np.array([place[example.intent] for example in examples])
    spelling = np.full((len(examples), len(labels)), -30.0, dtype=np.float32)
    meaning, clouds, glance = spelling.copy(), spelling.copy(), spelling.copy()
    near = np.zeros_like(spelling)
    distance, glance_distance = np.zeros((2, len(examples)), dtype=np.float32)
    fold_of = _folds(truth)
    for number in range(folds):
        seen, unseen = np.flatnonzero(fold_of != number), np.flatnonzero(fold_of == number)
        part = None if vectors is None else vectors[seen]
        learnt = learn([examples[int(i)] for i in seen], part, version="fold", names=names, whole=False)
        positions = np.array([place[label] for label in learnt.labels])
        for index in map(int, unseen):
            columns, values = learnt.ngrams.vector(words(clean(examples[index].text)))
            spelling[index, positions] = learnt.spelling.logits(columns, values)
        here = np.ix_(unseen, positions)
        if vectors is not None and learnt.meaning is not None:
            rows = vectors[unseen, 0]
            together = joined(rows.whole, rows.glance)
            meaning[here] = learnt.meaning.logits(together)
            clouds[here], distance[unseen] = learnt.meaning.look(together)
            near[here] = learnt.meaning.near(rows.whole)
        if vectors is not None and vectors.glance is not None and learnt.glance is not None:
            looks = vectors.glance[unseen, 0]
            glance[here], glance_distance[unseen] = learnt.glance.logits(looks), learnt.glance.look(looks)[1]
    scored = fold_of < folds
    if vectors is None:
        return HeldOut(labels=labels, views=Views(spelling=spelling[scored]), truth=truth[scored])
    views = Views(
        spelling=spelling[scored], meaning=meaning[scored], clouds=clouds[scored], distance=distance[scored],
        near=near[scored],
    )  # fmt: skip
    if vectors.glance is not None:
        views = replace(views, glance=glance[scored], glance_distance=glance_distance[scored])
    return HeldOut(labels=labels, views=views, truth=truth[scored])


def learn(
    examples: Sequence[Example],
    vectors: Rows | None,
    *,
    version: str,
    names: Names | None = None,
    whole: bool = True,
) -> Learnt:
    """Fit all layers on the examples, and on one misspelt copy of each for words and letters. Not calibrated yet.

    The name of an intent is an example too, which helps where there are few; `names` are their rows. A fold need not
    be `whole`: it has no layer for languages, and no embeddings of messages typed in haste.
    """
    from nlu.solver import fit_sparse  # scipy would add to the time that the server takes to start

    texts = [clean(example.text) for example in examples]
    copies = [misspell(text, random.Random(zlib.crc32(text.encode()))) for text in texts]
    intents = [example.intent for example in examples]
    named = sorted(set(intents))
    folded = [words(text) for text in [*texts, *copies, *map(in_words, named)]]
    ngrams = Ngrams.fit(folded[: len(texts)])
    rows, width = [ngrams.vector(row) for row in folded], len(ngrams.columns)
    labels, spelling = fit_sparse(rows, width, [*intents, *intents, *named])
    tongues = (
        fit_sparse(rows[: len(texts)], width, [example.language for example in examples]) if whole else None
    )
    meaning = glance = None
    if vectors is not None:
        marks = [] if names is None else [names[label] for label in named]
        together = joined(vectors.whole, vectors.glance)
        # a glance has as many numbers of the same kind as a whole row, and may have others behind them
        size = vectors.whole.shape[-1]
        layers = _layers(
            together, intents, [joined(mark.whole, mark.glance) for mark in marks], named, whole=whole,
            clouds_over=2 * size,
        )  # fmt: skip
        place = {label: index for index, label in enumerate(labels)}
        meaning = Meaning(
            hidden=layers.hidden,
            layer=layers.layer,
            mean=layers.mean,
            clouds=layers.clouds,
            examples=unit(vectors.whole[:, 0] - layers.mean[: vectors.whole.shape[-1]]),
            example_labels=np.array([place[intent] for intent in intents], dtype=np.int32),
        )
        if vectors.glance is not None:
            looks = [mark.glance for mark in marks if mark.glance is not None]
            glance = _layers(vectors.glance, intents, looks, named, whole=whole, clouds_over=size)
    return Learnt(
        version=version,
        labels=labels,
        languages=tongues[0] if tongues else (),
        ngrams=ngrams,
        spelling=spelling,
        tongues=tongues[1] if tongues else _nothing(width),
        glance=glance,
        meaning=meaning,
        calibration=_UNKNOWN,
        known_words=frozenset(word for row in folded[: len(texts)] for word in row),
    )


def _layers(
    rows: Floats,
    intents: list[str],
    marks: list[Floats],
    named: list[str],
    *,
    whole: bool,
    clouds_over: int,
) -> Glance:
    """Layers and clouds over embedded examples (two rows each); the layers also over the names of the intents.

    `clouds_over`: the first columns, which the clouds lie in.
    """
    from nlu.solver import fit_clouds, fit_dense

    mean = rows[:, 0].mean(axis=0)
    used = [rows[:, 0], rows[:, 1]] if whole else [rows[:, 0]]
    wanted = intents * len(used)
    if marks:
        used.append(np.stack(marks))
        wanted += named
    _, first, second = fit_dense((np.concatenate(used) - mean) * EMBEDDING_SCALE, wanted)
    clouds = fit_clouds((rows[:, 0] - mean)[:, :clouds_over], intents)
    return Glance(hidden=first, layer=second, mean=mean, clouds=clouds)


def _nothing(width: int) -> Linear:
    return Linear(weights=np.zeros((width, 0), dtype=np.float16), bias=np.zeros(0, dtype=np.float32))


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
