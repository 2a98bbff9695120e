"""Any sentence model in ONNX: token ids in, hidden states out, of which the mean is the meaning."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlu.embedder import Floats
from nlu.onnx_session import open_session
from nlu.tokenizer_file import read_tokenizer

MODEL_FILE, TOKENIZER_FILE = "model.onnx", "tokenizer.json"
_LONGEST = 96  # tokens
_IDS, _MASK, _TYPES = "input_ids", "attention_mask", "token_type_ids"


class OnnxModel:
    """The model of a folder. Raises TokenizerError, OSError, onnxruntime's RuntimeErrors, ValueError for other inputs."""

    def __init__(self, folder: Path, *, prefix: str) -> None:
        self._tokenizer = read_tokenizer(folder / TOKENIZER_FILE)
        self._prefix = prefix
        self._session = open_session(folder / MODEL_FILE)
        self._wants = {given.name for given in self._session.get_inputs()}
        if _IDS not in self._wants or self._wants - {_IDS, _MASK, _TYPES}:
            raise ValueError(f"{MODEL_FILE} wants {', '.join(sorted(self._wants))}: not a sentence model")
        self._width = int(self.run([self.ids("hello")]).shape[1])

    @property
    def width(self) -> int:
        return self._width

    def ids(self, text: str) -> list[int]:
        return self._tokenizer.ids(self._prefix + text, longest=_LONGEST)

    def run(self, ids: Sequence[Sequence[int]]) -> Floats:
        tokens = np.array(ids, dtype=np.int64)
        values = {_IDS: tokens, _MASK: np.ones_like(tokens), _TYPES: np.zeros_like(tokens)}
        found = np.asarray(
            self._session.run(None, {name: values[name] for name in self._wants})[0], dtype=np.float32
        )
        if found.ndim == 3:
            return np.asarray(found.mean(axis=1), dtype=np.float32)
        if found.ndim == 2:
            return found  # it takes the mean itself
        raise ValueError(f"{MODEL_FILE} gives rows of {found.ndim} dimensions: not a sentence model")
