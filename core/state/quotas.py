"""How much of something scarce each person may use in a while."""

from __future__ import annotations

import time
from dataclasses import dataclass

import aiosqlite

from core.errors import QueueFull


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `limit` uses in any `period_s` seconds."""

    limit: int
    period_s: float


class Quotas:
    """A sliding window for each person; what was used in vain is given back."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def spend(self, owner: str, allowance: Allowance) -> int:
        """Uses one; returns its number for `give_back`.

        Raises:
            QueueFull: all are used; `wait_s` tells when the oldest comes back.
        """
        now = time.time()
        since = now - allowance.period_s
        await self._connection.execute("DELETE FROM spendings WHERE owner = ? AND spent_at <= ?", (owner, since))
        query = "SELECT spent_at FROM spendings WHERE owner = ? ORDER BY spent_at DESC LIMIT ?"
        async with self._connection.execute(query, (owner, allowance.limit)) as cursor:
            spent = [row["spent_at"] for row in await cursor.fetchall()]
        if len(spent) >= allowance.limit:
            wait_s = max(1, round(spent[-1] + allowance.period_s - now))
            raise QueueFull("quota-spent", limit=allowance.limit, wait_s=wait_s)
        async with self._connection.execute(
            "INSERT INTO spendings (owner, spent_at) VALUES (?, ?)", (owner, now)
        ) as cursor:
            assert cursor.lastrowid is not None, "an INSERT has a row"
            return cursor.lastrowid

    async def give_back(self, spending: int) -> None:
        """For a job that failed or was cancelled."""
        await self._connection.execute("DELETE FROM spendings WHERE id = ?", (spending,))

    async def forget(self, owner: str) -> None:
        await self._connection.execute("DELETE FROM spendings WHERE owner = ?", (owner,))
