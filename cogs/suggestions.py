"""What is offered while somebody types: what they asked before, and the classes of the gallery."""

from __future__ import annotations

import time

from cogs import limits
from cogs.ports import EngineLike
from core.state import State
from core.state.requests import Kind

_FRESH_S = 300.0  # classes are read again after so long: a keystroke must be answered within 200 ms


class Suggestions:
    """Discord takes 25 choices of at most 100 characters."""

    def __init__(self, state: State, engine: EngineLike) -> None:
        self._state = state
        self._engine = engine
        self._classes: dict[str, tuple[float, tuple[str, ...]]] = {}  # gallery -> when it was read, its classes

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
        read_at, classes = self._classes.get(gallery, (0.0, ()))
        now = time.monotonic()
        if gallery not in self._classes or now - read_at > _FRESH_S:
            stats = await self._engine.gallery_stats(gallery)
            classes = tuple(name for name, _ in stats.classes if name)
            self._classes[gallery] = now, classes
        return classes


def _offered(before: list[str], classes: list[str], typed: str) -> list[str]:
    matching = [name for name in classes if typed.lower() in name.lower()]
    fitting = [text for text in dict.fromkeys([*before, *matching]) if len(text) <= limits.CHOICE]
    return fitting[: limits.CHOICES]
