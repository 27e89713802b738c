"""A Stable-Diffusion-shaped painter: its networks, what they can paint, and the two ends of the pipeline.

The loop in between is `denoiser.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

import torch
from diffusers.image_processor import VaeImageProcessor
from PIL import Image
from torch import Tensor

from models.painter.errors import PaintingFailed
from models.painter.loras import Loras, Selection
from models.painter.preview import LatentPreview


class Conditioner(Protocol):
    """Texts -> what the UNet's cross-attention reads, (n, L, d) on the painter's device and in its dtype.

    L must not depend on the company: rows share a UNet call only where L is the same.
    """

    def __call__(self, texts: Sequence[str], /) -> Tensor: ...


class Translator(Protocol):
    """Turns a prompt into a language that the painter reads; what it can read already comes back unchanged."""

    def __call__(self, text: str, /) -> str: ...


class SafetyChecker(Protocol):
    """Says whether a picture should not be shown as it is."""

    def __call__(self, image: Image.Image, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class PainterInfo:
    """What a painter can do and does unless told otherwise.

    Attributes:
        name: told to people and written into pictures.
        sides: the widths and heights that it may be asked for, in pixels.
        bilingual: it reads Chinese itself, so no prompt is translated for it.
        loras: LoRAs that a prompt may call by name.
        lcm_lora: the one that paints in a few steps; None where there is none.
        device: where it runs; `offloaded`: part by part, because the card is small.
    """

    name: str
    sides: tuple[int, ...]
    width: int
    height: int
    steps: int
    guidance: float
    scheduler: str
    bilingual: bool = False
    loras: tuple[str, ...] = ()
    lcm_lora: str | None = None
    device: str = "cpu"
    offloaded: bool = False


@dataclass(frozen=True, slots=True)
class Graphs:
    """A compiled UNet: one graph for each size of batch at one size of picture.

    What is of another size goes to the plain UNet: a new graph would take a minute, with everybody waiting.

    Attributes:
        unet: is called as the plain one is.
        batch_sizes: rising; batches are padded to the next of them.
        shape: latent height, latent width and L that it was compiled for.
    """

    unet: Any
    batch_sizes: tuple[int, ...]
    shape: tuple[int, int, int]


@dataclass(slots=True, eq=False)
class Painter:
    """One painter on one device. Not thread-safe: the thread that denoises owns it; `decode` may run on a second one.

    Attributes:
        vae, unet: diffusers' `AutoencoderKL` and `UNet2DConditionModel`, or what has their interface.
        scheduler_config: the checkpoint's own (betas, prediction type, spacing).
        device: where the networks run (with offload: where they run when their turn comes).
        graphs: the UNet compiled for the usual sizes; None: `unet` does everything.
    """

    info: PainterInfo
    vae: Any
    unet: Any
    scheduler_config: Mapping[str, Any]
    conditioner: Conditioner
    device: torch.device
    preview: LatentPreview | None = None
    safety: SafetyChecker | None = None
    translator: Translator | None = None
    loras: Loras | None = None
    graphs: Graphs | None = None
    _embed: Callable[[tuple[str, ...], Selection], Tensor] = field(init=False, repr=False)
    _processor: VaeImageProcessor = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._embed = lru_cache(maxsize=64)(self._embed_now)  # pictures of one request share their prompt
        self._processor = VaeImageProcessor(vae_scale_factor=self.factor)

    @property
    def factor(self) -> int:
        """Pixels to one latent pixel, along each side."""
        return 2 ** (len(self.vae.config.block_out_channels) - 1)

    @property
    def dtype(self) -> torch.dtype:
        return self.unet.dtype

    def read(self, prompt: str) -> str:
        """What the painter reads of a prompt: its translation, where it needs one."""
        return prompt if self.info.bilingual or self.translator is None else self.translator(prompt)

    def select(self, loras: Selection) -> None:
        """What follows is painted with these LoRAs. Raises ModelUnavailable when one cannot be had."""
        if self.loras is not None:
            self.loras.select(loras)

    def embed(self, prompt: str, negative: str | None, loras: Selection = ()) -> Tensor:
        """(2, L, d): negative, prompt; without a negative (no guidance) (1, L, d)."""
        return self._embed((prompt,) if negative is None else (negative, prompt), loras)

    @torch.no_grad()
    def _embed_now(self, texts: tuple[str, ...], loras: Selection) -> Tensor:
        self.select(loras)
        return self.conditioner(texts).to(self.device, self.dtype)

    @torch.no_grad()
    def encode_image(self, image: Image.Image, generator: torch.Generator) -> Tensor:
        """An RGB image -> scaled latents (1, C, h, w), sampled as diffusers' img2img samples them."""
        pixels = self._processor.preprocess(image).to(self.device, self.dtype)  # (1, 3, H, W)
        return self.vae.config.scaling_factor * self.vae.encode(pixels).latent_dist.sample(generator)

    @torch.no_grad()
    def decode(self, latents: Tensor, generator: torch.Generator) -> tuple[Image.Image, bool]:
        """Latents (1, C, h, w) -> the picture, and whether the safety checker flagged it.

        Raises:
            PaintingFailed: the latents or the decoded picture are not finite.
        """
        unscaled = latents / self.vae.config.scaling_factor
        try:
            pixels = self.vae.decode(unscaled, return_dict=False, generator=generator)[0]  # (1, 3, H, W)
        except torch.OutOfMemoryError:
            raise PaintingFailed("painting-out-of-memory") from None
        if not bool(torch.isfinite(pixels).all()):
            raise PaintingFailed("painting-not-finite")
        unit = (pixels[0] / 2 + 0.5).clamp(0, 1).permute(1, 2, 0).float().cpu().numpy()  # (H, W, 3), as diffusers does
        image = Image.fromarray((unit * 255).round().astype("uint8"))
        return image, self.safety is not None and self.safety(image)
