"""Guilds the bot is in: the guild, its channels, roles and members."""

from __future__ import annotations

from loopback import payloads
from loopback.errors import DiscordError
from loopback.limits import Code
from loopback.rest.route import Call, Routes
from loopback.state import Guild, Json

routes = Routes()


@routes("GET", "/guilds/{guild_id}")
async def get_guild(call: Call) -> Json:
    return payloads.guild(_guild(call))


@routes("GET", "/guilds/{guild_id}/channels")
async def list_channels(call: Call) -> list[Json]:
    return [payloads.channel(call.world, call.world.channels[i]) for i in _guild(call).channel_ids]


@routes("GET", "/guilds/{guild_id}/roles")
async def list_roles(call: Call) -> list[Json]:
    return [payloads.role(role) for role in _guild(call).roles.values()]


@routes("GET", "/guilds/{guild_id}/members/{user_id}")
async def get_member(call: Call) -> Json:
    member = call.world.require_member(_guild(call).id, call.id("user_id"))
    return payloads.member(call.world, member)


def _guild(call: Call) -> Guild:
    guild = call.world.guilds.get(call.id("guild_id"))
    if guild is None or not guild.has_bot:
        raise DiscordError(404, Code.UNKNOWN_GUILD, "Unknown Guild")
    return guild
