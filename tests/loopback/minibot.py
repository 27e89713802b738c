"""A small discord.py bot with one of everything, to try the loopback Discord with the real library."""

from __future__ import annotations

import asyncio
import io
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from loopback import LoopbackDiscord

LOCALES = {"greet": {discord.Locale.chinese: "问候"}}


def png(width: int = 3, height: int = 2, padding: int = 0) -> bytes:
    """A grey picture of that size; `padding` bytes of a private chunk make the file larger."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\0" + b"\x80" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"prVt", bytes(padding))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


class Translator(app_commands.Translator):
    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        return LOCALES.get(string.message, {}).get(locale)


class EditModal(discord.ui.Modal, title="Edit prompt"):
    prompt = discord.ui.Label(text="Prompt", component=discord.ui.TextInput(custom_id="prompt", max_length=100))
    note = discord.ui.TextInput(label="Note", custom_id="note", required=False)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        field = self.prompt.component
        assert isinstance(field, discord.ui.TextInput)
        await interaction.response.send_message(f"edited: {field.value} / {self.note.value}")


class Panel(discord.ui.View):
    @discord.ui.button(label="Count", custom_id="count")
    async def count(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
        button.label = f"Count {int((button.label or '').removeprefix('Count') or 0) + 1}"
        await interaction.response.edit_message(content=f"{interaction.user.display_name} pressed", view=self)

    @discord.ui.button(label="Edit", custom_id="edit", style=discord.ButtonStyle.primary)
    async def edit(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(EditModal())

    @discord.ui.select(
        custom_id="pick",
        options=[discord.SelectOption(label="Horse", value="horse"), discord.SelectOption(label="Cat", value="cat")],
        max_values=2,
    )
    async def pick(self, interaction: discord.Interaction, select: discord.ui.Select[Any]) -> None:
        await interaction.response.send_message(f"picked {', '.join(select.values)}", ephemeral=True)


class MiniBot(commands.AutoShardedBot):
    """Commands: greet, paint (deferred, with a file), look (an upload), silent, late, boom; menu Measure."""

    def __init__(self, **kwargs: Any) -> None:
        intents = kwargs.pop("intents", discord.Intents(guilds=True))
        super().__init__("!", intents=intents, guild_ready_timeout=0.05, help_command=None, **kwargs)
        self.resumed = asyncio.Event()
        self.seen: list[discord.Message] = []
        self.release = asyncio.Event()  # lets /slow finish

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """No five seconds between two IDENTIFYs: the loopback Discord has no such limit to respect."""

    async def on_shard_resumed(self, _: int) -> None:
        self.resumed.set()

    async def on_message(self, message: discord.Message) -> None:
        self.seen.append(message)

    async def setup_hook(self) -> None:
        add_commands(self)
        await self.tree.set_translator(Translator())
        self.add_view(Panel(timeout=None))
        await self.tree.sync()


def add_commands(bot: MiniBot) -> None:
    tree = bot.tree

    @tree.command(name="greet", description="Say hello")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def greet(interaction: discord.Interaction, name: app_commands.Range[str, 1, 20], times: int = 1) -> None:
        await interaction.response.send_message(f"Hello {name}! " * times + str(interaction.locale), view=Panel())

    @greet.autocomplete("name")
    async def names(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        known = ["Ada", "Alan", "Grace"]
        return [app_commands.Choice(name=n, value=n) for n in known if n.lower().startswith(typed.lower())]

    @tree.command(name="paint", description="A deferred picture")
    async def paint(interaction: discord.Interaction, hidden: bool = False, kilobytes: int = 0) -> None:
        await interaction.response.defer(ephemeral=hidden)
        await interaction.edit_original_response(content="50 %")
        file = discord.File(io.BytesIO(png(4, 5, kilobytes * 1024)), "art.png", description="A grey square")
        embed = discord.Embed(title="Done").set_image(url="attachment://art.png")
        await interaction.edit_original_response(content="100 %", embed=embed, attachments=[file])
        await interaction.followup.send("And one more", file=discord.File(io.BytesIO(png()), "SPOILER_b.png"))

    @tree.command(name="look", description="Look at a picture")
    async def look(
        interaction: discord.Interaction, image: discord.Attachment, other: discord.User | None = None
    ) -> None:
        data = await image.read()
        who = f" with {other.display_name}" if other else ""
        await interaction.response.send_message(f"{image.width}x{image.height} {len(data)} bytes{who}")

    @tree.command(name="slow", description="Waits until it is let go")
    async def slow(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await bot.release.wait()
        try:
            await interaction.edit_original_response(content="at last")
        except discord.HTTPException as error:
            assert isinstance(interaction.channel, discord.abc.Messageable)
            await interaction.channel.send(f"{interaction.user.mention} late: {error.status}/{error.code}")

    @tree.command(name="manage", description="For managers")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def manage(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"manages: {interaction.permissions.manage_guild}")

    @tree.context_menu(name="Measure")
    async def measure(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{len(message.content)} characters, {len(message.attachments)} files")

    gallery = app_commands.Group(name="gallery", description="The gallery")

    @gallery.command(name="add", description="Add to it")
    async def add(interaction: discord.Interaction, label: str) -> None:
        await interaction.response.send_message(f"added {label}")

    tree.add_command(gallery)


@asynccontextmanager
async def running(server: LoopbackDiscord, *, token: str | None = None, **kwargs: Any) -> AsyncIterator[MiniBot]:
    """A MiniBot logged in to that server and ready; it raises what the login raised."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = server.api_base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(server.gateway_url)
    bot = MiniBot(**kwargs)
    task = asyncio.create_task(bot.start(token or server.bot_token))
    try:
        ready = asyncio.create_task(bot.wait_until_ready())
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        if task.done():
            ready.cancel()
            task.result()
        yield bot
    finally:
        await bot.close()
        await asyncio.gather(task, return_exceptions=True)
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


async def eventually(condition: Callable[[], bool], within: float = 8.0) -> None:
    """Wait for what has no event to wait for."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110  (a condition of any kind)
            await asyncio.sleep(0.01)
