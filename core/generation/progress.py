"""A job in the engine's hands: its canvases, what came of each, and which events are due."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

from PIL import Image

from core.errors import SemblanceError
from core.generation.device import Canvas
from core.generation.jobs import Job
from core.types import Decoding, Painted, Started, Step


@dataclass(frozen=True, slots=True)
class Scored:
    """A decoded canvas with its scores."""

    image: Image.Image
    flagged: bool
    match: float
    cosine: float


@dataclass(slots=True, eq=False)
class Progress:
    """Attributes:
    finished, errors: canvases that came to an end; the job is complete when they are all of them.
    shown: pictures that were told, by their number.
    promised_at: when the job was last said to be done, on the monotonic clock.
    closing: held while pictures are told, so that they are told in order.
    """

    job: Job
    canvases: list[Canvas]
    finished: dict[Canvas, Scored] = field(default_factory=dict)
    errors: dict[Canvas, SemblanceError] = field(default_factory=dict)
    shown: dict[int, Painted] = field(default_factory=dict)
    started: bool = False
    decoding: bool = False
    step: int = 0
    position: int = 0
    promised_at: float | None = None
    last_preview: float = 0.0
    closing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def start(self) -> None:
        if not self.started:
            self.started = True
            self.job.publish(Started(self.job.id))

    def advance(self, preview: bytes | None = None) -> None:
        """Tells how far the pictures are on average, never going back, and when all wait for the decoder."""
        rows = [canvas.row for canvas in self.canvases if canvas not in self.errors]
        if self.decoding or not rows:
            return
        step = sum(row.done for row in rows if row is not None) // len(rows)
        steps = max((row.steps for row in rows if row is not None), default=0)
        if step > self.step or preview is not None:
            self.step = max(step, self.step)
            self.job.publish(Step(self.job.id, self.step, steps, preview))
        if all(row is not None and row.finished for row in rows):
            self.decoding = True
            self.job.publish(Decoding(self.job.id))

    def pictures(self) -> Iterator[tuple[int, list[Canvas]]]:
        """Each picture's number, and its candidates."""
        for shown in range(self.canvases[-1].shown + 1):
            yield shown, [canvas for canvas in self.canvases if canvas.shown == shown]

    def came_to_an_end(self, canvas: Canvas) -> bool:
        return canvas in self.finished or canvas in self.errors
