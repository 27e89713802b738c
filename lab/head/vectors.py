"""Encoders over texts and files, for training: the starter from its cached features, any other as it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from lab.features import encode_image_features, encode_text_features, image_features
from models.encoders.base import Encoder
from models.encoders.projection import Ensemble

BATCH = 32


class EncoderVectors:
    """Any encoder; nothing is kept between calls."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def texts(self, texts: Sequence[str]) -> np.ndarray:
        parts = [self._encoder.encode_texts(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        return np.concatenate(parts)

    def images(self, folder: Path, files: Sequence[str]) -> np.ndarray:
        def load(file: str) -> Image.Image:
            with Image.open(folder / file) as image:
                return image.convert("RGB")

        batches = [files[start : start + BATCH] for start in range(0, len(files), BATCH)]
        return np.concatenate([self._encoder.encode_images([load(file) for file in batch]) for batch in batches])


class StarterVectors:
    """The starter encoder by its projections alone: the features of its frozen networks are kept in `cache`."""

    def __init__(self, weights: Path, cache: Path) -> None:
        self._projection = Ensemble.load(weights)
        self._cache = cache

    def texts(self, texts: Sequence[str]) -> np.ndarray:
        return encode_text_features(self._projection, texts, self._cache)

    def images(self, folder: Path, files: Sequence[str]) -> np.ndarray:
        return encode_image_features(self._projection, image_features(folder, files, self._cache).pools)
