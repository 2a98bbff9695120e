"""Reading with what was learnt: what is asked of each view, and how strange a message is."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest

from nlu.engine import GRAVE, Engine, NoEmbedding, Reading
from nlu.learnt import DISTANCE_SHARE, Calibration, Clouds, Floats, Glance, Learnt, Linear, Meaning, unit
from nlu.ngrams import Ngrams
from nlu.text import words

LABELS = ("course", "price")
EXAMPLES = unit(np.array([[1, 0, 0], [0, 1, 0]], dtype=np.float32))


class Fixed:
    """An embedder that says the same of every message, or that it cannot; `asked` tells for what."""

    def __init__(self, row: list[float] | None, glance: list[float] | None = None) -> None:
        self._row = row
        self._glance = glance
        self.asked: list[str] = []

    def ask(self, text: str, *, glance: bool = False) -> Future[Floats]:
        self.asked.append("glance" if glance else "whole")
        row = self._glance if glance else self._row
        if row is None:
            raise NoEmbedding
        answer: Future[Floats] = Future()
        answer.set_result(np.array(row, dtype=np.float32))
        return answer

    def embed(self, text: str) -> Floats:
        return self.ask(text).result()


NOTHING = np.zeros(2, dtype=np.float32)
LAYERS: dict[str, Any] = {
    "hidden": Linear(weights=np.eye(3, dtype=np.float32), bias=np.zeros(3, dtype=np.float32)),
    "layer": Linear(weights=np.eye(3, 2, dtype=np.float32), bias=NOTHING),
    "mean": np.zeros(3, dtype=np.float32),
}


def clouds(columns: int) -> Clouds:
    """Both labels lie where all messages do, so that they say only how far that is."""
    return Clouds(
        root=np.eye(columns, dtype=np.float32), middles=np.zeros((2, columns), dtype=np.float32), bias=NOTHING, scale=1.0
    )  # fmt: skip


JOINED: dict[str, Any] = LAYERS | {
    "hidden": Linear(weights=np.eye(6, 3, dtype=np.float32), bias=np.zeros(3, dtype=np.float32)),
    "mean": np.zeros(6, dtype=np.float32),
}
"""The same of rows with their glance beside them, which says nothing here."""


def learnt(*, sure: float = 0.99, labels: tuple[str, str] = LABELS, glances: bool = False) -> Learnt:
    """Knows two words and two meanings, weighs both alike and neighbours not."""
    ngrams = Ngrams.fit([["cursus", "prijs"], ["cursus", "prijs"]])
    weights = np.zeros((len(ngrams.columns), 2), dtype=np.float16)
    weights[ngrams.columns["cursus\t"]] = (3, 0)
    weights[ngrams.columns["prijs\t"]] = (0, 3)
    return Learnt(
        version="test",
        labels=labels,
        languages=("nl",),
        ngrams=ngrams,
        spelling=Linear(weights=weights, bias=NOTHING),
        tongues=Linear(weights=weights[:, :1], bias=NOTHING[:1]),
        glance=Glance(**LAYERS, clouds=clouds(3)) if glances else None,
        meaning=Meaning(
            **(JOINED if glances else LAYERS),
            clouds=clouds(6 if glances else 3),
            examples=EXAMPLES,
            example_labels=np.arange(2, dtype=np.int32),
        ),
        calibration=Calibration(
            spelling=1.0,
            shares=(1.0, 1.0, 0.0, 0.0),
            sure=sure,
            glance_shares=(1.0, 1.0),
            glance_sure=0.9,
            glance_far=2.0,
        ),
        known_words=frozenset({"cursus", "prijs"}),
    )


def engine(row: list[float] | None, *, sure: float = 0.99) -> Engine:
    """One that gives no glance."""
    return Engine(learnt(sure=sure), Fixed(row))


def read(engine: Engine, message: str, *, deep: bool = True) -> Reading:
    return engine.read(message, words(message), deep=deep)


def test_meaning_outweighs_spelling_when_it_is_surer() -> None:
    assert read(engine([0, 1, 0]), "cursus").probabilities.argmax() == 1
    assert read(engine(None), "cursus").probabilities.argmax() == 0  # words alone, without the embedder


@pytest.mark.parametrize("deep", [True, False])
def test_a_sure_or_shallow_reading_is_not_embedded(deep: bool) -> None:
    found = read(engine([0, 1, 0], sure=0.6 if deep else 0.99), "cursus", deep=deep)
    assert found.in_scope is None
    assert found.probabilities.argmax() == 0


def test_a_word_never_seen_makes_spelling_less_sure() -> None:
    assert read(engine([0, 1, 0], sure=0.6), "cursus").in_scope is None
    assert read(engine([0, 1, 0], sure=0.6), "cursus xyz").in_scope is not None


def test_a_message_like_none_in_training_is_less_in_scope() -> None:
    near, far = (read(engine(row), "prijs?").in_scope for row in ([0, 0, 0.5], [0, 0, 1.5]))
    assert near is not None
    assert far is not None
    assert near == pytest.approx(far + 2 * DISTANCE_SHARE)  # squared distances of 0.25 and 2.25


def glancing(
    glance: list[float] | None, row: list[float] | None, labels: tuple[str, str] = LABELS
) -> tuple[Engine, Fixed]:
    embedder = Fixed(row, glance)
    return Engine(learnt(labels=labels, glances=True), embedder), embedder


def test_a_glance_that_is_sure_settles_it() -> None:
    engine, embedder = glancing([0.01, 1, 0], [1, 0, 0])
    found = read(engine, "iets")
    assert found.probabilities.argmax() == 1
    assert found.in_scope is None
    assert embedder.asked == ["glance"]


def test_a_glance_from_far_off_settles_nothing() -> None:
    engine, embedder = glancing([0.01, 1, 1.2], [1, 0, 0])  # as sure, and farther than most of ours
    assert read(engine, "iets").in_scope is not None
    assert embedder.asked == ["glance", "whole"]


def test_a_glance_in_doubt_is_followed_by_all_views() -> None:
    engine, embedder = glancing([0.05, 0.06, 0], [1, 0, 0])
    found = read(engine, "iets")
    assert found.probabilities.argmax() == 0
    assert found.in_scope is not None
    assert embedder.asked == ["glance", "whole"]


@pytest.mark.parametrize("grave", sorted(GRAVE))
def test_danger_and_stop_are_never_ruled_out_at_a_glance(grave: str) -> None:
    """Sure of a course to nineteen in twenty, with the rest on danger: that is looked at in full."""
    row = [3 / 20, 0, 0]
    assert read(glancing(row, None)[0], "iets").probabilities.max() == pytest.approx(0.953, abs=0.01)
    for labels, asked in ((LABELS, ["glance"]), (("course", grave), ["glance", "whole"])):
        engine, embedder = glancing(row, [1, 0, 0], labels)
        read(engine, "iets")
        assert embedder.asked == asked


def test_half_a_look_is_better_than_none() -> None:
    engine, embedder = glancing([0.05, 0.06, 0], None)
    assert read(engine, "iets").probabilities.argmax() == 1
    read(engine, "iets")
    assert embedder.asked == ["glance", "whole"] * 2  # and is not remembered


def test_the_very_same_message_is_embedded_once() -> None:
    engine, embedder = glancing([0.05, 0.06, 0], [1, 0, 0])
    first, second = (read(engine, "iets") for _ in range(2))
    assert np.array_equal(first.probabilities, second.probabilities)
    assert first.in_scope == second.in_scope
    assert embedder.asked == ["glance", "whole"]
