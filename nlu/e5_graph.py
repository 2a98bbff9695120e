"""Building the sentence encoder as an int8 ONNX graph from its weights. Needs the `onnx` package, at training only.

The graph takes messages of equal length as embedded tokens (messages × length × width) and returns hidden states. onnxruntime's own
fused operators keep it at nine nodes a layer: a short message costs a few milliseconds on one core.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save_model

from nlu.e5_weights import Floats, Shape, Weights

_FUSED = "com.microsoft"
_OPSET = 17


def build(weights: Weights, path: Path) -> None:
    """Write the graph beside `path`, then swap."""
    graph = _Graph(weights)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    save_model(graph.model(), str(beside))
    beside.replace(path)


class _Graph:
    """Nodes and constants while they are put together."""

    def __init__(self, weights: Weights) -> None:
        self._shape: Shape = weights.shape
        self._tensors = weights.tensors
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def model(self) -> Any:
        """The whole model: layer normalisation of the embeddings, then the layers."""
        width = self._shape.width
        state = self._normalise("embedded", "emb.ln", "state")
        for layer in range(self._shape.layers):
            state = self._layer(layer, state)
        sizes: list[str | int | None] = ["messages", "length", width]
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info("embedded", TensorProto.FLOAT, sizes)],
            [helper.make_tensor_value_info(state, TensorProto.FLOAT, sizes)],
            self._constants,
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)

    def _layer(self, number: int, state: str) -> str:
        name = f"l{number}"
        width, inner = self._shape.width, self._shape.inner
        stacked = np.concatenate(
            [self._matrix(f"{name}.{part}.w", width) for part in ("q", "k", "v")], axis=1
        )
        biases = np.concatenate([self._tensors[f"{name}.{part}.b"] for part in ("q", "k", "v")])
        together = self._multiply(state, f"{name}.qkv", stacked, biases)
        parts = [f"{name}.{part}" for part in ("q", "k", "v")]
        self._add("Split", [together], parts, axis=2)
        attended = f"{name}.attended"
        self._add("MultiHeadAttention", parts, [attended], domain=_FUSED, num_heads=self._shape.heads)
        mixed = self._linear(attended, f"{name}.ao", width)
        state = self._normalise_sum(mixed, state, f"{name}.aln")
        wide = self._linear(state, f"{name}.fi", width)
        self._add("Gelu", [wide], [f"{name}.gelu"], domain=_FUSED)
        narrow = self._linear(f"{name}.gelu", f"{name}.fo", inner)
        return self._normalise_sum(narrow, state, f"{name}.oln")

    def _matrix(self, name: str, inputs: int) -> Floats:
        """A weight as inputs × outputs; the file keeps outputs × inputs."""
        return np.ascontiguousarray(self._tensors[name].reshape(-1, inputs).T)

    def _linear(self, source: str, name: str, inputs: int) -> str:
        return self._multiply(source, name, self._matrix(f"{name}.w", inputs), self._tensors[f"{name}.b"])

    def _multiply(self, source: str, name: str, matrix: Floats, bias: Floats) -> str:
        """An int8 product, one scale an output column."""
        scale = np.maximum(np.abs(matrix).max(axis=0), 1e-9) / 127
        rounded = np.clip(np.rint(matrix / scale), -127, 127).astype(np.int8)
        inputs = [source, self._constant(f"{name}.int8", rounded), self._constant(f"{name}.scale", scale)]
        inputs += ["", self._constant(f"{name}.bias", bias)]
        self._add("DynamicQuantizeMatMul", inputs, [f"{name}.out"], domain=_FUSED)
        return f"{name}.out"

    def _normalise(self, source: str, name: str, target: str) -> str:
        inputs = [source, self._norm_constant(name, "w"), self._norm_constant(name, "b")]
        self._add("LayerNormalization", inputs, [target], axis=-1, epsilon=self._shape.epsilon)
        return target

    def _normalise_sum(self, source: str, skip: str, name: str) -> str:
        inputs = [source, skip, self._norm_constant(name, "w"), self._norm_constant(name, "b")]
        self._add(
            "SkipLayerNormalization", inputs, [f"{name}.out"], domain=_FUSED, epsilon=self._shape.epsilon
        )
        return f"{name}.out"

    def _norm_constant(self, name: str, part: str) -> str:
        return self._constant(f"{name}.{part}", self._tensors[f"{name}.{part}"])

    def _constant(self, name: str, value: np.ndarray[Any, Any]) -> str:
        kept = value if value.dtype == np.int8 else value.astype(np.float32)
        self._constants.append(numpy_helper.from_array(kept, name))
        return name

    def _add(self, kind: str, inputs: list[str], outputs: list[str], **attributes: Any) -> None:
        self._nodes.append(helper.make_node(kind, inputs, outputs, **attributes))
