"""Which sentence encoder: the one that comes with Leerlijn, or an ONNX model in a folder of somebody's own."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from nlu.e5_model import E5Model
from nlu.e5_weights import WeightsError, read_weights, weights_path
from nlu.embedder import Embedder, SentenceModel
from nlu.onnx_model import MODEL_FILE, TOKENIZER_FILE, OnnxModel
from nlu.tokenizer_file import TokenizerError

_E5 = "e5-small-6"  # raised when a graph or its input changes: models trained with another are refused
GRAPHS = (f"{_E5}.first.onnx", f"{_E5}.rest.onnx")
_HALF = 6
"""Layers after which a first look is taken; measured, that settles six messages in ten as well as all twelve would."""


class EncoderError(RuntimeError):
    """The encoder is missing, broken or of a kind that cannot be used; the message says which."""


class Encoder(ABC):
    """A choice of encoder; `open` loads it. `beside` is always the folder of the trained model."""

    @property
    def cache_name(self) -> str:
        """The file with embedded training messages, in the folder of the trained model. Raises EncoderError."""
        return f"embeddings-{self.fingerprint()}.npz"

    @property
    @abstractmethod
    def arguments(self) -> list[str]:
        """How a worker is told which encoder; see `encoder_of`."""

    @abstractmethod
    def fingerprint(self) -> str:
        """The same for encoders that give the same rows; a model works only with its own. Raises EncoderError."""

    @abstractmethod
    def prepare(self, beside: Path) -> None:
        """Make what `open` needs and does not come by itself. Raises EncoderError."""

    @abstractmethod
    def check(self, beside: Path) -> None:
        """Whether all files are there. Raises EncoderError."""

    def open(self, beside: Path, *, threads: int = 2) -> Embedder:
        """Load it into this process. Raises EncoderError."""
        try:
            return Embedder(self._load(beside), threads=threads)
        except (WeightsError, TokenizerError, OSError, RuntimeError, ValueError) as error:
            raise EncoderError(str(error)) from error  # onnxruntime's own errors are RuntimeErrors

    @abstractmethod
    def _load(self, beside: Path) -> SentenceModel: ...


@dataclass(frozen=True, slots=True)
class E5Encoder(Encoder):
    """multilingual-e5-small, made once into graphs from the weights of the installed package."""

    @property
    def arguments(self) -> list[str]:
        return []

    def fingerprint(self) -> str:
        return _E5

    def prepare(self, beside: Path) -> None:
        first, rest = (beside / name for name in GRAPHS)
        if first.exists() and rest.exists():
            return
        try:
            from nlu.e5_graph import build  # onnx is needed here once, never while serving

            build(read_weights(weights_path()), (first, rest), half=_HALF)
        except (WeightsError, ImportError, OSError, RuntimeError) as error:
            raise EncoderError(str(error)) from error

    def check(self, beside: Path) -> None:
        try:
            weights_path()
        except WeightsError as error:
            raise EncoderError(str(error)) from error
        for name in GRAPHS:
            if not (beside / name).exists():
                raise EncoderError(f"there is no {name} beside the model")

    def _load(self, beside: Path) -> SentenceModel:
        return E5Model(*(beside / name for name in GRAPHS))


@dataclass(frozen=True, slots=True)
class FolderEncoder(Encoder):
    """An ONNX sentence model of somebody's own: `model.onnx` and `tokenizer.json` in `folder`."""

    folder: Path
    prefix: str = ""

    @property
    def arguments(self) -> list[str]:
        return [f"--folder={self.folder}", f"--prefix={self.prefix}"]

    def fingerprint(self) -> str:
        self.check(self.folder)
        digest = hashlib.blake2b(self.prefix.encode(), digest_size=6)
        for name in (MODEL_FILE, f"{MODEL_FILE}_data", TOKENIZER_FILE):
            file = self.folder / name
            if file.exists():
                with file.open("rb") as stream:
                    digest.update(hashlib.file_digest(stream, "blake2b").digest())
        return f"onnx-{digest.hexdigest()}"

    def prepare(self, beside: Path) -> None:
        self.check(beside)

    def check(self, beside: Path) -> None:
        for name in (MODEL_FILE, TOKENIZER_FILE):
            if not (self.folder / name).is_file():
                raise EncoderError(f"there is no {name} in {self.folder}")

    def _load(self, beside: Path) -> SentenceModel:
        return OnnxModel(self.folder, prefix=self.prefix)


E5: Encoder = E5Encoder()


def encoder_of(folder: Path | None, prefix: str = "") -> Encoder:
    """The encoder in `folder`, which gets `prefix` before every message; without a folder our own."""
    return FolderEncoder(folder.resolve(), prefix) if folder is not None else E5
