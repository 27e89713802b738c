"""/similar, "Find similar" on a message, and the Similar button: pictures that look like a picture."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from cogs import limits
from cogs.delivery import Delivery
from cogs.similar.presenter import present_similar
from cogs.uploads import pictures_of, read_upload
from core.errors import NotFound
from core.state import Asked

if TYPE_CHECKING:
    from cogs.client import SemblanceBot


class Similar(commands.Cog):
    def __init__(self, bot: SemblanceBot) -> None:
        self.bot = bot
        bot.actions |= {"similar": self._similar_to_shown}
        bot.tree.add_command(app_commands.ContextMenu(name="Find similar", callback=self._find_similar))

    @app_commands.command()
    async def similar(
        self,
        interaction: discord.Interaction,
        image: discord.Attachment,
        count: app_commands.Range[int, 1, limits.HITS] | None = None,
    ) -> None:
        delivery = await Delivery.begin(interaction, self.bot.say(interaction))
        await self._answer(delivery, await read_upload(image), count)

    async def _find_similar(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """By the first picture of a message."""
        delivery = await Delivery.begin(interaction, self.bot.say(interaction))
        await self._answer(delivery, await read_upload(pictures_of(message)[0]))

    async def _similar_to_shown(self, interaction: discord.Interaction, asked: Asked, _: int) -> None:
        """By the first picture of the answer that the button is under."""
        delivery = await Delivery.begin(interaction, self.bot.say(interaction))
        shown = asked.options["shown"]
        if not shown:
            raise NotFound("picture-not-found")
        image = await self.bot.engine.picture(shown[0], self.bot.galleries(interaction))
        await self._answer(delivery, image, source=shown[0])

    async def _answer(
        self, delivery: Delivery, image: bytes, count: int | None = None, *, source: str | None = None
    ) -> None:
        """Shows what looks like `image`; `source` is its own id in the gallery, which is no news."""
        interaction = delivery.interaction
        galleries = self.bot.galleries(interaction)
        count = count or self.bot.guild_settings(interaction).count
        found = await self.bot.engine.similar(image, min(count + 1, limits.HITS), galleries)
        similar = [item for item in found if item.picture.id != source][:count]
        shown = [item.picture.id for item in similar]
        asked = await self.bot.remember(interaction, "similar", "", shown=shown)
        files = await asyncio.gather(*(self.bot.engine.picture(picture_id, galleries) for picture_id in shown))
        await delivery.finish(present_similar(delivery.say, asked, similar, files))
