"""One painter on its own thread, and the pictures that it has in hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

import torch
from PIL import Image
from torch import Tensor

from core.errors import SemblanceError
from core.generation.jobs import Job
from models.painter.denoiser import Denoiser
from models.painter.painter import Painter
from models.painter.rows import Recipe, Row, Shape, start

T = TypeVar("T")
PainterFactory: TypeAlias = Callable[[], Painter]


class DeviceLost(Exception):
    """What the device was doing is lost, with the state of its pictures; no single row was the cause."""


@dataclass(slots=True, eq=False)
class Canvas:
    """One picture of one job on its way.

    Attributes:
        shown: which of the job's pictures it is, or is a candidate for.
        row: None until its device has begun.
        retried: a device was lost while it worked on this; from now on it shares no batch, for it may be the cause.
    """

    job: Job
    shown: int
    recipe: Recipe
    row: Row | None = None
    retried: bool = False

    def begin(self, painter: Painter) -> None:
        self.row = start(painter, replace(self.recipe, prompt=painter.read(self.recipe.prompt)))


@dataclass(frozen=True, slots=True)
class Tick:
    """What one step did: the canvases it moved, those that failed, and the previews asked for."""

    moved: Sequence[Canvas]
    failed: Sequence[tuple[Canvas, SemblanceError]]
    previews: dict[Canvas, bytes]
    seconds: float


class Device:
    """All torch work of a painter happens on one thread, decoding on a GPU on a second one with a stream of its own.

    The event loop awaits every call, so no call sees another's half-done work; there is nothing to lock.
    """

    def __init__(self, factory: PainterFactory, *, max_batch: int) -> None:
        self.canvases: list[Canvas] = []  # taken from the queue, not yet finished
        self.suspects: Sequence[Canvas] = ()  # whatever is being touched: the cause, should the device be lost
        self._factory = factory
        self._max_batch = max_batch
        self._last_served: dict[Shape, int] = {}
        self._ticks = 0
        self._threads: list[ThreadPoolExecutor] = []

    async def open(self) -> None:
        """Loads the painter. Raises what the factory raises."""
        self._threads = [ThreadPoolExecutor(1, "painter")]
        self.painter = await self._run(self._threads[0], self._factory)
        self._denoiser = Denoiser(self.painter)
        self._stream = None
        if self.painter.device.type == "cuda" and not self.painter.info.offloaded:  # offloaded parts take turns
            self._threads.append(ThreadPoolExecutor(1, "decoder"))
            self._stream = torch.cuda.Stream(self.painter.device)

    async def reopen(self) -> None:
        """A new thread and a new painter in place of those that were lost."""
        self.close(wait=False)
        await self.open()

    def close(self, *, wait: bool = True) -> None:
        for thread in self._threads:
            thread.shutdown(wait=wait, cancel_futures=True)

    def has_room(self, recipe: Recipe) -> bool:
        """A picture of that size could join the next step of its bucket."""
        size = (recipe.width, recipe.height)
        return sum((canvas.recipe.width, canvas.recipe.height) == size for canvas in self.canvases) < self._max_batch

    async def tick(self, previews: Collection[Canvas]) -> Tick:
        """One step of one bucket; canvases not begun are begun first.

        Raises:
            DeviceLost: anything went wrong that is not one row's fault.
        """
        return await self._run(self._threads[0], self._tick, list(self.canvases), previews)

    async def decode(self, canvas: Canvas) -> tuple[Image.Image, bool] | None:
        """A finished canvas as a picture, and whether it was flagged; None when its job ended while it waited.

        Raises:
            PaintingFailed: this picture cannot be decoded.
            DeviceLost: as in `tick`.
        """
        return await self._run(self._threads[-1], self._decode, canvas)

    async def _run(self, thread: ThreadPoolExecutor, function: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(thread, _guarded, function, *args)

    def _tick(self, canvases: Sequence[Canvas], previews: Collection[Canvas]) -> Tick:
        began = time.perf_counter()
        failed: list[tuple[Canvas, SemblanceError]] = []
        for canvas in canvases:
            if canvas.row is None:
                self.suspects = (canvas,)
                try:
                    canvas.begin(self.painter)
                except SemblanceError as error:
                    failed.append((canvas, error))
        self.suspects = batch = self._next_batch(canvases)
        self._denoiser.step([row for canvas in batch if (row := canvas.row)])
        moved: list[Canvas] = []
        pictures: dict[Canvas, bytes] = {}
        for canvas in batch:
            row = canvas.row
            assert row is not None
            if row.error is not None:
                failed.append((canvas, row.error))
                continue
            moved.append(canvas)
            if canvas in previews and self.painter.preview is not None and not row.finished:
                pictures[canvas] = self.painter.preview.jpeg(row.latents if row.clean is None else row.clean)
        return Tick(moved, failed, pictures, time.perf_counter() - began)

    def _next_batch(self, canvases: Sequence[Canvas]) -> list[Canvas]:
        """The bucket that has waited longest, up to the batch limit."""
        buckets: dict[tuple[Shape, Canvas | None], list[Canvas]] = {}
        for canvas in canvases:
            if canvas.row is not None and not canvas.row.finished:
                buckets.setdefault((canvas.row.shape, canvas if canvas.retried else None), []).append(canvas)
        if not buckets:
            return []
        chosen = min(buckets, key=lambda bucket: self._last_served.get(bucket[0], 0))
        self._ticks += 1
        self._last_served[chosen[0]] = self._ticks
        return buckets[chosen][: self._max_batch]

    def _decode(self, canvas: Canvas) -> tuple[Image.Image, bool] | None:
        row = canvas.row
        if row is None or canvas.job.ended:
            return None
        if self._stream is None:
            return self.painter.decode(row.latents, row.generator)
        with torch.cuda.stream(self._stream):
            return self.painter.decode(_handed_over(row.latents, self._stream), row.generator)


def _handed_over(latents: Tensor, stream: torch.cuda.Stream) -> Tensor:
    """The step that made the latents was waited for; their memory must outlive their use on the other stream."""
    latents.record_stream(stream)
    return latents


def _guarded(function: Callable[..., T], *args: object) -> T:
    """An event loop dies of a SystemExit that a thread hands to it; whatever kills a thread becomes DeviceLost."""
    try:
        return function(*args)
    except SemblanceError:
        raise
    except BaseException as error:
        raise DeviceLost(f"{type(error).__name__}: {error}") from error
