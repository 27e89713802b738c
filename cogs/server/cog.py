"""/settings: what the managers of a server set for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands
from discord.ext import commands

from cogs import limits
from cogs.answer import Answer
from cogs.delivery import Delivery
from core.state import GuildSettings

if TYPE_CHECKING:
    from cogs.client import SemblanceBot

Range = app_commands.Range
Language = Literal["auto", "en-US", "zh-CN", "zh-TW"]


class Server(commands.Cog):
    def __init__(self, bot: SemblanceBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.checks.has_permissions(manage_guild=True)
    async def settings(
        self,
        interaction: discord.Interaction,
        threshold: Range[float, 0.0, 1.0] | None = None,
        count: Range[int, 1, limits.HITS] | None = None,
        channel: discord.TextChannel | None = None,
        language: Language | None = None,
        spoilers: bool | None = None,
        reset: bool = False,
    ) -> None:
        settings = GuildSettings() if reset else self.bot.guild_settings(interaction)
        if threshold is not None:
            settings = replace(settings, threshold=threshold)
        if count is not None:
            settings = replace(settings, count=count)
        if channel is not None:
            settings = replace(settings, channels=_toggled(settings.channels, channel.id))
        if language is not None:
            settings = replace(settings, language=None if language == "auto" else language)
        if spoilers is not None:
            settings = replace(settings, spoilers=spoilers)
        await self.bot.state.guilds.set(str(interaction.guild_id), settings)
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        await delivery.finish(self._present(delivery, settings))

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self.bot.state.guilds.forget(str(guild.id))

    def _present(self, delivery: Delivery, settings: GuildSettings) -> Answer:
        say = delivery.say
        threshold = self.bot.settings.match_threshold if settings.threshold is None else settings.threshold
        channels = " ".join(f"<#{channel}>" for channel in settings.channels) or say("settings-every-channel")
        language = settings.language or say("choice-auto")
        return Answer(
            say(
                "settings-shown",
                threshold=f"{threshold:.2f}",
                count=settings.count,
                channels=channels,
                language=language,
                spoilers=say("setting-on" if settings.spoilers else "setting-off"),
            )
        )


def _toggled(channels: tuple[int, ...], channel: int) -> tuple[int, ...]:
    """With the channel when it was not there, without it when it was."""
    return tuple(sorted(set(channels) ^ {channel}))
