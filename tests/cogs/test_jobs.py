from __future__ import annotations

import asyncio
import time

import discord
import pytest

from cogs.client import SemblanceBot
from core.types import Done
from tests.cogs.fakes import FakeEngine, painted, paints_slowly, png


async def test_history_lists_ones_own_requests_and_repeats_them(channel, alice, bob, engine: FakeEngine):
    engine.add(0.9, 0.3)
    await bob.slash(channel, "find", query="a secret")
    await alice.slash(channel, "find", query="a horse")
    await alice.slash(channel, "imagine", prompt="a cat", steps=9)
    answer = (await alice.slash(channel, "history")).response
    assert answer.ephemeral
    assert "a secret" not in answer.content
    assert answer.content.index("a cat") < answer.content.index("a horse")
    repeated = (await alice.click(answer, label="1 again")).response
    assert "Painted “a cat”" in repeated.content
    assert engine.jobs["job2"].request.steps == 9
    assert "match 0.90" in (await alice.click(answer, label="2 again")).response.content


async def test_what_started_from_a_picture_cannot_be_repeated_from_the_history(channel, alice, engine: FakeEngine):
    await alice.slash(channel, "imagine", prompt="a cat", image=("me.png", png()))
    answer = (await alice.slash(channel, "history")).response
    assert "a cat" in answer.content
    assert not answer.components


async def test_history_without_requests_says_how_to_start(channel, alice):
    assert "/find" in (await alice.slash(channel, "history")).response.content


async def test_the_queue_shows_how_far_ones_own_paintings_are(env, channel, alice, bob, engine: FakeEngine):
    engine.script = paints_slowly
    await alice.slash(channel, "imagine", prompt="a cat")
    await env.advance_time(35)
    mine = (await alice.slash(channel, "queue")).response
    assert "2 waiting · 1 being painted" in mine.content
    assert "“a cat”" in mine.content
    assert "a cat" not in (await bob.slash(channel, "queue")).response.content


async def test_cancel_ends_ones_own_latest_painting(env, channel, alice, bob, engine: FakeEngine):
    engine.script = paints_slowly
    painting = await alice.slash(channel, "imagine", prompt="a cat")
    assert "nothing waiting" in (await bob.slash(channel, "cancel")).response.content
    assert "Cancelled" in (await alice.slash(channel, "cancel")).response.content
    await env.advance_time(11)
    assert "was cancelled" in painting.response.content


async def test_cancel_offers_ones_own_paintings_by_their_words(channel, alice, bob, engine: FakeEngine):
    engine.script = paints_slowly
    await alice.slash(channel, "imagine", prompt="a cat")
    await alice.slash(channel, "imagine", prompt="a dog")
    assert [choice["name"] for choice in await alice.autocomplete(channel, "cancel", "painting", "DOG")] == ["a dog"]
    assert await bob.autocomplete(channel, "cancel", "painting", "") == []


async def test_somebody_else_s_painting_is_cancelled_by_moderators_only(env, channel, alice, bob, engine: FakeEngine):
    engine.script = paints_slowly
    await alice.slash(channel, "imagine", prompt="a cat")
    assert "somebody else" in (await bob.slash(channel, "cancel", painting="job1")).response.content
    role = env.guild.create_role("Mods", permissions=discord.Permissions(manage_messages=True, view_channel=True))
    moderator = env.guild.add_member(env.create_user("mod"), roles=[role])
    assert "Cancelled" in (await moderator.slash(channel, "cancel", painting="job1")).response.content


async def test_what_was_asked_before_is_offered_while_typing(channel, alice, bob, engine: FakeEngine):
    engine.add(0.9, 0.3)
    await alice.slash(channel, "find", query="a brown horse")
    await alice.slash(channel, "imagine", prompt="a brown bear")
    assert [c["name"] for c in await alice.autocomplete(channel, "find", "query", "brown")] == ["a brown horse"]
    assert [c["name"] for c in await alice.autocomplete(channel, "imagine", "prompt", "brown")] == ["a brown bear"]
    assert await bob.autocomplete(channel, "find", "query", "brown") == []


async def test_classes_of_the_gallery_are_offered_after_ones_own_words(channel, alice, engine: FakeEngine):
    engine.add(0.9, 0.3, label="horse")
    engine.add(0.9, 0.3, label="cat")
    await alice.slash(channel, "find", query="a white horse")
    offered = [choice["name"] for choice in await alice.autocomplete(channel, "find", "query", "Horse")]
    assert offered == ["a white horse", "horse"]


async def test_a_slow_gallery_does_not_keep_a_keystroke_waiting(
    channel, alice, engine: FakeEngine, bot: SemblanceBot, monkeypatch: pytest.MonkeyPatch
):
    """Classes that are not known in time are offered at a later keystroke."""
    engine.add(0.9, 0.3, label="horse")
    await alice.slash(channel, "find", query="a brown horse")
    read, known = engine.gallery_stats, asyncio.Event()

    async def slow(gallery: str):
        await known.wait()
        return await read(gallery)

    monkeypatch.setattr(engine, "gallery_stats", slow)
    start = time.perf_counter()
    offered = await bot.suggestions.queries(str(alice.id), "horse", ("shared",))
    assert time.perf_counter() - start < 0.2
    assert offered == ["a brown horse"]
    known.set()
    await asyncio.sleep(0)
    assert await bot.suggestions.queries(str(alice.id), "horse", ("shared",)) == ["a brown horse", "horse"]


@pytest.mark.parametrize("command", ["status", "help", "privacy"])
async def test_the_bot_tells_about_itself_in_private(channel, alice, command: str):
    answer = (await alice.slash(channel, command)).response
    assert answer.ephemeral
    assert len(answer.content) > 50


async def test_status_names_the_models_and_the_queue(channel, alice):
    content = (await alice.slash(channel, "status")).response.content
    for words in ("fake-encoder", "residual", "fake-painter", "2 waiting", "torch 2.0"):
        assert words in content


async def test_help_has_examples_to_click(channel, alice, engine: FakeEngine):
    engine.add(0.9, 0.3)
    answer = (await alice.slash(channel, "help")).response
    assert "match 0.90" in (await alice.click(answer, label="Find a horse eating grass")).response.content
    assert "Painted" in (await alice.click(answer, label="Paint a black cat")).response.content


async def test_privacy_deletes_what_is_kept_of_whoever_clicks(channel, alice, bob, engine: FakeEngine):
    engine.add(0.9, 0.3)
    await alice.slash(channel, "find", query="a horse")
    await bob.slash(channel, "find", query="a cat")
    answer = (await alice.slash(channel, "privacy")).response
    await alice.click(answer, label="Delete my data")
    assert "deleted" in answer.content
    assert "not asked anything" in (await alice.slash(channel, "history")).response.content
    assert "a cat" in (await bob.slash(channel, "history")).response.content


async def test_everything_works_in_a_direct_message(env, engine: FakeEngine):
    engine.add(0.9, 0.3)
    carol = env.create_user("carol")
    assert "match 0.90" in (await carol.slash("find", query="a horse")).response.content
    engine.script = lambda job, request: [Done(job, (painted(request),))]
    assert "Painted" in (await carol.slash("imagine", prompt="a cat")).response.content
    assert engine.searches[-1].galleries == ("shared",)
