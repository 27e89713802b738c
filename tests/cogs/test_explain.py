from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord import app_commands

from cogs.explain import explain
from core.errors import InputError, NotAllowed, QueueFull
from core.messages import LOCALES, Messages


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def forbidden() -> discord.Forbidden:
    response: Any = SimpleNamespace(status=403, reason="Forbidden")
    return discord.Forbidden(response, {"code": 50013, "message": "Missing Permissions"})


MISTAKES = [
    (InputError("query-empty"), "no words"),
    (QueueFull("queue-full", limit=50, wait_s=0), "50 jobs"),
    (QueueFull("queue-full", limit=50, wait_s=30), "again <t:"),
    (app_commands.CommandOnCooldown(app_commands.Cooldown(1, 60), 12), "again <t:"),
    (app_commands.NoPrivateMessage(), "servers only"),
    (app_commands.MissingPermissions(["manage_guild"]), "You need"),
    (app_commands.BotMissingPermissions(["attach_files"]), "I lack"),
    (app_commands.CheckFailure(), "can’t use"),
    (caused(app_commands.CheckFailure(), NotAllowed("channel-not-allowed", channels="<#1>")), "<#1>"),
    (app_commands.CommandNotFound("x", []), "has just changed"),
    (forbidden(), "Missing Permissions"),
]


@pytest.mark.parametrize(("error", "words"), MISTAKES, ids=lambda value: getattr(type(value), "__name__", ""))
def test_what_a_person_can_mend_is_told_and_gets_no_code(messages: Messages, error: Exception, words: str):
    explanation = explain(error, partial(messages.format, "en-US"))
    assert words in explanation.text
    assert explanation.reference is None


@pytest.mark.parametrize("locale", LOCALES)
def test_a_bug_gets_a_code_and_shows_nothing_of_its_insides(messages: Messages, locale: str):
    explanation = explain(RuntimeError("/secret/path"), partial(messages.format, locale))
    assert explanation.reference is not None
    assert explanation.reference in explanation.text
    assert "secret" not in explanation.text
