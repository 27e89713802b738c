"""The engine: the only thing that cogs, page, command line and laboratory call. It knows no Discord."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
from PIL import Image

from core.errors import GalleryEmpty, InputError, JobFailed
from core.executor import EncoderExecutor
from core.gallery.indexing import Added, ImageEncoding
from core.gallery.library import GalleryStats, Library, ScorerFor, Verified
from core.gallery.store import Located
from core.images import read_image
from core.queries import MAX_PROMPT_CHARACTERS, clean_query
from core.retrieval import Retrieval
from core.settings import Settings
from core.status import Status
from core.types import (
    SHARED,
    FindRequest,
    FindResult,
    Hit,
    ImagineRequest,
    Picture,
    Score,
    ScoreRequest,
    Similar,
    Timings,
)
from models.encoders.base import Encoder
from models.language import language_of
from models.scorers import Scorer

if TYPE_CHECKING:  # painting brings diffusers, which takes seconds to import: who only searches does without
    from core.generation import Generation, GenerationStatus, Job
    from core.generation.generation import Score as ScorePictures
    from core.queue import RemoteGeneration

    Painting: TypeAlias = Generation | RemoteGeneration

MAX_COUNT = 9  # of the ten files of a Discord message
MAX_TEXTS = 10


class Engine:
    """Finds, paints and scores. Used as `async with engine:`; `core.assembly` builds it from the settings.

    Args:
        encoder: touched by one thread alone from now on.
        scorer_for: see `ScorerFor`.
        generation: given the scoring of pictures, makes the painting side; None where this process does not paint.
    """

    def __init__(
        self,
        settings: Settings,
        encoder: Encoder,
        scorer_for: ScorerFor,
        generation: Callable[[ScorePictures], Painting] | None = None,
    ) -> None:
        self.settings = settings
        self.encoder = encoder
        self._scorer_for = scorer_for
        self._executor = EncoderExecutor(encoder)
        self._generation = None if generation is None else generation(self.score_painted)
        self._library = Library(settings.gallery_location, encoder.name, encoder.dim, scorer_for, settings.recall)

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._library.retrieval, SHARED)
        await self._executor.run(self._scorer)
        if self._generation is not None:
            await self._generation.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._generation is not None:
            await self._generation.__aexit__(kind, error, traceback)
        self._executor.close()

    async def warm_up(self) -> None:
        """Loads what would otherwise be loaded by the first request.

        Whatever the process holds then stays: looking through it for garbage, which Python does again and again, would
        stop the event loop for some 0.4 s each time.
        """
        await self._executor.encode_text("warm")
        blank = Image.new("RGB", (self.encoder.image_size, self.encoder.image_size))
        await self._executor.run(self.encoder.encode_images, [blank])
        gc.collect()
        gc.freeze()

    # --- Finding and scoring ---

    async def find(self, request: FindRequest) -> FindResult:
        """The pictures that mean the query, best match first; `decision` says whether to paint instead.

        Raises:
            InputError: the query or the count cannot be used.
            GalleryEmpty: there is nothing to search.
        """
        query = clean_query(request.query)
        _check_count(request.count)
        retrievals = await self._searchable(request.galleries)
        start = time.perf_counter()
        text = await self._executor.encode_text(query)
        encode_ms = 1e3 * (time.perf_counter() - start)
        found = [
            await self._executor.run(retrieval.find, text, language_of(query), request.count, request.exclude)
            for retrieval in retrievals
        ]
        timings = Timings(encode_ms, sum(one.search_ms for one in found), sum(one.rerank_ms for one in found))
        hits = sorted((hit for one in found for hit in one.hits), key=lambda hit: -hit.match)
        threshold = self.settings.match_threshold if request.threshold is None else request.threshold
        return FindResult(query, threshold, _once(hits)[: request.count], timings)

    async def similar(self, image: bytes, count: int = 5, galleries: Sequence[str] = (SHARED,)) -> tuple[Similar, ...]:
        """The pictures that look most like an image, by the cosine of image with image.

        Raises:
            InputError: the image or the count cannot be used.
            GalleryEmpty: there is nothing to search.
        """
        _check_count(count)
        retrievals = await self._searchable(galleries)
        pixels = await asyncio.to_thread(read_image, image)
        vector = (await self._executor.run(self.encoder.encode_images, [pixels]))[0]  # (d,)
        similar: list[Similar] = []
        for retrieval in retrievals:
            rows, cosines = await asyncio.to_thread(retrieval.index.search, vector, count)
            pictures = retrieval.index.pictures
            similar += [Similar(pictures[row], float(cosine)) for row, cosine in zip(rows, cosines, strict=True)]
        return tuple(sorted(similar, key=lambda item: -item.cosine)[:count])

    async def score(self, request: ScoreRequest) -> tuple[Score, ...]:
        """Each text against the image, in the order of the texts.

        Raises:
            InputError: a text or the image cannot be used, or there are too many texts.
        """
        if not request.texts:
            raise InputError("texts-empty")
        if len(request.texts) > MAX_TEXTS:
            raise InputError("texts-too-many", limit=MAX_TEXTS)
        texts = [clean_query(text) for text in request.texts]
        image = await asyncio.to_thread(read_image, request.image)
        scores = await self._executor.run(self._score, texts, [image])
        return tuple(row[0] for row in scores)

    async def score_painted(self, prompt: str, images: list[Image.Image]) -> list[tuple[float, float]]:
        """What was painted is scored by the same head, on the words that were asked for."""
        [scores] = await self._executor.run(self._score, [prompt], images)
        return [(score.match, score.cosine) for score in scores]

    def _score(self, texts: list[str], images: list[Image.Image]) -> list[list[Score]]:
        """n texts, m images -> n rows of m scores. On the encoder's thread."""
        scorer = self._scorer()
        vectors = self.encoder.encode_texts(texts)  # (n, d)
        pixels = self.encoder.encode_images(images)  # (m, d)
        prepared = scorer.prepare(pixels)
        table: list[list[Score]] = []
        for text, vector in zip(texts, vectors, strict=True):
            matches = scorer.score(vector, prepared, language_of(text))  # (m,)
            table.append([Score(text, float(m), float(c)) for m, c in zip(matches, pixels @ vector, strict=True)])
        return table

    # --- Painting ---

    def imagine(self, request: ImagineRequest) -> Job:
        """Queues a request. Call it in the event loop; iterate the job for its events, or await its result.

        Raises:
            InputError: something in the request cannot be used.
            QueueFull: too much is waiting.
        """
        prompt = clean_query(request.prompt, limit=MAX_PROMPT_CHARACTERS)
        negative = clean_query(request.negative, limit=MAX_PROMPT_CHARACTERS) if request.negative.strip() else ""
        return self._painting().submit(replace(request, prompt=prompt, negative=negative))

    def cancel(self, job_id: str, *, by: str, moderator: bool = False) -> None:
        """Ends a job now. Raises NotFound, or NotAllowed when it is another's."""
        self._painting().cancel(job_id, by=by, moderator=moderator)

    # --- The gallery ---

    async def gallery_add_folder(
        self,
        folder: Path,
        gallery: str = SHARED,
        on_start: Callable[[int], object] = lambda total: None,
        on_progress: Callable[[int], object] = lambda done: None,
    ) -> Added:
        """Adds what is new below a folder; the callbacks are called on another thread. Raises InputError."""
        return await asyncio.to_thread(
            self._library.add_folder, gallery, folder, self._encoding(), on_start, on_progress
        )

    async def gallery_add_upload(
        self, data: bytes, file: str, tags: Sequence[str] = (), gallery: str = SHARED
    ) -> Picture:
        """Adds one picture, kept whole. Raises InputError when it cannot be read."""
        return await asyncio.to_thread(self._library.add_upload, gallery, data, file, tuple(tags), self._encoding())

    async def gallery_remove(self, names: Iterable[str], gallery: str = SHARED) -> int:
        """Removes pictures by id, file or folder. Raises NotFound."""
        return await asyncio.to_thread(self._library.remove, gallery, names)

    async def gallery_list(self, gallery: str = SHARED) -> list[Located]:
        return await asyncio.to_thread(self._library.located, gallery)

    async def gallery_stats(self, gallery: str = SHARED) -> GalleryStats:
        return await asyncio.to_thread(self._library.stats, gallery)

    async def gallery_verify(self, gallery: str = SHARED) -> Verified:
        return await asyncio.to_thread(self._library.verify, gallery)

    async def gallery_optimize(self, gallery: str = SHARED) -> None:
        await asyncio.to_thread(self._library.optimize, gallery)

    async def picture(self, picture_id: str, galleries: Sequence[str] = (SHARED,)) -> bytes:
        """The image file as it was added. Raises NotFound."""
        return await asyncio.to_thread(self._library.original, galleries, picture_id)

    async def thumbnail(self, picture_id: str, galleries: Sequence[str] = (SHARED,)) -> bytes:
        """A JPEG of at most 224 pixels. Raises NotFound."""
        return await asyncio.to_thread(self._library.thumbnail, galleries, picture_id)

    # --- About itself ---

    def status(self) -> Status:
        """All of it is in memory: for the event loop."""
        scorer = self._scorer()
        retrieval = self._library.loaded(SHARED)
        painting = self._painting_status()
        return Status(
            profile=self.settings.profile,
            encoder=self.encoder.name,
            head=scorer.arch,
            head_trained=scorer.trained,
            threshold=self.settings.match_threshold,
            pictures=0 if retrieval is None else len(retrieval.index),
            painter=None if painting is None else painting.painter,
            waiting=0 if painting is None else painting.waiting,
            running=0 if painting is None else painting.running,
            devices=0 if painting is None else painting.devices,
            versions=_versions(),
        )

    def _painting_status(self) -> GenerationStatus | None:
        try:
            return None if self._generation is None else self._generation.status
        except JobFailed:  # a queue that has seen no worker yet
            return None

    def _encoding(self) -> ImageEncoding:
        """Indexing runs beside the requests: each batch waits its turn on the encoder's thread."""
        return ImageEncoding(
            self.encoder.prepare, lambda batch: self._executor.call(self.encoder.encode_prepared, batch)
        )

    async def _searchable(self, galleries: Sequence[str]) -> list[Retrieval]:
        retrievals = [await asyncio.to_thread(self._library.retrieval, name) for name in galleries]
        filled = [retrieval for retrieval in retrievals if retrieval is not None and len(retrieval.index)]
        if not filled:
            raise GalleryEmpty("gallery-empty")
        return filled

    def _scorer(self) -> Scorer:
        retrieval = self._library.loaded(SHARED)
        return self._scorer_without_gallery if retrieval is None else retrieval.scorer

    @cached_property
    def _scorer_without_gallery(self) -> Scorer:
        """May encode pictures to calibrate on: on the encoder's thread, when the engine is opened."""
        return self._scorer_for(np.zeros((0, self.encoder.dim), np.float32))

    def _painting(self) -> Painting:
        if self._generation is None:
            raise JobFailed("painting-no-device")
        return self._generation


@cache
def _versions() -> dict[str, str]:
    """Read once: the metadata of four packages takes milliseconds."""
    return {name: version(name) for name in ("torch", "discord.py", "open_clip_torch", "diffusers")}


def _check_count(count: int) -> None:
    if not 1 <= count <= MAX_COUNT:
        raise InputError("count-out-of-bounds", count=count, limit=MAX_COUNT)


def _once(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """A picture that lies in two galleries is one hit."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.picture.id, hit)
    return tuple(first.values())
