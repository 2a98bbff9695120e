"""Training: the same data gives the same model, and what it says of itself is measured on unseen messages."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlu import Vocabulary, load
from nlu import learn as learning
from nlu.calibration import Views, calibration_error, fit, probabilities
from nlu.embedder import Rows
from nlu.embedding_cache import EmbeddingCache
from nlu.learn import HeldOut, embed, in_words, learn, open_encoder
from nlu.learnt import scope_scores, softmax, unit, weigh
from nlu.noise import misspell
from nlu.solver import fit_clouds, fit_dense, fit_sparse
from nlu.training_data import Example, load_examples

ROOT = Path(__file__).parents[2]


def test_training_is_repeatable_and_honest(
    small_training: Path,
    small_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    vocabulary: Vocabulary,
) -> None:
    monkeypatch.setattr(learning, "open_encoder", lambda *_, **__: None)
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
    together = Views(spelling=views[0], meaning=views[1], clouds=np.zeros_like(near), near=near)
    right = (probabilities(together, fit(together, truth)).argmax(axis=1) == truth).mean()
    assert right > max((view.argmax(axis=1) == truth).mean() for view in views) + 0.03


def test_a_view_that_knows_nothing_has_no_say() -> None:
    chance = np.random.default_rng(3)
    truth = chance.integers(0, 5, 3_000)
    knows, guesses, others = (chance.standard_normal((3_000, 5)).astype(np.float32) for _ in range(3))
    knows[np.arange(3_000), truth] += 2
    near = softmax(chance.standard_normal((3_000, 5)).astype(np.float32))
    for views, place in (
        (Views(spelling=knows, meaning=guesses, clouds=others, near=near), 0),
        (Views(spelling=guesses, meaning=knows, clouds=others, near=near), 1),
        (Views(spelling=guesses, meaning=others, clouds=knows, near=near), 2),
    ):
        shares = fit(views, truth).shares
        assert 1.8 < shares[place] < 2.3  # as the right answer lies 2 above the noise
        assert max(share for index, share in enumerate(shares) if index != place) < 0.1


def test_few_examples_are_learnt_as_thoroughly_as_many() -> None:
    """With so many passes and no more, forty examples would make two steps a pass, and not be learnt."""
    chance = np.random.default_rng(4)
    centres = chance.standard_normal((4, 16)).astype(np.float32)
    truth = np.repeat(np.arange(4), 10)
    rows = centres[truth] + chance.standard_normal((40, 16)).astype(np.float32) * np.float32(0.2)
    _, hidden, layer = fit_dense(rows, [str(label) for label in truth])
    logits = np.maximum(rows @ hidden.weights + hidden.bias, 0) @ layer.weights + layer.bias
    assert softmax(logits)[np.arange(40), truth].min() > 0.9
    everything = np.arange(16, dtype=np.int32)
    _, line = fit_sparse([(everything, row) for row in rows], 16, [str(label) for label in truth])
    assert np.mean([line.logits(everything, row).argmax() for row in rows] == truth) == 1


def test_clouds_see_past_what_all_labels_have_in_common() -> None:
    """Rows of all labels spread far along one axis, which tells nothing; the labels differ a little along others."""
    chance = np.random.default_rng(6)
    centres = chance.standard_normal((6, 12)).astype(np.float32)
    truth = np.repeat(np.arange(6), 200)
    rows = centres[truth] + chance.standard_normal((1_200, 12)).astype(np.float32) * np.float32(0.8)
    rows[:, 0] += chance.standard_normal(1_200).astype(np.float32) * np.float32(4)
    clouds = fit_clouds(rows, [str(label) for label in truth])
    logits, distance = clouds.look(rows)
    nearest = ((rows[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    assert (logits.argmax(axis=1) == truth).mean() > (nearest == truth).mean() + 0.08
    assert float(logits.std()) == pytest.approx(4, abs=0.1)
    whole = ((rows[:, None] @ clouds.root - clouds.middles) ** 2).sum(axis=2)
    assert np.allclose(distance, whole.min(axis=1), rtol=1e-3, atol=1e-3)
    one_logits, one_distance = clouds.look(rows[7])
    assert np.allclose(one_logits, logits[7], atol=1e-4)
    assert float(one_distance) == pytest.approx(float(distance[7]), rel=1e-3)
    alike, _ = fit_clouds(np.ones((4, 3), dtype=np.float32), ["a", "a", "b", "b"]).look(
        np.zeros(3, np.float32)
    )
    assert np.isfinite(alike).all()


def test_the_name_of_an_intent_is_an_example_too() -> None:
    said = {"find_course": ("aaa bbb", "ccc ddd"), "opening_hours": ("eee fff", "ggg hhh")}
    examples = [
        Example(text=text, intent=intent, language="nl") for intent, texts in said.items() for text in texts
    ]
    chance = np.random.default_rng(5)
    vectors = Rows(unit(chance.standard_normal((4, 2, 8)).astype(np.float32)), None)
    names = {intent: Rows(unit(chance.standard_normal(8).astype(np.float32)), None) for intent in said}
    known, unknown = (learn(examples, vectors, version="test", names=given) for given in (names, None))
    for place, intent in enumerate(known.labels):
        believed, before = (
            float(softmax(learnt.meaning.logits(names[intent].whole))[place])
            for learnt in (known, unknown)
            if learnt.meaning is not None
        )
        assert believed > max(before, 0.8)
    assert in_words("find_course") == "find course"


def test_of_many_examples_only_some_are_embedded_twice(
    encoder_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "_HASTY", 3)
    examples = [Example(text=f"boekhouding nummer {n}", intent="x", language="nl") for n in range(8)]
    embedder = open_encoder(encoder_folder)
    assert embedder is not None
    rows = embed(examples, embedder, EmbeddingCache(tmp_path / "cache.npz"))
    assert rows.glance is not None
    for each in (rows.whole, rows.glance):
        assert [bool((written != hasty).any()) for written, hasty in each] == [n % 3 == 0 for n in range(8)]


def test_what_is_like_hardly_any_of_ours_lies_below_the_scope() -> None:
    chance = np.random.default_rng(3)
    spelling, meaning, clouds = (chance.normal(size=(200, 2)).astype(np.float32) for _ in range(3))
    near = np.full((200, 2), 0.5, dtype=np.float32)
    held_out = HeldOut(
        labels=("find_course", "out_of_scope"),
        views=Views(
            spelling=spelling,
            meaning=meaning,
            clouds=clouds,
            near=near,
            distance=np.linspace(0, 50, 200, dtype=np.float32),
        ),
        truth=np.arange(200) % 2,
    )
    kept = fit(held_out.views, held_out.truth)
    limit = held_out.scope(kept)
    assert limit is not None
    assert held_out.views.distance is not None
    logits = weigh(spelling, meaning, clouds, near, kept.shares)
    below = scope_scores(logits, held_out.views.distance / np.float32(kept.distance)) < limit
    assert below[held_out.truth == 0].mean() == pytest.approx(0.02, abs=0.01)
    assert np.flatnonzero(below).min() > 150  # what lies farthest
    assert replace(held_out, views=Views(spelling=spelling)).scope(kept) is None


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
