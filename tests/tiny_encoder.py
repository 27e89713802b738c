"""An encoder without weights: colours and their names share a space, so that a test knows what must be found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

COLOURS = {"red": (1.0, 0.0, 0.0), "green": (0.0, 1.0, 0.0), "blue": (0.0, 0.0, 1.0), "红": (1.0, 0.0, 0.0)}
SIDE = 8


class TinyEncoder:
    """d = 4: the mean colour, and one constant so that no vector is zero."""

    name = "tiny-colours-1"
    dim = 4
    image_size = SIDE

    def __init__(self) -> None:
        self.text_batches: list[int] = []
        self.encoded_images = 0

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        self.text_batches.append(len(texts))
        named = [[rgb for word, rgb in COLOURS.items() if word in text] or [(0.0, 0.0, 0.0)] for text in texts]
        return _unit(np.array([np.mean(rgbs, axis=0) for rgbs in named]).reshape(-1, 3))

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        return self.encode_prepared(np.stack([self.prepare(image) for image in images]))

    def prepare(self, image: Image.Image) -> np.ndarray:
        return np.asarray(image.resize((SIDE, SIDE)))

    def encode_prepared(self, pixels: np.ndarray) -> np.ndarray:
        self.encoded_images += len(pixels)
        return _unit(pixels.reshape(len(pixels), -1, 3).mean(axis=1) / 255.0)


def _unit(rgb: np.ndarray) -> np.ndarray:
    vectors = np.concatenate([rgb, np.full((len(rgb), 1), 0.1)], axis=1).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
