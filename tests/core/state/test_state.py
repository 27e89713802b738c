from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from core.errors import NotFound, QueueFull
from core.state import Asked, GuildSettings, State
from core.state.database import open_database
from core.state.quotas import Allowance


async def ask(state: State, words: str, owner: str = "alice") -> Asked:
    return await state.requests.add(owner=owner, guild="1", kind="find", words=words, options={"count": 3})


async def test_a_request_survives_a_restart(tmp_path: Path):
    path = tmp_path / "deep" / "state.sqlite3"
    state = await State.open(path)
    asked = await ask(state, "一匹马")
    await state.guilds.set("1", GuildSettings(threshold=0.7, channels=(5, 6), language="zh-TW"))
    await state.close()

    state = await State.open(path)
    assert await state.requests.get(asked.id) == asked
    assert state.guilds.get("1") == GuildSettings(threshold=0.7, channels=(5, 6), language="zh-TW")
    await state.close()


async def test_history_is_ones_own_and_newest_first(state: State):
    for words in ("first", "second", "third"):
        await ask(state, words)
    await ask(state, "secret", owner="bob")
    assert [asked.words for asked in await state.requests.recent("alice", 2)] == ["third", "second"]


async def test_words_are_offered_once_and_only_if_they_hold_what_is_typed(state: State):
    for words in ("a horse", "a cat", "100% horse", "a horse"):
        await ask(state, words)
    assert await state.requests.words("alice", "find", "horse", 5) == ["a horse", "100% horse"]
    assert await state.requests.words("alice", "find", "100%", 5) == ["100% horse"]
    assert await state.requests.words("alice", "find", "_", 5) == []
    assert await state.requests.words("alice", "imagine", "horse", 5) == []


async def test_options_can_grow(state: State):
    asked = await ask(state, "a horse")
    await state.requests.update(asked.id, {"shown": ["x"]})
    assert (await state.requests.get(asked.id)).options == {"shown": ["x"]}


async def test_nothing_is_left_of_a_person_who_wants_to_be_forgotten(state: State):
    mine, theirs = await ask(state, "a horse"), await ask(state, "a cat", owner="bob")
    await state.quotas.spend("alice", Allowance(1, 60))
    assert await state.forget("alice") == 1
    with pytest.raises(NotFound):
        await state.requests.get(mine.id)
    assert await state.requests.get(theirs.id) == theirs
    await state.quotas.spend("alice", Allowance(1, 60))


async def test_old_requests_are_pruned(state: State):
    asked = await ask(state, "a horse")
    assert await state.requests.prune(asked.made_at) == 0
    assert await state.requests.prune(asked.made_at + 1) == 1


async def test_a_spent_quota_says_when_it_comes_back(state: State):
    for _ in range(2):
        await state.quotas.spend("alice", Allowance(2, 60))
    with pytest.raises(QueueFull) as caught:
        await state.quotas.spend("alice", Allowance(2, 60))
    assert 58 <= float(caught.value.params["wait_s"]) <= 60
    await state.quotas.spend("bob", Allowance(2, 60))


async def test_what_was_given_back_can_be_spent_again(state: State):
    spending = await state.quotas.spend("alice", Allowance(1, 60))
    await state.quotas.give_back(spending)
    await state.quotas.spend("alice", Allowance(1, 60))


async def test_a_quota_comes_back_after_its_period(state: State):
    await state.quotas.spend("alice", Allowance(1, 0.0))
    await state.quotas.spend("alice", Allowance(1, 0.0))


async def test_a_server_without_settings_has_the_defaults_again_after_it_left(state: State):
    await state.guilds.set("1", GuildSettings(count=9))
    await state.guilds.forget("1")
    assert state.guilds.get("1") == GuildSettings()


async def test_readers_do_not_wait_for_the_writer(state: State, tmp_path: Path):
    with sqlite3.connect(tmp_path / "state.sqlite3") as reader:
        assert reader.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_database_of_a_newer_program_is_refused(tmp_path: Path):
    path = tmp_path / "state.sqlite3"
    connection = await open_database(path)
    await connection.execute("PRAGMA user_version = 99")
    await connection.close()
    with pytest.raises(RuntimeError, match="newer version"):
        await open_database(path)
