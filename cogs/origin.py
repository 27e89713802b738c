"""Who asks, and where: what the engine needs to be fair and to tell owners apart."""

from __future__ import annotations

from typing import TypedDict

import discord


class Origin(TypedDict):
    owner: str
    group: str


def origin(interaction: discord.Interaction) -> Origin:
    """The asker, and the server they ask in (in a direct message: the channel)."""
    return Origin(owner=str(interaction.user.id), group=str(interaction.guild_id or interaction.channel_id or ""))


def is_moderator(interaction: discord.Interaction) -> bool:
    """Whether they may tidy up after others here; nobody is a moderator in a direct message."""
    return interaction.guild_id is not None and interaction.permissions.manage_messages


def is_age_restricted(interaction: discord.Interaction) -> bool:
    """Whether Discord lets adults alone into the channel; of direct messages it cannot be known."""
    channel = interaction.channel
    return isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.Thread) and channel.is_nsfw()
