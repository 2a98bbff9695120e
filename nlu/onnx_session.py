"""Opening an ONNX graph for short messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnxruntime

_ERRORS_ONLY = 3


def open_session(graph: Path, *, fuse: bool = True) -> Any:
    """A session that runs a message on one core: for a few tokens, more threads cost more than they bring.

    Without `fuse` the graph runs as it was built.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    if not fuse:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
