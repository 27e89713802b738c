"""Painting for many at once: our continuous batching against diffusers one by one, compiled, and in fixed batches.

On a GPU: Stable Diffusion 1.5 at full size with random weights (speed does not depend on them), 512 px. On a CPU: the
starter painter. Every system paints the same requests, all at once and as a Poisson stream at 70% of what diffusers can
do one by one; every picture is encoded as PNG.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import resource
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode

from core.generation import Generation, Limits
from core.generation.png import encode_png
from core.types import ImagineRequest, Step
from lab.bench.report import Row, add_json_argument, line, report
from models.painter.compiling import compile_unet
from models.painter.denoiser import Denoiser
from models.painter.painter import Painter, PainterInfo
from models.painter.preview import LatentPreview
from models.painter.rows import Recipe, start
from models.painter.schedulers import make_scheduler
from models.painter.starter import WEIGHTS, load_starter_painter

LOAD = 0.7  # of the capacity of diffusers one by one
PROMPTS = ("a black cat in the snow", "两只红色的公鸡", "a horse on a meadow at sunset", "城市夜晚的一只大象")
WARM_UP_STEPS = 2
ALONE = 3  # pictures, one after the other

COLUMNS = {
    "system": 32,
    "images_per_s": 14,
    "times_stock": 12,
    "latency_p50_s": 14,
    "latency_p95_s": 14,
    "first_step_p50_s": 17,
    "unet_share_of_matrix_peak": 26,
    "peak_memory_mib": 16,
}

Stepped: TypeAlias = Callable[[], None]  # called at a picture's first step
Paint: TypeAlias = Callable[[ImagineRequest, Stepped], Awaitable[None]]
System: TypeAlias = AbstractAsyncContextManager[Paint]


@dataclass(frozen=True, slots=True)
class Story:
    """Seconds on one clock."""

    arrived: float
    first_step: float
    done: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--requests", type=int, help="at once (default: 16 on a GPU, 8 on a CPU); twice as many as Poisson"
    )
    parser.add_argument("--steps", type=int, default=20, help="of each picture (default %(default)s)")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="the starter painter's folder")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument(
        "--batch-sizes", type=int, nargs="*", default=[2, 4, 8, 16, 32], help="to compile for on a GPU (2 4 8 16 32)"
    )
    add_json_argument(parser)


def main(args: argparse.Namespace) -> int:
    report(asyncio.run(_measure(args)), args.json, show=_table)
    return 0


async def _measure(args: argparse.Namespace) -> list[Row]:
    device = torch.device(args.device)
    count = args.requests or (16 if device.type == "cuda" else 8)
    make = partial(_full_size, device) if device.type == "cuda" else partial(load_starter_painter, args.weights, device)
    systems: dict[str, Callable[[], System]] = {
        "stock diffusers, one by one": lambda: _one_by_one(make),
        "diffusers, fixed batches": lambda: _fixed_batches(make, max_batch=count),
        "ours": lambda: _ours(make, count, args.batch_sizes),
    }
    if device.type == "cuda":
        systems["diffusers compiled, one by one"] = lambda: _one_by_one(lambda: _compiled(make()))
    requests = [ImagineRequest(PROMPTS[n % 4], str(n), steps=args.steps, seed=n) for n in range(2 * count)]
    at_once = [0.0] * count
    picture_flops, peak = args.steps * _unet_flops(make()), _matrix_peak(device)
    arrivals: list[float] = []
    rows: list[Row] = []
    for name, open_system in systems.items():
        async with open_system() as paint:
            await _run(paint, [replace(request, steps=WARM_UP_STEPS) for request in requests[:count]], at_once)
            await _run(paint, requests[:1], [0.0])
            alone = [story for _ in range(ALONE) for story in await _run(paint, requests[:1], [0.0])]
            if not arrivals:
                arrivals = _poisson(len(requests), LOAD * ALONE / (alone[-1].done - alone[0].arrived))
            loads = {"alone": alone, "at once": await _run(paint, requests[:count], at_once)}
            loads["poisson"] = await _run(paint, requests, arrivals)
            memory = torch.cuda.max_memory_allocated() if device.type == "cuda" else _resident_peak()
        for load, stories in loads.items():
            rows.append(
                {"name": f"{load}: {name}", "load": load, "system": name}
                | _figures(stories, picture_flops, peak)
                | {"peak_memory_mib": round(memory / 2**20)}
            )
            print(rows[-1], file=sys.stderr, flush=True)  # what is measured stays, should the time run out
        del paint  # with the networks behind it
        _forget(device)
    picture_s = 1 / next(row["images_per_s"] for row in rows if row["name"] == "at once: ours")
    return [*_compared(rows), await _queue_cost(make(), args.steps, picture_s), _preview_cost(make(), count)]


def _poisson(count: int, rate: float) -> list[float]:
    """Seconds at which `count` requests arrive, `rate` of them a second."""
    gaps = random.Random(0)
    return [0.0, *accumulate(gaps.expovariate(rate) for _ in range(count - 1))]


def _compared(rows: Sequence[Row]) -> list[Row]:
    """Each row with the one of stock diffusers under the same load."""
    stock = {row["load"]: row for row in reversed(rows)}
    return [
        row
        | {"times_stock": round(row["images_per_s"] / stock[row["load"]]["images_per_s"], 2)}
        | ({"baseline": stock[row["load"]]} if row is not stock[row["load"]] else {})
        for row in rows
    ]


def _table(rows: Sequence[Row]) -> None:
    for load in dict.fromkeys(row["load"] for row in rows if "load" in row):
        print(f"\n{load}\n" + "".join(f"{name:<{width}}" for name, width in COLUMNS.items()))
        for row in rows:
            if row.get("load") == load:
                print("".join(f"{row[name]!s:<{width}}" for name, width in COLUMNS.items()))
    print()
    for row in rows:
        if "load" not in row:
            print(line(row))


# --- The systems ---


@asynccontextmanager
async def _ours(make: Callable[[], Painter], count: int, batch_sizes: Sequence[int]) -> AsyncIterator[Paint]:
    def factory() -> Painter:
        painter = make()
        if painter.device.type == "cuda":
            painter.unet.fuse_qkv_projections()
            painter.vae.fuse_qkv_projections()
            compile_unet(
                painter, batch_sizes, lambda done, total: print(f"compiled {done} of {total}", file=sys.stderr)
            )
        return painter

    limits = Limits(max_pending=1000, max_pending_per_user=1000, max_batch=count)
    async with Generation([factory], _no_score, limits) as generation:

        async def paint(request: ImagineRequest, stepped: Stepped) -> None:
            job = generation.submit(request)
            async for event in job:
                if isinstance(event, Step):
                    stepped()
            await job.result()

        yield paint


@asynccontextmanager
async def _one_by_one(make: Callable[[], Painter]) -> AsyncIterator[Paint]:
    """First come, first served: the one thread serves in order."""
    with ThreadPoolExecutor(1) as thread:  # always the same one, for CUDA graphs belong to theirs
        loop = asyncio.get_running_loop()
        stock = await loop.run_in_executor(thread, lambda: Stock(make()))

        async def paint(request: ImagineRequest, stepped: Stepped) -> None:
            await loop.run_in_executor(thread, stock.paint, [request], [stepped])

        yield paint


@asynccontextmanager
async def _fixed_batches(make: Callable[[], Painter], max_batch: int) -> AsyncIterator[Paint]:
    """Whatever waits when the batch before is done makes the next one; who comes later waits for all of it."""
    stock, turn = await asyncio.to_thread(lambda: Stock(make())), asyncio.Lock()
    waiting: list[tuple[ImagineRequest, Stepped, asyncio.Event]] = []

    async def paint(request: ImagineRequest, stepped: Stepped) -> None:
        done = asyncio.Event()
        waiting.append((request, stepped, done))
        async with turn:
            if done.is_set():
                return
            await asyncio.sleep(0)  # who came at the same time comes along
            batch = waiting[:max_batch]
            del waiting[:max_batch]
            await asyncio.to_thread(stock.paint, [one[0] for one in batch], [one[1] for one in batch])
            for _, _, finished in batch:
                finished.set()

    yield paint


class Stock:
    """Diffusers' own pipeline over a painter's networks."""

    def __init__(self, painter: Painter) -> None:
        parts: dict[str, Any] = dict.fromkeys(("text_encoder", "tokenizer", "safety_checker", "feature_extractor"))
        scheduler: Any = make_scheduler(painter.info.scheduler, painter.scheduler_config)
        self._painter = painter
        self._pipeline: Any = StableDiffusionPipeline(
            vae=painter.vae, unet=painter.unet, scheduler=scheduler, requires_safety_checker=False, **parts
        )
        self._pipeline.set_progress_bar_config(disable=True)

    def paint(self, requests: Sequence[ImagineRequest], stepped: Sequence[Stepped]) -> None:
        def tell(_pipeline: Any, step: int, _time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            if step == 0:
                for call in stepped:
                    call()
            return tensors

        painter = self._painter
        images = self._pipeline(
            prompt_embeds=self._texts([request.prompt for request in requests]),
            negative_prompt_embeds=self._texts([""] * len(requests)),
            width=painter.info.width,
            height=painter.info.height,
            num_inference_steps=requests[0].steps,
            guidance_scale=painter.info.guidance,
            generator=[torch.Generator("cpu").manual_seed(request.seed or 0) for request in requests],
            callback_on_step_end=tell,
        ).images
        for image in images:
            encode_png(image, {})

    @torch.no_grad()
    def _texts(self, texts: Sequence[str]) -> torch.Tensor:
        return self._painter.conditioner(texts).to(self._painter.device, self._painter.dtype)


def _compiled(painter: Painter) -> Painter:
    """As diffusers' documentation has it: channels last, fused projections, compiled UNet."""
    painter.unet.fuse_qkv_projections()
    painter.unet = torch.compile(painter.unet, mode="reduce-overhead", fullgraph=True)
    return painter


