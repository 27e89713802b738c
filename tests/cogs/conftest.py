"""A real bot on simcord's Discord, with an engine in memory; in any language."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import simcord
from PIL import Image
from simcord import interactions as simcord_interactions

from cogs.client import SemblanceBot
from core.messages import Messages
from core.settings import Settings, read_settings
from tests.cogs.acting import Locale
from tests.cogs.fakes import FakeEngine

LOCALES = Path(__file__).parents[2] / "locales"


@pytest.fixture(scope="session")
def messages() -> Messages:
    return Messages(LOCALES)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings(None, data_dir=tmp_path)


@pytest.fixture
def bot(settings: Settings, engine: FakeEngine, messages: Messages) -> SemblanceBot:
    return SemblanceBot(settings, engine, messages)


@pytest.fixture
async def env(bot: SemblanceBot) -> AsyncIterator[simcord.Env]:
    """simcord records every error that reaches the funnel; here people make mistakes, so that is no failure."""
    env = simcord.Env(bot, check_errors=False, shard_count=1)
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
        await bot.close()


@pytest.fixture
def half_a_jpeg() -> bytes:
    image = Image.effect_noise((64, 64), 80)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG")
    return buffer.getvalue()[: buffer.tell() // 2]


@pytest.fixture
def channel(env: simcord.Env) -> simcord.ChannelHandle:
    return env.create_guild().create_text_channel("pictures")


@pytest.fixture
def alice(env: simcord.Env, channel: simcord.ChannelHandle) -> simcord.MemberActor:
    return env.guild.add_member(env.create_user("alice"))


@pytest.fixture
def bob(env: simcord.Env, channel: simcord.ChannelHandle) -> simcord.MemberActor:
    return env.guild.add_member(env.create_user("bob"))


@pytest.fixture
def locale(monkeypatch: pytest.MonkeyPatch) -> Locale:
    chosen = Locale()
    original = simcord_interactions.base_payload

    def in_that_language(*args: Any, **kwargs: Any) -> Any:
        record, payload = original(*args, **kwargs)
        return record, payload | {"locale": chosen.value}

    monkeypatch.setattr(simcord_interactions, "base_payload", in_that_language)
    return chosen
