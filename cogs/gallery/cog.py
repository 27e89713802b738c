"""/gallery: a server's own pictures, which its managers keep and no other server sees, and those that all share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from cogs.answer import Answer, Document
from cogs.delivery import Delivery
from cogs.gallery.archive import pack, unpack
from cogs.gallery.presenter import present_stats
from cogs.texts import Say
from cogs.uploads import pictures_of, read_upload
from core.errors import InputError, NotAllowed
from core.types import SHARED, Picture

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
        self,
        interaction: discord.Interaction,
        image: discord.Attachment,
        label: Range[str, 1, 40] | None = None,
        shared: bool = False,
    ) -> None:
        await self._add(interaction, [image], label, shared=shared)

    @app_commands.command(name="import")
    async def import_(
        self, interaction: discord.Interaction, archive: discord.Attachment, shared: bool = False
    ) -> None:
        """Every picture of a ZIP file; its folders are their classes."""
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        gallery = await self._named(interaction, shared)
        added, broken = 0, []
        members = unpack(await read_upload(archive))
        while (member := await asyncio.to_thread(next, members, None)) is not None:
            try:
                await self.bot.engine.gallery_add_upload(member.data, member.file, member.tags, gallery)
                added += 1
            except InputError:
                broken.append(member.file)
        text = _added(delivery.say, added, gallery)
        if broken:
            text += "\n" + delivery.say("gallery-skipped", count=len(broken))
        await delivery.finish(Answer(text))

    @app_commands.command()
    async def remove(self, interaction: discord.Interaction, name: Range[str, 1, 200], shared: bool = False) -> None:
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        removed = await self.bot.engine.gallery_remove([name], await self._named(interaction, shared))
        await delivery.finish(Answer(delivery.say("gallery-removed", count=removed)))

    @app_commands.command()
    async def stats(self, interaction: discord.Interaction) -> None:
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        own = await self.bot.engine.gallery_stats(_own(interaction))
        shared = await self.bot.engine.gallery_stats(SHARED)
        await delivery.finish(present_stats(delivery.say, own, shared))

    @app_commands.command()
    async def export(self, interaction: discord.Interaction, shared: bool = False) -> None:
        """The pictures as a ZIP file, as many as Discord takes."""
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        gallery = await self._named(interaction, shared)
        located = await self.bot.engine.gallery_list(gallery)
        if not located:
            raise InputError("gallery-has-none")
        files: list[tuple[Picture, bytes]] = []
        room = interaction.filesize_limit
        for entry in located:
            data = await self.bot.engine.picture(entry.picture.id, (gallery,))
            room -= len(data)
            if room < 0:
                break
            files.append((entry.picture, data))
        archive, count = await asyncio.to_thread(pack, files, interaction.filesize_limit)
        total = len(located)
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
        self,
        interaction: discord.Interaction,
        uploads: list[discord.Attachment],
        label: str | None,
        *,
        shared: bool = False,
    ) -> None:
        delivery = await Delivery.begin(interaction, self.bot.say(interaction), private=True)
        gallery = await self._named(interaction, shared)
        for upload in uploads:
            data = await read_upload(upload)
            tags = (label,) if label else ()
            await self.bot.engine.gallery_add_upload(data, upload.filename, tags, gallery)
        await delivery.finish(Answer(_added(delivery.say, len(uploads), gallery)))

    async def _named(self, interaction: discord.Interaction, shared: bool) -> str:
        """The server's own gallery, or the shared one, which belongs to the owners of the bot."""
        if not shared:
            return _own(interaction)
        if not await self.bot.is_owner(interaction.user):
            raise NotAllowed("shared-gallery-not-yours")
        return SHARED


def _own(interaction: discord.Interaction) -> str:
    return str(interaction.guild_id)


def _added(say: Say, count: int, gallery: str) -> str:
    return say("gallery-added-shared" if gallery == SHARED else "gallery-added", count=count)
