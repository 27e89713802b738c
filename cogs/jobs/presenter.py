"""What /queue and /history show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cogs.answer import Answer
from cogs.buttons import button
from cogs.imagine.presenter import present_progress
from cogs.imagine.source import starts_from_picture
from cogs.running import Running
from cogs.texts import Say, quote
from core.state import Asked

if TYPE_CHECKING:
    from core.status import Status


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
        button(say, "again", asked, number) for number, asked in enumerate(recent[:9], 1) if _repeatable(asked)
    )
    return Answer("\n".join(lines), buttons=buttons)


def _repeatable(asked: Asked) -> bool:
    """Whether words alone are enough: pictures are never kept."""
    return asked.kind == "find" or (asked.kind == "imagine" and not starts_from_picture(asked.options["wishes"]))
