"""Pictures that people hand to the bot."""

from __future__ import annotations

from collections.abc import Iterable

import discord

from core.errors import InputError
from core.images import MAX_BYTES


async def read_upload(attachment: discord.Attachment) -> bytes:
    """The bytes of an upload. Raises InputError before a download that would be refused anyway.

    Whether it is a picture is told from its bytes by the engine, never from its name or the type that Discord guessed.
    """
    if attachment.size > MAX_BYTES:
        raise InputError("image-too-large", limit_mib=MAX_BYTES // 2**20)
    return await attachment.read()


def pictures_of(message: discord.Message) -> list[discord.Attachment]:
    """The attachments of a message that Discord takes for pictures. Raises InputError when there is none."""
    return _some(file for file in message.attachments if (file.content_type or "").startswith("image/"))


def message_of(interaction: discord.Interaction) -> discord.Message:
    """The message that the clicked button is under."""
    assert interaction.message is not None, "a button is under a message"
    return interaction.message


def painted_uploads(message: discord.Message) -> list[discord.Attachment]:
    """What was painted in one of our answers. Raises InputError when there is none any more."""
    return _some(file for file in message.attachments if _name(file).startswith("painted-"))


def our_upload(message: discord.Message, stem: str) -> discord.Attachment:
    """The file in one of our answers that we named so. Raises InputError when it is not there any more."""
    for file in message.attachments:
        if _name(file).startswith(f"{stem}."):
            return file
    raise InputError("message-without-pictures")


def _some(files: Iterable[discord.Attachment]) -> list[discord.Attachment]:
    found = list(files)
    if not found:
        raise InputError("message-without-pictures")
    return found


def _name(file: discord.Attachment) -> str:
    return file.filename.removeprefix("SPOILER_")
