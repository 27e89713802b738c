"""Helpers of the tests that act as people in Discord."""

from __future__ import annotations

from typing import Any

import simcord


class Locale:
    """The language of the people in a test: simcord itself speaks American English only."""

    value = "en-US"


def edits(env: simcord.Env) -> list[dict[str, Any]]:
    """Bodies of the edits of answers that the bot sent, in order."""
    return [
        dict(entry.json or {})  # pyright: ignore[reportArgumentType]
        for entry in env.http_requests
        if entry.method == "PATCH" and entry.path.endswith("@original")
    ]


def refusal(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """What the asker alone was told instead of an answer, of which nothing stays in the channel."""
    assert result.response is None
    [told] = result.followups
    assert told.ephemeral
    return told
