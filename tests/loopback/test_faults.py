"""Faults on the wire, and the answers that Discord could still take."""

from __future__ import annotations

import asyncio
import logging

import discord
import pytest

from loopback import LoopbackDiscord, Person
from loopback.limits import TOKEN_S
from tests.loopback.minibot import MiniBot, eventually, png

ORIGINAL = r"/messages/@original$"


async def test_late_acknowledgement_finds_the_interaction_gone(
    bot: MiniBot, server: LoopbackDiscord, ada: Person, caplog: pytest.LogCaptureFixture
) -> None:
    server.faults.hold_events()
    late = await ada.slash("greet", name="Bob")
    server.clock.advance(3.1)
    server.faults.release_events()
    await _logged(caplog, "10062")
    assert late.original is None


async def test_second_acknowledgement_is_refused(bot: MiniBot, server: LoopbackDiscord, ada: Person) -> None:
    errors: list[int] = []

    @bot.tree.command(name="twice", description="Answers twice")
    async def twice(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("one")
        second = discord.InteractionResponse(interaction)
        try:
            await second.send_message("two")
        except discord.HTTPException as error:
            errors.append(error.code)

    await bot.tree.sync()
    await (await ada.slash("twice")).message()
    await eventually(lambda: errors == [40060])


async def test_answer_goes_to_the_channel_when_the_token_has_expired(
    bot: MiniBot, server: LoopbackDiscord, ada: Person
) -> None:
    slow = await ada.slash("slow")
    await slow.acknowledged()
    server.clock.advance(TOKEN_S + 1)
    bot.release.set()
    late = await ada.sees(lambda m: "late" in m.content)
    assert late.content == f"{ada.mention} late: 401/50027"
    assert ada.id in late.pinged_user_ids


async def test_token_revoked_by_a_fault_is_dead_at_once(bot: MiniBot, server: LoopbackDiscord, ada: Person) -> None:
    slow = await ada.slash("slow")
    await slow.acknowledged()
    server.faults.expire_token(slow.interaction)
    bot.release.set()
    assert await ada.sees(lambda m: "401/50027" in m.content)


async def test_429_on_the_final_edit_delays_the_answer_only(bot: MiniBot, server: LoopbackDiscord, ada: Person) -> None:
    fault = server.faults.rate_limit("PATCH", ORIGINAL, retry_after=0.05)
    slow = await ada.slash("slow")
    bot.release.set()
    assert (await slow.message()).content == "at last"
    assert fault.struck == 1


async def test_500_on_the_final_edit_delays_the_answer_only(bot: MiniBot, server: LoopbackDiscord, ada: Person) -> None:
    fault = server.faults.answer("PATCH", ORIGINAL, 500)
    slow = await ada.slash("slow")
    bot.release.set()
    assert (await slow.message()).content == "at last"
    assert fault.struck == 1


async def test_delayed_answer_still_comes(bot: MiniBot, server: LoopbackDiscord, ada: Person) -> None:
    server.faults.delay("POST", r"/callback$", 0.2)
    assert await (await ada.slash("greet", name="Bob")).acknowledged() >= 0.2


async def test_file_over_ten_mebibytes_is_refused(bot: MiniBot, ada: Person, caplog: pytest.LogCaptureFixture) -> None:
    big = await ada.slash("paint", kilobytes=10 * 1024)
    await _logged(caplog, "40005")
    assert big.original is not None
    assert big.original.content == "50 %"


async def test_upload_limit_can_be_lowered_behind_the_bots_back(
    bot: MiniBot, server: LoopbackDiscord, ada: Person, caplog: pytest.LogCaptureFixture
) -> None:
    server.faults.refuse_uploads_over(1000)
    await ada.slash("paint", kilobytes=1)
    await _logged(caplog, "40005")
    server.faults.refuse_uploads_over(None)
    assert await (await ada.slash("paint", kilobytes=1)).message(lambda m: m.attachments)


async def test_sixth_message_of_a_burst_waits_for_the_rate_limit(
    bot: MiniBot, server: LoopbackDiscord, ada: Person
) -> None:
    channel = bot.get_channel(server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    sending = asyncio.gather(*(channel.send(str(n)) for n in range(7)))
    await eventually(lambda: len(ada.messages) >= 5)
    assert len(ada.messages) == 5  # the rest waits until the window of five seconds is over
    assert not sending.done()
    sending.cancel()


async def test_unknown_route_is_501_and_said_in_the_log(
    bot: MiniBot, server: LoopbackDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    guild = bot.get_guild(server.guild.id)
    assert guild is not None
    with pytest.raises(discord.DiscordServerError) as refused:
        await guild.fetch_emojis()
    assert refused.value.status == 501
    assert server.api.unknown == [f"GET /guilds/{guild.id}/emojis"]
    assert "does not implement" in caplog.text


async def test_unacknowledged_command_is_reported_as_failed(bot: MiniBot, server: LoopbackDiscord, ada: Person) -> None:
    server.faults.hold_events()
    lost = await ada.slash("greet", name="Bob")
    with pytest.raises(TimeoutError):
        await lost.acknowledged()
    assert lost.failed


async def test_expired_attachment_address_is_gone(bot: MiniBot, server: LoopbackDiscord, ada: Person) -> None:
    said = await ada.say("look", (png(), "a.png"))
    url = server.world.cdn.url(said.attachments[0])
    assert await bot.http.get_from_cdn(url) == png()
    server.clock.advance(26 * 3600)
    with pytest.raises(discord.NotFound):
        await bot.http.get_from_cdn(url)


async def _logged(caplog: pytest.LogCaptureFixture, words: str) -> None:
    caplog.set_level(logging.INFO, "loopback")
    await eventually(lambda: words in caplog.text)
