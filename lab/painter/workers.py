"""Processes that train one network together, each on its share of the batch and on one core or one GPU.

Their gradients are averaged once a step. On two shared cores that loses far less to waiting than two threads that meet
after every operation.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.multiprocessing.spawn import spawn


@contextmanager
def joined(rank: int, world: int, meet: str) -> Iterator[None]:
    """One of `world` processes, for as long as it trains. `meet` is a path at which nothing is yet."""
    if world == 1:
        yield
        return
    torch.set_num_threads(1)
    dist.init_process_group("gloo", f"file://{meet}", rank=rank, world_size=world)
    try:
        yield
    finally:
        dist.destroy_process_group()


def together(work: Callable[..., None], device: str, batch: int, *args: object) -> None:
    """Runs `work(rank, world, meet, *args)` in one process for every core (no more than `batch`), or for a GPU."""
    world = min(os.cpu_count() or 1, batch) if device == "cpu" else 1
    with tempfile.TemporaryDirectory() as folder:
        spawn(work, (world, str(Path(folder) / "meet"), *args), nprocs=world)


class SharedGradients:
    """The gradients of `parameters` as one vector, so that processes average them in one go."""

    def __init__(self, parameters: Sequence[nn.Parameter]) -> None:
        self.flat: Tensor = torch.zeros(sum(p.numel() for p in parameters), device=parameters[0].device)
        start = 0
        for p in parameters:
            # A view with the parameter's own strides: the optimizer walks both in the same order.
            p.grad = self.flat[start : start + p.numel()].as_strided(p.shape, p.stride(), start)
            start += p.numel()

    def clear(self) -> None:
        self.flat.zero_()

    def average(self, limit: float) -> None:
        """Over all processes; a vector longer than `limit` is shortened to it."""
        if dist.is_initialized():
            dist.all_reduce(self.flat)
            self.flat /= dist.get_world_size()
        self.flat *= (limit / (self.flat.norm() + 1e-6)).clamp(max=1)


def agreed(seconds: float) -> float:
    """The slowest process's clock: all take the same learning rate and stop after the same step."""
    if not dist.is_initialized():
        return seconds
    clock = torch.tensor(seconds, dtype=torch.float64)
    dist.all_reduce(clock, dist.ReduceOp.MAX)
    return clock.item()
