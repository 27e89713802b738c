"""What Discord is told of the commands: words in every language, within its limits, and only when they changed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cogs.client import SemblanceBot
from core.messages import LOCALES, Messages
from tests.core.test_messages import CATALOGUES

NAME = re.compile(r"[-_'\w]{1,32}")  # Discord's own rule, less a few scripts


class Recorded(Messages):
    """Remembers which messages were asked for."""

    used: set[str]

    def format(self, locale: str, message_id: str, **params: str | int | float) -> str:
        self.used.add(message_id)
        return super().format(locale, message_id, **params)


@pytest.fixture
def messages(request: pytest.FixtureRequest) -> Recorded:
    from tests.cogs.conftest import LOCALES as FOLDER

    recorded = Recorded(FOLDER)
    recorded.used = set()
    return recorded


def flat(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for option in options for one in (option, *flat(option.get("options", [])))]


async def test_every_command_option_and_choice_has_words_in_every_language(env, bot: SemblanceBot, messages: Recorded):
    for command in flat(await bot.tree.payload()):
        is_menu = command.get("type") == 3 and "options" not in command
        for locale in LOCALES:
            name = command["name_localizations"][locale]
            if is_menu:
                assert 1 <= len(name) <= 32
            else:
                assert NAME.fullmatch(name), name
                assert name == name.lower()
                assert 1 <= len(command["description_localizations"][locale]) <= 100
        for choice in command.get("choices", []):
            assert set(LOCALES) <= set(choice["name_localizations"])
        if not is_menu:
            assert command["description"] == command["description_localizations"]["en-US"]


async def test_names_do_not_collide_in_any_language(env, bot: SemblanceBot):
    payload = await bot.tree.payload()
    for locale in LOCALES:
        for siblings in (payload, *(command["options"] for command in flat(payload) if command.get("options"))):
            names = [(command["type"] == 3, command["name_localizations"][locale]) for command in siblings]
            assert len(names) == len(set(names)), names


async def test_no_words_of_a_command_are_unused(env, bot: SemblanceBot, messages: Recorded):
    await bot.tree.payload()
    words = {message for message, (file, _) in CATALOGUES["en-US"].items() if file == "commands.ftl"}
    assert words == {message for message in messages.used if message in words}


async def test_commands_are_sent_once_and_again_only_when_they_changed(env, bot: SemblanceBot):
    def syncs() -> int:
        return sum(entry.method == "PUT" and entry.path.endswith("/commands") for entry in env.http_requests)

    assert syncs() == 1
    assert not await bot.tree.sync_if_changed(bot.settings.data_dir)
    bot.tree.remove_command("score")
    assert await bot.tree.sync_if_changed(bot.settings.data_dir)
    assert syncs() == 2


async def test_asks_discord_for_guilds_and_nothing_privileged(bot: SemblanceBot):
    assert [name for name, wanted in bot.intents if wanted] == ["guilds"]


async def test_nobody_is_ever_pinged_by_default(bot: SemblanceBot):
    assert bot.allowed_mentions is not None
    assert bot.allowed_mentions.to_dict() == {"parse": []}
