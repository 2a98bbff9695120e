"""Earlier models are kept and put back."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from nlu import ModelError
from nlu.model_file import ModelFile, save
from nlu.model_versions import FOLDER, KEPT, keep, roll_back, version_of, versions


def put(path: Path, name: str, made: int) -> None:
    """A model of this name in use, made at this second, and kept."""
    save(path, ModelFile(header={"version": name}, arrays={"x": np.zeros(3)}))
    os.utime(path, (made, made))
    keep(path)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.npz"
    for second, name in enumerate(("first", "second", "third"), 1):
        put(path, name, second)
    return path


def test_every_model_that_was_in_use_is_kept_newest_first(model: Path) -> None:
    assert [(version.name, version.active) for version in versions(model)] == [
        ("third", True),
        ("second", False),
        ("first", False),
    ]


def test_back_and_further_back_and_to_a_named_one(model: Path) -> None:
    assert roll_back(model).name == "second"
    assert version_of(model) == "second"
    assert roll_back(model).name == "first"
    with pytest.raises(ModelError, match="no older model"):
        roll_back(model)
    assert roll_back(model, "third").name == "third"
    assert version_of(model) == "third"
    assert len(versions(model)) == 3
    with pytest.raises(ModelError, match="no version fourth"):
        roll_back(model, "fourth")


def test_a_model_that_this_program_cannot_use_is_listed_and_passed_over(model: Path) -> None:
    (model.parent / FOLDER / "second.npz").write_bytes(b"not a model")
    assert "cannot be read" in next(
        version.problem for version in versions(model) if version.name == "second"
    )
    with pytest.raises(ModelError, match="cannot be read"):
        roll_back(model, "second")
    assert roll_back(model).name == "first"


def test_without_a_model_in_use_the_newest_kept_one_comes_back(model: Path) -> None:
    model.unlink()
    assert roll_back(model).name == "third"


def test_only_so_many_are_kept_and_the_one_in_use_always(model: Path) -> None:
    for second in range(4, 4 + KEPT):
        put(model, f"v{second}", second)
    assert len(versions(model)) == KEPT
    assert version_of(model) in {version.name for version in versions(model)}
    assert not list(model.parent.glob(".model*")), "nothing half is left behind"
