"""The real bot on the loopback Discord: everything goes over HTTP and a socket, nothing is replaced but the engine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from cogs.client import SemblanceBot
from cogs.endpoints import use_endpoints
from core.messages import Messages
from core.settings import read_settings
from loopback import LoopbackDiscord, Person
from tests.cogs.fakes import FakeEngine

DESCRIPTION = Path(os.environ.get("DISCORD_OPENAPI", "../shared/discord-openapi.json"))
OPENAPI = DESCRIPTION if DESCRIPTION.exists() else None
Start = Callable[[], AbstractAsyncContextManager[SemblanceBot]]


@pytest.fixture
def shards() -> int:
    return 1


@pytest.fixture
async def server(shards: int) -> AsyncIterator[LoopbackDiscord]:
    """Holds every request against Discord's published description, when a copy is there."""
    async with LoopbackDiscord(openapi=OPENAPI, shards=shards) as discord:
        yield discord
    assert discord.api.unknown == []
    if discord.contract:
        assert discord.contract.violations == []


@pytest.fixture
def start(
    server: LoopbackDiscord, engine: FakeEngine, messages: Messages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Start:
    """Starts the bot; again with the same data folder when called again."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # so that they are put back
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(DiscordWebSocket.DEFAULT_GATEWAY))

    @asynccontextmanager
    async def started() -> AsyncIterator[SemblanceBot]:
        settings = read_settings(
            None,
            data_dir=tmp_path,
            profile="starter",
            discord_token=server.bot_token,
            discord_api_base=server.api_base,
            discord_gateway_url=server.gateway_url,
        )
        use_endpoints(settings)
        async with SemblanceBot(settings, engine, messages) as bot:
            running = asyncio.create_task(bot.start(server.bot_token))
            ready = asyncio.create_task(bot.wait_until_ready())
            await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
            if running.done():
                running.result()
            yield bot
        await asyncio.gather(running, return_exceptions=True)

    return started


@pytest.fixture
async def bot(start: Start) -> AsyncIterator[SemblanceBot]:  # pyright: ignore[reportIncompatibleMethodOverride]
    async with start() as bot:
        yield bot


@pytest.fixture
def ada(server: LoopbackDiscord, bot: SemblanceBot) -> Person:
    return server.user("Ada")
