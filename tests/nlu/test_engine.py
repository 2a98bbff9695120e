"""Reading with what was learnt: what is asked of each view, and how strange a message is."""

from __future__ import annotations

import numpy as np
import pytest

from nlu.engine import (
    LIKENESS_SHARE,
    Calibration,
    Engine,
    Floats,
    Learnt,
    Linear,
    Meaning,
    NoEmbedding,
    Reading,
    unit,
)
from nlu.ngrams import Ngrams
from nlu.text import words

LABELS = ("course", "price")
EXAMPLES = unit(np.array([[1, 0, 0], [0, 1, 0]], dtype=np.float32))


class Fixed:
    """An embedder that says the same of every message, or that it cannot."""

    def __init__(self, row: list[float] | None) -> None:
        self._row = row

    def embed(self, text: str) -> Floats:
        if self._row is None:
            raise NoEmbedding
        return np.array(self._row, dtype=np.float32)


def engine(row: list[float] | None, *, sure: float = 0.99) -> Engine:
    """Knows two words and two meanings, weighs both alike and neighbours not."""
    ngrams = Ngrams.fit(["cursus prijs", "cursus prijs"])
    weights = np.zeros((len(ngrams.columns), 2), dtype=np.float16)
    weights[ngrams.columns["cursus\t"]] = (3, 0)
    weights[ngrams.columns["prijs\t"]] = (0, 3)
    nothing = np.zeros(2, dtype=np.float32)
    meaning = Meaning(
        hidden=Linear(weights=np.eye(3, dtype=np.float32), bias=np.zeros(3, dtype=np.float32)),
        layer=Linear(weights=np.eye(3, 2, dtype=np.float32), bias=nothing),
        mean=np.zeros(3, dtype=np.float32),
        examples=EXAMPLES,
        example_labels=np.arange(2, dtype=np.int32),
    )
    learnt = Learnt(
        version="test",
        labels=LABELS,
        languages=("nl",),
        ngrams=ngrams,
        spelling=Linear(weights=weights, bias=nothing),
        tongues=Linear(weights=weights[:, :1], bias=nothing[:1]),
        meaning=meaning,
        calibration=Calibration(spelling=1.0, shares=(1.0, 1.0, 0.0), sure=sure),
        known_words=frozenset({"cursus", "prijs"}),
    )
    return Engine(learnt, Fixed(row))


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
    near, far = (read(engine(row), "prijs?").in_scope for row in ([1, 0, 0], [0.1, 0, 1]))
    assert near is not None
    assert far is not None
    assert near > far + 0.8 * LIKENESS_SHARE  # cosines of 1 and 0.1
