from __future__ import annotations

import io

import discord
import pytest
from PIL import Image

from cogs import limits
from cogs.client import SemblanceBot
from core.errors import GalleryEmpty
from core.state.quotas import Allowance
from core.types import Cancelled, Done, Failed, Queued
from tests.cogs.acting import refusal
from tests.cogs.fakes import FakeEngine, painted, paints_at_once, paints_slowly, png


def custom_id(message, action: str, number: int = 0) -> str:
    """The id of a button under a message."""
    ids = [button["custom_id"] for row in message.components for button in row["components"]]
    return next(one for one in ids if one.startswith(f"do:{action}:") and one.endswith(f":{number}"))


async def click(person, message, action: str, number: int = 0):
    return await person.click(message, custom_id=custom_id(message, action, number))


async def found(person, channel, engine: FakeEngine, **options):
    for match in (0.9, 0.8, 0.7, 0.6):
        engine.add(match, 0.3)
    return (await person.slash(channel, "find", query="a horse", count=2, **options)).response


async def test_more_shows_the_next_hits(channel, alice, engine: FakeEngine):
    answer = await found(alice, channel, engine)
    more = (await click(alice, answer, "more")).response
    assert "match 0.70" in more.content
    assert "match 0.60" in more.content
    assert "match 0.90" not in more.content
    nothing = (await click(alice, more, "more")).response
    assert "Nothing in the gallery" in nothing.content
    assert not engine.jobs


async def test_not_this_takes_the_best_hit_out_in_place(channel, alice, engine: FakeEngine):
    answer = await found(alice, channel, engine)
    await click(alice, answer, "not-this")
    assert "match 0.90" not in answer.content
    assert "match 0.80" in answer.content
    await click(alice, answer, "not-this")
    assert "match 0.80" not in answer.content


async def test_similar_shows_what_looks_like_the_best_hit_but_not_itself(channel, alice, engine: FakeEngine):
    answer = await found(alice, channel, engine)
    similar = (await click(alice, answer, "similar")).response
    assert "look like it" in similar.content
    assert "horse/001.jpg" not in similar.content
    assert "match" not in similar.content


async def test_imagine_instead_paints_the_query(channel, alice, engine: FakeEngine):
    answer = await found(alice, channel, engine)
    drawn = (await click(alice, answer, "imagine-instead")).response
    assert "Painted “a horse”" in drawn.content


async def test_re_roll_keeps_the_settings_and_not_the_seed(channel, alice, engine: FakeEngine):
    answer = (await alice.slash(channel, "imagine", prompt="a cat", seed=5, steps=12)).response
    await click(alice, answer, "re-roll")
    again = engine.jobs["job2"].request
    assert (again.prompt, again.steps, again.seed) == ("a cat", 12, None)


async def test_a_variation_starts_from_the_seed_of_its_picture(channel, alice, engine: FakeEngine):
    answer = (await alice.slash(channel, "imagine", prompt="a cat", seed=5, count=3)).response
    await click(alice, answer, "variation", 2)
    varied = engine.jobs["job2"].request
    assert (varied.seed, varied.count) == (6, 1)
    assert varied.variation > 0
    assert varied.towards is None  # drawn by the engine


async def test_a_variation_tells_its_seeds_and_keeps_them_when_its_words_are_edited(channel, alice, engine: FakeEngine):
    answer = (await alice.slash(channel, "imagine", prompt="a cat", seed=5)).response
    varied = (await click(alice, answer, "variation", 1)).response
    assert "seed 5 → 99" in varied.content
    shown = await click(alice, varied, "edit-prompt")
    edited = (await alice.submit_modal(shown, {"prompt": "a red cat", "negative": ""})).response
    request = engine.jobs["job3"].request
    assert (request.seed, request.towards, request.variation) == (5, 99, engine.jobs["job2"].request.variation)
    await click(alice, edited, "variation", 1)
    assert engine.jobs["job4"].request.towards is None  # another one again


async def test_the_buttons_paint_from_the_picture_that_the_answer_started_from(channel, alice, engine: FakeEngine):
    """It is nowhere but in the answer: nothing that is uploaded is kept."""
    answer = (await alice.slash(channel, "imagine", prompt="a cat", image=("me.png", png()), strength=0.4)).response
    varied = (await click(alice, answer, "variation", 1)).response
    await click(alice, varied, "re-roll")
    shown = await click(alice, answer, "edit-prompt")
    await alice.submit_modal(shown, {"prompt": "a red cat", "negative": ""})
    first, *others = (job.request for job in engine.jobs.values())
    assert first.image is not None
    assert [(other.image, other.strength) for other in others] == [(first.image, 0.4)] * 3
    assert [other.variation > 0 for other in others] == [True, False, False]


async def test_upscale_sends_that_picture_larger(env, channel, alice, engine: FakeEngine):
    answer = (await alice.slash(channel, "imagine", prompt="a cat", count=2)).response
    larger = (await click(alice, answer, "upscale", 2)).response
    [file] = larger.attachments
    assert file.filename == "upscaled.png"
    assert Image.open(io.BytesIO(env.backend.cdn.get(file.url))).size == (64, 64)


async def test_edit_prompt_offers_the_words_and_paints_the_new_ones_from_the_same_seed(
    channel, alice, engine: FakeEngine
):
    answer = (await alice.slash(channel, "imagine", prompt="a cat", seed=5, negative="dogs")).response
    shown = await click(alice, answer, "edit-prompt")
    assert "a cat" in str(shown.modal)
    assert "dogs" in str(shown.modal)
    edited = (await alice.submit_modal(shown, {"prompt": "a red cat", "negative": ""})).response
    assert "a red cat" in edited.content
    request = engine.jobs["job2"].request
    assert (request.prompt, request.negative, request.seed) == ("a red cat", "", 5)


