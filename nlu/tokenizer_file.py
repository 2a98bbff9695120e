"""Reading a `tokenizer.json`: word pieces (BERT's family) and unigrams (XLM-R's family), which sentence models use.

The file tells how to normalise, where to cut, and which marks stand at the ends. Reading it ourselves costs a tenth of
the memory of the package that writes it.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from nlu.e5_tokens import Tokenizer
from nlu.e5_weights import TokenTable

_LONGEST_WORD = 100  # characters; a longer one is unknown


class TokenizerError(ValueError):
    """A tokenizer that is missing, broken or of a kind not read here; the message says which."""


class Tokens(Protocol):
    """Text → token ids with the marks at both ends, at most `longest` of them."""

    def ids(self, text: str, *, longest: int) -> list[int]: ...


def read_tokenizer(path: Path) -> Tokens:
    """The tokenizer of a file. Raises TokenizerError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        kind = content["model"].get("type") or ("Unigram" if "unk_id" in content["model"] else "WordPiece")
        if kind == "Unigram":
            return _unigram(content)
        if kind == "WordPiece":
            return WordPieces(content)
    except (OSError, ValueError, KeyError, TypeError, IndexError, binascii.Error, struct.error) as error:
        raise TokenizerError(f"{path.name} cannot be read: {error}") from error
    raise TokenizerError(f"{path.name} is of the kind {kind}; only WordPiece and Unigram are read")


class WordPieces:
    """Words cut into the longest known pieces, from the front; pieces inside a word carry a mark."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        model = content["model"]
        self._pieces: Mapping[str, int] = model["vocab"]
        self._inside: str = model.get("continuing_subword_prefix", "##")
        self._unknown = self._pieces[model.get("unk_token", "[UNK]")]
        self._begin, self._end = _marks(content)
        normal = _parts(content["normalizer"], "normalizers")
        bert = next((part for part in normal if part["type"] == "BertNormalizer"), {})
        kinds = {part["type"] for part in normal}
        self._lower = bool(bert.get("lowercase")) or "Lowercase" in kinds
        strips = bert.get("strip_accents")
        self._strip = "StripAccents" in kinds or (bool(bert) and (self._lower if strips is None else strips))

    def ids(self, text: str, *, longest: int) -> list[int]:
        found: list[int] = []
        for word in self._words(text):
            if len(found) >= longest - 2:
                break
            found += self._cut(word)
        return [self._begin, *found[: longest - 2], self._end]

    def _words(self, text: str) -> list[str]:
        """Words and single signs; every Chinese character is a word."""
        if self._lower:
            text = text.lower()
        if self._strip:
            text = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
        spaced = "".join(f" {c} " if _is_sign(c) else c for c in text if not _is_control(c))
        return spaced.split()

    def _cut(self, word: str) -> list[int]:
        if len(word) > _LONGEST_WORD:
            return [self._unknown]
        found: list[int] = []
        start = 0
        while start < len(word):
            mark = self._inside if start else ""
            for end in range(len(word), start, -1):
                piece = self._pieces.get(mark + word[start:end])
                if piece is not None:
                    break
            else:
                return [self._unknown]
            found.append(piece)
            start = end
        return found


class _CharacterMap(dict[int, str]):
    """SentencePiece's compiled table of how characters are normalised; looked up when first needed."""

    def __init__(self, packed: bytes) -> None:
        (size,) = struct.unpack_from("<I", packed)
        self._units: list[int] = np.frombuffer(packed, dtype="<u4", count=size // 4, offset=4).tolist()
        self._texts = packed[4 + size :]

    def __missing__(self, point: int) -> str:
        found = self[point] = self._look_up(chr(point))
        return found

    def _look_up(self, char: str) -> str:
        """A walk through a double array: each byte leads to a unit that must carry it as its label."""
        position = self._next(0, self._units[0])
        for byte in char.encode(errors="ignore"):
            position ^= byte
            if position >= len(self._units) or self._units[position] & 0x800000FF != byte:
                return char
            unit = self._units[position]
            position = self._next(position, unit)
        if not unit >> 8 & 1:
            return char
        start = self._units[position] & 0x7FFFFFFF
        return self._texts[start : self._texts.index(b"\0", start)].decode()

    @staticmethod
    def _next(position: int, unit: int) -> int:
        return position ^ (unit >> 10) << ((unit & 0x200) >> 6)


def _unigram(content: Mapping[str, Any]) -> Tokenizer:
    model = content["model"]
    begin, end = _marks(content)
    normal: Mapping[int, str] = {}
    for part in _parts(content["normalizer"], "normalizers"):
        if part["type"] == "Precompiled":
            normal = _CharacterMap(base64.b64decode(part["precompiled_charsmap"]))
    return Tokenizer(
        TokenTable(
            pieces={piece: index for index, (piece, _) in enumerate(model["vocab"])},
            scores=np.array([score for _, score in model["vocab"]], dtype=np.float32),
            begin=begin,
            end=end,
            unknown=model["unk_id"],
            normal=normal,
        )
    )


def _marks(content: Mapping[str, Any]) -> tuple[int, int]:
    """The ids at the begin and the end of a text."""
    for part in _parts(content["post_processor"], "processors"):
        if part["type"] in ("BertProcessing", "RobertaProcessing"):
            return part["cls"][1], part["sep"][1]
        if part["type"] == "TemplateProcessing":
            names = [item["SpecialToken"]["id"] for item in part["single"] if "SpecialToken" in item]
            ids = [part["special_tokens"][name]["ids"][0] for name in names]
            if len(ids) == 2:
                return ids[0], ids[1]
    raise TokenizerError("no marks for the begin and the end of a text")


def _parts(content: Mapping[str, Any] | None, name: str) -> list[Mapping[str, Any]]:
    """A single step, or the steps of a sequence."""
    if content is None:
        return []
    return list(content[name]) if content["type"] == "Sequence" else [content]


def _is_sign(char: str) -> bool:
    if char.isascii():
        return char.isprintable() and not char.isalnum() and char != " "
    return unicodedata.category(char).startswith("P") or unicodedata.name(char, "").startswith("CJK ")


def _is_control(char: str) -> bool:
    return char not in "\t\n\r" and unicodedata.category(char).startswith("C")
