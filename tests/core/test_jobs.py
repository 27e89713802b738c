"""A job tells all who ask the same story, from its beginning to its one end."""

from __future__ import annotations

import asyncio

import pytest

from core.errors import JobCancelled, JobFailed
from core.generation import Job
from core.types import Cancelled, Done, Failed, ImagineRequest, Queued, Started
from tests.core.stories import story


async def test_who_comes_late_hears_everything_and_who_came_early_hears_it_once() -> None:
    job = Job("j", ImagineRequest("a cat"))
    job.publish(Queued("j", 1, None))
    early = asyncio.create_task(story(job))
    await asyncio.sleep(0)
    job.publish(Started("j"))
    job.publish(Done("j", ()))
    expected = [Queued("j", 1, None), Started("j"), Done("j", ())]
    assert await early == expected
    assert await story(job) == expected
    assert await job.result() == ()


async def test_nothing_is_told_after_the_end() -> None:
    job = Job("j", ImagineRequest("a cat"))
    job.publish(Cancelled("j"))
    with pytest.raises(RuntimeError):
        job.publish(Done("j", ()))
    with pytest.raises(JobCancelled):
        await job.result()
    assert await story(job) == [Cancelled("j")]


async def test_a_failure_keeps_its_message_for_the_asker() -> None:
    job = Job("j", ImagineRequest("a cat"))
    waiting = asyncio.create_task(job.result())
    await asyncio.sleep(0)
    job.publish(Failed("j", "painting-scheduler", {"scheduler": "lcm"}))
    with pytest.raises(JobFailed) as failure:
        await waiting
    assert (failure.value.message_id, failure.value.params) == ("painting-scheduler", {"scheduler": "lcm"})
