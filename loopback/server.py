"""The whole Discord in one aiohttp server on the loopback interface."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from loopback import limits
from loopback.clock import Clock
from loopback.driver import Person
from loopback.faults import Faults
from loopback.gateway import Gateway
from loopback.openapi import Contract
from loopback.page import Page
from loopback.ratelimits import RateLimiter
from loopback.rest.api import PREFIX, Api
from loopback.state import Channel, Guild
from loopback.world import World

LOOPBACK = "127.0.0.1"


class LoopbackDiscord:
    """`async with LoopbackDiscord() as discord:` - a Discord with one server, one channel, the bot and nobody else.

    `port` 0 takes a free one. Uploads are kept below `data_dir` (a temporary folder when None). `openapi` is the path
    of Discord's OpenAPI description: when given, every request and answer is held against it (`contract.violations`).
    `shards` is what `GET /gateway/bot` recommends.
    """

    def __init__(
        self,
        host: str = LOOPBACK,
        port: int = 0,
        data_dir: Path | None = None,
        *,
        clock: Clock | None = None,
        bot_name: str = "Semblance",
        guild_name: str = "Loopback",
        channel_name: str = "pictures",
        locale: str = "en-US",
        shards: int = 1,
        openapi: Path | None = None,
    ) -> None:
        if host not in (LOOPBACK, "::1", "localhost"):
            raise ValueError("The loopback Discord listens on the loopback interface only")
        self._host = host
        self._port = port
        self._temporary = tempfile.TemporaryDirectory(prefix="loopback-") if data_dir is None else None
        folder = Path(self._temporary.name if self._temporary else data_dir or "") / "uploads"
        shutil.rmtree(folder, ignore_errors=True)  # of an earlier run, whose messages are gone
        folder.mkdir(parents=True)
        self.clock = clock or Clock()
        self.world = World(self.clock, folder, bot_name)
        self.world.application.shards = shards
        self.gateway = Gateway(self.world)
        self.faults = Faults(self.gateway)
        self.limiter = RateLimiter(self.clock)
        self.contract = Contract(openapi) if openapi else None
        self.api = Api(self.world, self.gateway, self.faults, self.limiter, self.contract)
        self.page = Page(self.world, self.gateway)
        self.guild = self.world.add_guild(guild_name, locale=locale, shard=(0, shards))
        self.channel = self.world.add_channel(self.guild, channel_name)
        self._runner: web.AppRunner | None = None

    # Where it is

    @property
    def origin(self) -> str:
        return f"http://{self._host}:{self._port}"

    @property
    def api_base(self) -> str:
        """For `discord.http.Route.BASE`."""
        return self.origin + PREFIX

    @property
    def gateway_url(self) -> str:
        """For `DiscordWebSocket.DEFAULT_GATEWAY`; `GET /gateway/bot` names it too."""
        return f"ws://{self._host}:{self._port}/gateway"

    @property
    def cdn_base(self) -> str:
        """For `discord.asset.Asset.BASE`."""
        return self.origin + "/cdn"

    @property
    def page_url(self) -> str:
        """The page, with the token without which it does nothing."""
        return f"{self.origin}/?token={self.page.token}"

    @property
    def bot_token(self) -> str:
        return self.world.application.token

    # Life

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=limits.REQUEST_BYTES)
        app.router.add_routes([*self.api.routes(), *self.world.cdn.routes(), *self.page.routes()])
        app.router.add_get("/gateway", self.gateway.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.gateway.url = self.gateway_url
        self.world.cdn.base = self.cdn_base
        self.page.allow(self._host, self._port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.page.close()
        await self.gateway.close()
        if self._runner:
            await self._runner.cleanup()
        if self._temporary:
            self._temporary.cleanup()

    # People and places, for tests

    def user(
        self,
        name: str,
        *,
        locale: str = "en-US",
        manager: bool = False,
        installed: bool = False,
        channel: Channel | None = None,
    ) -> Person:
        """The person of that name, in the first channel; they join its server when they are new.

        A `manager` may manage the server; `installed` puts the app on their account.
        """
        place = channel or self.channel
        guild = self.world.guild_of(place)
        user = next((u for u in self.world.users.values() if u.global_name == name), None)
        if user is None:
            user = self.world.add_user(name, locale=locale, installed=installed)
        if guild is not None and user.id not in guild.members:
            self.world.join(guild, user, manager=manager)
        return Person(self.world, user, place)

    def add_guild(
        self, name: str, *, has_bot: bool = True, locale: str = "en-US", shard: tuple[int, int] | None = None
    ) -> tuple[Guild, Channel]:
        """Another server with a channel; `shard` is `(shard, shards)`, the shard its events go to."""
        where = shard or (0, self.world.application.shards)
        guild = self.world.add_guild(name, has_bot=has_bot, locale=locale, shard=where)
        return guild, self.world.add_channel(guild, "general")


@asynccontextmanager
async def serve(
    host: str = LOOPBACK, port: int = 8642, data_dir: Path | None = None, *, bot_name: str = "Semblance"
) -> AsyncIterator[LoopbackDiscord]:
    """The Discord that `make run` opens: a server with two channels and two people, Ada (its manager and the bot's
    owner, English) and 小明 (a member, Chinese). Ends cleanly with the block. `OSError` when the port is taken."""
    server = LoopbackDiscord(host, port, data_dir, bot_name=bot_name, guild_name="Semblance Playground")
    server.channel.topic = "Type / to try the bot · 输入 / 试用机器人"
    server.world.add_channel(server.guild, "after-dark", nsfw=True, topic="Age-restricted · 年龄限制")
    ada = server.user("Ada", manager=True)
    server.guild.owner_id = server.world.application.owner_id = ada.id
    server.user("小明", locale="zh-CN", installed=True)
    async with server:
        yield server
