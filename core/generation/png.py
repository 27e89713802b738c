"""A finished picture as a file that says how it was made."""

from __future__ import annotations

import io
from collections.abc import Mapping

from PIL import Image, ImageFilter
from PIL.PngImagePlugin import PngInfo


def encode_png(image: Image.Image, about: Mapping[str, str | int | float]) -> bytes:
    """A PNG with one iTXt entry for each item (UTF-8: prompts may be Chinese); Pillow shows them as `image.text`."""
    info = PngInfo()
    for key, value in about.items():
        info.add_itxt(key, str(value))
    buffer = io.BytesIO()
    image.save(buffer, "PNG", pnginfo=info, compress_level=4)
    return buffer.getvalue()


def blur(image: Image.Image) -> Image.Image:
    """Nothing but colours is left."""
    return image.filter(ImageFilter.GaussianBlur(max(image.size) / 12))
