"""The application and its commands."""

from __future__ import annotations

from typing import Any

from loopback import commands, limits, payloads
from loopback.errors import DiscordError, UnimplementedError
from loopback.limits import Code
from loopback.rest.route import Call, Routes
from loopback.state import Command, Json

routes = Routes()
GLOBAL = "/applications/{application_id}/commands"
GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


@routes("GET", "/applications/@me")
@routes("GET", "/oauth2/applications/@me")
async def get_application(call: Call) -> Json:
    return payloads.application(call.world)


@routes("GET", GLOBAL)
@routes("GET", GUILD)
async def list_commands(call: Call) -> list[Json]:
    guild_id = _scope(call)
    return [payloads.command(call.world, c) for c in call.world.commands.values() if c.guild_id == guild_id]


@routes("PUT", GLOBAL, rate=limits.COMMANDS_WRITE)
@routes("PUT", GUILD, rate=limits.COMMANDS_WRITE)
async def replace_commands(call: Call) -> list[Json]:
    kept = commands.replace_all(call.world, _scope(call), call.body.payload or [])
    return [payloads.command(call.world, c) for c in kept]


@routes("POST", GLOBAL, rate=limits.COMMANDS_WRITE, status=201)
@routes("POST", GUILD, rate=limits.COMMANDS_WRITE, status=201)
async def create_command(call: Call) -> Json:
    return payloads.command(call.world, commands.put_one(call.world, _scope(call), call.body.payload))


@routes("GET", GLOBAL + "/{command_id}")
@routes("GET", GUILD + "/{command_id}")
async def get_command(call: Call) -> Json:
    return payloads.command(call.world, _command(call))


@routes("PATCH", GLOBAL + "/{command_id}", rate=limits.COMMANDS_WRITE)
@routes("PATCH", GUILD + "/{command_id}", rate=limits.COMMANDS_WRITE)
async def edit_command(call: Call) -> Json:
    known = _command(call)
    return payloads.command(call.world, commands.put_one(call.world, _scope(call), call.body.payload, known))


@routes("DELETE", GLOBAL + "/{command_id}")
@routes("DELETE", GUILD + "/{command_id}")
async def delete_command(call: Call) -> None:
    commands.remove(call.world, _command(call))


@routes("GET", GUILD + "/permissions")
@routes("GET", GUILD + "/{command_id}/permissions")
async def command_permissions(call: Call) -> Any:
    raise UnimplementedError("command permissions")


def _scope(call: Call) -> int | None:
    """The guild whose commands are meant, or None for the global ones; the application must be the bot's own."""
    if call.id("application_id") != call.world.application.id:
        raise DiscordError(
            403, Code.NOT_ON_THIS_ACCOUNT, "You are not authorized to perform this action on this application"
        )
    if "guild_id" not in call.request.match_info:
        return None
    guild = call.world.guilds.get(call.id("guild_id"))
    if guild is None or not guild.has_bot:
        raise DiscordError(403, Code.MISSING_ACCESS, "Missing Access")
    return guild.id


def _command(call: Call) -> Command:
    found = call.world.commands.get(call.id("command_id"))
    if found is None or found.guild_id != _scope(call):
        raise DiscordError(404, Code.UNKNOWN_COMMAND, "Unknown application command")
    return found
