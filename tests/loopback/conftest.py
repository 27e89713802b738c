"""A loopback Discord for each test, held against Discord's published description when a copy is there."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from loopback import LoopbackDiscord, Person
from tests.loopback.minibot import MiniBot, running

DESCRIPTION = Path(os.environ.get("DISCORD_OPENAPI", "../shared/discord-openapi.json"))
OPENAPI = DESCRIPTION if DESCRIPTION.exists() else None


@pytest.fixture
async def server() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(openapi=OPENAPI) as discord:
        yield discord
    if discord.contract:
        assert discord.contract.violations == []


@pytest.fixture
async def bot(server: LoopbackDiscord) -> AsyncIterator[MiniBot]:
    async with running(server) as bot:
        yield bot


@pytest.fixture
def ada(server: LoopbackDiscord) -> Person:
    return server.user("Ada")
