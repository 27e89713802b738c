"""Fits the starter painter's autoencoder: the encoder in one go, the decoder by gradient on scenes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from lab.painter.workers import SharedGradients, agreed, joined
from models.painter.autoencoder import PatchAutoencoder

EDGE_WEIGHT = 1.0
FITTED = 2_400  # so many pictures are enough for the components
EVENNESS = 0.3  # 0: latent channels keep their components' deviations; 1: all have the same
LATENT_NOISE = 0.3  # up to this deviation, in training: what is painted never lies exactly where drawn pictures lie


def to_pixels(pictures: NDArray[np.uint8], device: torch.device | str = "cpu") -> Tensor:
    """uint8 (n, h, w, 3) -> float (n, 3, h, w) in [-1, 1], on `device`."""
    return torch.from_numpy(np.array(pictures)).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1


@dataclass(frozen=True, slots=True)
class DecoderRecipe:
    """How the decoder is trained; `batch` is the number of pictures a step over all processes."""

    minutes: float = 60.0
    batch: int = 8
    lr: float = 1e-3
    warmup_steps: int = 100
    save_every_s: float = 300.0
    log_every_s: float = 60.0


@torch.no_grad()
def fit_encoder(vae: PatchAutoencoder, shards: list[NDArray[np.uint8]]) -> None:
    """Sets the principal components of the pictures' patches, scaled so that latents have a mean square of 1.

    Channels of small deviation are raised a little (`EVENNESS`), far from the level of the others: noise hides details
    before it hides the layout, so that what is painted comes forth from coarse to fine, and most of what the UNet has
    to learn is the layout.
    """
    every = -(-sum(map(len, shards)) // FITTED)
    pixels = to_pixels(np.concatenate([shard[::every] for shard in shards]), vae.device)
    patches = F.pixel_unshuffle(pixels, vae.patch).movedim(1, -1).flatten(0, 2)  # (patches, 768)
    mean = patches.mean(0)
    covariance = torch.cov(patches.T.double())
    variances, vectors = torch.linalg.eigh(covariance)  # ascending
    kept = vae.components.shape[0]
    deviations, components = variances.flip(0)[:kept].sqrt(), vectors.flip(1)[:, :kept].T
    target = deviations ** (1 - EVENNESS)
    target = target / target.square().mean().sqrt()
    vae.mean.copy_(mean)
    vae.components.copy_(components * (target / deviations)[:, None])


@torch.no_grad()
def encode(vae: PatchAutoencoder, pixels: Tensor) -> Tensor:
    """Pixels (n, 3, H, W) -> latents (n, C, H/16, W/16)."""
    return vae.encode(pixels).latent_dist.mode()


def draws(shards: list[NDArray[np.uint8]], batch: int, rng: np.random.Generator) -> Iterator[NDArray[np.uint8]]:
    """Random pictures, (batch, H, W, 3)."""
    while True:
        shard = shards[rng.integers(len(shards))]
        yield shard[np.sort(rng.choice(len(shard), batch, replace=False))]


def edge_loss(a: Tensor, b: Tensor) -> Tensor:
    """L1 between the horizontal and vertical differences of two pictures: keeps outlines sharp."""
    return F.l1_loss(a.diff(dim=2), b.diff(dim=2)) + F.l1_loss(a.diff(dim=3), b.diff(dim=3))


def train_decoder(
    rank: int, world: int, meet: str, folder: Path, shards: list[Path], recipe: DecoderRecipe, device: str
) -> None:
    """One process of a run that goes on from the decoder in `folder`, and writes it every few minutes and at the end.

    The encoder, and so every latent, stays as it is.
    """
    with joined(rank, world, meet):
        torch.manual_seed(time.time_ns() % 2**31 + rank)
        vae = open_autoencoder(folder).to(device)  # pyright: ignore[reportArgumentType]
        pictures = [np.load(path, mmap_mode="r") for path in shards]
        _go_on(vae, pictures, recipe, folder if rank == 0 else None, recipe.batch // world)


def _go_on(
    vae: PatchAutoencoder, shards: list[NDArray[np.uint8]], recipe: DecoderRecipe, folder: Path | None, share: int
) -> None:
    """Until the recipe's time is spent; `share` pictures a step. The process with a folder writes log and weights."""
    vae.train()
    vae.decoder.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    parameters = list(vae.decoder.parameters())
    gradients = SharedGradients(parameters)
    optimizer = torch.optim.AdamW(parameters, lr=recipe.lr, betas=(0.9, 0.98), weight_decay=1e-4, fused=True)
    origin, done, saved, logged = time.monotonic(), 0.0, 0.0, 0.0
    errors: list[Tensor] = []
    for step, pictures in enumerate(draws(shards, share, np.random.default_rng(torch.initial_seed()))):
        for group in optimizer.param_groups:  # up over the first steps, then a straight line to zero
            group["lr"] = recipe.lr * min(1.0, (step + 1) / recipe.warmup_steps) * (1 - done)
        pixels = to_pixels(pictures, vae.device)
        latents = encode(vae, pixels)
        latents += LATENT_NOISE * torch.rand_like(latents[:, :1, :1, :1]) * torch.randn_like(latents)
        rebuilt = vae.decode(latents, return_dict=False)[0]
        gradients.clear()
        (F.l1_loss(rebuilt, pixels) + EDGE_WEIGHT * edge_loss(rebuilt, pixels)).backward()
        gradients.average(limit=0.5)
        optimizer.step()
        if folder:
            errors.append(F.mse_loss(rebuilt.detach(), pixels))
        seconds = agreed(time.monotonic() - origin)
        done = seconds / (60 * recipe.minutes)
        if folder and (done >= 1 or seconds - logged > recipe.log_every_s):
            decibels = psnr(torch.stack(errors).mean().item())
            print(f"{time.strftime('%H:%M:%S')} decoder step {step + 1} {done:.0%} psnr {decibels:.1f} dB", flush=True)
            errors, logged = [], seconds
        if folder and (done >= 1 or seconds - saved > recipe.save_every_s):
            vae.save_pretrained(folder)
            saved = seconds
        if done >= 1:
            break


def psnr(mse: float) -> float:
    """Peak signal to noise in dB of pictures in [-1, 1]."""
    return float(10 * np.log10(4 / mse))


def open_autoencoder(folder: Path) -> PatchAutoencoder:
    """What `folder` holds, in evaluation mode."""
    vae = PatchAutoencoder.from_pretrained(folder)
    assert isinstance(vae, PatchAutoencoder)
    return vae.eval()
