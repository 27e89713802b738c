"""A small engine in memory with the surface of the real one, scripted by the test."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING

from PIL import Image

from core.errors import GalleryEmpty, InputError, JobCancelled, NotAllowed, NotFound, QueueFull
from core.images import read_image
from core.types import (
    SHARED,
    Cancelled,
    Decoding,
    Done,
    FindRequest,
    FindResult,
    Hit,
    ImagineRequest,
    JobEvent,
    Painted,
    Picture,
    Queued,
    Score,
    ScoreRequest,
    Similar,
    Started,
    Step,
    Timings,
)

if TYPE_CHECKING:
    from core.gallery.library import GalleryStats
    from core.gallery.store import Located
    from core.status import Status


def png(color: str = "red", side: int = 32) -> bytes:
    """A plain picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), color).save(buffer, "PNG")
    return buffer.getvalue()


@dataclass
class FakeJob:
    """A job that plays a script: events come at once, a number is a wait in seconds."""

    id: str
    request: ImagineRequest
    script: Sequence[JobEvent | float]
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aiter__(self) -> AsyncIterator[JobEvent]:
        for item in self.script:
            if isinstance(item, int | float):
                await asyncio.sleep(item)
            elif self.ended.is_set():
                break
            else:
                yield item
        if self.ended.is_set():
            yield Cancelled(self.id)

    async def result(self) -> tuple[Painted, ...]:
        raise JobCancelled("job-cancelled", job=self.id)


