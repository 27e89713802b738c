"""More looks at the photos of an animal that has few: cropped, mirrored and in other light.

Eight photos of cows are soon learnt by heart; two hundred looks at them are not (Krizhevsky et al. 2012, section 4.1).
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageEnhance, ImageOps

from lab.photos import Photo
from models.encoders.efficientnet import SIDE

FEW = 20  # photos of an animal, or fewer
LOOKS = 24  # at each of them
LEAST = 0.35  # of a photo's area that a look shows


def few(photos: Sequence[Photo]) -> Sequence[Photo]:
    """Photos of an animal if it has few, else none."""
    return photos if len(photos) <= FEW else ()


def looks(photos: Sequence[Photo]) -> list[Photo]:
    """`LOOKS` at each photo, of its class; `take_looks` makes their files."""
    return [
        replace(photo, file=f"{Path(photo.file).stem}-{zlib.crc32(photo.file.encode()):08x}-{number:02}.png")
        for photo in photos
        for number in range(LOOKS)
    ]


def take_looks(folder: Path, photos: Sequence[Photo], data: Path) -> None:
    """Makes the pictures of `looks(photos)` that are not in `folder` yet; always the same."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = looks(photos)
    for number, look in enumerate(taken):
        path = folder / look.file
        if not path.exists():
            photo = Image.open(data / photos[number // LOOKS].file).convert("RGB")
            part = path.with_suffix(".part")
            _look(photo, random.Random(look.file)).save(part, format="png", compress_level=1)
            part.rename(path)


def _look(photo: Image.Image, rng: random.Random) -> Image.Image:
    """A part of the photo at 224 pixels."""
    area, shape = rng.uniform(LEAST, 1.0), rng.uniform(0.8, 1.25)
    width = min(1.0, (area * shape) ** 0.5) * photo.width
    height = min(1.0, (area / shape) ** 0.5) * photo.height
    left, top = rng.uniform(0, photo.width - width), rng.uniform(0, photo.height - height)
    look = photo.resize((SIDE, SIDE), Image.Resampling.BICUBIC, (left, top, left + width, top + height))
    if rng.random() < 0.5:
        look = ImageOps.mirror(look)
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        look = enhance(look).enhance(rng.uniform(0.7, 1.3))
    return look
