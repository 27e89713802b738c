"""Where torch may run."""

from __future__ import annotations

import torch

from models.errors import ModelUnavailable


def devices(name: str) -> list[torch.device]:
    """`auto`, `cpu`, `cuda` or `mps` -> the devices of that kind, at least one; `auto` takes the fastest kind there is.

    Raises:
        ModelUnavailable: this machine, or this build of torch, has none of that kind.
    """
    if name in ("auto", "cuda") and torch.cuda.is_available():
        return [torch.device("cuda", number) for number in range(torch.cuda.device_count())]
    if name in ("auto", "mps") and torch.backends.mps.is_available():
        return [torch.device("mps")]
    if name in ("auto", "cpu"):
        return [torch.device("cpu")]
    raise ModelUnavailable("device-missing", device=name)
