"""Any error as words for the person who met it: what happened, and what to do."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from datetime import timedelta

import discord
from discord import app_commands

from cogs.texts import Say
from core.errors import QueueFull, SemblanceError


@dataclass(frozen=True, slots=True)
class Explanation:
    """`reference` is set when the fault is ours: it is shown to the person and logged with the traceback."""

    text: str
    reference: str | None = None


def explain(error: BaseException, say: Say) -> Explanation:
    """Tells a person's mistake, a wait and a missing permission from a bug of ours."""
    cause = _cause(error)
    match cause:
        case QueueFull():
            return Explanation(_told_when(cause, say))
        case SemblanceError():
            return Explanation(say(cause.message_id, **cause.params))
        case app_commands.CommandOnCooldown():
            return Explanation(say("cooldown", when=relative(cause.retry_after)))
        case app_commands.NoPrivateMessage():
            return Explanation(say("only-in-servers"))
        case app_commands.MissingPermissions():
            return Explanation(say("permission-missing-yours", permissions=", ".join(cause.missing_permissions)))
        case app_commands.BotMissingPermissions():
            return Explanation(say("permission-missing-mine", permissions=", ".join(cause.missing_permissions)))
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            return Explanation(say("command-outdated"))
        case app_commands.CheckFailure():
            return Explanation(say("not-allowed"))
        case discord.Forbidden():
            return Explanation(say("permission-missing-mine", permissions=cause.text or "-"))
        case _:
            reference = secrets.token_hex(4)
            return Explanation(say("unknown-bug", reference=reference), reference)


def relative(seconds: float) -> str:
    """`seconds` from now as Discord shows it to everyone in their own language: "in 2 minutes"."""
    return discord.utils.format_dt(discord.utils.utcnow() + timedelta(seconds=math.ceil(seconds)), "R")


def _told_when(error: QueueFull, say: Say) -> str:
    wait_s = float(error.params.get("wait_s", 0))
    if not wait_s:  # nobody knows yet
        return say(error.message_id, **error.params)
    return say(f"{error.message_id}-until", **error.params, when=relative(wait_s))


def _cause(error: BaseException) -> BaseException:
    if isinstance(error, app_commands.CommandInvokeError):
        return error.original
    if isinstance(error, app_commands.CheckFailure | app_commands.TransformerError) and error.__cause__ is not None:
        return error.__cause__
    return error
