"""The Discord client: it holds the engine, the words and the state, and loads the cogs."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from functools import partial
from typing import Any

import discord
from discord.ext import commands

from cogs.buttons import Action, ActionButton
from cogs.delivery import Delivery
from cogs.find.cog import Find
from cogs.gallery.cog import Gallery
from cogs.imagine.cog import Imagine
from cogs.imagine.result import Veil
from cogs.info.cog import Info
from cogs.jobs.cog import Jobs
from cogs.origin import is_age_restricted
from cogs.ports import EngineLike
from cogs.running import Running
from cogs.score.cog import Score
from cogs.server.cog import Server
from cogs.similar.cog import Similar
from cogs.suggestions import Suggestions
from cogs.texts import Say
from cogs.translator import FluentTranslator
from cogs.tree import SemblanceTree
from core.errors import SemblanceError
from core.messages import Messages
from core.settings import Settings
from core.state import Asked, GuildSettings, State
from core.state.requests import Kind
from core.types import SHARED

KEPT_S = 90 * 24 * 3_600.0  # for so many seconds a request is kept, and the buttons under its answer work

_LAST_WORDS_S = 5.0  # what closing waits for at most


class SemblanceBot(commands.AutoShardedBot):
    """Answers sentences with pictures.

    The engine is opened by the caller and outlives the bot: `async with engine, bot: await bot.start(token)`.

    Args:
        settings: where the data lives, among others.
        engine: does all the work.
        messages: every word that a person sees.
    """

    tree: SemblanceTree  # pyright: ignore[reportIncompatibleMethodOverride]

    def __init__(self, settings: Settings, engine: EngineLike, messages: Messages) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            owner_ids=set(settings.owner_ids) or None,  # without, it is whoever the application belongs to
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
        self._state: State | None = None
        self.deliveries: set[Delivery] = set()  # answers that somebody is waiting for
        self.actions: dict[str, Action] = {}
        self.find = Find(self)
        self.imagine = Imagine(self)
        self.running: dict[str, Running] = {}  # by the id of the request

    async def setup_hook(self) -> None:
        self._state = await State.open(self.settings.data_dir / "state.sqlite3")
        self.suggestions = Suggestions(self._state, self.engine)
        await self._state.requests.prune(time.time() - KEPT_S)
        for cog in (self.find, self.imagine, *(kind(self) for kind in (Similar, Score, Gallery, Jobs, Server, Info))):
            await self.add_cog(cog)
        self.add_dynamic_items(ActionButton)
        await self.tree.set_translator(FluentTranslator(self.messages))
        await self.tree.sync_if_changed(self.settings.data_dir, self.settings.dev_guild_id)

    async def close(self) -> None:
        """Tells whoever waits for a painting that it was cancelled, before it leaves."""
        for running in self.running.values():
            with suppress(SemblanceError):  # it may have ended this moment
                self.engine.cancel(running.job, by=running.asked.owner)
        waiting = [asyncio.create_task(delivery.delivered.wait()) for delivery in self.deliveries]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=_LAST_WORDS_S)
            for task in late:
                task.cancel()
        await super().close()
        if self._state is not None:  # it logged in
            await self._state.close()
            self._state = None

    @property
    def state(self) -> State:
        """What outlives a restart; there from `setup_hook` on."""
        assert self._state is not None, "the bot has not logged in"
        return self._state

    def say(self, interaction: discord.Interaction) -> Say:
        """Messages in the language that the server has set, else in that of whoever started the interaction."""
        language = self.guild_settings(interaction).language or interaction.locale.value
        return partial(self.messages.format, language)

    def guild_settings(self, interaction: discord.Interaction) -> GuildSettings:
        return self.state.guilds.get(_guild(interaction))

    def veil(self, interaction: discord.Interaction) -> Veil:
        """What of a painting is hidden where the interaction comes from."""
        return Veil(self.guild_settings(interaction).spoilers, unsafe=not is_age_restricted(interaction))

    def galleries(self, interaction: discord.Interaction) -> tuple[str, ...]:
        """Those that may be searched here: the server's own, which no other server sees, and the shared one."""
        return (_guild(interaction), SHARED) if interaction.guild_id is not None else (SHARED,)

    async def remember(self, interaction: discord.Interaction, kind: Kind, words: str, **options: Any) -> Asked:
        """Keeps a request for the history of whoever made it and for the buttons under its answer."""
        return await self.state.requests.add(
            owner=str(interaction.user.id), guild=_guild(interaction), kind=kind, words=words, options=options
        )


def _guild(interaction: discord.Interaction) -> str:
    return str(interaction.guild_id or "")
