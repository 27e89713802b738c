"""/queue, /cancel and /history: what was asked, and what has become of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from cogs import limits
from cogs.answer import Answer
from cogs.delivery import Delivery
from cogs.jobs.presenter import present_history, present_queue
from cogs.origin import is_moderator
from cogs.running import Running
from cogs.texts import clip
from core.errors import NotFound
from core.state import Asked

if TYPE_CHECKING:
    from cogs.client import SemblanceBot

_HISTORY = 10  # requests shown; each that can be made again has a button


class Jobs(commands.Cog):
    def __init__(self, bot: SemblanceBot) -> None:
        self.bot = bot
        bot.actions |= {"again": self._again}

    @app_commands.command()
    async def queue(self, interaction: discord.Interaction) -> None:
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        await delivery.finish(present_queue(delivery.say, self.bot.engine.status(), self._own(interaction)))

    @app_commands.command()
    async def cancel(self, interaction: discord.Interaction, painting: str | None = None) -> None:
        """The named painting, or one's own latest."""
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        own = self._own(interaction)
        job = painting or (own[-1].job if own else None)
        if job is None:
            raise NotFound("nothing-to-cancel")
        self.bot.engine.cancel(job, by=str(interaction.user.id), moderator=self._moderates(interaction, job))
        await delivery.finish(Answer(delivery.say("cancelled")))

    @cancel.autocomplete("painting")
    async def _complete_painting(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        running = [one for one in self._own(interaction) if typed.lower() in one.asked.words.lower()]
        return [
            app_commands.Choice(name=clip(one.asked.words, limits.CHOICE), value=one.job)
            for one in running[: limits.CHOICES]
        ]

    @app_commands.command()
    async def history(self, interaction: discord.Interaction) -> None:
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        recent = await self.bot.state.requests.recent(str(interaction.user.id), _HISTORY)
        await delivery.finish(present_history(delivery.say, recent))

    def _own(self, interaction: discord.Interaction) -> list[Running]:
        """What the asker has waiting or being painted, oldest first."""
        return [one for one in self.bot.running.values() if one.asked.owner == str(interaction.user.id)]

    def _moderates(self, interaction: discord.Interaction, job: str) -> bool:
        """A moderator may end what was asked for in their own server."""
        here = {one.job for one in self.bot.running.values() if one.asked.guild == str(interaction.guild_id or "")}
        return is_moderator(interaction) and job in here

    async def _again(self, interaction: discord.Interaction, asked: Asked, _: int) -> None:
        if asked.kind == "imagine":
            await self.bot.imagine.answer(interaction, asked.words, asked.options["wishes"])
        else:
            await self.bot.find.ask(interaction, asked.words, asked.options["count"])
