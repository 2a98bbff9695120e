"""The trained model on disk: one .npz of plain arrays with a JSON header. Loading it cannot execute code."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = 10
"""Raised whenever the arrays or the features change; a file of another format is refused."""

_HEADER = "header"
_TRAIN = "train it with: python -m bot train"


class ModelError(RuntimeError):
    """A model file that is missing, broken or of another format; the message says what to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """Header (JSON values) and arrays of a model."""

    header: dict[str, Any]
    arrays: dict[str, NDArray[Any]]


def save(path: Path, content: ModelFile) -> None:
    """Write beside `path`, then swap, so that a reader sees the old file or the new one and never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = json.dumps(content.header | {"format": FORMAT}, ensure_ascii=False).encode()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as stream:
        np.savez(
            stream, allow_pickle=False, **{_HEADER: np.frombuffer(header, dtype=np.uint8)}, **content.arrays
        )
    beside.replace(path)


def read(path: Path) -> ModelFile:
    """The model at `path`. Raises ModelError with the command that makes a good one."""
    if not path.exists():
        raise ModelError(f"There is no trained model at {path}; {_TRAIN}")
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            header = json.loads(stored[_HEADER].tobytes())
            if header.get("format") != FORMAT:
                found = header.get("format")
                raise ModelError(
                    f"The model at {path} has format {found}, this program needs {FORMAT}; {_TRAIN}"
                )
            return ModelFile(
                header=header, arrays={name: stored[name] for name in stored.files if name != _HEADER}
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"The model at {path} cannot be read ({error}); {_TRAIN}") from error


def pack_strings(strings: list[str]) -> NDArray[np.uint8]:
    """Strings without newlines as one array of bytes: far smaller than numpy's fixed-width strings."""
    return np.frombuffer("\n".join(strings).encode(), dtype=np.uint8)


def unpack_strings(packed: NDArray[np.uint8]) -> list[str]:
    """The inverse of `pack_strings`."""
    text = packed.tobytes().decode()
    return text.split("\n") if text else []
