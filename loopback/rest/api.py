"""From a request to an answer: faults, authorisation, rate limits, the published schema, then the route."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from aiohttp import web

from loopback import errors, limits
from loopback.answer import json_answer
from loopback.body import Body, read
from loopback.errors import DiscordError, UnimplementedError
from loopback.faults import Faults
from loopback.gateway import Gateway
from loopback.openapi import Contract
from loopback.ratelimits import RateLimiter
from loopback.rest import applications, channels, guilds, interactions, messages, users, webhooks
from loopback.rest.route import Call, Route
from loopback.state import Json
from loopback.world import World

log = logging.getLogger(__name__)

PREFIX = "/api/v10"
FAMILIES = (applications, channels, guilds, interactions, messages, users, webhooks)


class Api:
    """The REST side. `unknown` lists what was asked for and is not here: each was answered 501 and logged."""

    def __init__(
        self, world: World, gateway: Gateway, faults: Faults, limiter: RateLimiter, contract: Contract | None
    ) -> None:
        self._world = world
        self._gateway = gateway
        self._faults = faults
        self._limiter = limiter
        self._contract = contract
        self.unknown: list[str] = []

    def routes(self) -> Iterable[web.RouteDef]:
        listed = [route for family in FAMILIES for route in family.routes.listed]
        for route in sorted(listed, key=lambda r: r.path.count("{")):  # `@original` before `{message_id}`
            yield web.route(route.method, PREFIX + route.path, self._serve(route))
        yield web.route("*", "/api/{rest:.*}", self._unknown)

    def _serve(self, route: Route):
        async def handler(request: web.Request) -> web.StreamResponse:
            path = request.path.removeprefix(PREFIX)
            if (broken := await self._faults.strike(request, path)) is not None:
                return broken
            headers: dict[str, str] = {}
            try:
                if route.needs_bot_token:
                    self._authorise(request)
                verdict = self._limiter.count(
                    f"{route.method} {route.path}",
                    route.major(request),
                    route.rate,
                    exempt_from_global=not route.needs_bot_token,
                )
                headers = verdict.headers
                if verdict.retry_after is not None:
                    await request.read()
                    return _too_many(verdict.retry_after, verdict.is_global, headers)
                body = await read(request, self._most_bytes(request))
                answer = await route.handler(Call(self._world, self._gateway, request, body))
            except DiscordError as error:
                return self._refusal(request, path, error, headers)
            self._hold_to_contract(route, body, answer)
            if answer is None:
                return web.Response(status=204, headers=headers)
            return json_answer(answer, status=route.status, headers=headers)

        return handler

    def _authorise(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bot {self._world.application.token}":
            raise errors.unauthorized()

    def _most_bytes(self, request: web.Request) -> int:
        """How large a file may be here: what the guild (or Discord) allows, unless a fault lowers it."""
        if self._faults.upload_limit is not None:
            return self._faults.upload_limit
        info = request.match_info
        token = info.get("webhook_token") or info.get("interaction_token")
        interaction = self._world.interaction_by_token(token) if token else None
        channel_id = interaction.channel_id if interaction else int(info.get("channel_id") or 0)
        channel = self._world.channels.get(channel_id)
        guild = self._world.guild_of(channel) if channel else None
        return guild.attachment_bytes if guild else limits.ATTACHMENT_BYTES

    def _hold_to_contract(self, route: Route, body: Body, answer: Json | None) -> None:
        """What was accepted here must be what Discord describes, and so must the answer."""
        if self._contract is None:
            return
        if body.payload:
            self._contract.check_request(route.method, route.path, body.payload, multipart=bool(body.files))
        if answer is not None:
            self._contract.check_answer(route.method, route.path, route.status, answer)

    def _refusal(self, request: web.Request, path: str, error: DiscordError, headers: dict[str, str]) -> web.Response:
        if isinstance(error, UnimplementedError):
            self.unknown.append(f"{request.method} {path}")
            log.error("501: %s (%s %s)", error.message, request.method, path)
        else:
            log.info("%s %s: %s/%s %s", request.method, path, error.status, error.code, error.body())
        return json_answer(error.body(), status=error.status, headers=headers)

    async def _unknown(self, request: web.Request) -> web.Response:
        await request.read()
        path = request.path.removeprefix(PREFIX)
        return self._refusal(request, path, UnimplementedError(f"{request.method} {path}"), {})


def _too_many(retry_after: float, is_global: bool, headers: dict[str, str]) -> web.Response:
    body = {"message": "You are being rate limited.", "retry_after": round(retry_after, 3), "global": is_global}
    return json_answer(body, status=429, headers=headers)
