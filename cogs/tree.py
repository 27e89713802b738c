"""The command tree: its error funnel, and its synchronisation with Discord only when a command changed."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs import limits
from cogs.delivery import Delivery
from cogs.explain import explain
from core.errors import NotAllowed

if TYPE_CHECKING:
    from cogs.client import SemblanceBot

_log = logging.getLogger(__name__)


class SemblanceTree(app_commands.CommandTree):
    """Every error of a command, button or form ends in `on_error`."""

    client: SemblanceBot  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self, client: discord.Client) -> None:
        super().__init__(client)
        self._cooldowns = commands.CooldownMapping(commands.Cooldown(*limits.COMMANDS), _who_and_what)

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Whether a command may run: not faster than anyone types, and where the server's managers allow it.

        Raises CommandOnCooldown or CheckFailure, with our error as its cause.
        """
        if interaction.type is discord.InteractionType.autocomplete:
            return True
        retry_after = self._cooldowns.update_rate_limit(interaction)
        if retry_after is not None:
            raise app_commands.CommandOnCooldown(app_commands.Cooldown(*limits.COMMANDS), retry_after)
        channels = self.client.guild_settings(interaction).channels
        if channels and interaction.channel_id not in channels and not interaction.permissions.manage_guild:
            where = " ".join(f"<#{channel}>" for channel in channels)
            raise app_commands.CheckFailure from NotAllowed("channel-not-allowed", channels=where)
        return True

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError | Exception) -> None:
        """Tells the person what happened; logs the traceback when the fault is ours."""
        say = self.client.say(interaction)
        explanation = explain(error, say)
        if explanation.reference is not None:
            _log.error("Bug %s in %s", explanation.reference, _place(interaction), exc_info=error)
        if interaction.type is discord.InteractionType.autocomplete:
            return
        delivery = await Delivery.begin(interaction, say, private=not interaction.response.is_done())
        await delivery.fail(explanation.text)

    async def sync_if_changed(self, data_dir: Path, guild: int | None = None) -> bool:
        """Sends the commands to Discord when they differ from those sent last; returns whether it did.

        A hash of what was sent is kept in `data_dir`: Discord allows 200 command creations a day.

        Args:
            guild: a server that has them at once and for itself, for development.
        """
        payload = await self.payload()
        application = self.client.application_id
        assert application is not None, "the bot has logged in"
        digest = hashlib.sha256(json.dumps([application, guild, payload], sort_keys=True).encode()).hexdigest()
        record = data_dir / "commands.sha256"
        if await asyncio.to_thread(_read, record) == digest:
            return False
        if guild is None:
            await self.client.http.bulk_upsert_global_commands(application, payload=payload)
        else:
            await self.client.http.bulk_upsert_guild_commands(application, guild, payload=payload)
        await asyncio.to_thread(record.write_text, digest)
        _log.info("Sent %d commands to Discord", len(payload))
        return True

    async def payload(self) -> list[Any]:
        """The commands as Discord is told of them."""
        translator = self.translator
        assert translator is not None, "commands have no words of their own: set the translator first"
        return [promote_english(await each.get_translated_payload(self, translator)) for each in self.get_commands()]


def promote_english(payload: dict[str, Any]) -> dict[str, Any]:
    """A command's payload whose texts for languages that we do not have are the English ones."""
    english = payload.get("description_localizations", {}).get("en-US")
    options = [promote_english(option) for option in payload.get("options", [])]
    return payload | ({"description": english} if english else {}) | ({"options": options} if options else {})


def _who_and_what(interaction: discord.Interaction) -> tuple[int, int | str]:
    return interaction.user.id, (interaction.data or {}).get("name", "")


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _place(interaction: discord.Interaction) -> str:
    if interaction.command is not None:
        return f"/{interaction.command.qualified_name}"
    return str((interaction.data or {}).get("custom_id", interaction.type.name))
