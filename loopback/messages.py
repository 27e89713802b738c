"""Making and changing messages from what a bot or a person sends."""

from __future__ import annotations

import re
from dataclasses import dataclass

from loopback.body import Body, Upload
from loopback.components import numbered
from loopback.permissions import Permission
from loopback.state import (
    Attachment,
    Channel,
    Interaction,
    Json,
    Message,
    MessageFlag,
    MessageType,
)
from loopback.validation import SETTABLE, check_message
from loopback.world import World

USER_MENTION = re.compile(r"<@!?(\d+)>")
ROLE_MENTION = re.compile(r"<@&(\d+)>")
EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True, slots=True)
class Origin:
    """Who writes, where, through which interaction, and in reply to what."""

    channel: Channel
    author_id: int
    interaction: Interaction | None = None
    only_for: int | None = None
    replies_to: int | None = None


def create(world: World, origin: Origin, body: Body, *, prefix: str = "") -> Message:
    """A new message from a request; `prefix` is where the message sits in the request, for the error's paths."""
    payload = body.payload
    check_message(payload, {i: upload.filename for i, upload in body.files.items()}, prefix=prefix)
    ephemeral = origin.only_for is not None
    reference = (payload.get("message_reference") or {}).get("message_id") or origin.replies_to
    message = Message(
        id=world.snowflakes.next(),
        channel_id=origin.channel.id,
        author_id=origin.author_id,
        created=world.clock.now(),
        type=_type_of(origin, is_reply=bool(reference)),
        flags=int(MessageFlag(payload.get("flags") or 0) & SETTABLE) | (MessageFlag.EPHEMERAL if ephemeral else 0),
        interaction=origin.interaction,
        only_for=origin.only_for,
        reference_id=int(reference) if reference else None,
        nonce=payload.get("nonce"),
    )
    _fill(world, message, origin.channel, body)
    world.add_message(message)
    return message


def thinking(world: World, origin: Origin) -> Message:
    """The message that stands for a deferred answer: "Semblance is thinking..."."""
    flags = MessageFlag.LOADING | (MessageFlag.EPHEMERAL if origin.only_for is not None else 0)
    message = Message(
        id=world.snowflakes.next(),
        channel_id=origin.channel.id,
        author_id=origin.author_id,
        created=world.clock.now(),
        type=_type_of(origin, is_reply=origin.replies_to is not None),
        flags=int(flags),
        interaction=origin.interaction,
        only_for=origin.only_for,
        reference_id=origin.replies_to,
    )
    world.add_message(message)
    return message


def edit(world: World, message: Message, body: Body, *, prefix: str = "") -> None:
    """Change the fields that the payload names; a deferred answer's first edit ends its "thinking"."""
    check_message(body.payload, {i: upload.filename for i, upload in body.files.items()}, edited=message, prefix=prefix)
    _fill(world, message, world.channels[message.channel_id], body)
    if "flags" in body.payload:
        settable = int(MessageFlag(body.payload["flags"] or 0) & SETTABLE)
        kept = message.flags & ~(SETTABLE & ~MessageFlag.COMPONENTS_V2)  # v2 is for good
        message.flags = kept | settable
    if message.loading:
        message.flags &= ~MessageFlag.LOADING
    else:
        message.edited = world.clock.now()
    world.message_changed(message)


def _fill(world: World, message: Message, channel: Channel, body: Body) -> None:
    payload = body.payload
    message.attachments = _attachments(world, message, body)
    if "embeds" in payload:
        message.embeds = payload["embeds"] or []
    if "components" in payload:
        message.components = numbered(payload["components"] or [])
    if "content" in payload:
        message.content = (payload["content"] or "").strip()
        _mention(world, message, channel, payload)


def _attachments(world: World, message: Message, body: Body) -> list[Attachment]:
    """What the message holds afterwards: `attachments` names what stays and describes what comes."""
    listed: list[Json] | None = body.payload.get("attachments")
    kept = message.attachments
    if listed is not None:
        staying = {int(entry["id"]) for entry in listed}
        kept = [a for a in message.attachments if a.id in staying]
        world.cdn.forget([a for a in message.attachments if a.id not in staying])
    by_index = {int(entry["id"]): entry for entry in listed or []}
    for held in kept:
        held.description = by_index.get(held.id, {}).get("description", held.description)
    added = [_store(world, message, upload, by_index.get(index, {})) for index, upload in sorted(body.files.items())]
    return kept + added


def _store(world: World, message: Message, upload: Upload, entry: Json) -> Attachment:
    held = world.cdn.store(
        world.snowflakes.next(),
        message.channel_id,
        entry.get("filename") or upload.filename,
        upload.data,
        description=entry.get("description"),
        ephemeral=message.ephemeral,
    )
    held.spoiler = held.spoiler or bool(entry.get("is_spoiler"))
    return held


def _mention(world: World, message: Message, channel: Channel, payload: Json) -> None:
    """Who is mentioned and who is pinged: an interaction's answer parses users only, a message in a channel all."""
    allowed = payload.get("allowed_mentions")
    default = ["users"] if message.interaction else ["users", "roles", "everyone"]
    parse = (allowed.get("parse") or []) if allowed is not None else default
    named = {int(i) for i in (allowed or {}).get("users") or []}
    users = [int(i) for i in USER_MENTION.findall(message.content) if int(i) in world.users]
    guild = world.guild_of(channel)
    roles = [int(i) for i in ROLE_MENTION.findall(message.content) if guild and int(i) in guild.roles]
    may_call_all = bool(world.permissions(message.author_id, channel) & Permission.MENTION_EVERYONE)
    message.mention_user_ids = list(dict.fromkeys(users))
    message.mention_role_ids = list(dict.fromkeys(roles)) if "roles" in parse else []
    message.mention_everyone = "everyone" in parse and may_call_all and bool(EVERYONE.search(message.content))
    message.pinged_user_ids = {i for i in users if "users" in parse or i in named}
    if message.mention_everyone and guild:
        message.pinged_user_ids |= set(guild.members)


def _type_of(origin: Origin, *, is_reply: bool) -> MessageType:
    """A command's answer shows the command; what a component brings, and a follow-up, is a reply."""
    if is_reply:
        return MessageType.REPLY
    if origin.interaction is None:
        return MessageType.DEFAULT
    is_menu = origin.interaction.root.data.get("type", 1) != 1
    return MessageType.CONTEXT_MENU_COMMAND if is_menu else MessageType.CHAT_INPUT_COMMAND
