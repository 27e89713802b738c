"""The latest of many values, handed on at a bounded rate."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Throttle(Generic[T]):
    """Hands the first value to `send` at once, then the latest one at most every `period_s` seconds.

    Values that come faster than that replace each other; the last is never lost unless `close` is called.
    """

    def __init__(self, send: Callable[[T], Awaitable[None]], period_s: float) -> None:
        self._send = send
        self._period_s = period_s
        self._waiting: list[T] = []  # at most one
        self._sending = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def offer(self, value: T) -> None:
        """Takes a value without waiting for it to be sent."""
        self._waiting = [value]
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Forgets what waits; returns when nothing is being sent any more."""
        self._waiting.clear()
        async with self._sending:
            if self._task is not None:
                self._task.cancel()

    async def _run(self) -> None:
        while self._waiting:
            async with self._sending:
                if self._waiting:
                    await self._send(self._waiting.pop())
            await asyncio.sleep(self._period_s)
