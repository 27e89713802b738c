"""The small VAE of the starter painter: 8 pixels to one latent, 8 channels, trained on crops of scenes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from models.painter.starter import LATENT_CHANNELS

CROP = 64  # pixels; the VAE is convolutional, so crops teach it as much as whole pictures do, at a quarter of the cost
KL_WEIGHT = 1e-6
EDGE_WEIGHT = 1.0
FIRST_LOG_VARIANCE = -6.0  # of the posterior: at diffusers' 0 the latents would start as noise, and learning slowly
STANDARD_PICTURES = 512  # whole pictures from which the latents' mean and deviation are taken


def build(channels: tuple[int, ...] = (16, 32, 64, 128)) -> AutoencoderKL:
    """An untrained VAE with one block a level and no attention."""
    vae = AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * len(channels),
        up_block_types=("UpDecoderBlock2D",) * len(channels),
        block_out_channels=channels,
        layers_per_block=1,
        latent_channels=LATENT_CHANNELS,
        norm_num_groups=8,
        sample_size=128,
        scaling_factor=1.0,
        mid_block_add_attention=False,
    )
    assert vae.quant_conv is not None and vae.quant_conv.bias is not None
    torch.nn.init.constant_(vae.quant_conv.bias[LATENT_CHANNELS:], FIRST_LOG_VARIANCE)
    torch.nn.init.zeros_(vae.quant_conv.weight[LATENT_CHANNELS:])
    return vae


def to_pixels(pictures: NDArray[np.uint8]) -> Tensor:
    """uint8 (n, h, w, 3) -> float (n, 3, h, w) in [-1, 1]."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def crops(shards: list[NDArray[np.uint8]], batch: int, rng: np.random.Generator) -> Iterator[Tensor]:
    """Random crops, (batch, 3, CROP, CROP)."""
    side = shards[0].shape[1] - CROP + 1
    while True:
        shard = shards[rng.integers(len(shards))]
        rows = [
            shard[rng.integers(len(shard)), y : y + CROP, x : x + CROP] for y, x in rng.integers(side, size=(batch, 2))
        ]
        yield to_pixels(np.stack(rows))


def edge_loss(a: Tensor, b: Tensor) -> Tensor:
    """L1 between the horizontal and vertical differences of two pictures, at full and half size: keeps outlines sharp."""
    total = a.new_zeros(())
    for _ in range(2):
        for axis in (2, 3):
            total = total + F.l1_loss(a.diff(dim=axis), b.diff(dim=axis))
        a, b = F.avg_pool2d(a, 2), F.avg_pool2d(b, 2)
    return total


def train(
    shards: list[NDArray[np.uint8]], out: Path, seconds: float, device: torch.device, batch: int = 6, lr: float = 2e-3
) -> AutoencoderKL:
    """Trains for `seconds` of wall-clock time and saves into `out`. Goes on from what `out` holds."""
    vae = AutoencoderKL.from_pretrained(out) if (out / "config.json").exists() else build()
    assert isinstance(vae, AutoencoderKL)
    vae = vae.to(device, memory_format=torch.channels_last).train()  # pyright: ignore[reportCallIssue]
    optimizer = torch.optim.AdamW(vae.parameters(), lr=lr, betas=(0.9, 0.98), weight_decay=1e-4)
    start, step, errors = time.monotonic(), 0, []
    for pixels in crops(shards, batch, np.random.default_rng(0)):
        done = (time.monotonic() - start) / seconds
        if done >= 1:
            break
        for group in optimizer.param_groups:  # warm-up over a hundredth of the time, then a straight line to zero
            group["lr"] = lr * min(1.0, (step + 1) / 50) * (1 - done)
        pixels = pixels.to(device, memory_format=torch.channels_last)
        posterior = vae.encode(pixels).latent_dist
        rebuilt = vae.decode(posterior.sample()).sample
        loss = F.l1_loss(rebuilt, pixels) + EDGE_WEIGHT * edge_loss(rebuilt, pixels) + KL_WEIGHT * posterior.kl().mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        errors.append(F.mse_loss(rebuilt.detach(), pixels).item())
        step += 1
        if step % 100 == 0:
            print(f"vae step {step} {done:.0%} loss {loss.item():.4f} psnr {psnr(np.mean(errors[-100:])):.1f}", flush=True)
    vae.eval()
    standardise(vae, shards, device)
    vae.save_pretrained(out)
    return vae


def psnr(mse: float | np.floating) -> float:
    """Peak signal to noise in dB of pictures in [-1, 1]."""
    return float(10 * np.log10(4 / mse))


@torch.no_grad()
def standardise(vae: AutoencoderKL, shards: list[NDArray[np.uint8]], device: torch.device) -> None:
    """Folds mean and deviation of each latent channel into the 1x1 convolutions on both sides of the latents.

    Diffusion wants channels of mean 0 and deviation 1; diffusers' one `scaling_factor` could not give that to each.
    """
    picks = np.linspace(0, len(shards) - 1, 16).astype(int)
    latents = torch.cat(
        [encode(vae, to_pixels(shards[k][: STANDARD_PICTURES // 16]), device) for k in picks]
    )  # (n, C, h, w)
    mean, std = latents.mean((0, 2, 3)), latents.std((0, 2, 3))
    into, out_of = vae.quant_conv, vae.post_quant_conv
    assert into is not None and out_of is not None
    n = len(mean)  # the first n outputs are the means of the posterior, the others its log-variances
    into.weight[:n] /= std[:, None, None, None]
    assert into.bias is not None and out_of.bias is not None
    into.bias[:n] = (into.bias[:n] - mean) / std
    into.bias[n:] -= 2 * std.log()
    out_of.bias += out_of.weight[:, :, 0, 0] @ mean
    out_of.weight *= std[None, :, None, None]


@torch.no_grad()
def encode(vae: AutoencoderKL, pixels: Tensor, device: torch.device) -> Tensor:
    """Pixels (n, 3, H, W) -> the posterior's means (n, C, H/8, W/8)."""
    pixels = pixels.to(device, memory_format=torch.channels_last)
    return vae.encode(pixels).latent_dist.mean
