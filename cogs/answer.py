"""An answer before it is sent: plain data, so that it can be sent again, smaller or elsewhere."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import discord
from PIL import Image

from cogs import limits

_SMALLEST_SIDE = 64  # a picture is not shrunk below this: nobody would see anything


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file to attach. Its name is ours, never taken from what a person typed."""

    stem: str
    data: bytes = field(repr=False)
    alt: str
    spoiler: bool = False

    def file(self) -> discord.File:
        """A fresh file to upload: discord.py reads each only once."""
        name = f"{self.stem}.{suffix(self.data)}"
        return discord.File(io.BytesIO(self.data), name, description=self.alt, spoiler=self.spoiler)


@dataclass(frozen=True, slots=True)
class Document:
    """Any other file to attach."""

    name: str
    data: bytes = field(repr=False)

    def file(self) -> discord.File:
        return discord.File(io.BytesIO(self.data), self.name)


@dataclass(frozen=True, slots=True)
class Answer:
    """Content, files and buttons of one message."""

    content: str
    pictures: tuple[Picture, ...] = ()
    buttons: tuple[discord.ui.Item[Any], ...] = ()
    documents: tuple[Document, ...] = ()

    def files(self) -> list[discord.File]:
        return [attached.file() for attached in (*self.pictures, *self.documents)[: limits.FILES]]

    def view(self) -> discord.ui.View | None:
        if not self.buttons:
            return None
        view = discord.ui.View(timeout=None)
        for button in self.buttons:
            view.add_item(button)
        return view


def suffix(data: bytes) -> str:
    """The file name suffix of an image file, told from its first bytes."""
    if data.startswith(b"\x89PNG"):
        return "png"
    if data.startswith(b"GIF8"):
        return "gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return "jpg"


def fit(answer: Answer, limit: int) -> Answer:
    """The answer with every picture under `limit` bytes: larger ones become smaller JPEGs."""
    if all(len(picture.data) <= limit for picture in answer.pictures):
        return answer
    pictures = tuple(replace(picture, data=_shrink(picture.data, limit)) for picture in answer.pictures)
    return replace(answer, pictures=tuple(picture for picture in pictures if len(picture.data) <= limit))


def total_bytes(pictures: Sequence[Picture]) -> int:
    return sum(len(picture.data) for picture in pictures)


def _shrink(data: bytes, limit: int) -> bytes:
    if len(data) <= limit:
        return data
    image = Image.open(io.BytesIO(data)).convert("RGB")
    while True:
        smaller = io.BytesIO()
        image.save(smaller, "JPEG", quality=85)
        if smaller.tell() <= limit or min(image.size) <= _SMALLEST_SIDE:
            return smaller.getvalue()
        image = image.resize((max(1, image.width * 3 // 4), max(1, image.height * 3 // 4)), Image.Resampling.LANCZOS)
