"""What a Discord remembers: users, guilds, channels, messages, commands, interactions. Plain data, no wire shapes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from pathlib import Path
from typing import Any

from loopback.permissions import MANAGER, MEMBER

Json = dict[str, Any]


class ChannelType(IntEnum):
    TEXT = 0
    DM = 1


class MessageType(IntEnum):
    DEFAULT = 0
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    CONTEXT_MENU_COMMAND = 23


class MessageFlag(IntFlag):
    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


class InteractionType(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class CallbackType(IntEnum):
    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE_MESSAGE = 7
    AUTOCOMPLETE = 8
    MODAL = 9


class Context(IntEnum):
    """Where an interaction happens."""

    GUILD = 0
    BOT_DM = 1
    PRIVATE_CHANNEL = 2


class Install(IntEnum):
    """How the app came to be there."""

    GUILD = 0
    USER = 1


@dataclass(slots=True)
class User:
    id: int
    username: str
    global_name: str | None
    bot: bool = False
    locale: str = "en-US"
    has_installed_app: bool = False  # a user-installed app follows its user everywhere
    accepts_dms: bool = True
    dm_channel_id: int | None = None

    @property
    def display_name(self) -> str:
        return self.global_name or self.username


@dataclass(slots=True)
class Role:
    id: int
    name: str
    permissions: int
    position: int = 0
    color: int = 0


@dataclass(slots=True)
class Member:
    user_id: int
    role_ids: list[int]
    joined: float


@dataclass(slots=True, frozen=True)
class Overwrite:
    kind: int  # 0 a role, 1 a member
    allow: int = 0
    deny: int = 0


@dataclass(slots=True)
class Attachment:
    id: int
    channel_id: int
    filename: str
    path: Path
    size: int
    content_type: str
    width: int | None = None
    height: int | None = None
    description: str | None = None
    title: str | None = None
    spoiler: bool = False
    ephemeral: bool = False


@dataclass(slots=True)
class Message:
    id: int
    channel_id: int
    author_id: int
    created: float
    type: int = MessageType.DEFAULT
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    edited: float | None = None
    mention_user_ids: list[int] = field(default_factory=list)
    mention_role_ids: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    pinged_user_ids: set[int] = field(default_factory=set)
    interaction: Interaction | None = None  # the one that made this message
    only_for: int | None = None  # the user who alone sees it, when ephemeral
    reference_id: int | None = None
    nonce: str | None = None
    pinned: bool = False
    reactions: dict[str, list[int]] = field(default_factory=dict)  # emoji -> user ids

    @property
    def ephemeral(self) -> bool:
        return self.only_for is not None

    @property
    def loading(self) -> bool:
        return bool(self.flags & MessageFlag.LOADING)

    def visible_to(self, user_id: int) -> bool:
        return self.only_for is None or self.only_for == user_id


@dataclass(slots=True)
class Channel:
    id: int
    type: ChannelType
    name: str = ""
    topic: str | None = None
    guild_id: int | None = None
    nsfw: bool = False
    position: int = 0
    recipient_ids: list[int] = field(default_factory=list)  # of direct messages
    has_bot: bool = True  # False: two people among themselves
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)

    @property
    def last_message_id(self) -> int | None:
        return next(reversed(self.messages), None)


@dataclass(slots=True)
class Guild:
    id: int
    name: str
    owner_id: int
    created: float
    locale: str = "en-US"
    has_bot: bool = True
    attachment_bytes: int = 10 * 1024 * 1024
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channel_ids: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Command:
    id: int
    version: int
    guild_id: int | None
    payload: Json  # as registered: name, type, description, options, localisations, ...

    @property
    def name(self) -> str:
        return self.payload["name"]

    @property
    def type(self) -> int:
        return self.payload.get("type") or 1


@dataclass(slots=True)
class Interaction:
    id: int
    token: str
    type: InteractionType
    user_id: int
    channel_id: int
    guild_id: int | None
    context: Context
    owners: dict[str, str]  # install kind -> guild or user id
    data: Json
    locale: str
    created: float
    message_id: int | None = None  # the message whose component was used
    parent: Interaction | None = None  # what opened the modal
    target_message_id: int | None = None
    callback: CallbackType | None = None
    acknowledged: float | None = None
    original_id: int | None = None  # the message `@original` names
    followup_ids: list[int] = field(default_factory=list)
    followups_sent: int = 0
    modal: Json | None = None
    choices: list[Json] | None = None
    token_revoked: bool = False
    failed: bool = False  # not acknowledged in time: "The application did not respond"
    refusals: list[Json] = field(default_factory=list)  # what the bot was refused for this interaction

    @property
    def root(self) -> Interaction:
        """What it all began with: the command behind a modal."""
        if self.type == InteractionType.MODAL and self.parent is not None:
            return self.parent.root
        return self

    @property
    def user_installed_only(self) -> bool:
        return str(Install.GUILD.value) not in self.owners


@dataclass(slots=True)
class Application:
    id: int
    bot: User
    token: str = field(default_factory=lambda: f"loopback.{secrets.token_urlsafe(24)}")
    privileged_intents: int = 0  # switched on in the developer portal; none by default
    shards: int = 1
    owner_id: int = 0


def everyone(guild_id: int) -> Role:
    return Role(guild_id, "@everyone", int(MEMBER))


def manager_role(role_id: int) -> Role:
    return Role(role_id, "Manager", int(MANAGER), position=1, color=0x3498DB)


def bot_role(role_id: int, name: str) -> Role:
    return Role(role_id, name, int(MEMBER), position=2)
