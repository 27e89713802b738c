"""The picture that a painting starts from: it travels with the answer, for nothing that is uploaded is kept here."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
from PIL import Image

from cogs.uploads import our_upload, read_upload
from core.images import encode_image, read_image

SOURCE = "source"  # stem of the file name
STRENGTH = 0.7  # how far the painting may leave it, unless told otherwise

_SIDE = 768  # pixels: no painter here sees more of it


async def read_source(upload: discord.Attachment) -> bytes:
    """What a person uploaded, no larger than the painter needs. Raises InputError."""
    return await asyncio.to_thread(_smaller, await read_upload(upload))


async def shown_source(message: discord.Message) -> bytes:
    """The source that one of our answers shows. Raises InputError when it is not there any more."""
    return await read_upload(our_upload(message, SOURCE))


def starts_from_picture(wishes: dict[str, Any]) -> bool:
    """Whether what was wished for needs a source."""
    return "strength" in wishes


def _smaller(data: bytes) -> bytes:
    image = read_image(data)
    image.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    return encode_image(image, "WEBP", quality=90)
