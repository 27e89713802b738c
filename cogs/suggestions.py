"""What is offered while somebody types: what they asked before, and the classes of the gallery."""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import dataclass

from cogs import limits
from cogs.ports import EngineLike
from core.state import State
from core.state.requests import Kind

_FRESH_S = 300.0  # classes are read again after so long
_PATIENCE_S = 0.1  # for a gallery that is being read: a keystroke must be answered within 200 ms


@dataclass(frozen=True, slots=True)
class _Classes:
    """The classes of a gallery, and when they were read, in seconds of the monotonic clock."""

    read_at: float
    names: tuple[str, ...]


_UNKNOWN = _Classes(-math.inf, ())


class Suggestions:
    """Discord takes 25 choices of at most 100 characters."""

    def __init__(self, state: State, engine: EngineLike) -> None:
        self._state = state
        self._engine = engine
        self._classes: dict[str, _Classes] = {}  # by gallery
        self._reading: dict[str, asyncio.Task[None]] = {}

    async def queries(self, owner: str, typed: str, galleries: tuple[str, ...]) -> list[str]:
        """One's own searches first, then classes from the most frequent on; all hold what is typed."""
        classes = [name for gallery in galleries for name in await self._classes_of(gallery)]
        return _offered(await self._before(owner, "find", typed), classes, typed)

    async def prompts(self, owner: str, typed: str) -> list[str]:
        """One's own prompts that hold what is typed, newest first."""
        return _offered(await self._before(owner, "imagine", typed), [], typed)

    async def _before(self, owner: str, kind: Kind, typed: str) -> list[str]:
        return await self._state.requests.words(owner, kind, typed, limits.CHOICES)

    async def _classes_of(self, gallery: str) -> tuple[str, ...]:
        """What is known of a gallery's classes; when that is old, they are read again beside the typing."""
        known = self._classes.get(gallery, _UNKNOWN)
        if time.monotonic() - known.read_at > _FRESH_S and gallery not in self._reading:
            reading = self._reading[gallery] = asyncio.create_task(self._read(gallery))
            reading.add_done_callback(lambda _: self._reading.pop(gallery))
        if gallery in self._reading:
            read, _ = await asyncio.wait({self._reading[gallery]}, timeout=_PATIENCE_S)
            for task in read:
                task.result()  # raises what went wrong
        return self._classes.get(gallery, _UNKNOWN).names

    async def _read(self, gallery: str) -> None:
        stats = await self._engine.gallery_stats(gallery)
        self._classes[gallery] = _Classes(time.monotonic(), tuple(name for name, _ in stats.classes if name))


def _offered(before: list[str], classes: list[str], typed: str) -> list[str]:
    matching = [name for name in classes if typed.lower() in name.lower()]
    fitting = [text for text in dict.fromkeys([*before, *matching]) if len(text) <= limits.CHOICE]
    return fitting[: limits.CHOICES]
