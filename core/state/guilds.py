"""What the managers of a server have set for it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import aiosqlite


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """None and empty mean: as everywhere.

    Attributes:
        threshold: match from which on a picture counts as found.
        count: pictures that /find shows.
        channels: ids of the channels where the bot answers; empty for all.
        language: of answers, whatever the asker's own; one of `core.messages.LOCALES`.
        spoilers: every painted picture is hidden until clicked, not only those that may be unsafe.
    """

    threshold: float | None = None
    count: int = 5
    channels: tuple[int, ...] = ()
    language: str | None = None
    spoilers: bool = False


class Guilds:
    """The settings of every server, held in memory: they are read with every command."""

    def __init__(self, connection: aiosqlite.Connection, settings: dict[str, GuildSettings]) -> None:
        self._connection = connection
        self._settings = settings

    @classmethod
    async def load(cls, connection: aiosqlite.Connection) -> Guilds:
        async with connection.execute("SELECT guild, settings FROM guilds") as cursor:
            rows = await cursor.fetchall()
        return cls(connection, {row["guild"]: _from_json(row["settings"]) for row in rows})

    def get(self, guild: str) -> GuildSettings:
        """A server's settings; the defaults where nothing was set, and in direct messages."""
        return self._settings.get(guild, GuildSettings())

    async def set(self, guild: str, settings: GuildSettings) -> None:
        await self._connection.execute(
            "INSERT INTO guilds VALUES (?, ?) ON CONFLICT (guild) DO UPDATE SET settings = excluded.settings",
            (guild, json.dumps(asdict(settings))),
        )
        self._settings[guild] = settings

    async def forget(self, guild: str) -> None:
        """For a server that the bot was removed from."""
        await self._connection.execute("DELETE FROM guilds WHERE guild = ?", (guild,))
        self._settings.pop(guild, None)


def _from_json(text: str) -> GuildSettings:
    values = json.loads(text)
    return GuildSettings(**(values | {"channels": tuple(values["channels"])}))
