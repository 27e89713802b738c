"""Faults on demand: what goes wrong between a bot and Discord, when a test says so."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from loopback import ratelimits
from loopback.answer import json_answer
from loopback.state import Interaction

if TYPE_CHECKING:
    from loopback.gateway import Gateway


@dataclass(slots=True)
class Fault:
    """One armed fault. It strikes requests that match, `times` times, and counts in `struck`."""

    method: str
    path: re.Pattern[str]
    times: int
    status: int | None = None
    retry_after: float = 0.0
    delay: float = 0.0
    drop: bool = False
    struck: int = field(default=0)

    def strikes(self, method: str, path: str) -> bool:
        return self.struck < self.times and method == self.method and bool(self.path.search(path))


class Faults:
    """The switches. REST faults name a method and a regular expression for the path (without `/api/v10`)."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._armed: list[Fault] = []
        self.upload_limit: int | None = None  # bytes a file may really have, whatever the interaction promised

    # REST

    def answer(self, method: str, path: str, status: int, *, times: int = 1) -> Fault:
        """Answer with a bare `status` (500, 502, 503, ...) and do nothing."""
        return self._arm(Fault(method, re.compile(path), times, status=status))

    def rate_limit(self, method: str, path: str, *, retry_after: float = 0.3, times: int = 1) -> Fault:
        """Answer 429 with `retry_after` seconds."""
        return self._arm(Fault(method, re.compile(path), times, status=429, retry_after=retry_after))

    def delay(self, method: str, path: str, seconds: float, *, times: int = 1) -> Fault:
        """Hold the request for `seconds`, then serve it."""
        return self._arm(Fault(method, re.compile(path), times, delay=seconds))

    def drop(self, method: str, path: str, *, times: int = 1) -> Fault:
        """Close the connection without an answer."""
        return self._arm(Fault(method, re.compile(path), times, drop=True))

    def refuse_uploads_over(self, size: int | None) -> None:
        """From now on a file of more than `size` bytes meets 413/40005; None: Discord's own limit again."""
        self.upload_limit = size

    def clear(self) -> None:
        self._armed.clear()
        self.upload_limit = None

    def _arm(self, fault: Fault) -> Fault:
        self._armed.append(fault)
        return fault

    async def strike(self, request: web.Request, path: str) -> web.Response | None:
        """Let the first armed fault strike; its answer, or None to go on with the request."""
        fault = next((f for f in self._armed if f.strikes(request.method, path)), None)
        if fault is None:
            return None
        fault.struck += 1
        if fault.delay:
            await asyncio.sleep(fault.delay)
            return None
        await request.read()
        if fault.drop:
            if request.transport is not None:
                request.transport.close()
            return web.Response(status=499)
        if fault.status == 429:
            return json_answer(
                {"message": "You are being rate limited.", "retry_after": fault.retry_after, "global": False},
                status=429,
                headers=ratelimits.refusal_headers("shared", fault.retry_after),
            )
        return web.Response(status=fault.status or 500, text="upstream connect error")

    # Interactions

    def expire_token(self, interaction: Interaction) -> None:
        """Its token is dead from now on (401/50027), as after a quarter of an hour."""
        interaction.token_revoked = True

    # Gateway

    async def drop_sockets(self, *, shard: int | None = None) -> int:
        """Cut the gateway connections (of one shard) without a goodbye; the bot may RESUME. Returns how many."""
        return await self._gateway.cut(shard=shard)

    def ask_to_reconnect(self, *, shard: int | None = None) -> None:
        """Send RECONNECT (op 7)."""
        self._gateway.ask_to_reconnect(shard=shard)

    def invalidate_sessions(self, *, shard: int | None = None, resumable: bool = False) -> None:
        """Send INVALID_SESSION (op 9); unless `resumable`, the bot has to IDENTIFY anew."""
        self._gateway.invalidate(shard=shard, resumable=resumable)

    def hold_events(self) -> None:
        """Stop sending gateway events (they queue up) until `release_events`."""
        self._gateway.hold(True)

    def release_events(self) -> None:
        self._gateway.hold(False)

    def ignore_heartbeats(self, ignore: bool = True) -> None:
        """Leave heartbeats unanswered: a connection that looks alive and is not."""
        self._gateway.ignores_heartbeats = ignore
