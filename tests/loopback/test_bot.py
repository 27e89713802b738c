"""An unmodified discord.py bot, used as people use it."""

from __future__ import annotations

import discord
import pytest

from loopback import LoopbackDiscord, Person, Refused
from loopback.driver import button, is_ephemeral
from loopback.permissions import Permission
from tests.loopback.minibot import MiniBot, png, running


async def test_slash_command_is_answered(bot: MiniBot, ada: Person) -> None:
    answer = await (await ada.slash("greet", name="Bob", times=2)).message()
    assert answer.content == "Hello Bob! Hello Bob! en-US"


async def test_interaction_carries_the_users_own_locale(bot: MiniBot, server: LoopbackDiscord) -> None:
    ming = server.user("小明", locale="zh-CN")
    answer = await (await ming.slash("greet", name="Bob")).message()
    assert answer.content.endswith("zh-CN")


async def test_autocomplete_offers_what_fits_the_typed_letters(bot: MiniBot, ada: Person) -> None:
    assert [c["value"] for c in await ada.autocomplete("greet", "name", "a")] == ["Ada", "Alan"]


async def test_deferred_answer_shows_progress_then_the_picture_with_alt_text(bot: MiniBot, ada: Person) -> None:
    running_command = await ada.slash("paint")
    answer = await running_command.message(lambda m: m.content == "100 %")
    (picture,) = answer.attachments
    assert (picture.width, picture.height, picture.description) == (4, 5, "A grey square")
    followup = await running_command.followup()
    assert followup.attachments[0].spoiler


async def test_upload_reaches_the_bot_byte_for_byte(bot: MiniBot, ada: Person) -> None:
    data = png(7, 9)
    answer = await (await ada.slash("look", image=await ada.upload(data, "猫 photo.png"), other=ada)).message()
    assert answer.content == f"7x9 {len(data)} bytes with Ada"


async def test_button_edits_its_message_in_place(bot: MiniBot, ada: Person) -> None:
    answer = await (await ada.slash("greet", name="Bob")).message()
    pressed = await ada.click(answer, label="Count")
    edited = await pressed.message(lambda m: "pressed" in m.content)
    assert edited.id == answer.id
    assert button(edited, "Count")["label"] == "Count 1"


async def test_select_answers_only_the_one_who_chose(bot: MiniBot, server: LoopbackDiscord, ada: Person) -> None:
    answer = await (await ada.slash("greet", name="Bob")).message()
    reply = await (await ada.choose(answer, "pick", ["horse", "cat"])).message()
    assert reply.content == "picked horse, cat"
    assert is_ephemeral(reply)
    assert reply in ada.messages
    assert reply not in server.user("Grace").messages


async def test_modal_brings_back_what_was_typed(bot: MiniBot, ada: Person) -> None:
    answer = await (await ada.slash("greet", name="Bob")).message()
    opened = await ada.click(answer, label="Edit")
    assert (await opened.opened_modal())["title"] == "Edit prompt"
    reply = await (await ada.submit_modal(opened, {"prompt": "a horse", "note": "soon"})).message()
    assert reply.content == "edited: a horse / soon"


async def test_message_menu_gets_the_whole_message(bot: MiniBot, ada: Person) -> None:
    said = await ada.say("look at this", (png(), "a.png"))
    answer = await (await ada.message_menu("Measure", said)).message()
    assert answer.content == "12 characters, 1 files"


async def test_subcommand_of_a_group_runs(bot: MiniBot, ada: Person) -> None:
    assert (await (await ada.slash("gallery add", label="cat")).message()).content == "added cat"


async def test_direct_message_works_without_a_server(bot: MiniBot, ada: Person) -> None:
    answer = await (await ada.dm().slash("greet", name="Bob")).message()
    assert answer in ada.dm().messages
    assert answer not in ada.messages


async def test_installed_app_works_where_the_bot_is_not(bot: MiniBot, server: LoopbackDiscord) -> None:
    _, elsewhere = server.add_guild("Elsewhere", has_bot=False)
    traveller = server.user("Tess", installed=True, channel=elsewhere)
    stranger = server.user("Stan", channel=elsewhere)
    assert (await (await traveller.slash("greet", name="Bob")).message()).content.startswith("Hello Bob!")
    assert "paint" not in traveller.commands  # for servers only
    with pytest.raises(Refused, match="not-installed"):
        await stranger.slash("greet", name="Bob")


async def test_managers_command_is_hidden_from_members(bot: MiniBot, server: LoopbackDiscord, ada: Person) -> None:
    boss = server.user("Boss", manager=True)
    assert "manage" in boss.commands
    assert "manage" not in ada.commands
    with pytest.raises(Refused, match="missing-permissions"):
        await ada.slash("manage")
    assert (await (await boss.slash("manage")).message()).content == "manages: True"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "required"),
        ({"name": "x" * 21}, "length"),
        ({"name": "Bob", "times": "many"}, "not-a-number"),
        ({"name": "Bob", "colour": "red"}, "unknown-option"),
    ],
)
async def test_client_refuses_what_the_option_does_not_allow(
    bot: MiniBot, ada: Person, values: dict[str, object], reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        await ada.slash("greet", **values)


async def test_open_buttons_work_after_the_bot_restarts(server: LoopbackDiscord, ada: Person) -> None:
    async with running(server):
        answer = await (await ada.slash("greet", name="Bob")).message()
    async with running(server):
        pressed = await ada.click(answer, label="Count")
        assert await pressed.message(lambda m: "pressed" in m.content)


async def test_command_keeps_its_id_through_a_second_sync(server: LoopbackDiscord) -> None:
    async with running(server):
        before = {c.name: (c.id, c.version) for c in server.world.commands.values()}
    async with running(server):
        after = {c.name: (c.id, c.version) for c in server.world.commands.values()}
    assert before == after
    assert before


@pytest.mark.parametrize("privileged", [False, True])
async def test_message_content_needs_its_intent(server: LoopbackDiscord, ada: Person, privileged: bool) -> None:
    intents = discord.Intents(guilds=True, guild_messages=True, message_content=privileged)
    server.world.application.privileged_intents = intents.value if privileged else 0
    async with running(server, intents=intents) as bot:
        await ada.say("a secret")
        await (await ada.slash("greet", name="Bob")).message()
        assert bot.seen[0].content == ("a secret" if privileged else "")


async def test_privileged_intent_that_is_not_switched_on_is_refused(server: LoopbackDiscord) -> None:
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(server, intents=discord.Intents(guilds=True, members=True)):
            pass


async def test_wrong_token_is_refused(server: LoopbackDiscord) -> None:
    with pytest.raises(discord.LoginFailure):
        async with running(server, token="wrong"):
            pass


async def test_installed_app_works_between_two_people(bot: MiniBot, server: LoopbackDiscord, ada: Person) -> None:
    tess = server.user("Tess", installed=True)
    between = server.world.private_channel(ada.user, tess.user)
    answer = await (await tess.go(between).slash("greet", name="Bob")).message()
    assert answer in ada.go(between).messages
    assert ada.go(between).commands == []


async def test_installed_app_answers_its_user_alone_where_external_apps_are_barred(
    bot: MiniBot, server: LoopbackDiscord
) -> None:
    guild, elsewhere = server.add_guild("Elsewhere", has_bot=False)
    tess = server.user("Tess", installed=True, channel=elsewhere)
    server.world.role(guild, "@everyone").permissions &= ~Permission.USE_EXTERNAL_APPS
    assert is_ephemeral(await (await tess.slash("greet", name="Bob")).message())
