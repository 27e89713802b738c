"""Messages in channels: sending, reading, editing, deleting, reacting."""

from __future__ import annotations

from urllib.parse import unquote

from loopback import errors, limits, payloads
from loopback import messages as making
from loopback.errors import DiscordError
from loopback.limits import Code
from loopback.permissions import NOTHING, Permission
from loopback.rest.channels import open_channel
from loopback.rest.route import Call, Routes
from loopback.state import Channel, Json, Message
from loopback.world import Event

routes = Routes()
MESSAGES = "/channels/{channel_id}/messages"
ONE = MESSAGES + "/{message_id}"


@routes("GET", MESSAGES)
async def list_messages(call: Call) -> list[Json]:
    channel = open_channel(call, Permission.READ_MESSAGE_HISTORY)
    query = call.request.query
    most = min(100, int(query.get("limit", 50)))
    shown = [m for m in channel.messages.values() if not m.ephemeral]
    if "before" in query:
        shown = [m for m in shown if m.id < int(query["before"])]
    if "after" in query:
        shown = [m for m in shown if m.id > int(query["after"])][:most]
    return [payloads.message(call.world, m) for m in reversed(shown[-most:])]


@routes("POST", MESSAGES, rate=limits.MESSAGE_CREATE)
async def send_message(call: Call) -> Json:
    needed = Permission.SEND_MESSAGES | (Permission.ATTACH_FILES if call.body.files else NOTHING)
    channel = open_channel(call, needed)
    _check_dm(call, channel)
    if reference := call.body.payload.get("message_reference"):
        _check_reference(channel, reference)
    origin = making.Origin(channel, call.world.application.id)
    return payloads.message(call.world, making.create(call.world, origin, call.body))


@routes("GET", ONE)
async def get_message(call: Call) -> Json:
    return payloads.message(call.world, _message(call))


@routes("PATCH", ONE, rate=limits.MESSAGE_EDIT)
async def edit_message(call: Call) -> Json:
    message = _message(call)
    if message.author_id != call.world.application.id:
        raise DiscordError(403, Code.OTHERS_MESSAGE, "Cannot edit a message authored by another user")
    making.edit(call.world, message, call.body)
    return payloads.message(call.world, message)


@routes("DELETE", ONE, rate=limits.MESSAGE_DELETE)
async def delete_message(call: Call) -> None:
    message = _message(call)
    rights = call.world.permissions(call.world.application.id, call.world.channel(message.channel_id))
    if message.author_id != call.world.application.id and not rights & Permission.MANAGE_MESSAGES:
        raise errors.missing_permissions()
    call.world.delete_message(message)


@routes("POST", MESSAGES + "/bulk-delete")
async def bulk_delete(call: Call) -> None:
    channel = open_channel(call, Permission.MANAGE_MESSAGES)
    wanted = {int(i) for i in call.body.payload.get("messages") or []}
    least, most = limits.BULK_DELETE
    if not least <= len(wanted) <= most:
        message = f"Must be between {least} and {most} in length."
        raise DiscordError(400, Code.INVALID_FORM, "Invalid Form Body", {"messages": ("BASE_TYPE_BAD_LENGTH", message)})
    for message in [m for m in channel.messages.values() if m.id in wanted and not m.ephemeral]:
        call.world.delete_message(message)


@routes("PUT", ONE + "/reactions/{emoji}/@me")
async def react(call: Call) -> None:
    open_channel(call, Permission.ADD_REACTIONS)
    message, emoji, bot_id = _message(call), unquote(call.text("emoji")), call.world.application.id
    users = message.reactions.setdefault(emoji, [])
    if bot_id in users:
        return
    users.append(bot_id)
    channel = call.world.channel(message.channel_id)
    data = {
        "user_id": str(bot_id),
        "message_id": str(message.id),
        "emoji": {"id": None, "name": emoji},
        "burst": False,
        "type": 0,
    }
    call.world.publish(
        Event("MESSAGE_REACTION_ADD", guild_id=channel.guild_id, channel_id=channel.id, message=message, data=data)
    )


def _message(call: Call) -> Message:
    """An ephemeral message is nobody's by this way: only its interaction's token reaches it."""
    channel = open_channel(call)
    message = call.world.message(channel.id, call.id("message_id"))
    if message.ephemeral:
        raise errors.unknown_message()
    return message


def _check_dm(call: Call, channel: Channel) -> None:
    if not all(call.world.users[i].accepts_dms for i in channel.recipient_ids):
        raise DiscordError(403, Code.CANNOT_DM, "Cannot send messages to this user")


def _check_reference(channel: Channel, reference: Json) -> None:
    known = channel.messages.get(int(reference.get("message_id") or 0))
    if (known is None or known.ephemeral) and reference.get("fail_if_not_exists", True):
        fault = {"message_reference": ("REPLIES_UNKNOWN_MESSAGE", "Unknown message")}
        raise DiscordError(400, Code.INVALID_FORM, "Invalid Form Body", fault)
