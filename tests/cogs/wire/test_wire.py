"""What goes wrong between Discord and the bot: no answer is lost that Discord could still take."""

from __future__ import annotations

import asyncio

import pytest

from cogs.client import SemblanceBot
from core.types import Done, Queued, Step
from loopback import LoopbackDiscord, Person
from loopback.driver import button, is_ephemeral
from tests.cogs.fakes import FakeEngine, painted, png

ORIGINAL = r"/messages/@original$"

# discord.py's heartbeat thread of a bot that was stopped may beat once more when its loop has gone already.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnhandledThreadExceptionWarning", "ignore:coroutine .*send_heartbeat:RuntimeWarning"
)


def paints_in_half_a_second(job, request):
    return [Queued(job, 1, None), 0.25, Step(job, 1, 2, png()), 0.25, Done(job, (painted(request, side=256),))]


async def test_an_answer_with_pictures_and_alt_text_arrives(ada: Person, engine: FakeEngine):
    engine.add(0.87, 0.31)
    found = await ada.slash("find", query="a horse")
    assert await found.acknowledged() < 3
    message = await found.message()
    assert "match 0.87 · cosine 0.31" in message.content
    assert message.attachments[0].filename == "found-1.png"
    assert "a horse" in (message.attachments[0].description or "")


async def test_an_upload_is_read_and_scored(ada: Person):
    scored = await ada.slash("score", image=await ada.upload(png(), "cat.png"), texts="a cat|a dog|a cow")
    message = await scored.message()
    assert [file.filename for file in message.attachments] == ["heatmap.png"]


async def test_chinese_is_answered_in_chinese(server: LoopbackDiscord, bot: SemblanceBot, engine: FakeEngine):
    engine.add(0.87, 0.31)
    ming = server.user("小明", locale="zh-CN")
    assert "匹配 0.87" in (await (await ming.slash("find", query="一匹马")).message()).content


async def test_an_answer_after_the_token_expired_goes_to_the_channel(
    server: LoopbackDiscord, ada: Person, engine: FakeEngine
):
    engine.script = paints_in_half_a_second
    asked = await ada.slash("imagine", prompt="a cat")
    await asked.acknowledged()
    server.clock.advance(15 * 60 + 1)
    message = await ada.sees(lambda message: "Painted" in message.content and ada.mention in message.content)
    assert message.attachments[0].filename == "painted-1.png"
    assert set(message.pinged_user_ids) == {ada.id}


