"""The Discord client: it holds the engine, the words and the state, and loads the cogs."""

from __future__ import annotations

from functools import partial
from typing import Any

import discord
from discord.ext import commands

from cogs import limits
from cogs.buttons import Action, ActionButton
from cogs.find.cog import Find
from cogs.imagine.cog import Imagine
from cogs.ports import EngineLike
from cogs.running import Running
from cogs.score.cog import Score
from cogs.texts import Say
from cogs.translator import FluentTranslator
from cogs.tree import SemblanceTree
from core.errors import NotFound
from core.messages import Messages
from core.settings import Settings
from core.state import Asked, GuildSettings, State
from core.state.requests import Kind
from core.types import SHARED

_COGS = (Find, Imagine, Score)


class SemblanceBot(commands.AutoShardedBot):
    """Answers sentences with pictures.

    The engine is opened by the caller and outlives the bot: `async with engine, bot: await bot.start(token)`.

    Args:
        settings: where the data lives, among others.
        engine: does all the work.
        messages: every word that a person sees.
    """

    tree: SemblanceTree  # pyright: ignore[reportIncompatibleMethodOverride]
    state: State

    def __init__(self, settings: Settings, engine: EngineLike, messages: Messages) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=SemblanceTree,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=discord.app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=discord.app_commands.AppInstallationType(guild=True, user=True),
        )
        self.settings = settings
        self.engine = engine
        self.messages = messages
        self.actions: dict[str, Action] = {}
        self.running: dict[str, Running] = {}  # by the id of the request

    async def setup_hook(self) -> None:
        self.state = await State.open(self.settings.data_dir / "state.sqlite3")
        for cog in _COGS:
            await self.add_cog(cog(self))
        self.add_dynamic_items(ActionButton)
        await self.tree.set_translator(FluentTranslator(self.messages))
        await self.tree.sync_if_changed(self.settings.data_dir, self.settings.dev_guild_id)

    async def close(self) -> None:
        await super().close()
        await self.state.close()

    def say(self, interaction: discord.Interaction) -> Say:
        """Messages in the language that the server has set, else in that of whoever started the interaction."""
        language = self.guild_settings(interaction).language or interaction.locale.value
        return partial(self.messages.format, language)

    def guild_settings(self, interaction: discord.Interaction) -> GuildSettings:
        return self.state.guilds.get(_guild(interaction))

    def galleries(self, interaction: discord.Interaction) -> tuple[str, ...]:
        """Those that may be searched here: the server's own, which no other server sees, and the shared one."""
        return (_guild(interaction), SHARED) if interaction.guild_id is not None else (SHARED,)

    async def picture(self, picture_id: str, galleries: tuple[str, ...]) -> bytes:
        """A picture's file, from the first of the galleries that holds it. Raises NotFound."""
        for gallery in galleries[:-1]:
            try:
                return await self.engine.picture(picture_id, gallery)
            except NotFound:
                continue
        return await self.engine.picture(picture_id, galleries[-1])

    async def remember(self, interaction: discord.Interaction, kind: Kind, words: str, **options: Any) -> Asked:
        """Keeps a request for the history of whoever made it and for the buttons under its answer."""
        return await self.state.requests.add(
            owner=str(interaction.user.id), guild=_guild(interaction), kind=kind, words=words, options=options
        )

    async def complete(
        self, interaction: discord.Interaction, kind: Kind, typed: str
    ) -> list[discord.app_commands.Choice[str]]:
        """What whoever types asked before that holds what they type; Discord takes 25 choices of 100 characters."""
        words = await self.state.requests.words(str(interaction.user.id), kind, typed, limits.CHOICES)
        fitting = [text for text in words if len(text) <= limits.CHOICE]
        return [discord.app_commands.Choice(name=text, value=text) for text in fitting]


def _guild(interaction: discord.Interaction) -> str:
    return str(interaction.guild_id or "")
