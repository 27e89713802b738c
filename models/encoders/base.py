"""What every encoder can do, whatever network is behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from PIL import Image


class Encoder(Protocol):
    """Maps texts and images to one space. Not thread-safe: one thread owns it (`core/executor.py`); only `prepare`
    is free.

    Attributes:
        name: identifies weights and preprocessing; vectors of two names never mix.
        dim: width d of the space.
        image_size: side in pixels that images are prepared to.
    """

    @property
    def name(self) -> str: ...

    @property
    def dim(self) -> int: ...

    @property
    def image_size(self) -> int: ...

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (n, d), rows of length 1. What is longer than the model's context is cut."""
        ...

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        """RGB images -> float32 (n, d), rows of length 1."""
        ...

    def prepare(self, image: Image.Image) -> np.ndarray:
        """One RGB image as the network reads it, uint8 (image_size, image_size, 3). Any thread may call it."""
        ...

    def encode_prepared(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 (n, image_size, image_size, 3) -> float32 (n, d): `encode_images` of images that were prepared
        before."""
        ...