async def test_a_refused_upload_is_sent_smaller(server: LoopbackDiscord, ada: Person, engine: FakeEngine):
    from PIL import Image

    from core.images import encode_image

    noise = encode_image(Image.effect_noise((300, 300), 90).convert("RGB"), "PNG")
    engine.add(0.9, 0.3)
    engine.galleries["shared"]["id1"] = noise
    server.faults.refuse_uploads_over(len(noise) // 2)
    message = await (await ada.slash("find", query="noise")).message()
    assert message.attachments[0].filename == "found-1.jpg"


async def test_a_server_error_on_the_last_edit_is_survived(server: LoopbackDiscord, ada: Person, engine: FakeEngine):
    engine.add(0.9, 0.3)
    fault = server.faults.answer("PATCH", ORIGINAL, 500)
    message = await (await ada.slash("find", query="a horse")).message()
    assert "match 0.90" in message.content
    assert fault.struck == 1


async def test_a_rate_limit_on_the_last_edit_is_waited_out(server: LoopbackDiscord, ada: Person, engine: FakeEngine):
    engine.add(0.9, 0.3)
    fault = server.faults.rate_limit("PATCH", ORIGINAL, retry_after=0.3)
    message = await (await ada.slash("find", query="a horse")).message()
    assert "match 0.90" in message.content
    assert fault.struck == 1


@pytest.mark.parametrize(("method", "path"), [("POST", r"/callback$"), ("PATCH", ORIGINAL)])
async def test_a_connection_that_breaks_loses_no_answer(
    server: LoopbackDiscord, ada: Person, engine: FakeEngine, method: str, path: str
):
    engine.add(0.9, 0.3)
    fault = server.faults.drop(method, path)
    message = await (await ada.slash("find", query="a horse")).message()
    assert "match 0.90" in message.content
    assert fault.struck == 1


@pytest.mark.parametrize("fault", ["drop", "reconnect"])
async def test_what_was_asked_while_the_gateway_was_away_is_answered(
    server: LoopbackDiscord, ada: Person, engine: FakeEngine, fault: str
):
    engine.add(0.9, 0.3)
    server.faults.hold_events()
    asked = await ada.slash("find", query="a horse")
    if fault == "drop":
        await server.faults.drop_sockets()
    else:
        server.faults.ask_to_reconnect()
    server.faults.release_events()
    assert "match 0.90" in (await asked.message()).content


@pytest.mark.parametrize("fault", ["drop", "reconnect", "invalidate"])
async def test_a_gateway_lost_in_the_middle_of_a_job_loses_no_answer(
    server: LoopbackDiscord, ada: Person, engine: FakeEngine, fault: str
):
    engine.script = paints_in_half_a_second
    asked = await ada.slash("imagine", prompt="a cat")
    await asked.acknowledged()
    match fault:
        case "drop":
            await server.faults.drop_sockets()
        case "reconnect":
            server.faults.ask_to_reconnect()
        case _:
            server.faults.invalidate_sessions(resumable=False)
    message = await asked.message(lambda message: "Painted" in message.content)
    assert message.attachments
    await server.world.until(lambda: server.gateway.online, 8)
    again = await ada.slash("imagine", prompt="a dog")
    assert await again.message(lambda message: "Painted" in message.content)
    assert (server.gateway.resumes, server.gateway.identifies) == ((0, 2) if fault == "invalidate" else (1, 1))


async def test_an_installed_app_answers_where_the_bot_is_not(
    server: LoopbackDiscord, bot: SemblanceBot, engine: FakeEngine
):
    engine.add(0.9, 0.3)
    _, elsewhere = server.add_guild("Elsewhere", has_bot=False)
    tess = server.user("Tess", installed=True, channel=elsewhere)
    found = await (await tess.slash("find", query="a horse")).message()
    assert "match 0.90" in found.content
    more = await tess.click(found, button(found, "Imagine instead")["custom_id"])
    assert await more.message(lambda message: "Painted" in message.content)


async def test_a_late_answer_of_an_installed_app_comes_as_a_direct_message(
    server: LoopbackDiscord, bot: SemblanceBot, engine: FakeEngine
):
    engine.script = paints_in_half_a_second
    _, elsewhere = server.add_guild("Elsewhere", has_bot=False)
    tess = server.user("Tess", installed=True, channel=elsewhere)
    asked = await tess.slash("imagine", prompt="a cat")
    await asked.acknowledged()
    server.faults.expire_token(asked.interaction)
    assert (await tess.dm().sees(lambda message: "Painted" in message.content)).attachments


async def test_a_bot_that_is_too_late_to_acknowledge_answers_in_the_channel(
    server: LoopbackDiscord, ada: Person, engine: FakeEngine
):
    engine.add(0.9, 0.3)
    server.faults.answer("POST", r"/callback$", 404)
    await ada.slash("find", query="a horse")
    message = await ada.sees(lambda message: "match 0.90" in message.content)
    assert ada.mention in message.content


async def test_buttons_under_old_answers_work_after_a_restart(server: LoopbackDiscord, start, engine: FakeEngine):
    for match in (0.9, 0.8):
        engine.add(match, 0.3)
    ada = server.user("Ada")
    async with start():
        message = await (await ada.slash("find", query="a horse", count=1)).message()
    async with start():
        more = await ada.click(message, button(message, "More")["custom_id"])
        assert "match 0.80" in (await more.message()).content


async def test_an_unsafe_picture_is_a_spoiler_where_only_adults_read(
    server: LoopbackDiscord, ada: Person, engine: FakeEngine
):
    engine.script = lambda job, request: [Done(job, (painted(request, flagged=True),))]
    adults = ada.go(server.world.add_channel(server.guild, "after-dark", nsfw=True))
    message = await (await adults.slash("imagine", prompt="a cat")).message()
    assert [file.filename for file in message.attachments] == ["SPOILER_painted-1.png"]
    assert "blurred" in message.content


async def test_an_error_is_told_to_the_asker_alone(server: LoopbackDiscord, ada: Person, engine: FakeEngine):
    asked = await ada.slash("find", query="a horse")
    told = await asked.followup()
    assert "gallery is still empty" in told.content
    assert is_ephemeral(told)
    assert ada.messages == [told]
    assert server.user("Bea").messages == []


async def test_cancel_stops_a_painting(ada: Person, engine: FakeEngine):
    engine.script = lambda job, request: [Queued(job, 1, None), 1.0, Done(job, (painted(request),))]
    asked = await ada.slash("imagine", prompt="a cat")
    message = await asked.message(lambda message: message.components)
    await ada.click(message, label="Cancel")
    assert "cancelled" in (await asked.message(lambda message: "cancelled" in message.content)).content


async def test_a_bot_that_is_stopped_tells_who_waits_that_it_cancelled(
    server: LoopbackDiscord, start, engine: FakeEngine
):
    engine.script = lambda job, request: [Queued(job, 1, None), 0.5, Done(job, (painted(request),))]
    ada = server.user("Ada")
    async with start():
        asked = await ada.slash("imagine", prompt="a cat")
        await asked.message(lambda message: message.components)
    assert asked.original is not None
    assert "cancelled" in asked.original.content


class TestTwoShards:
    @pytest.fixture
    def shards(self) -> int:
        return 2

    async def test_servers_of_both_shards_are_answered(
        self, server: LoopbackDiscord, bot: SemblanceBot, engine: FakeEngine
    ):
        engine.add(0.9, 0.3)
        _, channel = server.add_guild("Other", shard=(1, 2))
        await asyncio.sleep(0.1)
        ada = server.user("Ada")
        for person in (ada, server.user("Bea", channel=channel)):
            assert "match 0.90" in (await (await person.slash("find", query="a horse")).message()).content
