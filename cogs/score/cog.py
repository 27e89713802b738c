"""/score: how well texts fit pictures."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from cogs import limits
from cogs.delivery import Delivery
from cogs.score.form import ScoreForm
from cogs.score.heatmap import draw_heatmap
from cogs.score.presenter import present_scores
from cogs.texts import split_texts
from cogs.uploads import read_upload
from core.errors import InputError
from core.state import Asked
from core.types import ScoreRequest

if TYPE_CHECKING:
    from cogs.client import SemblanceBot

_HEATMAP_FROM = 3  # cells: below that, the lines say it all


class Score(commands.Cog):
    def __init__(self, bot: SemblanceBot) -> None:
        self.bot = bot
        bot.actions |= {"score": self._score_painted}

    @app_commands.command()
    @app_commands.checks.cooldown(*limits.ANSWERS)
    async def score(
        self,
        interaction: discord.Interaction,
        image: discord.Attachment,
        texts: app_commands.Range[str, 1, 6_000],
        image2: discord.Attachment | None = None,
        image3: discord.Attachment | None = None,
        image4: discord.Attachment | None = None,
    ) -> None:
        uploads = [upload for upload in (image, image2, image3, image4) if upload is not None]
        await self.answer(interaction, uploads, texts)

    async def answer(self, interaction: discord.Interaction, uploads: list[discord.Attachment], texts: str) -> None:
        """Scores every text against every picture."""
        delivery = await Delivery.begin(interaction, self.bot.say(interaction))
        wanted = split_texts(texts)
        images = await asyncio.gather(*(read_upload(upload) for upload in uploads))
        table = [await self.bot.engine.score(ScoreRequest(image, wanted)) for image in images]
        asked = await self.bot.remember(interaction, "score", " | ".join(wanted))
        heatmap = None
        if len(images) * len(wanted) >= _HEATMAP_FROM:
            heatmap = await asyncio.to_thread(draw_heatmap, delivery.say, images, table)
        await delivery.finish(present_scores(delivery.say, asked, images, table, heatmap))

    async def _score_painted(self, interaction: discord.Interaction, asked: Asked, _: int) -> None:
        """Asks for texts, and scores the pictures of the answer that the button is under."""
        pictures = [] if interaction.message is None else interaction.message.attachments[: limits.IMAGES]
        if not pictures:
            raise InputError("message-without-pictures")

        async def submitted(submission: discord.Interaction, texts: str) -> None:
            await self.answer(submission, pictures, texts)

        form = ScoreForm(self.bot, self.bot.say(interaction), asked.words, submitted)
        await interaction.response.send_modal(form)
