"""Previews show what the picture will look like, at next to no cost."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

from models.painter.preview import LatentPreview


def test_a_fit_finds_the_colours_that_the_latents_stand_for() -> None:
    generator = torch.Generator().manual_seed(0)
    factors = torch.randn(5, 3, generator=generator) / 4
    latents = torch.randn(3, 4, 8, 8, generator=generator)
    colours = torch.einsum("nchw,cd->ndhw", latents, factors[:4]) + factors[4][None, :, None, None]
    pictures = colours.repeat_interleave(8, -1).repeat_interleave(8, -2)  # eight pixels to a latent
    torch.testing.assert_close(LatentPreview.fit(latents, pictures).factors, factors, atol=1e-4, rtol=0)


def test_a_preview_of_several_pixels_a_latent_shows_what_is_inside_one() -> None:
    latents = torch.randn(40, 2, 2, 2, generator=torch.Generator().manual_seed(0))
    top, bottom = latents.clamp(-1, 1).chunk(2, dim=1)  # the first channel is the brightness above, the second below
    pictures = torch.stack([top, bottom], dim=3).reshape(40, 1, 4, 2).repeat_interleave(2, -1).repeat(1, 3, 1, 1)
    preview = LatentPreview.fit(latents.clamp(-1, 1), pictures, k=2)
    half = torch.tensor([1.0, -1.0]).view(1, 2, 1, 1)  # one latent pixel: white above black
    pixels = np.asarray(Image.open(io.BytesIO(preview.jpeg(half))).convert("L"))
    assert pixels[:40].mean() > 200
    assert pixels[-40:].mean() < 55


def test_a_preview_is_a_small_jpeg_of_the_right_shape_and_colour() -> None:
    factors = torch.zeros(5, 3)
    factors[4] = torch.tensor([1.0, -1.0, -1.0])  # red, whatever the latents
    data = LatentPreview(factors).jpeg(torch.randn(1, 4, 16, 32))
    image = Image.open(io.BytesIO(data))
    assert image.format == "JPEG"
    assert image.size == (128, 64)
    assert len(data) < 4096
    assert np.asarray(image).mean(axis=(0, 1)) == pytest.approx([254, 0, 0], abs=4)


def test_latents_that_are_not_finite_make_no_preview_fail() -> None:
    assert LatentPreview.stable_diffusion().jpeg(torch.full((1, 4, 8, 8), torch.nan))
