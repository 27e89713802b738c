"""Channels: reading one, and typing in it."""

from __future__ import annotations

from loopback import errors, payloads
from loopback.permissions import NOTHING, Permission
from loopback.rest.route import Call, Routes
from loopback.state import Channel, Json
from loopback.world import Event

routes = Routes()


@routes("GET", "/channels/{channel_id}")
async def get_channel(call: Call) -> Json:
    return payloads.channel(call.world, open_channel(call))


@routes("POST", "/channels/{channel_id}/typing")
async def start_typing(call: Call) -> None:
    channel = open_channel(call, Permission.SEND_MESSAGES)
    world = call.world
    data = {"user_id": str(world.application.id), "timestamp": int(world.clock.now())}
    world.publish(Event("TYPING_START", guild_id=channel.guild_id, channel_id=channel.id, data=data))


def open_channel(call: Call, needed: Permission = NOTHING) -> Channel:
    """The channel of the path, if the bot sees it and has what is `needed`: else 10003, 50001 or 50013."""
    channel = call.world.channel(call.id("channel_id"))
    rights = call.world.permissions(call.world.application.id, channel)
    if not rights & Permission.VIEW_CHANNEL:
        raise errors.missing_access()
    if needed & ~rights:
        raise errors.missing_permissions()
    return channel
