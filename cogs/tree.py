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

from cogs.answer import Answer
from cogs.delivery import Delivery
from cogs.explain import explain

if TYPE_CHECKING:
    from cogs.client import SemblanceBot

_log = logging.getLogger(__name__)


class SemblanceTree(app_commands.CommandTree):
    """Every error of a command, button or form ends in `on_error`."""

    client: SemblanceBot  # pyright: ignore[reportIncompatibleVariableOverride]

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError | Exception) -> None:
        """Tells the person what happened; logs the traceback when the fault is ours."""
        say = self.client.say(interaction)
        explanation = explain(error, say)
        if explanation.reference is not None:
            _log.error("Bug %s in %s", explanation.reference, _place(interaction), exc_info=error)
        if interaction.type is discord.InteractionType.autocomplete:
            return
        delivery = await Delivery.begin(interaction, say, private=not interaction.response.is_done())
        await delivery.finish(Answer(explanation.text))

    async def sync_if_changed(self, data_dir: Path, guild: int | None = None) -> bool:
        """Sends the commands to Discord when they differ from those sent last; returns whether it did.

        A hash of what was sent is kept in `data_dir`: Discord allows 200 command creations a day.

        Args:
            guild: a server that has them at once and for itself, for development.
        """
        payload = await self._payload()
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

    async def _payload(self) -> list[Any]:
        translator = self.translator
        assert translator is not None, "commands have no words of their own: set the translator first"
        commands = self.get_commands()
        return [promote_english(await command.get_translated_payload(self, translator)) for command in commands]


def promote_english(payload: dict[str, Any]) -> dict[str, Any]:
    """A command's payload whose texts for languages that we do not have are the English ones."""
    english = payload.get("description_localizations", {}).get("en-US")
    options = [promote_english(option) for option in payload.get("options", [])]
    return payload | ({"description": english} if english else {}) | ({"options": options} if options else {})


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _place(interaction: discord.Interaction) -> str:
    if interaction.command is not None:
        return f"/{interaction.command.qualified_name}"
    return str((interaction.data or {}).get("custom_id", interaction.type.name))
