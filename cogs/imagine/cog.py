"""/imagine: a picture painted from words, and what the buttons under it do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs import limits
from cogs.delivery import Delivery
from cogs.imagine.edit import EditPrompt
from cogs.imagine.painting import paint
from cogs.imagine.presenter import present_painted, present_upscaled
from cogs.imagine.sizes import Size, pixels
from cogs.imagine.source import STRENGTH, read_source, shown_source, starts_from_picture
from cogs.origin import is_moderator
from cogs.uploads import message_of, our_upload, read_upload
from core.errors import InputError, NotFound
from core.state import Asked
from core.upscaling import upscale

if TYPE_CHECKING:
    from cogs.client import SemblanceBot

Range = app_commands.Range

_VARIATION = 0.35  # how far a variation's noise is turned from that of its picture: like it, and not the same


class Imagine(commands.Cog):
    def __init__(self, bot: SemblanceBot) -> None:
        self.bot = bot
        bot.actions |= {
            "re-roll": self._re_roll,
            "variation": self._vary,
            "upscale": self._upscale,
            "edit-prompt": self._edit_prompt,
            "imagine-instead": self._imagine_instead,
            "cancel": self._cancel,
            "delete": self._delete,
        }

    @app_commands.command()
    async def imagine(
        self,
        interaction: discord.Interaction,
        prompt: Range[str, 1, limits.PROMPT],
        negative: Range[str, 1, limits.PROMPT] = "",
        steps: Range[int, 1, 50] | None = None,
        guidance: Range[float, 1.0, 20.0] | None = None,
        seed: Range[int, 0, 2**32 - 1] | None = None,
        size: Size | None = None,
        count: Range[int, 1, 4] = 1,
        candidates: Range[int, 1, 8] = 1,
        image: discord.Attachment | None = None,
        strength: Range[float, 0.1, 1.0] | None = None,
        fast: bool = False,
    ) -> None:
        if strength is not None and image is None:
            raise InputError("strength-without-picture")
        width, height = pixels(size, self.bot.engine.status().painter)
        wishes: dict[str, Any] = {
            "negative": negative,
            "steps": steps,
            "guidance": guidance,
            "seed": seed,
            "width": width,
            "height": height,
            "count": count,
            "candidates": candidates,
            "fast": fast,
        }
        if image is None:
            return await self.answer(interaction, prompt, wishes)
        wishes["strength"] = strength or STRENGTH
        return await self.answer(interaction, prompt, wishes, lambda: read_source(image))

    @imagine.autocomplete("prompt")
    async def _complete_prompt(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        offered = await self.bot.suggestions.prompts(str(interaction.user.id), typed)
        return [app_commands.Choice(name=text, value=text) for text in offered]

    async def answer(
        self,
        interaction: discord.Interaction,
        prompt: str,
        wishes: dict[str, Any],
        source: Callable[[], Awaitable[bytes]] | None = None,
    ) -> None:
        """Paints and shows what was painted; `source` fetches the picture to start from."""
        delivery = await Delivery.begin(interaction, self.bot.say(interaction))
        painting = await paint(self.bot, delivery, prompt, wishes, source=None if source is None else await source())
        await delivery.finish(present_painted(delivery.say, painting, self.bot.veil(interaction)))

    async def _again(
        self, interaction: discord.Interaction, message: discord.Message, prompt: str, wishes: dict[str, Any]
    ) -> None:
        """Paints once more what is in `message`, one of our answers, from the same source when there was one."""
        source = (lambda: shown_source(message)) if starts_from_picture(wishes) else None
        await self.answer(interaction, prompt, wishes, source)

    async def _re_roll(self, interaction: discord.Interaction, asked: Asked, _: int) -> None:
        """The same request with another seed."""
        wishes = asked.options["wishes"] | {"seed": None, "variation": 0.0}
        await self._again(interaction, message_of(interaction), asked.words, wishes)

    async def _vary(self, interaction: discord.Interaction, asked: Asked, number: int) -> None:
        """A new picture near the one with that number."""
        seed = asked.options["seeds"][number - 1]
        changes = {"seed": seed, "count": 1, "candidates": 1, "variation": _VARIATION, "towards": None}
        await self._again(interaction, message_of(interaction), asked.words, asked.options["wishes"] | changes)

    async def _upscale(self, interaction: discord.Interaction, asked: Asked, number: int) -> None:
        """The picture with that number, larger."""
        delivery = await Delivery.begin(interaction, self.bot.say(interaction))
        upload = our_upload(message_of(interaction), f"painted-{number}")
        png = await asyncio.to_thread(upscale, await read_upload(upload))
        await delivery.finish(present_upscaled(delivery.say, asked, png, spoiler=upload.is_spoiler()))

    async def _edit_prompt(self, interaction: discord.Interaction, asked: Asked, _: int) -> None:
        """The same request with other words, seed included: what changes is due to the words."""
        seed = next(iter(asked.options["seeds"]), None)
        wishes = asked.options["wishes"] | {"seed": seed, "towards": asked.options.get("towards")}
        message = message_of(interaction)

        async def submitted(submission: discord.Interaction, prompt: str, negative: str) -> None:
            await self._again(submission, message, prompt, wishes | {"negative": negative})

        form = EditPrompt(self.bot, self.bot.say(interaction), asked.words, wishes.get("negative", ""), submitted)
        await interaction.response.send_modal(form)

    async def _imagine_instead(self, interaction: discord.Interaction, asked: Asked, _: int) -> None:
        """Paints what was looked for."""
        await self.answer(interaction, asked.words, {})

    async def _cancel(self, interaction: discord.Interaction, asked: Asked, _: int) -> None:
        """Ends the job; whoever follows it says so in the answer."""
        running = self.bot.running.get(asked.id)
        if running is None:
            raise NotFound("job-not-found", job=asked.id)
        self.bot.engine.cancel(running.job, by=str(interaction.user.id), moderator=is_moderator(interaction))
        await interaction.response.defer()

    async def _delete(self, interaction: discord.Interaction, asked: Asked, _: int) -> None:
        """Takes the answer out of the channel."""
        await interaction.response.defer()
        await interaction.delete_original_response()
