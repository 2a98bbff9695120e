"""Training: the same data gives the same model, and what it says of itself is measured on unseen messages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nlu import Vocabulary, load
from nlu import learn as learning
from nlu.calibration import Views, calibration_error, fit, probabilities
from nlu.engine import softmax
from nlu.noise import misspell
from nlu.training_data import load_examples

ROOT = Path(__file__).parents[2]


def test_training_is_repeatable_and_honest(
    small_training: Path,
    small_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    vocabulary: Vocabulary,
) -> None:
    monkeypatch.setattr(learning, "embed", lambda *_, **__: None)
    told: list[float] = []
    report = learning.train(
        small_training, tmp_path / "model.npz", progress=lambda _, part: told.append(part)
    )
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert report.labels == 39
    assert report.languages == ("en", "fr", "nl")
    assert report.accuracy > 0.4  # twelve examples an intent, and 39 to choose from
    assert not report.uses_embeddings
    assert load(report.path, vocabulary).model_version == load(small_model, vocabulary).model_version
    one, other = (load(path, vocabulary).understand("wat kost dat") for path in (report.path, small_model))
    assert one == other


def test_messages_that_were_seen_are_understood(
    small_training: Path, small_model: Path, vocabulary: Vocabulary
) -> None:
    understander = load(small_model, vocabulary)
    examples = [
        e for e in load_examples(small_training) if e.intent in ("find_course", "appt_cancel", "talk_human")
    ]
    right = [understander.understand(e.text).intent == e.intent for e in examples]
    assert sum(right) / len(right) > 0.9


def test_a_temperature_makes_boasting_honest() -> None:
    chance = np.random.default_rng(1)
    truth = chance.integers(0, 5, 4_000)
    logits = chance.standard_normal((4_000, 5)).astype(np.float32)
    logits[np.arange(4_000), truth] += 2
    boasting = (logits * 4).astype(np.float32)
    kept = fit(Views(spelling=boasting), truth)
    assert 1.8 < kept.spelling < 2.3  # the mean lies 2 apart and the scores are 4 times that
    assert calibration_error(probabilities(Views(spelling=boasting), kept), truth) < 0.02
    assert calibration_error(softmax(boasting), truth) > 0.1


def test_two_views_are_better_than_one() -> None:
    chance = np.random.default_rng(2)
    truth = chance.integers(0, 5, 3_000)
    views = [chance.standard_normal((3_000, 5)).astype(np.float32) for _ in range(2)]
    for view in views:
        view[np.arange(3_000), truth] += 1.5
    near = np.full((3_000, 5), 0.2, dtype=np.float32)  # neighbours that know nothing
    together = Views(spelling=views[0], meaning=views[1], near=near)
    right = (probabilities(together, fit(together, truth)).argmax(axis=1) == truth).mean()
    assert right > max((view.argmax(axis=1) == truth).mean() for view in views) + 0.03


def test_misspelling_changes_long_words_only() -> None:
    import random

    assert misspell("ik ga nu", random.Random(1)) == "ik ga nu"
    changed = misspell("boekhouden in Antwerpen", random.Random(1))
    assert changed != "boekhouden in Antwerpen"
    assert len(changed.split()) == 3


def test_the_server_loads_no_training_library() -> None:
    """scipy, scikit-learn and onnx would add seconds and megabytes to every start."""
    code = "import sys, nlu; print([n for n in ('scipy', 'sklearn', 'onnx') if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
