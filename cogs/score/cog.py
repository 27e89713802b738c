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
from cogs.texts import clip, split_texts
from cogs.uploads import message_of, painted_uploads, pictures_of, read_upload
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
        bot.tree.add_command(app_commands.ContextMenu(name="Score against", callback=self._score_against))
        bot.tree.add_command(app_commands.ContextMenu(name="Describe match", callback=self._describe_match))

    @app_commands.command()
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
        """Asks for texts, and scores what was painted in the answer that the button is under."""
        await self._ask_for_texts(interaction, painted_uploads(message_of(interaction)), asked.words)

    async def _score_against(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Asks for texts, and scores the pictures of a message."""
        await self._ask_for_texts(interaction, pictures_of(message), "")

    async def _describe_match(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Scores what a message says against what it shows."""
        pictures = pictures_of(message)[: limits.IMAGES]
        words = message.content.strip() or (pictures[0].description or "")
        if not words:
            raise InputError("message-without-words")
        await self.answer(interaction, pictures, clip(" ".join(words.split()).replace("|", " "), limits.QUERY))

    async def _ask_for_texts(
        self, interaction: discord.Interaction, pictures: list[discord.Attachment], words: str
    ) -> None:
        async def submitted(submission: discord.Interaction, texts: str) -> None:
            await self.answer(submission, pictures[: limits.IMAGES], texts)

        form = ScoreForm(self.bot, self.bot.say(interaction), words, submitted)
        await interaction.response.send_modal(form)
