"""A job as its asker sees it: an id, a row of events, one end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from core.errors import JobCancelled, JobFailed
from core.types import Cancelled, Done, Failed, ImagineRequest, JobEvent, Painted


class Job:
    """Iterating yields every event from the first to the one that ends the job; any number may iterate.

    Lives in one event loop and is not thread-safe.
    """

    def __init__(self, job_id: str, request: ImagineRequest) -> None:
        self.id = job_id
        self.request = request
        self._events: list[JobEvent] = []
        self._more = asyncio.Event()

    @property
    def end(self) -> Done | Failed | Cancelled | None:
        """The event that ended the job."""
        last = self._events[-1] if self._events else None
        return last if isinstance(last, Done | Failed | Cancelled) else None

    @property
    def ended(self) -> bool:
        return self.end is not None

    def publish(self, event: JobEvent) -> None:
        """For the engine: tells all who iterate. Raises RuntimeError after the end, which is one and the last."""
        if self.ended:
            raise RuntimeError(f"{event} after the end of the job")
        self._events.append(event)
        self._more.set()
        self._more = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[JobEvent]:
        told = 0
        while True:
            more = self._more
            for event in self._events[told:]:
                told += 1
                yield event
            if self.ended and told == len(self._events):
                return
            if told == len(self._events):
                await more.wait()

    async def result(self) -> tuple[Painted, ...]:
        """Waits for the end.

        Raises:
            JobFailed, JobCancelled: it ended so.
        """
        while (end := self.end) is None:
            await self._more.wait()
        if isinstance(end, Failed):
            raise JobFailed(end.message_id, **end.params)
        if isinstance(end, Cancelled):
            raise JobCancelled("job-cancelled", job=self.id)
        return end.painted
