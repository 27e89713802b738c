"""One compiled graph of the UNet for each batch size, made before the first request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import torch

from models.painter.painter import Graphs, Painter

Progress: TypeAlias = Callable[[int, int], None]  # done, total

_GRAPHS = 64  # sizes of batch times devices: torch gives up at 8 unless told


@torch.no_grad()
def compile_unet(
    painter: Painter,
    batch_sizes: Sequence[int],
    progress: Progress,
    *,
    mode: str | None = "reduce-overhead",
    backend: str = "inductor",
) -> None:
    """Compiles for `batch_sizes` at the painter's own picture size and prompts of ordinary length.

    `reduce-overhead` replays CUDA graphs, which belong to the thread that records them: the painter's.
    """
    torch._dynamo.config.recompile_limit = _GRAPHS
    compiled: Any = torch.compile(painter.unet, mode=mode, backend=backend, fullgraph=True, dynamic=False)
    text = painter.embed("", None)  # (1, L, d)
    height, width = painter.info.height // painter.factor, painter.info.width // painter.factor
    sizes = tuple(sorted(batch_sizes))
    for done, size in enumerate(sizes):
        progress(done, len(sizes))
        sample = torch.zeros(
            size, painter.unet.config.in_channels, height, width, device=painter.device, dtype=painter.dtype
        ).contiguous(memory_format=torch.channels_last)
        for _ in range(3):  # compile, record, replay
            compiled(
                sample,
                torch.ones(size, device=painter.device),
                encoder_hidden_states=text.expand(size, -1, -1).contiguous(),
                timestep_cond=None,
                return_dict=False,
            )
    progress(len(sizes), len(sizes))
    painter.graphs = Graphs(compiled, sizes, (height, width, text.shape[1]))
