"""Earlier models: kept beside the one in use, so that any of them can be put back by one command.

`model.npz` is in use; `models/<version>.npz` are all that were, with the time at which each was made.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nlu.model_file import ModelError, read

FOLDER = "models"
KEPT = 10  # the newest; a model takes some 20 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A model that was kept. `problem` says why this program cannot use it; its header is then empty."""

    name: str
    path: Path
    made: datetime
    active: bool
    header: dict[str, Any]
    problem: str = ""


def keep(model_path: Path) -> None:
    """Put a copy of the model in use among the versions, unless it is there or there is none that can be read."""
    try:
        name = version_of(model_path)
    except ModelError:
        return
    folder = model_path.parent / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{name}.npz"
    if not _same(kept, model_path):
        _swap(model_path, kept)
    for old in versions(model_path)[KEPT:]:
        if not old.active:
            old.path.unlink(missing_ok=True)


def versions(model_path: Path) -> list[Version]:
    """All kept models, newest first."""
    try:
        in_use = version_of(model_path)
    except ModelError:
        in_use = ""
    found = []
    for path in (model_path.parent / FOLDER).glob("*.npz"):
        header: dict[str, Any] = {}
        problem = ""
        try:
            header = read(path).header
        except ModelError as error:
            problem = str(error)
        made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        found.append(
            Version(
                name=path.stem,
                path=path,
                made=made,
                active=path.stem == in_use,
                header=header,
                problem=problem,
            )
        )
    return sorted(found, key=lambda version: version.made, reverse=True)


def roll_back(model_path: Path, name: str | None = None) -> Version:
    """Put version `name` in use, without a name the newest that is older than the one in use. Raises ModelError."""
    keep(model_path)
    kept = versions(model_path)
    if name is None:
        current = next((version for version in kept if version.active), None)
        older = [version for version in kept if current is None or version.made < current.made]
        chosen = next((version for version in older if not version.problem and not version.active), None)
        if chosen is None:
            raise ModelError(
                "There is no older model to go back to; python -m bot train --list shows what is kept"
            )
    else:
        chosen = next((version for version in kept if version.name == name), None)
        if chosen is None:
            raise ModelError(f"There is no version {name}; python -m bot train --list shows what is kept")
        if chosen.problem:
            raise ModelError(chosen.problem)
    _swap(chosen.path, model_path)
    return chosen


def version_of(path: Path) -> str:
    """What the model calls itself. Raises ModelError."""
    return str(read(path).header["version"])


def _same(one: Path, other: Path) -> bool:
    return (
        one.exists() and one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
    )


def _swap(source: Path, target: Path) -> None:
    """Copy beside `target`, time included, then swap: a reader sees the old file or the new one, never half of it."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        shutil.copy2(source, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
