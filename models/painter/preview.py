"""Latents to a small picture by one linear map: what the person watches while the painting goes on."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

# RGB in [-1, 1] from the four scaled latent channels of Stable Diffusion 1.x: the fit published with ComfyUI
# (`latent_formats.SD15`), one row a channel and a last row for the constant.
_SD15_FACTORS = (
    (0.3512, 0.2297, 0.3227),
    (0.3250, 0.4974, 0.2350),
    (-0.2829, 0.1762, 0.2721),
    (-0.2120, -0.2616, -0.7177),
    (0.0, 0.0, 0.0),
)


@dataclass(frozen=True, slots=True, eq=False)
class LatentPreview:
    """Attributes: factors: float32 (C + 1, 3 k^2); k x k pixels of RGB in [-1, 1] = [latent; 1] @ factors."""

    factors: Tensor

    @classmethod
    def stable_diffusion(cls) -> LatentPreview:
        """For the VAE of Stable Diffusion 1.x."""
        return cls(torch.tensor(_SD15_FACTORS))

    @classmethod
    def fit(cls, latents: Tensor, images: Tensor, k: int = 1) -> LatentPreview:
        """Least squares over every latent pixel.

        Args:
            latents: (n, C, h, w), scaled as the UNet sees them.
            images: (n, 3, H, W) in [-1, 1], of which they are the latents.
            k: pixels a side of what the preview shows for a latent pixel.
        """
        height, width = latents.shape[-2:]
        small = F.interpolate(images.float(), (k * height, k * width), mode="area")
        colours = F.pixel_unshuffle(small, k).permute(0, 2, 3, 1).flatten(0, 2)  # (n h w, 3 k^2)
        return cls(torch.linalg.lstsq(_with_constant(latents), colours).solution)

    def jpeg(self, latents: Tensor, *, side: int = 128) -> bytes:
        """Latents (1, C, h, w) -> a JPEG whose long side is `side` pixels."""
        height, width = latents.shape[-2:]
        colours = _with_constant(latents) @ self.factors  # (h w, 3 k^2)
        k = math.isqrt(colours.shape[1] // 3)
        picture = F.pixel_shuffle(colours.reshape(height, width, -1).permute(2, 0, 1), k)  # (3, k h, k w)
        pixels = ((picture.nan_to_num() + 1) * 127.5).clamp(0, 255).byte().permute(1, 2, 0).numpy()
        scale = side / max(height, width)
        size = round(width * scale), round(height * scale)
        buffer = io.BytesIO()
        Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=80)
        return buffer.getvalue()


def _with_constant(latents: Tensor) -> Tensor:
    """(n, C, h, w) on any device -> float32 (n h w, C + 1) on the CPU."""
    flat = latents.detach().float().cpu().permute(0, 2, 3, 1).flatten(0, 2)  # (n h w, C)
    return F.pad(flat, (0, 1), value=1.0)
