"""The tables together, on one connection."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import aiosqlite

from core.state.database import open_database
from core.state.guilds import Guilds
from core.state.quotas import Quotas
from core.state.requests import Requests


class State:
    """Opened with `await State.open(path)` and closed with `close`."""

    def __init__(self, connection: aiosqlite.Connection, guilds: Guilds) -> None:
        self._connection = connection
        self.requests = Requests(connection)
        self.guilds = guilds
        self.quotas = Quotas(connection)

    @classmethod
    async def open(cls, path: Path) -> Self:
        connection = await open_database(path)
        return cls(connection, await Guilds.load(connection))

    async def close(self) -> None:
        await self._connection.close()

    async def forget(self, owner: str) -> int:
        """Deletes all that is kept of a person; returns how many requests that were."""
        await self.quotas.forget(owner)
        return await self.requests.forget(owner)
