"""What /queue and /history show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cogs.answer import Answer
from cogs.buttons import button
from cogs.imagine.presenter import present_progress
from cogs.running import Running
from cogs.texts import Say, quote
from core.state import Asked

if TYPE_CHECKING:
    from core.status import Status

_REPEATABLE = ("find", "imagine")  # the others need a picture that was never kept


def present_queue(say: Say, status: Status, own: Sequence[Running]) -> Answer:
    """How much is waiting, and how far the asker's own paintings are."""
    lines = [say("queue-shown", waiting=status.waiting, running=status.running)]
    lines += [present_progress(say, one.asked.words, one.latest).content for one in own if one.latest is not None]
    return Answer("\n".join(lines))


def present_history(say: Say, recent: Sequence[Asked]) -> Answer:
    """Somebody's own requests, newest first; those that need no picture can be made again."""
    if not recent:
        return Answer(say("history-empty"))
    lines = [say("history")]
    lines += [
        f"**{number}** {say(f'kind-{asked.kind}')} · {quote(asked.words, 120)} · <t:{int(asked.made_at)}:R>"
        for number, asked in enumerate(recent, 1)
    ]
    buttons = tuple(
        button(say, "again", asked, number) for number, asked in enumerate(recent[:9], 1) if asked.kind in _REPEATABLE
    )
    return Answer("\n".join(lines), buttons=buttons)
