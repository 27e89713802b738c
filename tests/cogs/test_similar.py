from __future__ import annotations

import discord
import pytest
import simcord

from tests.cogs.acting import refusal
from tests.cogs.fakes import FakeEngine, png


async def test_shows_the_pictures_that_look_like_an_upload_with_their_cosine(channel, alice, engine: FakeEngine):
    engine.add(0.9, 0.71)
    answer = (await alice.slash(channel, "similar", image=("mine.png", png()))).response
    assert "cosine 0.71" in answer.content
    assert "match" not in answer.content
    assert "horse/001.jpg" in answer.attachments[0].description


async def test_an_upload_that_is_no_picture_is_told(channel, alice):
    result = await alice.slash(channel, "similar", image=("mine.png", b"text"))
    assert "not a picture I can read" in refusal(result).content


async def test_a_message_s_picture_can_be_looked_up_from_its_menu(channel, alice, bob, engine: FakeEngine):
    engine.add(0.9, 0.71)
    message = await bob.send(channel, "look", attachments=[("photo.png", png())])
    answer = (await alice.context_menu(channel, "Find similar", message)).response
    assert "cosine 0.71" in answer.content


async def test_a_message_without_a_picture_is_told(channel, alice, bob):
    message = await bob.send(channel, "nothing here")
    result = await alice.context_menu(channel, "Find similar", message)
    assert "no picture in that message" in refusal(result).content


async def test_score_against_asks_for_texts(channel, alice, bob):
    message = await bob.send(channel, "look", attachments=[("photo.png", png())])
    shown = await alice.context_menu(channel, "Score against", message)
    scored = (await alice.submit_modal(shown, {"texts": "a cat\na dog"})).response
    assert "a cat" in scored.content
    assert "match" in scored.content


async def test_describe_match_scores_what_a_message_says_against_what_it_shows(channel, alice, bob):
    message = await bob.send(channel, "a red | square", attachments=[("photo.png", png())])
    answer = (await alice.context_menu(channel, "Describe match", message)).response
    assert "a red square" in answer.content
    assert "match" in answer.content


async def test_describe_match_needs_words(channel, alice, bob):
    message = await bob.send(channel, "", attachments=[("photo.png", png())])
    answer = (await alice.context_menu(channel, "Describe match", message)).response
    assert "no words" in answer.content


async def test_add_to_gallery_is_for_managers(env, channel, alice, bob, engine: FakeEngine):
    message = await bob.send(channel, "look", attachments=[("photo.png", png())])
    role = env.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True, view_channel=True))
    manager = env.guild.add_member(env.create_user("manager"), roles=[role])
    with pytest.raises(simcord.SetupError):
        await alice.context_menu(channel, "Add to gallery", message)
    answer = (await manager.context_menu(channel, "Add to gallery", message)).response
    assert "Only this server" in answer.content
    assert [picture.file for picture in engine.uploads[str(env.guild.id)]] == ["photo.png"]
