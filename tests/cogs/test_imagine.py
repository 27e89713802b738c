from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from PIL import Image

from core.errors import InputError
from core.types import Decoding, Done, Failed, Queued, Started, Step
from tests.cogs.acting import edits, refusal
from tests.cogs.fakes import FakeEngine, painted, paints_slowly, png


async def test_shows_the_picture_with_its_words_seed_settings_and_scores(channel, alice):
    answer = (await alice.slash(channel, "imagine", prompt="a black cat", seed=41)).response
    for words in ("a black cat", "seed 41", "20 steps", "guidance 7.5", "match 0.91 · cosine 0.29", "0.0 s"):
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
        fast=True,
    )
    request = engine.jobs["job1"].request
    assert (request.prompt, request.negative, request.steps, request.guidance) == ("a cat", "dog", 30, 5.5)
    assert (request.seed, request.count, request.candidates, request.fast) == (3, 2, 3, True)
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


async def test_the_time_counts_from_the_end_of_the_line(env, channel, alice, engine: FakeEngine, monkeypatch):
    now = iter([0.0, 100.0, 103.5])
    monkeypatch.setattr("cogs.imagine.painting.time", SimpleNamespace(monotonic=lambda: next(now)))
    engine.script = lambda job, request: [Queued(job, 1, None), Started(job), Done(job, (painted(request),))]
    assert "3.5 s" in (await alice.slash(channel, "imagine", prompt="a cat")).response.content


async def test_a_preview_stays_until_the_next_one(env, channel, alice, engine: FakeEngine):
    engine.script = lambda job, request: [
        *(Step(job, 1, 3, png("gray")), 10.0, Step(job, 2, 3), 10.0, Decoding(job), 10.0),
        Done(job, (painted(request),)),
    ]
    result = await alice.slash(channel, "imagine", prompt="a cat")
    for seconds, words in ((15, "step 2 of 3"), (10, "Developing")):
        await env.advance_time(seconds)
        assert words in result.response.content
        assert [file.filename for file in result.response.attachments] == ["preview.png"]


async def test_an_unsafe_picture_is_not_sent_where_minors_may_read(channel, alice, engine: FakeEngine):
    engine.script = lambda job, request: [Done(job, (painted(request), painted(request, 1, flagged=True)))]
    answer = (await alice.slash(channel, "imagine", prompt="a cat", count=2)).response
    assert [file.filename for file in answer.attachments] == ["painted-1.png"]
    assert "A picture is left out because it may be unsafe" in answer.content
    labels = [button["label"] for row in answer.components for button in row["components"]]
    assert "Upscale 1" in labels
    assert "Upscale 2" not in labels


async def test_a_picture_can_start_from_another(env, channel, alice, engine: FakeEngine):
    large = ("me.png", png("green", 2_000))
    answer = (await alice.slash(channel, "imagine", prompt="a cat", image=large, strength=0.4)).response
    request = engine.jobs["job1"].request
    assert request.strength == 0.4
    assert request.image is not None
    assert Image.open(io.BytesIO(request.image)).size == (768, 768)
    assert [file.filename for file in answer.attachments] == ["painted-1.png", "source.webp"]
    assert answer.attachments[1].description
    assert env.backend.cdn.get(answer.attachments[1].url) == request.image


async def test_a_picture_to_start_from_that_cannot_be_read_is_told(channel, alice, engine: FakeEngine):
    result = await alice.slash(channel, "imagine", prompt="a cat", image=("me.png", b"text"))
    assert "not a picture I can read" in refusal(result).content
    assert not engine.jobs


async def test_a_strength_without_a_picture_is_told(channel, alice, engine: FakeEngine):
    answer = (await alice.slash(channel, "imagine", prompt="a cat", strength=0.4)).response
    assert answer.ephemeral
    assert "`strength`" in answer.content
    assert not engine.jobs


async def test_fast_is_refused_in_private_where_the_painter_has_no_lora_for_it(channel, alice, engine: FakeEngine):
    def has_none(job, request):
        assert request.fast
        raise InputError("imagine-fast-missing", painter="Tiny Painter")

    engine.script = has_none
    answer = refusal(await alice.slash(channel, "imagine", prompt="a cat", fast=True))
    assert "Tiny Painter cannot paint in a few steps" in answer.content
    assert "LCM_LORA" in answer.content


async def test_a_full_queue_says_when_to_come_back(channel, alice, engine: FakeEngine):
    engine.full_for_s = 75
    answer = refusal(await alice.slash(channel, "imagine", prompt="a cat"))
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
    ("option", "value"),
    [("steps", 0), ("steps", 51), ("count", 5), ("guidance", 0.5), ("seed", -1), ("strength", 0), ("strength", 1.1)],
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
