"""The base of our forms: their errors go to the funnel of the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from cogs.client import SemblanceBot


class Form(discord.ui.Modal):
    """A form that somebody fills in within a quarter of an hour, or not at all."""

    def __init__(self, bot: SemblanceBot, title: str) -> None:
        super().__init__(title=title, timeout=15 * 60)
        self.bot = bot

    async def on_error(self, interaction: discord.Interaction, error: Exception, /) -> None:
        await self.bot.tree.on_error(interaction, error)
