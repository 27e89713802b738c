"""One compiled graph of the UNet for each batch size, made before the first request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import torch

from models.painter.painter import Painter

Progress: TypeAlias = Callable[[int, int], None]  # done, total

_GRAPHS = 64  # sizes of batch times sizes of picture: torch gives up at 8 unless told


@torch.no_grad()
def compile_unet(
    painter: Painter,
    batch_sizes: Sequence[int],
    progress: Progress,
    *,
    mode: str | None = "reduce-overhead",
    backend: str = "inductor",
) -> None:
    """Compiles for `batch_sizes` at the painter's own picture size; other sizes compile when first asked for.

    `reduce-overhead` replays CUDA graphs, which belong to the thread that records them: the painter's.
    From then on `Denoiser` pads every batch to one of the sizes.
    """
    torch._dynamo.config.recompile_limit = _GRAPHS
    painter.unet = torch.compile(painter.unet, mode=mode, backend=backend, fullgraph=True, dynamic=False)
    painter.batch_sizes = tuple(sorted(batch_sizes))
    text = painter.embed("", None)  # (1, L, d)
    height, width = painter.info.height // painter.factor, painter.info.width // painter.factor
    for done, size in enumerate(painter.batch_sizes):
        progress(done, len(painter.batch_sizes))
        sample = torch.zeros(
            size, painter.unet.config.in_channels, height, width, device=painter.device, dtype=painter.dtype
        ).contiguous(memory_format=torch.channels_last)
        for _ in range(3):  # compile, record, replay
            painter.unet(
                sample,
                torch.ones(size, device=painter.device),
                encoder_hidden_states=text.expand(size, -1, -1).contiguous(),
                timestep_cond=None,
                return_dict=False,
            )
    progress(len(painter.batch_sizes), len(painter.batch_sizes))
