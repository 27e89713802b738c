"""/status, /help and /privacy: the bot about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from cogs.answer import Answer
from cogs.buttons import button
from cogs.delivery import Delivery
from cogs.info.presenter import present_help, present_status
from core.state import Asked

if TYPE_CHECKING:
    from cogs.client import SemblanceBot


class Info(commands.Cog):
    def __init__(self, bot: SemblanceBot) -> None:
        self.bot = bot
        bot.actions |= {"forget": self._forget, "try-find": self._try_find, "try-imagine": self._try_imagine}

    @app_commands.command()
    async def status(self, interaction: discord.Interaction) -> None:
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        await delivery.finish(present_status(delivery.say, self.bot.engine.status()))

    @app_commands.command()
    async def help(self, interaction: discord.Interaction) -> None:
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        asked = await self.bot.remember(interaction, "help", "")
        await delivery.finish(present_help(delivery.say, asked))

    @app_commands.command()
    async def privacy(self, interaction: discord.Interaction) -> None:
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        asked = await self.bot.remember(interaction, "help", "")
        forget = button(delivery.say, "forget", asked, style=discord.ButtonStyle.danger)
        await delivery.finish(Answer(delivery.say("privacy"), buttons=(forget,)))

    async def _forget(self, interaction: discord.Interaction, asked: Asked, _: int) -> None:
        """Deletes all that is kept of whoever asked for it."""
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True, in_place=True)
        count = await self.bot.state.forget(asked.owner)
        await delivery.finish(Answer(delivery.say("privacy-forgotten", count=count)))

    async def _try_find(self, interaction: discord.Interaction, _asked: Asked, _: int) -> None:
        await self.bot.find.ask(interaction, self.bot.say(interaction)("example-find"))

    async def _try_imagine(self, interaction: discord.Interaction, _asked: Asked, _: int) -> None:
        await self.bot.imagine.answer(interaction, self.bot.say(interaction)("example-imagine"), {})