class FakeEngine:
    """Finds what `hits` holds, scores by the length of the text, and paints plain squares by script."""

    def __init__(self) -> None:
        self.threshold = 0.5
        self.hits: list[Hit] = []
        self.galleries: dict[str, dict[str, bytes]] = {SHARED: {}}
        self.uploads: dict[str, list[Picture]] = {}
        self.jobs: dict[str, FakeJob] = {}
        self.script: Callable[[str, ImagineRequest], Sequence[JobEvent | float]] = paints_at_once
        self.full_for_s: float | None = None
        self.fault: Exception | None = None
        self.searches: list[FindRequest] = []
        self.scored: list[ScoreRequest] = []

    def add(self, match: float, cosine: float, label: str = "horse", color: str = "red") -> Hit:
        """Puts a picture into the gallery that every query finds with these scores."""
        number = len(self.hits) + 1
        hit = Hit(Picture(f"id{number}", f"{label}/{number:03}.jpg", (label,), 32, 32), match, cosine)
        self.hits.append(hit)
        self.galleries[SHARED][hit.picture.id] = png(color)
        return hit

    async def find(self, request: FindRequest) -> FindResult:
        self.searches.append(request)
        if self.fault is not None:
            raise self.fault
        if not request.query.strip():
            raise InputError("query-empty")
        if not self.hits:
            raise GalleryEmpty("gallery-empty")
        hits = [hit for hit in self.hits if hit.picture.id not in request.exclude]
        best_first = tuple(sorted(hits, key=lambda hit: -hit.match)[: request.count])
        return FindResult(request.query, self.threshold, best_first, Timings(1.0, 1.0, 1.0))

    async def similar(self, image: bytes, count: int = 5, galleries: Sequence[str] = (SHARED,)) -> tuple[Similar, ...]:
        read_image(image)
        return tuple(Similar(hit.picture, hit.cosine) for hit in self.hits[:count])

    async def score(self, request: ScoreRequest) -> tuple[Score, ...]:
        self.scored.append(request)
        read_image(request.image)
        return tuple(Score(text, min(len(text) / 20, 1.0), min(len(text) / 50, 1.0)) for text in request.texts)

    def imagine(self, request: ImagineRequest) -> FakeJob:
        if self.full_for_s is not None:
            raise QueueFull("queue-full", limit=50, wait_s=self.full_for_s)
        job = FakeJob(f"job{len(self.jobs) + 1}", request, ())
        job.script = self.script(job.id, request)
        self.jobs[job.id] = job
        return job

    def cancel(self, job_id: str, *, by: str, moderator: bool = False) -> None:
        job = self.jobs.get(job_id)
        if job is None or job.ended.is_set():
            raise NotFound("job-not-found", job=job_id)
        if by != job.request.owner and not moderator:
            raise NotAllowed("job-not-yours", job=job_id)
        job.ended.set()

    async def picture(self, picture_id: str, galleries: Sequence[str] = (SHARED,)) -> bytes:
        for gallery in galleries:
            if picture_id in self.galleries.get(gallery, {}):
                return self.galleries[gallery][picture_id]
        raise NotFound("picture-not-found")

    async def gallery_add_upload(
        self, data: bytes, file: str, tags: Sequence[str] = (), gallery: str = SHARED
    ) -> Picture:
        image = read_image(data)
        picture = Picture(hashlib.sha256(data).hexdigest(), file, tuple(tags), *image.size)
        self.galleries.setdefault(gallery, {})[picture.id] = data
        self.uploads.setdefault(gallery, []).append(picture)
        return picture

    async def gallery_remove(self, names: Iterable[str], gallery: str = SHARED) -> int:
        kept = self.uploads.get(gallery, [])
        for name in names:
            if not any(picture.file == name for picture in kept):
                raise NotFound("picture-not-named", name=name)
            kept = [picture for picture in kept if picture.file != name]
        removed = len(self.uploads.get(gallery, [])) - len(kept)
        self.uploads[gallery] = kept
        return removed

    async def gallery_list(self, gallery: str = SHARED) -> list[Located]:
        kept = self.uploads.get(gallery, [])
        return [SimpleNamespace(picture=one, root="") for one in kept]  # pyright: ignore[reportReturnType]

    async def gallery_stats(self, gallery: str = SHARED) -> GalleryStats:
        pictures = self.uploads.get(gallery, []) + ([hit.picture for hit in self.hits] if gallery == SHARED else [])
        classes = tuple(Counter(picture.label for picture in pictures).most_common())
        return SimpleNamespace(pictures=len(pictures), classes=classes, encoder="fake")  # pyright: ignore[reportReturnType]

    def status(self) -> Status:
        return SimpleNamespace(  # pyright: ignore[reportReturnType]  # Status brings torch and diffusers along
            profile="starter",
            encoder="fake-encoder",
            head="residual",
            head_trained=True,
            threshold=self.threshold,
            pictures=len(self.hits),
            painter=SimpleNamespace(name="fake-painter", sides=(128, 192, 256), width=128, height=128),
            waiting=2,
            running=1,
            devices=1,
            versions={"torch": "2.0"},
        )


def painted(request: ImagineRequest, number: int = 0, *, flagged: bool = False, side: int = 32) -> Painted:
    """Picture `number` of a request."""
    seed = (request.seed or 7) + number
    towards = (request.towards or 99) + number if request.variation else None
    return Painted(
        png("blue", side), request.prompt, request.prompt, seed, 20, 7.5, "ddim", 0.91, 0.29, flagged, towards
    )


def paints_at_once(job: str, request: ImagineRequest) -> Sequence[JobEvent | float]:
    """In line, started, two steps, decoded, done; no waiting in between."""
    pictures = tuple(painted(request, number) for number in range(request.count))
    steps = [Step(job, step, 2, png("gray")) for step in (1, 2)]
    return [Queued(job, 1, None), Started(job), *steps, Decoding(job), Done(job, pictures)]


def paints_slowly(job: str, request: ImagineRequest) -> Sequence[JobEvent | float]:
    """As above, with ten seconds before each of ten steps: simcord moves the clock."""
    script: list[JobEvent | float] = [Queued(job, 3, 110.0), 10.0, Started(job)]
    for step in range(1, 11):
        script += [10.0, Step(job, step, 10, png("gray"))]
    return [*script, Done(job, (painted(request),))]
