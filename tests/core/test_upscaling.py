from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.errors import InputError
from core.upscaling import upscale


def png(image: Image.Image, **texts: str) -> bytes:
    info = PngInfo()
    for name, text in texts.items():
        info.add_itxt(name, text)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def stripes(side: int) -> Image.Image:
    """Diagonal bands with soft edges: what interpolation blurs."""
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    bands = (np.clip(np.sin((x + y) * np.pi * 12 / side) * 4, -1, 1) * 100 + 128).astype(np.uint8)
    return Image.fromarray(bands).convert("RGB")


def error(one: Image.Image, other: Image.Image) -> float:
    return float(np.mean((np.asarray(one, dtype=float) - np.asarray(other, dtype=float)) ** 2))


def test_a_picture_becomes_twice_as_large_and_sharper_than_by_interpolation():
    whole = stripes(128)
    half = whole.resize((64, 64), Image.Resampling.BICUBIC)
    upscaled = Image.open(io.BytesIO(upscale(png(half))))
    assert upscaled.size == (128, 128)
    assert error(upscaled, whole) < error(half.resize((128, 128), Image.Resampling.BICUBIC), whole)


def test_the_prompt_and_the_seed_stay_in_the_file():
    upscaled = Image.open(io.BytesIO(upscale(png(stripes(32), prompt="一只猫", seed="7"))))
    assert upscaled.text == {"prompt": "一只猫", "seed": "7"}  # pyright: ignore[reportAttributeAccessIssue]


def test_a_picture_that_would_become_too_large_is_refused():
    with pytest.raises(InputError, match="upscale-too-large"):
        upscale(png(Image.new("RGB", (1_025, 8))))