def _full_size(device: torch.device) -> Painter:
    """Stable Diffusion 1.5 but for its weights; texts are random too."""
    make_vae: Any = AutoencoderKL
    torch.manual_seed(0)
    with torch.device(device):
        unet = UNet2DConditionModel(sample_size=64, cross_attention_dim=768, attention_head_dim=8)
        vae = make_vae(
            block_out_channels=(128, 256, 512, 512),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
            sample_size=512,
        )
    parts: tuple[Any, ...] = (unet, vae)
    for part in parts:
        part.eval().to(dtype=torch.float16, memory_format=torch.channels_last)
    return Painter(
        info=PainterInfo("SD 1.5, random weights", (512,), 512, 512, 20, 7.5, "dpm++2m", bilingual=True),
        vae=vae,
        unet=unet,
        scheduler_config=DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear").config,
        conditioner=lambda texts: torch.randn(len(texts), 77, 768, device=device),
        device=device,
        preview=LatentPreview.stable_diffusion(),
    )


async def _no_score(_prompt: str, images: list[Image.Image]) -> list[tuple[float, float]]:
    return [(0.0, 0.0)] * len(images)


# --- Measuring ---


async def _run(paint: Paint, requests: Sequence[ImagineRequest], arrivals: Sequence[float]) -> list[Story]:
    began = time.perf_counter()

    async def ask(request: ImagineRequest, arrival: float) -> Story:
        await asyncio.sleep(arrival - (time.perf_counter() - began))
        arrived, first = time.perf_counter(), list[float]()
        await paint(request, lambda: first.append(time.perf_counter()))
        return Story(arrived, first[0], time.perf_counter())

    return list(await asyncio.gather(*map(ask, requests, arrivals)))


