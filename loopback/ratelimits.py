"""Rate limits per route and major parameter, with the headers that discord.py reads."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from loopback import limits
from loopback.clock import Clock
from loopback.limits import Rate


@dataclass(slots=True)
class _Window:
    used: int
    resets: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """`headers` go on the answer; `retry_after` is set (seconds) when the request is refused with 429."""

    headers: dict[str, str]
    retry_after: float | None = None
    is_global: bool = False


class RateLimiter:
    """Fixed windows, as Discord's headers describe them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[str, _Window] = {}
        self.enabled = True

    def count(self, route: str, major: str, rate: Rate, *, exempt_from_global: bool) -> Verdict:
        if not self.enabled:
            return Verdict({})
        now = self._clock.now()
        self._sweep(now)
        if not exempt_from_global and (wait := self._take("global", limits.GLOBAL, now)) is not None:
            return Verdict(refusal_headers("global", wait), wait, is_global=True)
        key = f"{route}:{major}"
        wait = self._take(key, rate, now)
        window = self._windows[key]
        headers = {
            "X-RateLimit-Limit": str(rate.requests),
            "X-RateLimit-Remaining": str(max(0, rate.requests - window.used)),
            "X-RateLimit-Reset": f"{window.resets:.3f}",
            "X-RateLimit-Reset-After": f"{max(0.0, window.resets - now):.3f}",
            "X-RateLimit-Bucket": hashlib.md5(route.encode(), usedforsecurity=False).hexdigest(),
        }
        if wait is None:
            return Verdict(headers)
        return Verdict(headers | refusal_headers("user", wait), wait)

    def _take(self, key: str, rate: Rate, now: float) -> float | None:
        """Count one request; the seconds to wait when there is none left."""
        window = self._windows.get(key)
        if window is None or window.resets <= now:
            window = self._windows[key] = _Window(0, now + rate.seconds)
        if window.used >= rate.requests:
            return max(0.001, window.resets - now)
        window.used += 1
        return None

    def _sweep(self, now: float) -> None:
        if len(self._windows) > 4096:
            self._windows = {key: window for key, window in self._windows.items() if window.resets > now}


def refusal_headers(scope: str, wait: float) -> dict[str, str]:
    """What a 429 carries. Without `Via`, discord.py takes it for a Cloudflare ban and gives up."""
    headers = {"Retry-After": f"{wait:.3f}", "X-RateLimit-Scope": scope, "Via": "1.1 loopback"}
    return headers | ({"X-RateLimit-Global": "true"} if scope == "global" else {})
