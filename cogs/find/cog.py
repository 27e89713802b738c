"""/find: the pictures that mean what you say, or a painted one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from cogs import limits
from cogs.answer import Answer
from cogs.delivery import Delivery
from cogs.explain import explain
from cogs.find.presenter import present_found, present_nearest
from cogs.imagine.painting import paint
from cogs.imagine.presenter import present_painted
from core.errors import SemblanceError
from core.state import Asked
from core.types import FindRequest, FindResult, Hit

if TYPE_CHECKING:
    from cogs.client import SemblanceBot


class Find(commands.Cog):
    def __init__(self, bot: SemblanceBot) -> None:
        self.bot = bot
        bot.actions |= {"more": self._more, "not-this": self._not_this}

    @app_commands.command()
    async def find(
        self,
        interaction: discord.Interaction,
        query: app_commands.Range[str, 1, limits.QUERY],
        count: app_commands.Range[int, 1, limits.HITS] | None = None,
        imagine_if_missing: bool = True,
    ) -> None:
        await self.ask(interaction, query, count, paint=imagine_if_missing)

    @find.autocomplete("query")
    async def _complete_query(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        galleries = self.bot.galleries(interaction)
        offered = await self.bot.suggestions.queries(str(interaction.user.id), typed, galleries)
        return [app_commands.Choice(name=text, value=text) for text in offered]

    async def ask(
        self, interaction: discord.Interaction, query: str, count: int | None = None, *, paint: bool = True
    ) -> None:
        """Answers a new search."""
        delivery = await Delivery.begin(interaction, self.bot.say(interaction))
        count = count or self.bot.guild_settings(interaction).count
        asked = await self.bot.remember(interaction, "find", query, count=count, exclude=[], shown=[], paint=paint)
        await self._answer(delivery, asked)

    async def _answer(self, delivery: Delivery, asked: Asked) -> None:
        """Finds what was asked and shows it, or paints it."""
        options = asked.options
        galleries = self.bot.galleries(delivery.interaction)
        threshold = self.bot.guild_settings(delivery.interaction).threshold
        request = FindRequest(asked.words, options["count"], frozenset(options["exclude"]), galleries, threshold)
        result = await self.bot.engine.find(request)
        shown = result.hits if result.decision == "found" else result.hits[:1]
        asked = replace(asked, options=options | {"shown": [hit.picture.id for hit in shown]})
        await self.bot.state.requests.update(asked.id, asked.options)
        files = await self._files(shown, galleries)
        if result.decision == "found":
            return await delivery.finish(present_found(delivery.say, asked, result, files))
        return await self._show_nearest(delivery, asked, result, files)

    async def _show_nearest(self, delivery: Delivery, asked: Asked, result: FindResult, files: Sequence[bytes]) -> None:
        answer = present_nearest(delivery.say, asked, result, files)
        if asked.options["paint"]:
            lead = replace(answer, content=f"{answer.content}\n", buttons=())
            try:
                painting = await paint(self.bot, delivery, asked.words, {}, lead=lead)
                more = present_painted(delivery.say, painting, self.bot.veil(delivery.interaction))
            except SemblanceError as error:  # what was found is worth showing without the painting
                more = replace(answer, content=explain(error, delivery.say).text, pictures=())
            answer = _joined(lead, more)
        await delivery.finish(answer)

    async def _files(self, hits: Sequence[Hit], galleries: tuple[str, ...]) -> list[bytes]:
        return await asyncio.gather(*(self.bot.engine.picture(hit.picture.id, galleries) for hit in hits))

    async def _more(self, interaction: discord.Interaction, asked: Asked, _: int) -> None:
        """The next hits, below the answer."""
        delivery = await Delivery.begin(interaction, self.bot.say(interaction))
        exclude = [*asked.options["exclude"], *asked.options["shown"]]
        options = asked.options | {"exclude": exclude, "shown": [], "paint": False}
        await self._answer(delivery, await self.bot.remember(interaction, "find", asked.words, **options))

    async def _not_this(self, interaction: discord.Interaction, asked: Asked, _: int) -> None:
        """The same search without its best hit, in the same message."""
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), in_place=True)
        exclude = [*asked.options["exclude"], *asked.options["shown"][:1]]
        options = asked.options | {"exclude": exclude, "paint": False}
        await self._answer(delivery, replace(asked, options=options))


def _joined(first: Answer, second: Answer) -> Answer:
    """One message of two: the words below each other, all pictures, the buttons of the second."""
    content = f"{first.content}\n{second.content}"
    return Answer(content, first.pictures + second.pictures, second.buttons)
