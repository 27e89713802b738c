"""What the Discord surface needs of the engine (`core.engine.Engine`): the whole of it, and no more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from core.types import (
    SHARED,
    FindRequest,
    FindResult,
    ImagineRequest,
    JobEvent,
    Painted,
    Picture,
    Score,
    ScoreRequest,
    Similar,
)

if TYPE_CHECKING:
    from core.gallery.library import GalleryStats
    from core.gallery.store import Located
    from core.status import Status


class JobLike(Protocol):
    """Something being painted: iterate over it for what happens."""

    @property
    def id(self) -> str: ...

    def __aiter__(self) -> AsyncIterator[JobEvent]: ...

    async def result(self) -> tuple[Painted, ...]: ...


class EngineLike(Protocol):
    async def find(self, request: FindRequest) -> FindResult: ...

    async def similar(
        self, image: bytes, count: int = 5, galleries: Sequence[str] = (SHARED,)
    ) -> tuple[Similar, ...]: ...

    async def score(self, request: ScoreRequest) -> tuple[Score, ...]: ...

    def imagine(self, request: ImagineRequest) -> JobLike: ...

    def cancel(self, job_id: str, *, by: str, moderator: bool = False) -> None: ...

    async def picture(self, picture_id: str, galleries: Sequence[str] = (SHARED,)) -> bytes: ...

    async def gallery_add_upload(
        self, data: bytes, file: str, tags: Sequence[str] = (), gallery: str = SHARED
    ) -> Picture: ...

    async def gallery_remove(self, names: Iterable[str], gallery: str = SHARED) -> int: ...

    async def gallery_list(self, gallery: str = SHARED) -> list[Located]: ...

    async def gallery_stats(self, gallery: str = SHARED) -> GalleryStats: ...

    def status(self) -> Status: ...
