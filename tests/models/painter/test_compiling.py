"""A compiled painter paints the same pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.painter.compiling import compile_unet
from models.painter.denoiser import Denoiser
from models.painter.painter import Painter
from models.painter.rows import Recipe, start
from tests.tiny_painter import tiny_painter

RECIPE = Recipe("a cat", "", seed=1, steps=3, guidance=5.0, scheduler="euler", width=32, height=32)


def paint(painter: Painter) -> np.ndarray:
    rows = [start(painter, replace(RECIPE, seed=seed)) for seed in range(2)]
    for _ in range(RECIPE.steps):
        Denoiser(painter).step(rows)
    return np.stack([np.asarray(painter.decode(row.latents, row.generator)[0]) for row in rows]).astype(int)


@pytest.mark.slow
def test_the_unet_is_warmed_up_for_every_batch_size_and_paints_as_before() -> None:
    painter, told = tiny_painter(), list[tuple[int, int]]()
    compile_unet(painter, (8, 2), lambda done, total: told.append((done, total)), backend="eager", mode=None)
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert painter.graphs is not None
    assert painter.graphs.batch_sizes == (2, 8)
    assert np.abs(paint(painter) - paint(tiny_painter())).max() <= 1
