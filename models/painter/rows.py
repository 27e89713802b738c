"""One picture being painted: everything that it shares with no other."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from diffusers.utils.torch_utils import randn_tensor
from PIL import Image
from torch import Tensor

from models.painter.errors import PaintingFailed
from models.painter.loras import Selection
from models.painter.painter import Painter
from models.painter.schedulers import make_scheduler

Shape: TypeAlias = tuple[int, int, int, Selection]


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides a picture; nothing is left to default.

    Attributes:
        image: RGB, of the size asked for, to start from; `strength` in (0, 1] says how far to leave it.
        towards: a second seed; the first noise is that of `seed` turned by `turn` in [0, 1] towards that of `towards`.
    """

    prompt: str
    negative: str
    seed: int
    steps: int
    guidance: float
    scheduler: str
    width: int
    height: int
    image: Image.Image | None = None
    strength: float = 1.0
    towards: int | None = None
    turn: float = 0.0
    loras: Selection = ()

    @property
    def guided(self) -> bool:
        """Classifier-free guidance is on: the row takes two places of the batch."""
        return self.guidance > 1


@dataclass(slots=True, eq=False)
class Row:
    """A picture between two steps.

    Attributes:
        timesteps: (n,), on the CPU, as the scheduler made them.
        latents: (1, C, h, w).
        embeddings: (2, L, d) negative, prompt; or (1, L, d) without guidance in the batch.
        timestep_condition: (1, c), how distilled UNets (LCM) are told the guidance; None for all others.
        done: steps taken.
        clean: the scheduler's present estimate of the finished latents, where it gives one.
        error: why the row failed; nothing more is done with it.
    """

    recipe: Recipe
    scheduler: Any
    timesteps: Tensor
    latents: Tensor
    embeddings: Tensor
    generator: torch.Generator
    step_options: dict[str, Any]
    timestep_condition: Tensor | None = None
    done: int = 0
    clean: Tensor | None = None
    error: PaintingFailed | None = None

    @property
    def steps(self) -> int:
        return len(self.timesteps)

    @property
    def finished(self) -> bool:
        return self.done >= self.steps

    @property
    def places(self) -> int:
        """How many places of the UNet's batch the row takes."""
        return len(self.embeddings)

    @property
    def shape(self) -> Shape:
        """Rows of one shape can share a UNet call: latent height, latent width, L, and the LoRAs on the UNet."""
        height, width = self.latents.shape[-2:]
        return height, width, self.embeddings.shape[-2], self.recipe.loras


@torch.no_grad()
def start(painter: Painter, recipe: Recipe) -> Row:
    """The row before its first step: noise, timesteps and embeddings exactly as in diffusers' `StableDiffusionPipeline`
    and `StableDiffusionImg2ImgPipeline` with `torch.Generator("cpu").manual_seed(seed)`.

    Raises:
        PaintingFailed: the scheduler refuses the number of steps.
        ModelUnavailable: a LoRA cannot be had.
    """
    distilled = painter.unet.config.time_cond_proj_dim is not None  # guidance was taught: no second place in the batch
    guided = recipe.guided and not distilled
    scheduler = make_scheduler(recipe.scheduler, painter.scheduler_config)
    try:
        scheduler.set_timesteps(recipe.steps, device="cpu")  # on the CPU: reading them must not wait for a GPU
    except ValueError as error:
        raise PaintingFailed("painting-scheduler", scheduler=recipe.scheduler, detail=str(error)) from error
    timesteps = scheduler.timesteps
    generator = torch.Generator("cpu").manual_seed(recipe.seed)
    if recipe.image is None:
        shape = (1, painter.unet.config.in_channels, recipe.height // painter.factor, recipe.width // painter.factor)
        latents = _noise(painter, recipe, generator, shape) * scheduler.init_noise_sigma
    else:
        skipped = (recipe.steps - max(int(recipe.steps * recipe.strength), 1)) * scheduler.order
        timesteps = timesteps[skipped:]
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(skipped)
        encoded = painter.encode_image(recipe.image, generator)
        noise = _noise(painter, recipe, generator, encoded.shape)
        latents = scheduler.add_noise(encoded, noise, timesteps[:1])
    parameters = inspect.signature(scheduler.step).parameters
    options: dict[str, Any] = {"eta": 0.0} if "eta" in parameters else {}
    if "generator" in parameters:
        options["generator"] = generator
    return Row(
        recipe=recipe,
        scheduler=scheduler,
        timesteps=timesteps,
        latents=latents,
        embeddings=painter.embed(recipe.prompt, recipe.negative if guided else None, recipe.loras),
        generator=generator,
        step_options=options,
        timestep_condition=_guidance_embedding(painter, recipe.guidance) if distilled else None,
    )


def slerp(a: Tensor, b: Tensor, turn: float) -> Tensor:
    """From noise a towards noise b along the sphere, so that the result has the length of noise."""
    flat_a, flat_b = a.flatten().double(), b.flatten().double()
    cosine = torch.dot(flat_a, flat_b) / (flat_a.norm() * flat_b.norm())
    angle = torch.arccos(cosine.clamp(-1, 1))
    if angle < 1e-6:  # the same noise: nowhere to turn
        return a
    mixed = (torch.sin((1 - turn) * angle) * flat_a + torch.sin(turn * angle) * flat_b) / torch.sin(angle)
    return mixed.reshape(a.shape).to(a.dtype)


def _noise(painter: Painter, recipe: Recipe, generator: torch.Generator, shape: tuple[int, ...]) -> Tensor:
    """(1, C, h, w), of unit variance."""
    noise = randn_tensor(shape, generator=generator, device=painter.device, dtype=painter.dtype)
    if recipe.towards is None:
        return noise
    other = torch.Generator("cpu").manual_seed(recipe.towards)
    return slerp(noise, randn_tensor(shape, generator=other, device=painter.device, dtype=painter.dtype), recipe.turn)


def _guidance_embedding(painter: Painter, guidance: float) -> Tensor:
    """(1, c): the guidance weight w = guidance - 1 as sines and cosines (Meng et al. 2023, as in diffusers)."""
    width = painter.unet.config.time_cond_proj_dim
    frequencies = torch.exp(torch.arange(width // 2) * -(torch.log(torch.tensor(10000.0)) / (width // 2 - 1)))
    angles = 1000.0 * (guidance - 1) * frequencies[None]  # (1, c / 2)
    return torch.cat([angles.sin(), angles.cos()], dim=1).to(painter.device, painter.dtype)
