"""A picture being painted, told to Discord as it happens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord

from cogs import limits
from cogs.answer import Answer
from cogs.buttons import button
from cogs.delivery import Delivery
from cogs.imagine.presenter import present_progress
from cogs.origin import origin
from cogs.running import Running
from core.errors import JobCancelled, JobFailed
from core.state import Asked
from core.types import Cancelled, Done, Failed, ImagineRequest, Painted

if TYPE_CHECKING:
    from cogs.client import SemblanceBot

_NOTHING_YET = Answer("")


async def paint(
    bot: SemblanceBot, delivery: Delivery, prompt: str, wishes: dict[str, Any], *, lead: Answer = _NOTHING_YET
) -> tuple[Asked, tuple[Painted, ...]]:
    """Paints, showing place in line, steps and previews below `lead`.

    Args:
        wishes: fields of ImagineRequest other than the prompt, as JSON knows them; kept for the buttons of the answer.

    Raises:
        QueueFull: the queue is full, or the asker has used up their share.
        InputError, JobCancelled, JobFailed: nothing was painted; what was spent is given back.
    """
    asker = delivery.interaction
    spending = await bot.state.quotas.spend(str(asker.user.id), limits.PAINTINGS)
    try:
        asked = await bot.remember(asker, "imagine", prompt, wishes=wishes, seeds=[])
        painted = await _follow(bot, delivery, asked, ImagineRequest(prompt, **origin(asker), **wishes), lead)
    except BaseException:
        await bot.state.quotas.give_back(spending)
        raise
    asked = replace(asked, options=asked.options | {"seeds": [picture.seed for picture in painted]})
    await bot.state.requests.update(asked.id, asked.options)
    return asked, painted


async def _follow(
    bot: SemblanceBot, delivery: Delivery, asked: Asked, request: ImagineRequest, lead: Answer
) -> tuple[Painted, ...]:
    job = bot.engine.imagine(request)
    running = bot.running[asked.id] = Running(asked, job.id)
    cancel = button(delivery.say, "cancel", asked, style=discord.ButtonStyle.danger)
    try:
        async for event in job:
            running.latest = event
            match event:
                case Done():
                    return event.painted
                case Failed():
                    raise JobFailed(event.message_id, **event.params)
                case Cancelled():
                    raise JobCancelled("job-cancelled", job=job.id)
                case _:
                    now = present_progress(delivery.say, request.prompt, event)
                    content = f"{lead.content}\n{now.content}".lstrip()
                    delivery.progress(Answer(content, lead.pictures + now.pictures, (cancel,)))
        return await job.result()
    finally:
        del bot.running[asked.id]
