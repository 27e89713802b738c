from __future__ import annotations

import pytest

from core.types import Done, Failed, Queued, Step
from tests.cogs.acting import edits
from tests.cogs.fakes import FakeEngine, painted, paints_slowly


async def test_shows_the_picture_with_its_words_seed_settings_and_scores(channel, alice):
    answer = (await alice.slash(channel, "imagine", prompt="a black cat", seed=41)).response
    for words in ("a black cat", "seed 41", "20 steps", "guidance 7.5", "match 0.91 · cosine 0.29"):
        assert words in answer.content
    assert [file.filename for file in answer.attachments] == ["painted-1.png"]
    assert "a black cat" in answer.attachments[0].description


async def test_every_option_reaches_the_painter(channel, alice, engine: FakeEngine):
    await alice.slash(
        channel,
        "imagine",
        prompt="a cat",
        negative="dog",
        steps=30,
        guidance=5.5,
        seed=3,
        size="landscape",
        count=2,
        candidates=3,
    )
    request = engine.jobs["job1"].request
    assert (request.prompt, request.negative, request.steps, request.guidance) == ("a cat", "dog", 30, 5.5)
    assert (request.seed, request.count, request.candidates) == (3, 2, 3)
    assert (request.width, request.height) == (192, 128)
    assert (request.owner, request.group) == (str(alice.id), str(alice.guild.id))


async def test_progress_is_shown_from_the_line_to_the_picture(env, channel, alice, engine: FakeEngine):
    engine.script = paints_slowly
    await alice.slash(channel, "imagine", prompt="a cat")
    await env.advance_time(130)
    bodies = [body.get("content", "") for body in edits(env)]
    assert "number 3 in line — ready <t:" in bodies[0]
    assert "step 5 of 10" in bodies[6]
    assert "Painted" in bodies[-1]


async def test_progress_that_comes_fast_is_not_edited_in_each_time(env, channel, alice, engine: FakeEngine):
    engine.script = lambda job, request: [
        *(item for step in range(1, 16) for item in (0.05, Step(job, step, 15))),
        Done(job, (painted(request),)),
    ]
    await alice.slash(channel, "imagine", prompt="a cat")
    assert len(edits(env)) <= 3


async def test_a_preview_is_shown_while_painting(env, channel, alice, engine: FakeEngine):
    engine.script = paints_slowly
    result = await alice.slash(channel, "imagine", prompt="a cat")
    await env.advance_time(35)
    assert [file.filename for file in result.response.attachments] == ["preview.png"]
    await env.advance_time(100)
    assert [file.filename for file in result.response.attachments] == ["painted-1.png"]


async def test_an_unsafe_picture_is_a_spoiler_and_says_so(channel, alice, engine: FakeEngine):
    engine.script = lambda job, request: [Done(job, (painted(request, flagged=True),))]
    answer = (await alice.slash(channel, "imagine", prompt="a cat")).response
    assert answer.attachments[0].is_spoiler()
    assert "unsafe" in answer.content


async def test_a_full_queue_says_when_to_come_back(channel, alice, engine: FakeEngine):
    engine.full_for_s = 75
    answer = (await alice.slash(channel, "imagine", prompt="a cat")).response
    assert "Too many paintings" in answer.content
    assert ":R>" in answer.content


async def test_a_failed_job_is_told_and_its_preview_goes(env, channel, alice, engine: FakeEngine):
    engine.script = lambda job, request: [Queued(job, 1, None), Failed(job, "painting-failed", {})]
    answer = (await alice.slash(channel, "imagine", prompt="a cat")).response
    assert "not your fault" in answer.content
    assert not answer.attachments


async def test_a_cancelled_job_says_so(env, channel, alice, engine: FakeEngine):
    engine.script = lambda job, request: [Queued(job, 1, None), 60.0, Done(job, (painted(request),))]
    result = await alice.slash(channel, "imagine", prompt="a cat")
    engine.cancel("job1", by=str(alice.id))
    await env.advance_time(61)
    assert "was cancelled" in result.response.content


@pytest.mark.parametrize(
    ("option", "value"), [("steps", 0), ("steps", 51), ("count", 5), ("guidance", 0.5), ("seed", -1)]
)
async def test_bounds_of_options_are_declared_to_discord(channel, alice, option, value):
    with pytest.raises(Exception, match="must be"):
        await alice.slash(channel, "imagine", prompt="a cat", **{option: value})


async def test_an_answer_after_the_token_expired_goes_to_the_channel_and_names_the_asker(
    env, channel, alice, engine: FakeEngine
):
    engine.script = lambda job, request: [16 * 60.0, Done(job, (painted(request),))]
    await alice.slash(channel, "imagine", prompt="a cat")
    await env.advance_time(16 * 60 + 1)
    message = channel.last_message
    assert alice.mention in message.content
    assert "Painted" in message.content
    assert message.attachments[0].filename == "painted-1.png"


async def test_a_picture_refused_for_its_size_is_sent_smaller(env, channel, alice, engine: FakeEngine):
    engine.script = lambda job, request: [Done(job, (painted(request, side=512),))]
    env.inject_error("PATCH", "*/messages/@original", status=413, code=40005)
    answer = (await alice.slash(channel, "imagine", prompt="a cat")).response
    assert [file.filename for file in answer.attachments] == ["painted-1.jpg"]
    assert "Painted" in answer.content


async def test_when_the_channel_is_closed_the_late_answer_comes_as_a_direct_message(
    env, channel, alice, engine: FakeEngine
):
    engine.script = lambda job, request: [16 * 60.0, Done(job, (painted(request),))]
    await alice.slash(channel, "imagine", prompt="a cat")
    env.inject_error("POST", f"/channels/{channel.id}/messages", status=403, code=50001)
    await env.advance_time(16 * 60 + 1)
    posts = [entry.path for entry in env.http_requests if entry.method == "POST" and entry.path.endswith("/messages")]
    assert len(posts) == 2
    assert posts[1] != posts[0]


async def test_painting_goes_on_when_progress_cannot_be_shown(env, channel, alice, engine: FakeEngine):
    engine.script = paints_slowly
    result = await alice.slash(channel, "imagine", prompt="a cat")
    env.inject_error("PATCH", "*/messages/@original", status=400, code=50035)
    await env.advance_time(130)
    assert "Painted" in result.response.content
