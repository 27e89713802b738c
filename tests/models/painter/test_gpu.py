"""What only a CUDA device can show: half precision, compiled graphs, decoding on a stream of its own."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from core.generation import Generation, Limits
from core.types import ImagineRequest
from models.painter.compiling import compile_unet
from models.painter.denoiser import Denoiser
from models.painter.painter import Painter
from models.painter.rows import Recipe, start
from tests.tiny_painter import tiny_painter

pytestmark = pytest.mark.gpu

RECIPE = Recipe("a cat", "", seed=1, steps=8, guidance=5.0, scheduler="euler-a", width=32, height=32)


def cuda_painter(dtype: torch.dtype = torch.float32, *, compiled: bool = False) -> Painter:
    cpu = tiny_painter()
    vae = type(cpu.vae).from_config(cpu.vae.config)
    unet = type(cpu.unet).from_config(cpu.unet.config)
    vae.load_state_dict(cpu.vae.state_dict())
    unet.load_state_dict(cpu.unet.state_dict())
    painter = replace(
        cpu,
        vae=vae.to("cuda", dtype).eval(),
        unet=unet.to("cuda", dtype, memory_format=torch.channels_last).eval(),
        device=torch.device("cuda"),
    )
    if compiled:
        compile_unet(painter, (2, 4, 8), lambda done, total: None)
    return painter


def paint(painter: Painter, seeds: range = range(1)) -> np.ndarray:
    rows = [start(painter, replace(RECIPE, seed=seed)) for seed in seeds]
    denoiser = Denoiser(painter)
    for _ in range(RECIPE.steps):
        denoiser.step(rows)
    return np.stack([np.asarray(painter.decode(row.latents, row.generator)[0]) for row in rows]).astype(int)


def test_a_seed_gives_nearly_the_same_picture_as_on_the_processor() -> None:
    assert np.abs(paint(cuda_painter()) - paint(tiny_painter())).max() <= 3


def test_in_half_precision_company_changes_a_picture_by_a_few_shades_at_most() -> None:
    painter = cuda_painter(torch.float16)
    assert np.abs(paint(painter)[0] - paint(painter, range(4))[0]).max() <= 8


def test_compiled_graphs_paint_what_the_plain_network_paints() -> None:
    compiled, plain = paint(cuda_painter(compiled=True), range(3)), paint(cuda_painter(), range(3))
    assert np.abs(compiled - plain).max() <= 3


async def test_decoding_beside_denoising_spoils_no_picture() -> None:
    async def score(prompt: str, images: list[Image.Image]) -> list[tuple[float, float]]:
        return [(0.5, 0.2)] * len(images)

    alone = [paint(cuda_painter(), range(seed, seed + 1))[0] for seed in range(6)]
    options: dict[str, Any] = {"steps": RECIPE.steps, "guidance": RECIPE.guidance, "scheduler": RECIPE.scheduler}
    async with Generation([cuda_painter], score, Limits(100, 100, max_batch=3)) as generation:
        jobs = [generation.submit(ImagineRequest("a cat", str(seed), seed=seed, **options)) for seed in range(6)]
        results = await asyncio.gather(*(job.result() for job in jobs))
    for [painted], expected in zip(results, alone, strict=True):
        assert np.abs(np.asarray(Image.open(io.BytesIO(painted.png))) - expected).max() <= 3
