"""Fits the starter painter's autoencoder: the encoder in one go, the decoder by gradient on scenes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from models.painter.autoencoder import PatchAutoencoder

EDGE_WEIGHT = 1.0
EVERY = 10  # of the pictures one in so many is enough for the components
EVENNESS = 0.3  # 0: latent channels keep their components' deviations; 1: all have the same
LATENT_NOISE = 0.3  # up to this deviation, in training: what is painted never lies exactly where drawn pictures lie


def to_pixels(pictures: NDArray[np.uint8]) -> Tensor:
    """uint8 (n, h, w, 3) -> float (n, 3, h, w) in [-1, 1]."""
    return torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


@torch.no_grad()
def fit_encoder(vae: PatchAutoencoder, shards: list[NDArray[np.uint8]]) -> None:
    """Sets the principal components of the pictures' patches, scaled so that latents have a mean square of 1.

    Channels of small deviation are raised a little (`EVENNESS`), far from the level of the others: noise hides details
    before it hides the layout, so that what is painted comes forth from coarse to fine, and most of what the UNet has
    to learn is the layout.
    """
    pixels = to_pixels(np.concatenate([shard[::EVERY] for shard in shards]))
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
def encode(vae: PatchAutoencoder, pixels: Tensor, device: torch.device) -> Tensor:
    """Pixels (n, 3, H, W) -> latents (n, C, H/16, W/16)."""
    return vae.encode(pixels.to(device)).latent_dist.mode()


def draws(shards: list[NDArray[np.uint8]], batch: int, rng: np.random.Generator) -> Iterator[Tensor]:
    """Random pictures, (batch, 3, H, W)."""
    while True:
        shard = shards[rng.integers(len(shards))]
        yield to_pixels(shard[np.sort(rng.choice(len(shard), batch, replace=False))])


def edge_loss(a: Tensor, b: Tensor) -> Tensor:
    """L1 between the horizontal and vertical differences of two pictures: keeps outlines sharp."""
    return F.l1_loss(a.diff(dim=2), b.diff(dim=2)) + F.l1_loss(a.diff(dim=3), b.diff(dim=3))


def train_decoder(
    vae: PatchAutoencoder,
    shards: list[NDArray[np.uint8]],
    seconds: float,
    device: torch.device,
    batch: int = 4,
    lr: float = 1e-3,
) -> float:
    """Trains for `seconds` of wall-clock time; the PSNR in dB over the last steps."""
    vae.to(device).train()  # pyright: ignore[reportArgumentType]
    vae.decoder.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    optimizer = torch.optim.AdamW(vae.decoder.parameters(), lr=lr, betas=(0.9, 0.98), weight_decay=1e-4)
    start, errors = time.monotonic(), []
    for step, pixels in enumerate(draws(shards, batch, np.random.default_rng(time.time_ns()))):
        done = (time.monotonic() - start) / seconds
        if done >= 1:
            break
        for group in optimizer.param_groups:  # up over the first steps, then a straight line to zero
            group["lr"] = lr * min(1.0, (step + 1) / 100) * (1 - done)
        pixels = pixels.to(device)
        latents = encode(vae, pixels, device)
        latents += LATENT_NOISE * torch.rand(len(latents), 1, 1, 1, device=device) * torch.randn_like(latents)
        rebuilt = vae.decode(latents, return_dict=False)[0]
        loss = F.l1_loss(rebuilt, pixels) + EDGE_WEIGHT * edge_loss(rebuilt, pixels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.decoder.parameters(), 0.5)
        optimizer.step()
        errors.append(F.mse_loss(rebuilt.detach(), pixels).item())
        if (step + 1) % 200 == 0:
            print(f"decoder step {step + 1} {done:.0%} psnr {psnr(np.mean(errors[-200:])):.1f} dB", flush=True)
    vae.eval()
    return psnr(np.mean(errors[-200:]))


def psnr(mse: float | np.floating) -> float:
    """Peak signal to noise in dB of pictures in [-1, 1]."""
    return float(10 * np.log10(4 / mse))


def open_autoencoder(folder: Path) -> PatchAutoencoder:
    """What `folder` holds, in evaluation mode."""
    vae = PatchAutoencoder.from_pretrained(folder)
    assert isinstance(vae, PatchAutoencoder)
    return vae.eval()
