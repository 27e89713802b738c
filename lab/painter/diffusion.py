"""Trains the UNet and the reader of the prompt together, on latents and captions made beforehand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.training_utils import EMAModel
from torch import Tensor, nn
from torch.nn import functional as F

from lab.painter.text import CaptionTable
from lab.painter.workers import SharedGradients, agreed, joined
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
    lr: float = 1e-3
    warmup_steps: int = 100
    decay_from: float = 0.6  # of the time
    weight_decay: float = 0.01
    caption_dropout: float = 0.1
    max_snr: float = 5.0
    ema: float = 0.999
    save_every_s: float = 300.0
    log_every_s: float = 30.0


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
        # On a processor the hours are few and compiling takes minutes of them.
        self._forward: Callable[..., Tensor] = torch.compile(self.model) if device.type == "cuda" else self.model
        parameters = list(self.model.parameters())
        self.gradients = SharedGradients(parameters)
        self.optimizer = torch.optim.AdamW(
            parameters, lr=recipe.lr, betas=(0.9, 0.98), weight_decay=recipe.weight_decay, fused=True
        )
        self.ema = EMAModel(parameters, decay=recipe.ema, foreach=True)
        self.progress = Progress()
        self.snr = signal_to_noise(device)

    def step(self, latents: Tensor, words: Tensor, present: Tensor) -> Tensor:
        """One update by this process's share of a batch; the loss of that share."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.lr * self._pace()
        self.gradients.clear()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            loss = velocity_loss(self._forward, latents, words, present, self.snr, self.recipe.max_snr)
        loss.backward()
        self.gradients.average(limit=1.0)
        self.optimizer.step()
        self.ema.step(self.model.parameters())
        self.progress.step += 1
        return loss.detach()  # nobody waits for it before the next step

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


def averaged(checkpoint: Path, model: Denoiser) -> Denoiser:
    """The model with the moving average of a checkpoint's weights."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    for parameter, mean in zip(model.parameters(), state["ema"]["shadow_params"], strict=True):
        parameter.data.copy_(mean)
    return model.eval()


def batches(
    latents: Tensor, captions: CaptionTable, size: int, dropout: float, rng: np.random.Generator
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Endless batches (latents, word vectors, presence), each picture once a round, where the float16 `latents` are."""
    device = latents.device
    vectors = torch.from_numpy(captions.vectors).to(device)
    while True:
        order = rng.permutation(len(latents))
        numbers = captions.draw(order, rng)  # (n, places)
        numbers[torch.from_numpy(rng.random(len(order)) < dropout)] = 0
        # Once a round: a GPU waits for all that it was given to do before it takes anything from here.
        rounds = zip(torch.from_numpy(order).to(device).split(size), numbers.to(device).split(size), strict=True)
        for rows, words in rounds:
            if len(rows) == size:
                yield latents[rows].float(), vectors[words], words > 0


def train(
    rank: int,
    world: int,
    meet: str,
    recipe: Recipe,
    latents_file: Path,
    captions_file: Path,
    checkpoint: Path,
    device: str,
) -> None:
    """One process of a run that goes on from `checkpoint` and writes it every few minutes and at the end."""
    with joined(rank, world, meet):
        torch.manual_seed(0)
        captions = CaptionTable.load(captions_file)
        model = Denoiser()
        model.reader.standardise(torch.from_numpy(captions.vectors[1:]))
        torch.backends.cudnn.benchmark = True  # all batches have one shape
        run = Run(recipe, model, torch.device(device))
        if checkpoint.exists():
            run.restore(torch.load(checkpoint, map_location="cpu", weights_only=True))
        torch.manual_seed(1000 * run.progress.step + rank)
        rng = np.random.default_rng((run.progress.step, rank))
        latents = torch.from_numpy(np.load(latents_file, mmap_mode="c")).to(device)
        stream = batches(latents, captions, recipe.batch // world, recipe.caption_dropout, rng)
        _go_on(run, stream, checkpoint, first=rank == 0)


def _go_on(run: Run, stream: Iterator[tuple[Tensor, Tensor, Tensor]], checkpoint: Path, first: bool) -> None:
    """Until the recipe's time is spent. The first process writes the log and the checkpoints."""
    recipe, progress = run.recipe, run.progress
    origin = time.monotonic() - progress.seconds
    logged = saved = progress.seconds
    losses: list[Tensor] = []
    while progress.seconds < 60 * recipe.minutes:
        losses.append(run.step(*next(stream)))
        progress.seconds = agreed(time.monotonic() - origin)
        if first and progress.seconds - logged > recipe.log_every_s:
            _log(run, torch.stack(losses).mean().item(), len(losses) * recipe.batch / (progress.seconds - logged))
            losses, logged = [], progress.seconds
        if first and progress.seconds - saved > recipe.save_every_s:
            _save(run, checkpoint)
            saved = progress.seconds
    if first:
        _save(run, checkpoint)


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
