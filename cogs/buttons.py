"""Buttons that outlive a restart: what they do and for which request is in their id, the rest in the state."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Self, cast

import discord

from cogs.origin import is_moderator
from cogs.texts import Say
from core.errors import NotAllowed
from core.state import Asked

if TYPE_CHECKING:
    from cogs.client import SemblanceBot

Action = Callable[[discord.Interaction, Asked, int], Awaitable[None]]
"""What a button does: given the click, the request that its answer belongs to, and which picture (0 for none)."""


class ActionButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"do:(?P<action>[a-z]+(?:-[a-z]+)*):(?P<asked>[0-9a-f]{12}):(?P<number>[0-9])",
):
    """One class for every button: cogs register what each action does in `bot.actions`."""

    def __init__(self, item: discord.ui.Button[Any], action: str, asked_id: str, number: int) -> None:
        super().__init__(item)
        self._action = action
        self._asked_id = asked_id
        self._number = number

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        assert isinstance(item, discord.ui.Button)
        return cls(item, match["action"], match["asked"], int(match["number"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Runs the action for the owner of the answer or a moderator; errors go to the funnel of the commands."""
        bot = cast("SemblanceBot", interaction.client)
        try:
            asked = await bot.state.requests.get(self._asked_id)
            if asked.owner != str(interaction.user.id) and not is_moderator(interaction):
                raise NotAllowed("button-not-yours")
            await bot.actions[self._action](interaction, asked, self._number)
        except Exception as error:
            await bot.tree.on_error(interaction, error)


def button(
    say: Say,
    action: str,
    asked: Asked,
    number: int = 0,
    *,
    of: int = 1,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    row: int | None = None,
) -> ActionButton:
    """A button under the answer to `asked`, labelled by the message `button-<action>`; `number` is one `of` so many."""
    label = say(f"button-{action}", number=number, of=of)
    custom_id = f"do:{action}:{asked.id}:{number}"
    return ActionButton(
        discord.ui.Button(label=label, style=style, custom_id=custom_id, row=row), action, asked.id, number
    )
