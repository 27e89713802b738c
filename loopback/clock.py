"""Time and the ids made of it. A test moves the clock on instead of waiting a quarter of an hour."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable

DISCORD_EPOCH_MS = 1_420_070_400_000  # 2015-01-01, where snowflakes begin


class Clock:
    """Seconds since 1970, which tests can move forward."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._offset = 0.0

    def now(self) -> float:
        return self._source() + self._offset

    def advance(self, seconds: float) -> None:
        """Make it `seconds` later, at once, for every rule of this Discord."""
        self._offset += seconds


class Snowflakes:
    """Ids as Discord makes them: 42 bits of milliseconds, then 22 bits that keep ids of one millisecond apart."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        self._last = max(self._last + 1, snowflake(self._clock.now()))
        return self._last

    def next_for_shard(self, shard: int, shards: int) -> int:
        """A guild id that Discord would give to `shard` of `shards`: `(id >> 22) % shards`."""
        flake = self.next()
        while (flake >> 22) % shards != shard:
            flake += 1 << 22
        self._last = flake
        return flake


def snowflake(seconds: float) -> int:
    """The smallest id of that moment."""
    return (int(seconds * 1000) - DISCORD_EPOCH_MS) << 22


def timestamp(seconds: float) -> str:
    """ISO 8601 with microseconds and offset, as Discord writes it."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(timespec="microseconds")
