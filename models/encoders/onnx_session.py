"""Runs a torch module through ONNX Runtime: on a CPU two to three times as fast as torch for small networks."""

from __future__ import annotations

import io
import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn


class OnnxSession:
    """A network with one output.

    Args:
        graph: a serialised ONNX model.
        threads: cores that one call may use; None takes all.
    """

    def __init__(self, graph: bytes, threads: int | None = None) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        # Idle threads sleep rather than spin: the cores belong to the painter and the bot as well.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._inputs = [node.name for node in self._session.get_inputs()]

    def __call__(self, *arrays: np.ndarray) -> np.ndarray:
        return np.asarray(self._session.run(None, dict(zip(self._inputs, arrays, strict=True)))[0])


def export(module: nn.Module, example: tuple[Tensor, ...], free: int = 1) -> bytes:
    """The module as a serialised ONNX model.

    The first `free` axes of every input and of the output may have any length.
    """
    names = [f"input{number}" for number in range(len(example))]
    axes = {axis: f"axis{axis}" for axis in range(free)}
    buffer: Any = io.BytesIO()
    with warnings.catch_warnings(), torch.inference_mode():
        # The tracing exporter warns that it is the older one; the newer one needs onnxscript, and as much time again.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(), example, buffer, dynamo=False, input_names=names, output_names=["output"],
            dynamic_axes=dict.fromkeys((*names, "output"), axes), opset_version=17,
        )  # fmt: skip
    return buffer.getvalue()


def cached(path: Path | None, make: Callable[[], bytes]) -> bytes:
    """The bytes of `path`, made and stored first if it is not there; made every time when `path` is None."""
    if path is None:
        return make()
    if not path.exists():
        content = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(path)  # whole or not at all, also when two processes do it at once
    return path.read_bytes()
