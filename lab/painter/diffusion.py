"""Trains the UNet and the reader of the prompt together, on latents and captions made beforehand.

Each process computes the gradient of its share of the batch, on one core or one GPU, and the shares are averaged once a
step. On two shared cores that loses far less to waiting than two threads that meet after every operation.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from diffusers.training_utils import EMAModel
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from lab.painter.text import CaptionTable
from models.painter.conditioner import Reader, ReaderConfig
from models.painter.starter import UNET_CHANNELS, build_scheduler, build_unet


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the UNet is trained.

    Attributes:
        minutes: wall-clock time in all, over every resumption; the learning rate falls over its last part.
        batch: pictures a step, over all processes.
        max_snr: steps with a better signal than this count less, as in min-SNR weighting (Hang et al. 2023); unlike
            there the noisiest keep their weight, for they decide what is painted.
    """

    minutes: float = 90.0
    batch: int = 48
    lr: float = 1.5e-3
    warmup_steps: int = 100
    decay_from: float = 0.7  # of the time
    weight_decay: float = 0.01
    caption_dropout: float = 0.1
    max_snr: float = 5.0
    ema: float = 0.996
    save_every_s: float = 300.0
    log_every: int = 25


class Denoiser(nn.Module):
    """What is trained: latents (n, C, h, w), timesteps (n,), word vectors and where there are words -> velocity."""

    def __init__(
        self, channels: tuple[int, ...] = UNET_CHANNELS, reader: ReaderConfig | None = None, groups: int = 16
    ) -> None:
        super().__init__()
        self.reader = Reader(reader or ReaderConfig())
        self.unet = build_unet(channels, self.reader.config.width, groups)

    def forward(self, latents: Tensor, timesteps: Tensor, words: Tensor, present: Tensor) -> Tensor:
        return self.unet(latents, timesteps, self.reader(words, present), return_dict=False)[0]


def velocity_loss(
    model: Callable[..., Tensor], latents: Tensor, words: Tensor, present: Tensor, snr: Tensor, max_snr: float
) -> Tensor:
    """Mean squared error of the predicted velocity at random timesteps, late ones more often.

    `snr` holds the signal-to-noise ratio of every timestep.
    """
    # Pure noise comes twice as often as the average step: there only the words tell what the picture is.
    timesteps = (len(snr) * torch.rand(len(latents), device=latents.device).sqrt()).long()
    ratio = snr[timesteps].view(-1, 1, 1, 1)
    signal, noise_level = (ratio / (1 + ratio)).sqrt(), (1 / (1 + ratio)).sqrt()
    noise = torch.randn_like(latents)
    predicted = model(signal * latents + noise_level * noise, timesteps, words, present)
    error = F.mse_loss(predicted, signal * noise - noise_level * latents, reduction="none").mean((1, 2, 3))
    return (error * (max_snr / ratio.flatten()).clamp(max=1)).mean()


def signal_to_noise(device: torch.device) -> Tensor:
    """The scheduler's ratio at each timestep; 0 at the last."""
    alphas: Tensor = build_scheduler().alphas_cumprod.double()
    return (alphas / (1 - alphas)).float().to(device)


@dataclass(slots=True)
class Progress:
    """How far a run has come, over all its resumptions."""

    step: int = 0
    seconds: float = 0.0


