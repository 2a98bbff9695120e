"""The nearest rows by sketch are the nearest rows."""

from __future__ import annotations

import numpy as np
import pytest

from nlu.embedder import unit
from nlu.learnt import Clouds, Linear, Meaning
from nlu.neighbours import Neighbours


def rows(count: int, seed: int = 5) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Rows that differ more in some directions than in others, as sentence embeddings do."""
    spread = np.arange(1, 385, dtype=np.float32) ** -0.5
    return unit(np.random.default_rng(seed).standard_normal((count, 384)).astype(np.float32) * spread)


@pytest.mark.parametrize("count", [3, 150, 5_000])
def test_they_are_those_of_a_full_comparison(count: int) -> None:
    examples = rows(count)
    neighbours = Neighbours(examples)
    for row in rows(40, seed=6):
        wanted = set(np.argsort(-(examples @ row))[:20].tolist())
        found, likeness = neighbours.find(row, 20)
        assert len(found) == min(20, count)
        assert len(wanted & set(found.tolist())) >= 0.8 * len(wanted)
        assert np.allclose(likeness, examples[found] @ row, atol=1e-5)
        assert likeness.max() == pytest.approx(float((examples @ row).max()), abs=1e-5)


def test_one_message_gets_the_shares_that_many_get() -> None:
    examples = rows(120)
    empty = Linear(weights=np.zeros((384, 7), dtype=np.float32), bias=np.zeros(7, dtype=np.float32))
    meaning = Meaning(
        hidden=empty,
        layer=empty,
        mean=np.full(384, 0.01, dtype=np.float32),
        clouds=Clouds(root=empty.weights, middles=empty.weights, bias=empty.bias, scale=1.0),
        examples=examples,
        example_labels=np.arange(120, dtype=np.int32) % 7,
    )
    asked = rows(10, seed=8)
    together = meaning.near(asked)
    neighbours = Neighbours(examples)
    for row, wanted in zip(asked, together, strict=True):
        assert np.allclose(meaning.near_one(row, neighbours), wanted, atol=1e-4)
