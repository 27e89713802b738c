"""A picture being painted, told to Discord as it happens."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord

from cogs import limits
from cogs.answer import Answer, Picture
from cogs.buttons import button
from cogs.delivery import Delivery
from cogs.imagine.presenter import present_progress
from cogs.imagine.result import Painting
from cogs.origin import origin
from cogs.running import Running
from core.errors import JobCancelled, JobFailed
from core.state import Asked
from core.types import Cancelled, Done, Failed, ImagineRequest, Painted, Queued

if TYPE_CHECKING:
    from cogs.client import SemblanceBot

_NOTHING_YET = Answer("")


async def paint(
    bot: SemblanceBot,
    delivery: Delivery,
    prompt: str,
    wishes: dict[str, Any],
    *,
    source: bytes | None = None,
    lead: Answer = _NOTHING_YET,
) -> Painting:
    """Paints, showing place in line, steps and previews below `lead`.

    Args:
        wishes: fields of ImagineRequest other than prompt and image, as JSON knows them; kept for the buttons of the
            answer.
        source: the image file to start from.

    Raises:
        QueueFull: the queue is full, or the asker has used up their share.
        InputError, JobCancelled, JobFailed: nothing was painted; what was spent is given back.
    """
    asker = delivery.interaction
    spending = await bot.state.quotas.spend(str(asker.user.id), limits.PAINTINGS)
    try:
        asked = await bot.remember(asker, "imagine", prompt, wishes=wishes, seeds=[])
        request = ImagineRequest(prompt, **origin(asker), image=source, **wishes)
        painted, took_s = await _follow(bot, delivery, asked, request, lead)
    except BaseException:
        await bot.state.quotas.give_back(spending)
        raise
    made = {"seeds": [picture.seed for picture in painted], "towards": painted[0].towards}
    asked = replace(asked, options=asked.options | made)
    await bot.state.requests.update(asked.id, asked.options)
    return Painting(asked, painted, took_s, source)


async def _follow(
    bot: SemblanceBot, delivery: Delivery, asked: Asked, request: ImagineRequest, lead: Answer
) -> tuple[tuple[Painted, ...], float]:
    """The pictures, and the seconds since they left the line."""
    job = bot.engine.imagine(request)
    running = bot.running[asked.id] = Running(asked, job.id)
    cancel = button(delivery.say, "cancel", asked, style=discord.ButtonStyle.danger)
    veil = bot.veil(delivery.interaction)
    begun = time.monotonic()
    preview: tuple[Picture, ...] = ()
    try:
        async for event in job:
            running.latest = event
            match event:
                case Done():
                    return event.painted, time.monotonic() - begun
                case Failed():
                    raise JobFailed(event.message_id, **event.params)
                case Cancelled():
                    raise JobCancelled("job-cancelled", job=job.id)
                case _:
                    if isinstance(event, Queued):
                        begun = time.monotonic()
                    now = present_progress(delivery.say, request.prompt, event, spoiler=veil.everything)
                    preview = now.pictures or preview  # few steps bring one
                    content = f"{lead.content}\n{now.content}".lstrip()
                    delivery.progress(Answer(content, lead.pictures + preview, (cancel,)))
        return await job.result(), time.monotonic() - begun
    finally:
        del bot.running[asked.id]
