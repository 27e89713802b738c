"""The form that asks which texts to score."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import discord

from cogs.forms import Form
from cogs.texts import Say

if TYPE_CHECKING:
    from cogs.client import SemblanceBot

Submitted = Callable[[discord.Interaction, str], Awaitable[None]]
_FIELD = 4_000  # characters: what Discord allows in a field


class ScoreForm(Form):
    """Several texts, one a line; `words` are offered as the first."""

    def __init__(self, bot: SemblanceBot, say: Say, words: str, submitted: Submitted) -> None:
        super().__init__(bot, say("form-score"))
        self._submitted = submitted
        self._texts: discord.ui.TextInput[ScoreForm] = discord.ui.TextInput(
            style=discord.TextStyle.paragraph, default=words, max_length=_FIELD, custom_id="texts"
        )
        self.add_item(
            discord.ui.Label(text=say("form-texts"), description=say("form-texts-about"), component=self._texts)
        )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        await self._submitted(interaction, self._texts.value)