def _figures(stories: Sequence[Story], picture_flops: float, peak: float) -> Row:
    wall = max(story.done for story in stories) - min(story.arrived for story in stories)
    latency = [story.done - story.arrived for story in stories]
    return {
        "images_per_s": round(len(stories) / wall, 3),
        "latency_p50_s": round(float(np.percentile(latency, 50)), 3),
        "latency_p95_s": round(float(np.percentile(latency, 95)), 3),
        "first_step_p50_s": round(float(np.median([story.first_step - story.arrived for story in stories])), 3),
        "unet_share_of_matrix_peak": round(len(stories) * picture_flops / wall / peak, 3),
    }


def _forget(device: torch.device) -> None:
    """So that the next system finds the memory as the first one did."""
    torch.compiler.reset()
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def _resident_peak() -> int:
    """Bytes, of the whole process so far (it never falls)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@torch.no_grad()
def _unet_flops(painter: Painter) -> int:
    """Of one step of one picture with guidance."""
    row = start(
        painter, Recipe("a cat", "", 0, 2, 2.0, painter.info.scheduler, painter.info.width, painter.info.height)
    )
    with FlopCounterMode(display=False) as counter:
        Denoiser(painter).step([row])
    return counter.get_total_flops()


def _matrix_peak(device: torch.device) -> float:
    """FLOP/s of a large square product in the painter's precision, the best of several."""
    side, dtype = (8192, torch.float16) if device.type == "cuda" else (2048, torch.float32)
    a = torch.randn(side, side, device=device, dtype=dtype)
    best = float("inf")
    for _ in range(8):
        began = time.perf_counter()
        torch.mm(a, a)
        if device.type == "cuda":
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - began)
    return 2 * side**3 / best


