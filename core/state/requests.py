"""What people asked: their history, and what a button under an old answer needs to know."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any, Literal

import aiosqlite

from core.errors import NotFound

Kind = Literal["find", "similar", "imagine", "score", "help"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request.

    Attributes:
        id: 12 hexadecimal digits; buttons carry it.
        owner, guild: who asked, and in which server ("" in a direct message).
        words: the query, prompt or texts.
        options: whatever else the same kind of request needs to be made again; JSON.
        made_at: seconds since 1970.
    """

    id: str
    owner: str
    guild: str
    kind: Kind
    words: str
    options: dict[str, Any]
    made_at: float


class Requests:
    """The table of requests."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def add(self, *, owner: str, guild: str, kind: Kind, words: str, options: dict[str, Any]) -> Asked:
        asked = Asked(secrets.token_hex(6), owner, guild, kind, words, options, time.time())
        await self._connection.execute(
            "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?)",
            (asked.id, owner, guild, kind, words, json.dumps(options), asked.made_at),
        )
        return asked

    async def update(self, request_id: str, options: dict[str, Any]) -> None:
        """Replaces the options of a request: they grow as its answer does."""
        await self._connection.execute(
            "UPDATE requests SET options = ? WHERE id = ?", (json.dumps(options), request_id)
        )

    async def get(self, request_id: str) -> Asked:
        """Raises NotFound when its owner had it deleted, or it was too old to keep."""
        async with self._connection.execute("SELECT * FROM requests WHERE id = ?", (request_id,)) as cursor:
            row = await cursor.fetchone()
        if row is None:
            raise NotFound("request-forgotten")
        return _asked(row)

    async def recent(self, owner: str, limit: int) -> list[Asked]:
        """What somebody looked for, painted or scored, newest first."""
        query = "SELECT * FROM requests WHERE owner = ? AND kind <> 'help' ORDER BY made_at DESC LIMIT ?"
        async with self._connection.execute(query, (owner, limit)) as cursor:
            return [_asked(row) for row in await cursor.fetchall()]

    async def words(self, owner: str, kind: Kind, typed: str, limit: int) -> list[str]:
        """Different words that somebody used before and that hold what they are typing, newest first."""
        query = """
            SELECT words FROM requests WHERE owner = ? AND kind = ? AND words LIKE ? ESCAPE '\\'
            GROUP BY words ORDER BY MAX(made_at) DESC LIMIT ?
        """
        pattern = "%" + typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        async with self._connection.execute(query, (owner, kind, pattern, limit)) as cursor:
            return [row["words"] for row in await cursor.fetchall()]

    async def forget(self, owner: str) -> int:
        """Deletes all that somebody asked; returns how many requests that were."""
        async with self._connection.execute("DELETE FROM requests WHERE owner = ?", (owner,)) as cursor:
            return cursor.rowcount

    async def prune(self, before: float) -> int:
        """Deletes what was asked before a time (seconds since 1970); returns how many requests that were."""
        async with self._connection.execute("DELETE FROM requests WHERE made_at < ?", (before,)) as cursor:
            return cursor.rowcount


def _asked(row: aiosqlite.Row) -> Asked:
    return Asked(**(dict(row) | {"options": json.loads(row["options"])}))
