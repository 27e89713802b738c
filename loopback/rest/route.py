"""A table of REST routes: method, path, rate limit, who may call, and the function that answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from loopback import limits
from loopback.body import Body
from loopback.limits import Rate

if TYPE_CHECKING:
    from loopback.gateway import Gateway
    from loopback.world import World


@dataclass(slots=True)
class Call:
    """One request on its way through a route. A handler returns the JSON to answer, or None for 204."""

    world: World
    gateway: Gateway
    request: web.Request
    body: Body

    def id(self, name: str) -> int:
        """The snowflake at `{name}` in the path; 0, which nothing has, when it is none."""
        text = self.request.match_info[name]
        return int(text) if text.isdecimal() else 0

    def text(self, name: str) -> str:
        return self.request.match_info[name]

    def flag(self, name: str) -> bool:
        return self.request.query.get(name, "").lower() in ("1", "true")


Handler = Callable[[Call], Awaitable[Any]]
MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")  # parameters that have rate limits of their own


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    handler: Handler
    rate: Rate = limits.DEFAULT
    needs_bot_token: bool = True  # interaction tokens speak for themselves
    status: int = 200

    def major(self, request: web.Request) -> str:
        return "+".join(request.match_info[name] for name in MAJOR if name in request.match_info)


@dataclass(slots=True)
class Routes:
    """Collects the routes of one family by decorator."""

    listed: list[Route] = field(default_factory=list)

    def __call__(
        self,
        method: str,
        path: str,
        *,
        rate: Rate = limits.DEFAULT,
        needs_bot_token: bool = True,
        status: int = 200,
    ) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            self.listed.append(Route(method, path, handler, rate, needs_bot_token, status))
            return handler

        return add
