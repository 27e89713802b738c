"""One answer to one interaction: acknowledged at once, edited while work goes on, delivered exactly once.

Discord's rules that it hides (developer documentation, "Receiving and Responding"): an interaction must be acknowledged
within three seconds; its token lives fifteen minutes; files have a size limit that only the interaction knows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Self, cast

import aiohttp
import discord

from cogs import limits
from cogs.answer import Answer, fit, total_bytes
from cogs.texts import Say, clip
from cogs.throttle import Throttle

if TYPE_CHECKING:
    from cogs.client import SemblanceBot

_log = logging.getLogger(__name__)

_KEY = "delivery"  # in `interaction.extras`
_ALREADY_ACKNOWLEDGED = 40060
_UNKNOWN_MESSAGE = 10008
_TOO_LARGE = 40005

_BROKEN = (aiohttp.ClientConnectionError, ConnectionError)
_TROUBLE = (discord.HTTPException, *_BROKEN)
_RETRIES_S = (0.5, 2.0, 5.0)
_ONCE_MORE_S = (0.2,)  # an interaction waits three seconds in all


class Delivery:
    """The answer to one interaction.

    Args:
        interaction: not yet acknowledged.
        say: messages in the asker's language.
        private: only the asker sees the answer; late, it goes to them directly and never to the channel.
    """

    def __init__(self, interaction: discord.Interaction, say: Say, *, private: bool = False) -> None:
        self.interaction = interaction
        self.say = say
        self._private = private
        self._reachable = True  # through the interaction's token
        self._own = False  # the message that "is thinking", not one that a button is under
        self._shown = False  # how far the work is
        self.delivered = asyncio.Event()
        self._progress = Throttle(self._show_progress, limits.EDIT_PERIOD_S)

    @classmethod
    async def begin(
        cls, interaction: discord.Interaction, say: Say, *, private: bool = False, in_place: bool = False
    ) -> Self:
        """Acknowledges at once: "… is thinking", or for a button `in_place`, whose message will change, nothing to see.

        A refusal is remembered, and the answer goes to the channel.

        An interaction has one delivery: whoever begins it again, as the error funnel does, continues the first.
        """
        if (begun := interaction.extras.get(_KEY)) is not None:
            return begun
        delivery = interaction.extras[_KEY] = cls(interaction, say, private=private)
        await delivery._acknowledge(in_place)
        delivery._open_deliveries.add(delivery)
        return delivery

    def progress(self, answer: Answer) -> None:
        """Shows how far the work is, at most every two seconds; what comes faster is skipped."""
        self._progress.offer(answer)

    async def finish(self, answer: Answer) -> None:
        """Delivers the answer: in place, else smaller, else in the channel, else directly to the asker."""
        await self._conclude(answer, self._edit)

    async def fail(self, text: str) -> None:
        """Says why there is no answer: to the asker alone, unless the channel has seen the work going on.

        The message that a button was to change in place stays as it is.
        """
        await self._conclude(Answer(text), self._explain)

    async def _conclude(self, answer: Answer, send: Callable[[Answer], Awaitable[None]]) -> None:
        await self._progress.close()
        try:
            await self._deliver(answer, send)
        finally:
            self.delivered.set()
            self._open_deliveries.discard(self)

    async def _deliver(self, answer: Answer, send: Callable[[Answer], Awaitable[None]]) -> None:
        if self._reachable and not self._expired():
            try:
                return await send(answer)
            except _TROUBLE as error:
                if _code(error) == _UNKNOWN_MESSAGE:  # somebody deleted it: they do not want it
                    return None
                if not _lost(error):
                    raise
                _log.info("The answer to interaction %s goes elsewhere: %s", self.interaction.id, error)
        return await self._send_elsewhere(answer)

    async def _explain(self, answer: Answer) -> None:
        if self._own:
            await self._edit(answer)
            if self._private or self._shown:
                return
            # Only once "is thinking" has become a message is the next one free to be seen by the asker alone.
            await self.interaction.delete_original_response()
        await self.interaction.followup.send(clip(answer.content, limits.CONTENT), ephemeral=True)

    async def _acknowledge(self, in_place: bool) -> None:
        if self.interaction.response.is_done():
            return
        self._own = not in_place
        try:
            await _steadily(
                lambda: self.interaction.response.defer(ephemeral=self._private, thinking=not in_place), _ONCE_MORE_S
            )
        except discord.InteractionResponded:
            return
        except _TROUBLE as error:
            if _code(error) == _ALREADY_ACKNOWLEDGED:
                return
            if not _lost(error):
                raise
            _log.warning("Interaction %s could not be acknowledged: %s", self.interaction.id, error)
            self._reachable = False

    async def _show_progress(self, answer: Answer) -> None:
        """Best effort: a progress that cannot be shown must not stop the work."""
        if not self._reachable or self._expired():
            return
        try:
            await self._edit_once(answer)
            self._shown = True
        except _TROUBLE as error:
            _log.info("No progress shown for interaction %s: %s", self.interaction.id, error)

    async def _edit(self, answer: Answer) -> None:
        fitting = await self._fit(answer, self.interaction.filesize_limit)
        while True:
            try:
                await _steadily(partial(self._edit_once, fitting), _RETRIES_S)
                return
            except discord.HTTPException as error:
                if not _too_large(error) or not fitting.pictures:
                    raise
                # The limit was lower than the interaction said, or is meant for all files together.
                fitting = await self._fit(answer, _half_of_largest(fitting))

    async def _edit_once(self, answer: Answer) -> None:
        await self.interaction.edit_original_response(
            content=clip(answer.content, limits.CONTENT), attachments=answer.files(), view=answer.view()
        )

    async def _send_elsewhere(self, answer: Answer) -> None:
        user = self.interaction.user
        answer = await self._fit(answer, limits.FILE_BYTES)
        content = clip(self.say("late-answer", who=user.mention) + "\n" + answer.content, limits.CONTENT)
        channel = self.interaction.channel
        targets: list[discord.abc.Messageable] = [user]
        if isinstance(channel, discord.abc.Messageable) and not self._private:
            targets.insert(0, channel)
        for target in targets:
            try:
                await target.send(
                    content,
                    files=answer.files(),
                    view=answer.view() or discord.utils.MISSING,
                    allowed_mentions=discord.AllowedMentions(everyone=False, roles=False, users=[user]),
                )
                return
            except _TROUBLE as error:
                _log.info("The answer to interaction %s was refused by %s: %s", self.interaction.id, target, error)
        _log.warning("The answer to interaction %s could not be delivered", self.interaction.id)

    async def _fit(self, answer: Answer, limit: int) -> Answer:
        if total_bytes(answer.pictures) <= limit:
            return answer
        fitting = await asyncio.to_thread(fit, answer, limit)
        if len(fitting.pictures) < len(answer.pictures):
            return replace(fitting, content=answer.content + "\n" + self.say("picture-left-out"))
        return fitting

    @property
    def _open_deliveries(self) -> set[Delivery]:
        return cast("SemblanceBot", self.interaction.client).deliveries

    def _expired(self) -> bool:
        age = discord.utils.utcnow() - self.interaction.created_at
        return age.total_seconds() > limits.TOKEN_LIFE_S


async def _steadily(request: Callable[[], Awaitable[object]], waits_s: Sequence[float]) -> None:
    """Makes a request again when its connection breaks, after each of the waits: discord.py does so for few breaks.

    Only for requests that may reach Discord twice.
    """
    for wait_s in waits_s:
        try:
            await request()
            return
        except _BROKEN as error:
            _log.info("A connection to Discord broke: %r", error)
            await asyncio.sleep(wait_s)
    await request()


def _lost(error: Exception) -> bool:
    """Whether the token is of no use any more (expired, unknown) or Discord cannot serve it, retries included."""
    return not isinstance(error, discord.HTTPException) or error.status in (401, 404) or error.status >= 500


def _code(error: Exception) -> int:
    return error.code if isinstance(error, discord.HTTPException) else 0


def _too_large(error: discord.HTTPException) -> bool:
    return error.status == 413 or error.code == _TOO_LARGE


def _half_of_largest(answer: Answer) -> int:
    return max(len(picture.data) for picture in answer.pictures) // 2
