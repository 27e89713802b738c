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