async def _queue_cost(painter: Painter, steps: int, picture_s: float) -> Row:
    """What the engine adds to bare denoising, measured with networks that cost nothing; its share of a real picture."""
    hollow = replace(painter, unet=_HollowUNet(painter.unet), vae=_hollow_vae(painter), preview=None)
    request = ImagineRequest("a cat", steps=steps, seed=0, guidance=1.0)
    info, rounds = painter.info, 20
    recipe = Recipe("a cat", "", 0, steps, 1.0, info.scheduler, info.width, info.height)
    bare: list[float] = []
    whole: list[float] = []
    async with Generation([lambda: hollow], _no_score) as generation:
        for _ in range(rounds):
            began = time.perf_counter()
            row, denoiser = start(hollow, recipe), Denoiser(hollow)
            while not row.finished:
                denoiser.step([row])
            encode_png(hollow.decode(row.latents, row.generator)[0], {})
            bare.append(time.perf_counter() - began)
            began = time.perf_counter()
            await generation.submit(request).result()
            whole.append(time.perf_counter() - began)
    cost = float(np.median(whole) - np.median(bare))
    return {
        "name": "queue alone",
        "ms_per_picture": round(1e3 * cost, 2),
        "share_of_picture": round(cost / picture_s, 4),
    }


def _preview_cost(painter: Painter, count: int) -> Row:
    """What watching costs the painter's thread, at the engine's one preview a second for each of `count` jobs."""
    assert painter.preview is not None
    shape = (
        1,
        painter.unet.config.in_channels,
        painter.info.height // painter.factor,
        painter.info.width // painter.factor,
    )
    latents = torch.randn(shape, device=painter.device, dtype=painter.dtype)
    taken: list[float] = []
    for _ in range(50):
        began = time.perf_counter()
        painter.preview.jpeg(latents)
        taken.append(time.perf_counter() - began)
    one_s = float(np.median(taken))
    return {"name": "preview", "ms_each": round(1e3 * one_s, 3), "share_of_time": round(count * one_s, 4)}


class _HollowUNet:
    """Returns its input."""

    def __init__(self, unet: Any) -> None:
        self.config, self.dtype = unet.config, unet.dtype

    def __call__(self, sample: torch.Tensor, *_: Any, **__: Any) -> tuple[torch.Tensor]:
        return (sample,)


def _hollow_vae(painter: Painter) -> Any:
    pixels = torch.zeros(1, 3, painter.info.height, painter.info.width)
    return SimpleNamespace(config=painter.vae.config, decode=lambda *_, **__: (pixels,))
