"""The encoder that ships: EfficientNet-Lite2 and multilingual-e5-small, both frozen, and the projections trained
here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from models.encoders import e5, efficientnet
from models.encoders.onnx_session import OnnxSession, cached, export
from models.encoders.projection import Ensemble, language_numbers, text_pools
from models.encoders.views import squash

WEIGHTS = Path(__file__).parents[1] / "weights" / "encoder" / "projection.safetensors"
BATCH = 32
PART = 8  # pictures that one core encodes at a time


class StarterEncoder:
    """English and Chinese texts and pictures of any shape in one space; `models/weights/encoder/README.md` says how
    well.

    The picture is squashed to 224 x 224. Text past 128 tokens (about eighty English words) is cut.

    Args:
        weights: the trained projections. Raises ModelUnavailable when they are missing or damaged.
        cache: folder that keeps the ONNX graphs (100 MB), so that only the first start has to make them; None keeps
            nothing.
        threads: cores that one call may use; None takes all.
    """

    def __init__(self, weights: Path = WEIGHTS, cache: Path | None = None, threads: int | None = None) -> None:
        self._projection = Ensemble.load(weights)
        self._cache, self._threads = cache, threads
        self.name = f"starter-{self._projection.digest()}"
        self.dim = self._projection.dim
        self.image_size = efficientnet.SIDE

    # Each side is loaded when it is first used: many commands need only one of them, or only the name.

    @cached_property
    def text_model(self) -> e5.E5:
        """The frozen language side; others may call it too, from any thread."""
        return e5.E5(self._cache, self._threads)

    @cached_property
    def _workers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads or os.cpu_count(), thread_name_prefix="image-tower")

    @cached_property
    def _image_tower(self) -> OnnxSession:
        pixels = torch.zeros(2, efficientnet.SIDE, efficientnet.SIDE, 3, dtype=torch.uint8)
        path = self._cache and self._cache / f"{self.name}.onnx"
        return OnnxSession(cached(path, lambda: export(ImageTower(self._projection), (pixels,))), threads=1)

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (n, d), rows of length 1; (0, d) for no text."""
        parts = [self._encode_texts(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        return np.concatenate([np.empty((0, self.dim), np.float32), *parts])

    @torch.inference_mode()
    def _encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        states, mask = self.text_model.states(texts)
        pools = text_pools(torch.from_numpy(states), torch.from_numpy(mask))
        return self._projection.text(pools, language_numbers(texts)).numpy()

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        """RGB images -> float32 (n, d), rows of length 1; (0, d) for no image."""
        prepared = [self.prepare(image) for image in images]
        return self.encode_prepared(np.stack(prepared) if prepared else np.empty((0, 0, 0, 3), np.uint8))

    def prepare(self, image: Image.Image) -> np.ndarray:
        """uint8 (224, 224, 3)."""
        return squash(image, self.image_size)

    def encode_prepared(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 (n, 224, 224, 3) -> float32 (n, d)."""
        # A core for each part takes a fifth less time than all cores for one part.
        parts = self._workers.map(self._image_tower, (pixels[at : at + PART] for at in range(0, len(pixels), PART)))
        return np.concatenate([np.empty((0, self.dim), np.float32), *parts])


class ImageTower(nn.Module):
    """Pixels uint8 (n, 224, 224, 3) -> (n, d)."""

    def __init__(self, projection: Ensemble) -> None:
        super().__init__()
        self.trunk = efficientnet.Trunk()
        self.projection = projection

    def forward(self, pixels: Tensor) -> Tensor:
        return self.projection.image(self.trunk(pixels))
