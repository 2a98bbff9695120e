"""Embeddings of training messages, kept between trainings: only what is new is embedded."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlu.embedder import Embedder

Floats = NDArray[np.float32]
_WIDTH_OF_KEY = 16


class EmbeddingCache:
    """One .npz of message hashes and half-precision rows; broken or missing it is simply made again."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, texts: Sequence[str], embedder: Embedder, *, tell: Callable[[float], None]) -> Floats:
        """One row a text, in order; the cache then holds exactly these."""
        kept = self._read()
        keys = [_key(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in kept}
        fresh = embedder.embed_all(list(missing.values()), tell=tell)
        kept |= dict(zip(missing, fresh.astype(np.float16), strict=True))
        if missing:
            self._write({key: kept[key] for key in keys})
        return np.array([kept[key] for key in keys], dtype=np.float32)

    def _read(self) -> dict[bytes, NDArray[np.float16]]:
        try:
            with self._path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
                keys, rows = stored["keys"], stored["rows"]
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
            return {}
        return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}

    def _write(self, kept: dict[bytes, NDArray[np.float16]]) -> None:
        keys = np.array([np.frombuffer(key, dtype=np.uint8) for key in kept])
        beside = self._path.with_name(f".{self._path.name}.new")
        with beside.open("wb") as stream:
            np.savez(stream, keys=keys, rows=np.array(list(kept.values())))
        beside.replace(self._path)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=_WIDTH_OF_KEY).digest()
