"""Pictures that people hand to the bot."""

from __future__ import annotations

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
    pictures = [file for file in message.attachments if (file.content_type or "").startswith("image/")]
    if not pictures:
        raise InputError("message-without-pictures")
    return pictures


def painted_upload(message: discord.Message, number: int) -> discord.Attachment:
    """The painted picture with that number in one of our answers. Raises InputError when it is not there any more."""
    for file in message.attachments:
        if file.filename.removeprefix("SPOILER_").startswith(f"painted-{number}."):
            return file
    raise InputError("message-without-pictures")
