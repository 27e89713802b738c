"""Opens the database and brings it to the present schema."""

from __future__ import annotations

from pathlib import Path

import aiosqlite

# Each entry brings the schema one version further (PRAGMA user_version); never change one that has been released.
_MIGRATIONS = (
    """
    CREATE TABLE requests (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        guild TEXT NOT NULL,
        kind TEXT NOT NULL,
        words TEXT NOT NULL,
        options TEXT NOT NULL,  -- JSON
        made_at REAL NOT NULL  -- seconds since 1970
    );
    CREATE INDEX requests_of_owner ON requests (owner, made_at DESC);
    CREATE TABLE guilds (guild TEXT PRIMARY KEY, settings TEXT NOT NULL);  -- JSON
    CREATE TABLE spendings (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, spent_at REAL NOT NULL);
    CREATE INDEX spendings_of_owner ON spendings (owner, spent_at);
    """,
)


async def open_database(path: Path) -> aiosqlite.Connection:
    """A connection in WAL mode: readers of other processes never wait for the writer, nor it for them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = await aiosqlite.connect(path, isolation_level=None)  # every statement is its own transaction
    connection.row_factory = aiosqlite.Row
    try:
        await connection.execute_fetchall("PRAGMA journal_mode = WAL")
        await connection.execute_fetchall(
            "PRAGMA synchronous = NORMAL"
        )  # in WAL mode a power cut loses the last writes only
        await connection.execute_fetchall("PRAGMA busy_timeout = 5000")
        await _migrate(connection)
    except BaseException:
        await connection.close()
        raise
    return connection


async def _migrate(connection: aiosqlite.Connection) -> None:
    [row] = await connection.execute_fetchall("PRAGMA user_version")
    version = row[0]
    if version > len(_MIGRATIONS):
        raise RuntimeError(f"The database has schema {version}, made by a newer version of this program")
    for number, script in enumerate(_MIGRATIONS[version:], version + 1):
        await connection.executescript(f"BEGIN; {script} PRAGMA user_version = {number}; COMMIT;")