class Run:
    """A training run of one process among `dist`'s world, or alone."""

    def __init__(self, recipe: Recipe, model: Denoiser, device: torch.device) -> None:
        self.recipe, self.device = recipe, device
        self.model = model.to(device, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        parameters = list(self.model.parameters())
        self.gradients = _flat_gradients(parameters)
        self.optimizer = torch.optim.AdamW(
            parameters, lr=recipe.lr, betas=(0.9, 0.98), weight_decay=recipe.weight_decay, fused=True
        )
        self.ema = EMAModel(parameters, decay=recipe.ema)
        self.progress = Progress()
        self.snr = signal_to_noise(device)

    def step(self, latents: Tensor, words: Tensor, present: Tensor) -> float:
        """One update by this process's share of a batch; the loss of that share."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.lr * self._pace()
        self.gradients.zero_()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            loss = velocity_loss(self.model, latents, words, present, self.snr, self.recipe.max_snr)
        loss.backward()
        if dist.is_initialized():
            dist.all_reduce(self.gradients)
            self.gradients /= dist.get_world_size()
        self.gradients *= (1.0 / (self.gradients.norm() + 1e-6)).clamp(max=1)
        self.optimizer.step()
        self.ema.step(self.model.parameters())
        self.progress.step += 1
        return loss.item()

    def _pace(self) -> float:
        """The share of the full learning rate now: up over the first steps, down a straight line at the end."""
        done = self.progress.seconds / (60 * self.recipe.minutes)
        falling = (1 - done) / (1 - self.recipe.decay_from)
        return min(1.0, (self.progress.step + 1) / self.recipe.warmup_steps, max(0.02, falling))

    def state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "ema": self.ema.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.progress.step,
            "seconds": self.progress.seconds,
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.ema.load_state_dict(state["ema"])
        self.ema.to(self.device)
        self.optimizer.load_state_dict(state["optimizer"])
        self.progress = Progress(state["step"], state["seconds"])


def _flat_gradients(parameters: list[nn.Parameter]) -> Tensor:
    """Makes every gradient a view of one vector, so that processes average them in one go, and returns it."""
    flat = torch.zeros(sum(p.numel() for p in parameters), device=parameters[0].device)
    start = 0
    for p in parameters:
        # A view with the parameter's own strides: the optimizer walks both in the same order.
        p.grad = flat[start : start + p.numel()].as_strided(p.shape, p.stride(), start)
        start += p.numel()
    return flat


def averaged(checkpoint: Path, model: Denoiser) -> Denoiser:
    """The model with the moving average of a checkpoint's weights."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    for parameter, mean in zip(model.parameters(), state["ema"]["shadow_params"], strict=True):
        parameter.data.copy_(mean)
    return model.eval()


def batches(
    latents: NDArray[np.float16], captions: CaptionTable, size: int, dropout: float, rng: np.random.Generator
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Endless batches (latents, word vectors, presence), each picture once a round."""
    vectors = torch.from_numpy(captions.vectors)
    while True:
        order = rng.permutation(len(latents))
        for start in range(0, len(order) - size + 1, size):
            rows = np.sort(order[start : start + size])
            numbers = captions.draw(rows, rng)  # (n, places)
            numbers[torch.from_numpy(rng.random(size) < dropout)] = 0
            yield torch.from_numpy(latents[rows].astype(np.float32)), vectors[numbers], numbers > 0


def train(
    rank: int,
    world: int,
    recipe: Recipe,
    latents_file: Path,
    captions_file: Path,
    checkpoint: Path,
    device: str,
    meet: str,
) -> None:
    """One process of a run that goes on from `checkpoint` and writes it every few minutes and at the end.

    `meet` is a path at which nothing is yet, where the processes find each other.
    """
    torch.set_num_threads(1 if world > 1 else torch.get_num_threads())
    if world > 1:
        dist.init_process_group("gloo", f"file://{meet}", rank=rank, world_size=world)
    torch.manual_seed(0)
    captions = CaptionTable.load(captions_file)
    model = Denoiser()
    model.reader.standardise(torch.from_numpy(captions.vectors[1:]))
    run = Run(recipe, model, torch.device(device))
    if checkpoint.exists():
        run.restore(torch.load(checkpoint, map_location="cpu", weights_only=True))
    torch.manual_seed(1000 * run.progress.step + rank)
    rng = np.random.default_rng((run.progress.step, rank))
    latents = np.load(latents_file, mmap_mode="r")
    stream = batches(latents, captions, recipe.batch // world, recipe.caption_dropout, rng)
    origin = time.monotonic() - run.progress.seconds
    logged = saved = run.progress.seconds
    losses: list[float] = []
    while run.progress.seconds < 60 * recipe.minutes:
        losses.append(run.step(*(part.to(device) for part in next(stream))))
        run.progress.seconds = _agreed(time.monotonic() - origin)
        if rank == 0 and run.progress.step % recipe.log_every == 0:
            _log(run, float(np.mean(losses)), len(losses) * recipe.batch / (run.progress.seconds - logged))
            losses, logged = [], run.progress.seconds
        if rank == 0 and run.progress.seconds - saved > recipe.save_every_s:
            _save(run, checkpoint)
            saved = run.progress.seconds
    if rank == 0:
        _save(run, checkpoint)
    if world > 1:
        dist.destroy_process_group()


def _agreed(seconds: float) -> float:
    """The slowest process's clock: all take the same learning rate and stop after the same step."""
    if not dist.is_initialized():
        return seconds
    clock = torch.tensor(seconds, dtype=torch.float64)
    dist.all_reduce(clock, dist.ReduceOp.MAX)
    return clock.item()


def _log(run: Run, loss: float, rate: float) -> None:
    print(
        f"{time.strftime('%H:%M:%S')} step {run.progress.step} samples {run.progress.step * run.recipe.batch} "
        f"minutes {run.progress.seconds / 60:.1f} loss {loss:.4f} samples/s {rate:.1f}",
        flush=True,
    )


def _save(run: Run, checkpoint: Path) -> None:
    part = checkpoint.with_suffix(".part")
    torch.save(run.state(), part)
    part.rename(checkpoint)
