"""The form behind "Edit prompt"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import discord

from cogs import limits
from cogs.forms import Form
from cogs.texts import Say

if TYPE_CHECKING:
    from cogs.client import SemblanceBot

Submitted = Callable[[discord.Interaction, str, str], Awaitable[None]]
"""Given the submission, the prompt and what to keep out."""


class EditPrompt(Form):
    def __init__(self, bot: SemblanceBot, say: Say, prompt: str, negative: str, submitted: Submitted) -> None:
        super().__init__(bot, say("form-edit-prompt"))
        self._submitted = submitted
        paragraph = discord.TextStyle.paragraph
        self._prompt: discord.ui.TextInput[EditPrompt] = discord.ui.TextInput(
            style=paragraph, default=prompt, max_length=limits.PROMPT, custom_id="prompt"
        )
        self._negative: discord.ui.TextInput[EditPrompt] = discord.ui.TextInput(
            style=paragraph, default=negative, max_length=limits.PROMPT, required=False, custom_id="negative"
        )
        self.add_item(discord.ui.Label(text=say("form-prompt"), component=self._prompt))
        self.add_item(discord.ui.Label(text=say("form-negative"), component=self._negative))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        await self._submitted(interaction, self._prompt.value, self._negative.value)
