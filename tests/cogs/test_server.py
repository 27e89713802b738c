from __future__ import annotations

import discord
import pytest
import simcord

from cogs import limits
from cogs.client import SemblanceBot
from cogs.server.cog import Server
from tests.cogs.fakes import FakeEngine, paints_at_once, paints_slowly


@pytest.fixture
def manager(env: simcord.Env, channel: simcord.ChannelHandle) -> simcord.MemberActor:
    role = env.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True, view_channel=True))
    return env.guild.add_member(env.create_user("manager"), roles=[role])


async def test_settings_are_shown_to_their_manager_alone(channel, manager):
    answer = (await manager.slash(channel, "settings")).response
    assert answer.ephemeral
    assert "match of **0.50**" in answer.content
    assert "everywhere" in answer.content


async def test_who_does_not_manage_the_server_has_no_settings(channel, alice):
    with pytest.raises(simcord.SetupError):
        await alice.slash(channel, "settings")


async def test_a_server_s_threshold_and_count_reach_its_searches(channel, alice, manager, engine: FakeEngine):
    engine.add(0.9, 0.3)
    await manager.slash(channel, "settings", threshold=0.7, count=2)
    await alice.slash(channel, "find", query="a horse")
    request = engine.searches[-1]
    assert (request.threshold, request.count) == (0.7, 2)


async def test_a_server_s_language_wins_over_the_asker_s(channel, alice, manager, engine: FakeEngine):
    engine.add(0.9, 0.3)
    await manager.slash(channel, "settings", language="zh-TW")
    assert "相符 0.90" in (await alice.slash(channel, "find", query="a horse")).response.content
    await manager.slash(channel, "settings", language="auto")
    assert "match 0.90" in (await alice.slash(channel, "find", query="a horse")).response.content


async def test_commands_are_refused_outside_the_allowed_channels(env, channel, alice, manager, engine: FakeEngine):
    engine.add(0.9, 0.3)
    other = env.guild.create_text_channel("other")
    await manager.slash(channel, "settings", channel=other)
    refused = await alice.slash(channel, "find", query="a horse")
    assert refused.ephemeral
    assert f"<#{other.id}>" in refused.response.content
    assert "match 0.90" in (await alice.slash(other, "find", query="a horse")).response.content
    await manager.slash(channel, "settings", channel=other)
    assert "match 0.90" in (await alice.slash(channel, "find", query="a horse")).response.content


async def test_a_server_may_hide_every_painting_until_it_is_clicked(env, channel, alice, manager, engine: FakeEngine):
    await manager.slash(channel, "settings", spoilers=True)
    assert (await alice.slash(channel, "imagine", prompt="a cat")).response.attachments[0].is_spoiler()
    engine.add(0.1, 0.1)
    nearest, drawn = (await alice.slash(channel, "find", query="a cat")).response.attachments
    assert drawn.is_spoiler()
    assert not nearest.is_spoiler()
    engine.script = paints_slowly
    slow = await alice.slash(channel, "imagine", prompt="a cat")
    await env.advance_time(35)
    assert [file.filename for file in slow.response.attachments] == ["SPOILER_preview.png"]
    engine.script = paints_at_once
    await manager.slash(channel, "settings", reset=True)
    assert not (await alice.slash(channel, "imagine", prompt="a cat")).response.attachments[0].is_spoiler()


async def test_a_server_s_settings_go_when_the_bot_leaves(env, channel, manager, bot: SemblanceBot):
    await manager.slash(channel, "settings", count=9)
    guild = bot.get_guild(env.guild.id)
    assert guild is not None
    await Server(bot).on_guild_remove(guild)
    assert bot.state.guilds.get(str(env.guild.id)).count == 5


async def test_too_many_commands_in_a_minute_say_when_to_go_on(channel, alice, bob, engine: FakeEngine):
    engine.add(0.9, 0.3)
    uses, _ = limits.COMMANDS
    for _ in range(uses):
        await alice.slash(channel, "status")
    refused = await alice.slash(channel, "status")
    assert refused.ephemeral
    assert "again <t:" in refused.response.content
    assert "again <t:" not in (await bob.slash(channel, "status")).response.content
