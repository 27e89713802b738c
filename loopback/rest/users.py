"""The bot itself, other users, direct-message channels and where the gateway is."""

from __future__ import annotations

from loopback import limits, payloads
from loopback.errors import DiscordError
from loopback.limits import Code
from loopback.rest.route import Call, Routes
from loopback.state import Json, User

routes = Routes()


@routes("GET", "/gateway", needs_bot_token=False)
async def get_gateway(call: Call) -> Json:
    return {"url": call.gateway.url}


@routes("GET", "/gateway/bot")
async def get_gateway_bot(call: Call) -> Json:
    return {
        "url": call.gateway.url,
        "shards": call.world.application.shards,
        "session_start_limit": {
            "total": limits.SESSION_STARTS,
            "remaining": max(0, limits.SESSION_STARTS - call.gateway.identifies),
            "reset_after": 24 * 3600 * 1000,
            "max_concurrency": 1,
        },
    }


@routes("GET", "/users/@me")
async def get_me(call: Call) -> Json:
    return payloads.own_user(call.world.application.bot)


@routes("GET", "/users/{user_id}")
async def get_user(call: Call) -> Json:
    return payloads.user(_user(call, call.id("user_id")))


@routes("POST", "/users/@me/channels")
async def open_dm(call: Call) -> Json:
    user = _user(call, int(call.body.payload.get("recipient_id") or 0))
    if user.bot:
        raise DiscordError(400, Code.CANNOT_DM, "Cannot send messages to this user")
    return payloads.channel(call.world, call.world.dm_channel(user))


def _user(call: Call, user_id: int) -> User:
    try:
        return call.world.users[user_id]
    except KeyError:
        raise DiscordError(404, Code.UNKNOWN_USER, "Unknown User") from None