async def test_score_asks_for_texts_and_scores_the_painting(channel, alice):
    answer = (await alice.slash(channel, "imagine", prompt="a cat")).response
    shown = await click(alice, answer, "score")
    scored = (await alice.submit_modal(shown, {"texts": "a cat\na dog"})).response
    assert "a dog" in scored.content
    assert "match" in scored.content


async def test_score_leaves_out_what_was_not_painted(channel, alice):
    answer = (await alice.slash(channel, "imagine", prompt="a cat", image=("me.png", png()))).response
    shown = await click(alice, answer, "score")
    scored = (await alice.submit_modal(shown, {"texts": "a cat"})).response
    assert len(scored.attachments) == 1


async def test_cancel_stops_the_painting_and_the_answer_says_so(env, channel, alice, engine: FakeEngine):
    engine.script = paints_slowly
    result = await alice.slash(channel, "imagine", prompt="a cat")
    await click(alice, result.response, "cancel")
    await env.advance_time(11)
    assert "was cancelled" in result.response.content
    assert not result.response.components


async def test_delete_takes_the_answer_away(channel, alice, engine: FakeEngine):
    result = await alice.slash(channel, "imagine", prompt="a cat")
    await click(alice, result.response, "delete")
    assert result.response is None


async def test_somebody_else_s_buttons_are_refused_in_private(channel, alice, bob, engine: FakeEngine):
    answer = await found(alice, channel, engine)
    refused = await click(bob, answer, "more")
    assert refused.ephemeral
    assert "whoever asked" in refused.response.content


async def test_a_moderator_may_use_anybody_s_buttons(env, channel, alice, engine: FakeEngine):
    role = env.guild.create_role("Mods", permissions=discord.Permissions(manage_messages=True, view_channel=True))
    moderator = env.guild.add_member(env.create_user("mod"), roles=[role])
    result = await alice.slash(channel, "imagine", prompt="a cat")
    await click(moderator, result.response, "delete")
    assert result.response is None


async def test_buttons_work_after_a_restart(env, channel, alice, engine: FakeEngine, settings, messages):
    answer = await found(alice, channel, engine)
    await env.bot.close()
    await env.restart_bot(SemblanceBot(settings, engine, messages))
    try:
        more = (await click(alice, answer, "more")).response
        assert "match 0.70" in more.content
    finally:
        await env.bot.close()


async def test_a_button_under_a_forgotten_request_says_so(channel, alice, engine: FakeEngine, bot: SemblanceBot):
    answer = await found(alice, channel, engine)
    await bot.state.forget(str(alice.id))
    gone = await click(alice, answer, "more")
    assert "no longer know" in gone.response.content


async def test_a_bug_behind_a_button_gets_a_code(channel, alice, engine: FakeEngine, caplog):
    answer = await found(alice, channel, engine)
    engine.fault = ZeroDivisionError()
    shown = refusal(await click(alice, answer, "more"))
    assert shown.content.split("`")[1] in caplog.text


async def test_an_error_leaves_the_answer_that_a_button_was_to_change(channel, alice, engine: FakeEngine):
    answer = await found(alice, channel, engine)
    engine.fault = GalleryEmpty("gallery-empty")
    clicked = await click(alice, answer, "not-this")
    assert "match 0.90" in answer.content
    assert answer.components
    [told] = clicked.followups
    assert told.ephemeral
    assert "gallery is still empty" in told.content


@pytest.mark.parametrize("vain", ["refused", "failed", "cancelled"])
async def test_a_painting_that_came_to_nothing_costs_nothing_of_the_quota(
    channel, alice, engine: FakeEngine, monkeypatch, vain: str
):
    monkeypatch.setattr(limits, "PAINTINGS", Allowance(1, 3600))
    match vain:
        case "refused":
            engine.full_for_s = 10
        case "failed":
            engine.script = lambda job, request: [Queued(job, 1, None), Failed(job, "painting-failed", {})]
        case _:
            engine.script = lambda job, request: [Queued(job, 1, None), Cancelled(job)]
    await alice.slash(channel, "imagine", prompt="a cat")
    engine.full_for_s = None
    engine.script = paints_at_once
    assert "Painted" in (await alice.slash(channel, "imagine", prompt="a cat")).response.content
    spent = refusal(await alice.slash(channel, "imagine", prompt="a cat"))
    assert "Try again <t:" in spent.content


async def test_every_button_has_a_label_that_discord_takes(channel, alice, engine: FakeEngine, locale):
    for language in ("en-US", "zh-CN", "zh-TW"):
        locale.value = language
        engine.script = lambda job, request: [Done(job, tuple(painted(request, n) for n in range(4)))]
        answer = (await alice.slash(channel, "imagine", prompt="a cat", count=4)).response
        labels = [button["label"] for row in answer.components for button in row["components"]]
        assert len(labels) == 12
        assert all(0 < len(label) <= 80 for label in labels)
        assert len(set(labels)) == 12


async def test_the_buttons_of_a_single_picture_take_two_rows_and_no_number(channel, alice):
    answer = (await alice.slash(channel, "imagine", prompt="a cat")).response
    rows = [[button["label"] for button in row["components"]] for row in answer.components]
    assert rows == [["Re-roll", "Variation", "Upscale"], ["Edit prompt", "Score", "Delete"]]
