"""Ways to bring a picture of any shape to the square that a network expects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from PIL import Image


def squash(image: Image.Image, side: int) -> np.ndarray:
    """All of the picture, uint8 (side, side, 3), proportions changed."""
    return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC, reducing_gap=2.0))


def crop(image: Image.Image, side: int) -> np.ndarray:
    """The middle square of the picture, uint8 (side, side, 3)."""
    edge = min(image.size)
    left, top = (image.width - edge) / 2, (image.height - edge) / 2
    box = (left, top, left + edge, top + edge)
    return np.asarray(image.resize((side, side), Image.Resampling.BICUBIC, box=box, reducing_gap=2.0))


def mirror(image: Image.Image, side: int) -> np.ndarray:
    """`squash`, left and right exchanged."""
    return np.ascontiguousarray(squash(image, side)[:, ::-1])


VIEWS: Final[dict[str, Callable[[Image.Image, int], np.ndarray]]] = {"squash": squash, "crop": crop, "mirror": mirror}
