"""What a job tells, and what must hold for every such story."""

from __future__ import annotations

from core.generation import Job
from core.types import Cancelled, Decoding, Done, Failed, JobEvent, Queued, Scored, Started, Step

ORDER = (Queued, Started, Step, Decoding, Scored, Done | Failed | Cancelled)


async def story(job: Job) -> list[JobEvent]:
    return [event async for event in job]


def assert_well_told(events: list[JobEvent]) -> None:
    """In order, started once at most, steps counting up, one end."""
    ranks = [next(rank for rank, kind in enumerate(ORDER) if isinstance(event, kind)) for event in events]
    assert ranks == sorted(ranks)
    assert ranks.count(ORDER.index(Started)) <= 1
    assert ranks.count(len(ORDER) - 1) == 1
    steps = [event.step for event in events if isinstance(event, Step)]
    assert steps == sorted(steps)
