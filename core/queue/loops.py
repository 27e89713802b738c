"""Background work beside Redis, done in rounds for as long as its owner is open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class Loops:
    """Calls each of some coroutine functions again and again; goes on when Redis was away for a while.

    A flag ends the loops, not cancelling alone: redis-py (8.1) can swallow a cancellation that comes with an answer.
    """

    def __init__(self, *rounds: Callable[[], Awaitable[None]], pause_s: float) -> None:
        self.closed = False
        self._pause_s = pause_s
        self._tasks = [asyncio.create_task(self._keep(one)) for one in rounds]

    async def wait(self) -> None:
        """Until a round fails for another reason than Redis, with its error; for ever otherwise."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()

    async def close(self) -> None:
        self.closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep(self, one: Callable[[], Awaitable[None]]) -> None:
        while not self.closed:
            try:
                await one()
            except RedisError as error:
                log.warning("Redis cannot be reached, trying again: %s", error)
                await asyncio.sleep(self._pause_s)
