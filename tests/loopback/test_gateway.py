"""Connections that break, and what a bot may count on when they do."""

from __future__ import annotations

import asyncio
import json
import zlib
from typing import Any

import aiohttp
import discord
import pytest

from loopback import LoopbackDiscord, Person
from loopback.limits import RESUME_S, Close
from tests.loopback.minibot import MiniBot, eventually, running


async def test_dropped_socket_is_resumed_and_the_missed_command_arrives(
    bot: MiniBot, server: LoopbackDiscord, ada: Person
) -> None:
    server.faults.hold_events()
    missed = await ada.slash("greet", name="Bob")
    assert await server.faults.drop_sockets() == 1
    server.faults.release_events()
    answer = await missed.message()
    assert answer.content.startswith("Hello Bob!")
    assert (server.gateway.identifies, server.gateway.resumes) == (1, 1)


async def test_reconnect_request_ends_in_a_resume(bot: MiniBot, server: LoopbackDiscord, ada: Person) -> None:
    server.faults.ask_to_reconnect()
    await asyncio.wait_for(bot.resumed.wait(), 5)
    assert await (await ada.slash("greet", name="Bob")).message()
    assert server.gateway.identifies == 1


async def test_invalid_session_makes_the_bot_identify_anew(bot: MiniBot, server: LoopbackDiscord, ada: Person) -> None:
    server.faults.invalidate_sessions()
    await server.world.until(lambda: server.gateway.identifies == 2 and server.gateway.online, 5)
    assert await (await ada.slash("greet", name="Bob")).message()


async def test_session_that_was_away_too_long_cannot_be_resumed(
    bot: MiniBot, server: LoopbackDiscord, ada: Person
) -> None:
    (session,) = server.gateway.sessions
    await server.faults.drop_sockets()
    await server.world.until(lambda: session.left is not None, 2)
    server.clock.advance(RESUME_S + 1)
    await server.world.until(lambda: server.gateway.identifies == 2 and server.gateway.online, 5)
    assert server.gateway.resumes == 0


async def test_answer_of_a_running_job_survives_a_reconnect(bot: MiniBot, server: LoopbackDiscord, ada: Person) -> None:
    slow = await ada.slash("slow")
    await slow.acknowledged()
    await server.faults.drop_sockets()
    await asyncio.wait_for(bot.resumed.wait(), 5)
    bot.release.set()
    assert (await slow.message()).content == "at last"


async def test_two_shards_each_hear_their_own_guilds(server: LoopbackDiscord) -> None:
    server.world.application.shards = 2
    places = [server.add_guild(f"Guild {shard}", shard=(shard, 2)) for shard in (0, 1)]
    async with running(server) as bot:
        assert bot.shard_count == 2
        for shard, (guild, channel) in enumerate(places):
            found = bot.get_guild(guild.id)
            assert found is not None
            assert found.shard_id == shard
            answer = await (await server.user("Ada", channel=channel).slash("greet", name="Bob")).message()
            assert answer.content.startswith("Hello Bob!")


async def test_guild_that_removes_the_bot_is_gone_from_its_cache(bot: MiniBot, server: LoopbackDiscord) -> None:
    guild, _ = server.add_guild("Brief")
    await eventually(lambda: bot.get_guild(guild.id) is not None)
    server.world.remove_bot(guild)
    await eventually(lambda: bot.get_guild(guild.id) is None)


async def test_wrong_token_closes_the_gateway_for_good(server: LoopbackDiscord) -> None:
    assert await _close_code(server, {"op": 2, "d": {"token": "wrong", "intents": 1}}) == Close.AUTHENTICATION_FAILED


@pytest.mark.parametrize(
    ("shard", "intents", "code"),
    [
        ((2, 2), 1, Close.INVALID_SHARD),
        ((0, 1), 1 << 40, Close.INVALID_INTENTS),
        ((0, 1), 1 << 1, Close.DISALLOWED_INTENTS),
    ],
)
async def test_identify_that_discord_would_refuse_is_refused(
    server: LoopbackDiscord, shard: tuple[int, int], intents: int, code: int
) -> None:
    identify = {"op": 2, "d": {"token": server.bot_token, "intents": intents, "shard": shard}}
    assert await _close_code(server, identify) == code


@pytest.mark.parametrize(
    ("payload", "code"), [({"op": 8, "d": {}}, Close.NOT_AUTHENTICATED), ({"d": 1}, Close.DECODE_ERROR)]
)
async def test_noise_before_identify_closes_the_socket(server: LoopbackDiscord, payload: Any, code: int) -> None:
    assert await _close_code(server, payload) == code


async def test_compressed_and_plain_connections_say_the_same(server: LoopbackDiscord) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(server.gateway_url + "?v=10&encoding=json") as plain:
            hello = json.loads((await plain.receive()).data)
        async with session.ws_connect(server.gateway_url + "?v=10&encoding=json&compress=zlib-stream") as packed:
            unpacked = zlib.decompressobj().decompress((await packed.receive()).data)
    assert json.loads(unpacked) == hello
    assert hello["op"] == 10


async def test_ephemeral_answer_reaches_the_bot_as_a_direct_message(server: LoopbackDiscord, ada: Person) -> None:
    intents = discord.Intents(guilds=True, guild_messages=True)
    async with running(server, intents=intents) as bot:
        answer = await (await ada.slash("greet", name="Bob")).message()
        await (await ada.choose(answer, "pick", ["horse"])).message()
        await ada.say("done")
        await eventually(lambda: len(bot.seen) >= 2)
        assert [m.content.split(" ")[0] for m in bot.seen] == ["Hello", ""]  # "picked ..." needs direct_messages


async def _close_code(server: LoopbackDiscord, payload: Any) -> int | None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(server.gateway_url + "?v=10&encoding=json") as socket,
    ):
        await socket.receive()
        await socket.send_json(payload)
        while (await socket.receive()).type == aiohttp.WSMsgType.TEXT:
            pass
        return socket.close_code
