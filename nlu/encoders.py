"""Which sentence encoder: the one that comes with Leerlijn, or an ONNX model in a folder of somebody's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nlu.e5_model import E5Model
from nlu.e5_weights import WeightsError, read_weights, weights_path
from nlu.embedder import Embedder

GRAPH = "e5-small.int8.onnx"
_E5 = "e5-small-1"  # raised when the graph or its input changes: models trained with another are refused


class EncoderError(RuntimeError):
    """The encoder is missing, broken or of a kind that cannot be used; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """multilingual-e5-small of the installed weights."""

    @property
    def cache_name(self) -> str:
        """The file with embedded training messages."""
        return "embeddings.npz"

    def fingerprint(self) -> str:
        """The same for encoders that give the same rows; a model works only with the one it was trained with."""
        return _E5

    def prepare(self, beside: Path) -> None:
        """Make in the folder of the model what `open` needs. Raises EncoderError."""
        graph = beside / GRAPH
        if graph.exists():
            return
        try:
            from nlu.e5_graph import build  # onnx is needed here once, never while serving

            build(read_weights(weights_path()), graph)
        except (WeightsError, ImportError, OSError) as error:
            raise EncoderError(str(error)) from error

    def open(self, beside: Path, *, threads: int = 2) -> Embedder:
        """Load it into this process. `beside` is the folder of the model. Raises EncoderError."""
        try:
            return Embedder(E5Model(beside / GRAPH), threads=threads)
        except (WeightsError, OSError, RuntimeError) as error:  # onnxruntime's own errors are RuntimeErrors
            raise EncoderError(str(error)) from error


E5 = Encoder()
