"""From the bytes that a person sent to an upright RGB picture, or to one clear error."""

from __future__ import annotations

import io
import warnings
from typing import Literal

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import InputError

MAX_BYTES = 10 * 2**20  # Discord's own limit for an upload without a subscription
MAX_PIXELS = 64 * 10**6  # 192 MB once decoded; a phone's largest photo mode is 50 megapixels
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
THUMBNAIL_SIDE = 224


def read_image(data: bytes, *, max_bytes: int = MAX_BYTES) -> Image.Image:
    """Decodes an image file: the first frame, turned as its EXIF says, on white where transparent, as 8-bit RGB.

    Raises:
        InputError: too many bytes, not a picture, cut off, or too many pixels; nothing is decoded before.
    """
    if len(data) > max_bytes:
        raise InputError("image-too-large", limit_mib=max_bytes // 2**20)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # MAX_PIXELS is the stricter check
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise InputError("image-unreadable") from None
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    try:
        image.load()
        return _to_rgb(ImageOps.exif_transpose(image))
    except (OSError, ValueError, SyntaxError, EOFError, IndexError):  # what Pillow's decoders raise on damaged data
        raise InputError("image-truncated") from None


def thumbnail(image: Image.Image, side: int = THUMBNAIL_SIDE) -> bytes:
    """A JPEG that fits a square of `side` pixels."""
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return encode_image(small, "JPEG", quality=85)


def encode_image(image: Image.Image, image_format: Literal["JPEG", "PNG", "WEBP"], **options: int) -> bytes:
    """The bytes of an image file."""
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits a pixel: Pillow's own conversion clips instead of scaling
        deep = np.asarray(image).astype(np.uint32)
        return Image.fromarray((deep >> 8).clip(0, 255).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _too_many_pixels() -> InputError:
    return InputError("image-too-many-pixels", limit_megapixels=MAX_PIXELS // 10**6)
