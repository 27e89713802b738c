"""/gallery: a server's own pictures, which its managers keep and no other server sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from cogs.answer import Answer, Document
from cogs.delivery import Delivery
from cogs.gallery.archive import pack, unpack
from cogs.gallery.presenter import present_stats
from cogs.uploads import pictures_of, read_upload
from core.errors import InputError
from core.types import SHARED

if TYPE_CHECKING:
    from cogs.client import SemblanceBot

Range = app_commands.Range


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Gallery(commands.GroupCog, group_name="gallery"):
    def __init__(self, bot: SemblanceBot) -> None:
        self.bot = bot
        menu = app_commands.ContextMenu(name="Add to gallery", callback=self._add_message)
        menu.default_permissions = discord.Permissions(manage_guild=True)
        menu.guild_only = True
        bot.tree.add_command(menu)

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Servers may hand a command to whom they like; these stay with those who manage the server."""
        if not interaction.permissions.manage_guild:
            raise app_commands.MissingPermissions(["manage_guild"])
        return True

    @app_commands.command()
    async def add(
        self, interaction: discord.Interaction, image: discord.Attachment, label: Range[str, 1, 40] | None = None
    ) -> None:
        await self._add(interaction, [image], label)

    @app_commands.command(name="import")
    async def import_(self, interaction: discord.Interaction, archive: discord.Attachment) -> None:
        """Every picture of a ZIP file; its folders are their classes."""
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        added, broken = 0, []
        for member in unpack(await read_upload(archive)):
            try:
                await self.bot.engine.gallery_add_upload(member.data, member.file, member.tags, _own(interaction))
                added += 1
            except InputError:
                broken.append(member.file)
        text = delivery.say("gallery-added", count=added)
        if broken:
            text += "\n" + delivery.say("gallery-skipped", count=len(broken))
        await delivery.finish(Answer(text))

    @app_commands.command()
    async def remove(self, interaction: discord.Interaction, name: Range[str, 1, 200]) -> None:
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        removed = await self.bot.engine.gallery_remove([name], _own(interaction))
        await delivery.finish(Answer(delivery.say("gallery-removed", count=removed)))

    @app_commands.command()
    async def stats(self, interaction: discord.Interaction) -> None:
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        own = await self.bot.engine.gallery_stats(_own(interaction))
        shared = await self.bot.engine.gallery_stats(SHARED)
        await delivery.finish(present_stats(delivery.say, own, shared))

    @app_commands.command()
    async def export(self, interaction: discord.Interaction) -> None:
        """The server's pictures as a ZIP file, as many as Discord takes."""
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        located = await self.bot.engine.gallery_list(_own(interaction))
        if not located:
            raise InputError("gallery-has-none")
        gallery = _own(interaction)
        files = [(entry.picture, await self.bot.engine.picture(entry.picture.id, (gallery,))) for entry in located]
        archive, count = pack(files, interaction.filesize_limit)
        total = len(files)
        if count == total:
            text = delivery.say("gallery-exported-all", total=total)
        else:
            text = delivery.say("gallery-exported", count=count, total=total)
        await delivery.finish(Answer(text, documents=(Document("gallery.zip", archive),)))

    async def _add_message(self, interaction: discord.Interaction, message: discord.Message) -> None:
        if not interaction.permissions.manage_guild:
            raise app_commands.MissingPermissions(["manage_guild"])
        await self._add(interaction, pictures_of(message), None)

    async def _add(
        self, interaction: discord.Interaction, uploads: list[discord.Attachment], label: str | None
    ) -> None:
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        for upload in uploads:
            data = await read_upload(upload)
            tags = (label,) if label else ()
            await self.bot.engine.gallery_add_upload(data, upload.filename, tags, _own(interaction))
        await delivery.finish(Answer(delivery.say("gallery-added", count=len(uploads))))


def _own(interaction: discord.Interaction) -> str:
    return str(interaction.guild_id)
