"""Weights in eight bits: half the size of half precision in the repository, and no picture shows the difference."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from huggingface_hub import save_torch_state_dict
from safetensors.torch import load_file
from torch import Tensor

SCALE = ".scale"  # what the name of a tensor's scales ends with
MAX_SHARD = "15MB"  # of a weights file in the repository


def pack(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Matrices and kernels as int8 with a scale for each output channel; vectors, which are few, in half precision."""
    packed: dict[str, Tensor] = {}
    for name, weight in weights.items():
        if weight.ndim < 2:
            packed[name] = weight.half()
            continue
        rows = weight.float()
        scale = rows.flatten(1).abs().amax(1).clamp(min=torch.finfo(torch.float32).tiny) / 127
        packed[name] = (rows / _beside(scale, rows)).round().to(torch.int8)
        packed[name + SCALE] = scale
    return packed


def unpack(packed: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What was packed, in float32."""
    return {
        name: weight.float() * _beside(packed[name + SCALE], weight) if name + SCALE in packed else weight.float()
        for name, weight in packed.items()
        if not name.endswith(SCALE)
    }


def _beside(scale: Tensor, weight: Tensor) -> Tensor:
    return scale.view(-1, *[1] * (weight.ndim - 1))


def save_packed(weights: Mapping[str, Tensor], folder: Path) -> None:
    """Writes `pack(weights)`, no file above `MAX_SHARD`."""
    folder.mkdir(parents=True, exist_ok=True)
    save_torch_state_dict(pack(weights), folder, max_shard_size=MAX_SHARD)


def load_packed(folder: Path) -> dict[str, Tensor]:
    """What `save_packed` was given, in float32."""
    files = folder.glob("model*.safetensors")  # no others, such as those of a painter that was not packed
    return unpack({name: tensor for file in files for name, tensor in load_file(file).items()})
