"""Names and descriptions of commands in every language of the catalogue (discord.py's Translator over Fluent)."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Where

from core.messages import LOCALES, Messages


class FluentTranslator(app_commands.Translator):
    """Finds a command's words by its place, so that the code of a command holds none.

    `/gallery add image` is `command-gallery-add-image`; a description ends in `-about`; a context menu is
    `menu-<its name>`; a choice is `choice-<its value>`.
    """

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        if locale.value not in LOCALES:
            return None
        return self._messages.format(locale.value, message_id(context.location, context.data))


def message_id(where: Where, thing: Any) -> str:
    """The message that holds the words of a command, group, parameter, choice or context menu."""
    match where:
        case Where.command_name if isinstance(thing, app_commands.ContextMenu):
            return "menu-" + _dashed(thing.name)
        case Where.command_name | Where.group_name:
            return "command-" + _dashed(thing.qualified_name)
        case Where.command_description | Where.group_description:
            return f"command-{_dashed(thing.qualified_name)}-about"
        case Where.parameter_name:
            return f"command-{_dashed(thing.command.qualified_name)}-{_dashed(thing.name)}"
        case Where.parameter_description:
            return f"command-{_dashed(thing.command.qualified_name)}-{_dashed(thing.name)}-about"
        case _:
            return f"choice-{_dashed(str(thing.value))}"


def _dashed(name: str) -> str:
    return name.lower().replace(" ", "-").replace("_", "-")
