"""Permissions: the bits this Discord knows, and how roles and overwrites add up to a member's own."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loopback.state import Channel, Guild, Member


class Permission(IntFlag):
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EXTERNAL_APPS = 1 << 50


NOTHING = Permission(0)
MEMBER = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.USE_EXTERNAL_APPS
)
MANAGER = MEMBER | Permission.MANAGE_GUILD | Permission.MANAGE_CHANNELS | Permission.MANAGE_MESSAGES
EVERYTHING = Permission((1 << 53) - 1)
DIRECT_MESSAGE = MEMBER | Permission.MENTION_EVERYONE  # what Discord reports for both sides of a DM


def of_member(guild: Guild, member: Member, channel: Channel | None = None) -> Permission:
    """Discord's own order: everyone, roles, administrator, then the channel's overwrites."""
    if member.user_id == guild.owner_id:
        return EVERYTHING
    total = Permission(guild.roles[guild.id].permissions)
    for role_id in member.role_ids:
        total |= Permission(guild.roles[role_id].permissions)
    if total & Permission.ADMINISTRATOR:
        return EVERYTHING
    if channel is None:
        return total
    for target_ids in ([guild.id], member.role_ids, [member.user_id]):
        found = [channel.overwrites[i] for i in target_ids if i in channel.overwrites]
        for overwrite in found:
            total &= ~Permission(overwrite.deny)
        for overwrite in found:
            total |= Permission(overwrite.allow)
    return total
