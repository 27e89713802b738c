"""Many pictures in few calls, for evaluation: every row starts from the noise of its own seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image

from lab.painter.autoencoder import encode, to_pixels
from models.painter.painter import Painter
from models.painter.schedulers import make_scheduler

BATCH = 10


@torch.inference_mode()
def paint(
    painter: Painter,
    prompts: Sequence[str],
    seed: int = 0,
    steps: int | None = None,
    guidance: float | None = None,
) -> list[Image.Image]:
    """A picture for each prompt, from the seeds `seed`, `seed` + 1, ... and the painter's own settings."""
    pictures: list[Image.Image] = []
    for start in range(0, len(prompts), BATCH):
        chunk = prompts[start : start + BATCH]
        seeds = range(seed + start, seed + start + len(chunk))
        pictures += _paint_batch(painter, chunk, seeds, steps or painter.info.steps, guidance or painter.info.guidance)
    return pictures


@torch.inference_mode()
def rebuilt(painter: Painter, pictures: Sequence[Image.Image]) -> list[Image.Image]:
    """Each picture through the painter's autoencoder and back: what is lost before anything is painted."""
    pixels = to_pixels(np.stack([np.asarray(picture) for picture in pictures]), painter.device)
    return [painter.decode(encode(painter.vae, row[None]), torch.Generator())[0] for row in pixels]


def _paint_batch(
    painter: Painter, prompts: Sequence[str], seeds: Sequence[int], steps: int, guidance: float
) -> list[Image.Image]:
    scheduler = make_scheduler(painter.info.scheduler, painter.scheduler_config)
    scheduler.set_timesteps(steps)
    side = painter.info.width // painter.factor
    shape = (1, painter.unet.config.in_channels, side, side)
    noise = [torch.randn(shape, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
    latents = torch.cat(noise).to(painter.device) * scheduler.init_noise_sigma  # (n, C, h, w)
    plain, asked = painter.conditioner([""]), painter.conditioner(prompts)
    embeds = torch.cat([plain.expand(len(prompts), -1, -1), asked])  # (2n, L, d)
    for t in scheduler.timesteps:
        scaled = scheduler.scale_model_input(latents, t).repeat(2, 1, 1, 1)
        without, with_text = painter.unet(scaled, t, encoder_hidden_states=embeds, return_dict=False)[0].chunk(2)
        latents = scheduler.step(without + guidance * (with_text - without), t, latents).prev_sample
    return [painter.decode(row[None], torch.Generator())[0] for row in latents]
