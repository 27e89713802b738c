"""What /status and /help show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.answer import Answer
from cogs.buttons import button
from cogs.texts import Say
from core.state import Asked

if TYPE_CHECKING:
    from core.status import Status


def present_status(say: Say, status: Status) -> Answer:
    """Models, what the match scores rest on, the queue, the versions."""
    lines = [
        say("status-models", profile=status.profile, encoder=status.encoder, pictures=status.pictures),
        say("status-head", head=status.head, threshold=f"{status.threshold:.2f}"),
    ]
    if not status.head_trained:
        lines.append(say("status-head-untrained"))
    if status.painter is None:
        lines.append(say("status-no-painter"))
    else:
        lines.append(say("status-painter", painter=status.painter.name, devices=status.devices))
    lines.append(say("queue-shown", waiting=status.waiting, running=status.running))
    versions = " · ".join(f"{name} {version}" for name, version in status.versions.items())
    return Answer("\n".join([*lines, f"-# {versions}"]))


def present_help(say: Say, asked: Asked) -> Answer:
    """What there is, with examples to click."""
    return Answer(say("help"), buttons=(button(say, "try-find", asked), button(say, "try-imagine", asked)))
