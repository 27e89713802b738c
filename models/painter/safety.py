"""The safety checker that comes with Stable Diffusion 1.x."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from PIL import Image


class StableDiffusionSafety:
    """Compares CLIP's image vector with those of unwanted concepts (diffusers' `StableDiffusionSafetyChecker`)."""

    def __init__(self, checker: Any, feature_extractor: Any, device: torch.device) -> None:
        self._checker = checker
        self._extractor = feature_extractor
        self._device = device

    @torch.no_grad()
    def __call__(self, image: Image.Image, /) -> bool:
        pixels = self._extractor([image], return_tensors="pt").pixel_values.to(self._device, self._checker.dtype)
        blackened_here = np.zeros((1, 1, 1, 3), dtype=np.float32)  # it blackens what it is given: not our picture
        return bool(self._checker(clip_input=pixels, images=blackened_here)[1][0])
