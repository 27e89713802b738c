"""A worker process for the queue's tests."""

from __future__ import annotations

import asyncio

import torch
from PIL import Image

from core.generation import Generation, Limits
from core.queue import run_worker
from tests.tiny_painter import tiny_painter


async def score(prompt: str, images: list[Image.Image]) -> list[tuple[float, float]]:
    return [(0.5, 0.25)] * len(images)


def run(url: str, name: str, heartbeat_s: float) -> None:
    """Works until it is killed."""
    torch.set_num_threads(1)
    asyncio.run(_work(url, name, heartbeat_s))


async def _work(url: str, name: str, heartbeat_s: float) -> None:
    async with Generation([tiny_painter], score, Limits(1000, 1000, max_batch=4)) as generation:
        await run_worker(generation, url, name=name, capacity=4, heartbeat_s=heartbeat_s)
