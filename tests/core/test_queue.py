"""Painting through a real Redis server: nothing is lost, nothing comes twice, whoever dies."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from core.errors import InputError, JobCancelled, JobFailed, NotAllowed, NotFound, QueueFull
from core.generation import Generation, Limits
from core.queue import RemoteGeneration, Shelf, run_worker, wire
from core.types import (
    Cancelled,
    Decoding,
    Done,
    Failed,
    ImagineRequest,
    Painted,
    Queued,
    Scored,
    Started,
    Step,
)
from tests.core import queue_worker
from tests.core.queue_worker import score
from tests.core.redis_server import redis_server
from tests.core.stories import assert_well_told, story
from tests.tiny_painter import INFO, tiny_painter

BEAT_S = 0.1
LIMITS = Limits(max_pending=20, max_pending_per_user=5, max_batch=4, preview_interval_s=0)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest_asyncio.fixture
async def url(server: str) -> AsyncIterator[str]:
    async with connect(server) as redis:
        await redis.flushall()
    yield server


def connect(url: str) -> Any:  # redis-py annotates answers for blocking clients too
    return Redis.from_url(url, protocol=2)


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 what another process does sets no event here
            await asyncio.sleep(0.02)


async def stream_is_empty(redis: Any) -> bool:
    """Nothing is to be painted and nothing is being painted."""
    return not await redis.xlen(wire.JOBS) and not (await redis.xpending(wire.JOBS, wire.GROUP))["pending"]


@asynccontextmanager
async def worker(
    url: str, name: str = "one", capacity: int = 4, shelf: Shelf | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """A worker in this process; cancelling the task stops it as a lost connection would, without a farewell."""
    async with Generation([tiny_painter], score, Limits(1000, 1000, max_batch=4, preview_interval_s=0)) as generation:
        work = run_worker(generation, url, name=name, capacity=capacity, shelf=shelf, heartbeat_s=BEAT_S)
        task = asyncio.create_task(work)
        async with connect(url) as redis:
            await until(lambda: redis.hexists(wire.WORKERS, name))
        yield task
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def client(url: str, limits: Limits = LIMITS, shelf: Shelf | None = None) -> AsyncIterator[RemoteGeneration]:
    async with RemoteGeneration(url, limits, shelf=shelf, heartbeat_s=BEAT_S) as remote:
        yield remote


@pytest.mark.parametrize(
    "value",
    [
        ImagineRequest("一只猫", "o", "g", steps=3, image=b"\x89PNG\x00\xff", guidance=1.5),
        Step("j", 1, 2, b"jpeg"),
        Done(
            "j", (Painted(b"a", "p", "q", 1, 2, 3.0, "ddim", 0.5, 0.2), Painted(b"b", "p", "q", 2, 2, 3.0, "lcm", 1, 0))
        ),
        Failed("j", "painting-failed", {"limit": 3}),
        INFO,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_travels_arrives_unchanged(value: Any) -> None:
    assert wire.unpack({name.encode(): data for name, data in wire.pack(value).items()}) == value


async def test_a_picture_painted_elsewhere_comes_with_the_same_story_and_pixels(url: str) -> None:
    async with worker(url), client(url) as remote:
        request = ImagineRequest("一只黑猫", seed=7, steps=3)
        job = remote.submit(request)
        told = await story(job)
        assert [type(event) for event in told] == [Queued, Started, Step, Step, Step, Decoding, Scored, Done]
        assert {event.job for event in told} == {job.id}
    async with Generation([tiny_painter], score) as here:
        assert await here.submit(request).result() == await job.result()


async def test_what_cannot_be_painted_is_refused_before_it_travels(url: str) -> None:
    async with worker(url), client(url, Limits(max_pending=1)) as remote:
        with pytest.raises(InputError):
            remote.submit(ImagineRequest("a cat", steps=1000))
        remote.submit(ImagineRequest("a cat", steps=100))
        with pytest.raises(QueueFull):
            remote.submit(ImagineRequest("a cat"))


async def test_without_a_worker_the_asker_is_told(url: str) -> None:
    async with client(url) as remote:
        with pytest.raises(JobFailed, match="queue-without-workers"):
            remote.submit(ImagineRequest("a cat"))


async def test_without_redis_the_owner_is_told_at_the_start() -> None:
    with pytest.raises(JobFailed, match="queue-unreachable"):
        async with client("redis://127.0.0.1:1/0"):
            pass


async def test_cancelling_stops_the_worker_and_no_other_job(url: str) -> None:
    async with worker(url), client(url) as remote:
        long, other = (remote.submit(ImagineRequest("a cat", owner=o, steps=s)) for o, s in (("a", 100), ("b", 5)))
        async for event in long:
            if isinstance(event, Step):
                break
        with pytest.raises(NotAllowed):
            remote.cancel(long.id, by="b")
        remote.cancel(long.id, by="a")
        with pytest.raises(JobCancelled):
            await long.result()
        with pytest.raises(NotFound):
            remote.cancel(long.id, by="a")
        assert len(await other.result()) == 1
        async with connect(url) as redis:
            await until(lambda: stream_is_empty(redis))


async def test_one_who_asks_for_much_does_not_hold_up_another(url: str) -> None:
    async with worker(url, capacity=1), client(url) as remote:
        much = [remote.submit(ImagineRequest("a cat", owner="much", steps=6)) for _ in range(4)]
        little = remote.submit(ImagineRequest("a cat", owner="little", steps=2))
        await little.result()
        assert not much[2].ended
        assert not much[3].ended


async def test_another_worker_takes_over_from_one_that_vanished(url: str) -> None:
    async with worker(url, "doomed") as doomed, client(url) as remote:
        job = remote.submit(ImagineRequest("a cat", seed=3, steps=25))
        async for event in job:
            if isinstance(event, Step) and event.step > 3:
                break
        doomed.cancel()
        async with worker(url, "heir"):
            told = await story(job)
    assert_well_told(told)
    assert isinstance(told[-1], Done)
    steps = [event.step for event in told if isinstance(event, Step)]
    assert steps == sorted(steps)


async def test_a_variation_is_fixed_before_it_travels_so_that_an_heir_paints_the_same(url: str) -> None:
    async with worker(url), client(url) as remote:
        jobs = [remote.submit(ImagineRequest("a cat", seed=3, variation=0.2, steps=1)) for _ in range(2)]
        painted = [(await job.result())[0].towards for job in jobs]
    assert painted == [job.request.towards for job in jobs]
    assert painted[0] != painted[1]


async def test_jobs_of_a_client_that_is_gone_are_not_painted(url: str) -> None:
    async with connect(url) as redis:
        request = wire.pack(ImagineRequest("a cat", steps=100))
        await redis.xadd(wire.JOBS, {"job": "j", "client": "gone", **request})
        async with worker(url):
            await until(lambda: stream_is_empty(redis))
        [(_, event)] = await redis.xrange(wire.events_key("gone"))
        assert wire.unpack(event) == Cancelled("j")


@pytest.mark.parametrize("address", [str, Path.as_uri], ids=["folder", "uri"])
async def test_large_results_are_handed_over_on_the_shelf_and_leave_nothing_behind(
    url: str, tmp_path: Path, address: Callable[[Path], str]
) -> None:
    folder, laid = tmp_path / "shared", list[int]()

    class Watched(Shelf):
        def take(self, fields: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
            laid.append(len(list(folder.iterdir())))
            return super().take(fields)

    request = ImagineRequest("a cat", seed=7, count=2)
    async with (
        worker(url, shelf=Shelf(address(folder), inline_bytes=1000)),
        client(url, shelf=Watched(address(folder))) as remote,
    ):
        painted = await remote.submit(request).result()
    async with Generation([tiny_painter], score) as here:
        assert painted == await here.submit(request).result()
    assert max(laid) >= 2
    assert list(folder.iterdir()) == []


async def test_small_results_stay_off_the_shelf(url: str, tmp_path: Path) -> None:
    shelf = Shelf(str(tmp_path / "shared"))
    async with worker(url, shelf=shelf), client(url) as remote:  # a client without it
        assert len(await remote.submit(ImagineRequest("a cat")).result()) == 1


@pytest.mark.parametrize(
    ("of_worker", "of_client", "message_id"),
    [
        (None, None, "queue-result-too-large"),
        ("there", None, "queue-results-elsewhere"),
        ("there", "somewhere else", "queue-results-unreachable"),
    ],
)
async def test_a_large_result_that_cannot_be_handed_over_says_what_to_set(
    url: str, tmp_path: Path, of_worker: str | None, of_client: str | None, message_id: str
) -> None:
    def shelf(name: str | None) -> Shelf:
        return Shelf(name and str(tmp_path / name), inline_bytes=1000)

    async with worker(url, shelf=shelf(of_worker)), client(url, shelf=shelf(of_client)) as remote:
        job = remote.submit(ImagineRequest("a cat"))
        assert_well_told(told := await story(job))
        assert isinstance(told[-1], Failed)
        assert told[-1].message_id == message_id
        async with connect(url) as redis:
            await until(lambda: stream_is_empty(redis))


@pytest.mark.parametrize("address", ["ftp://host/folder", "/proc/no/such/folder"])
async def test_a_shelf_that_cannot_be_had_is_told_at_the_start(url: str, address: str) -> None:
    with pytest.raises(JobFailed, match="queue-results-unreachable"):
        async with client(url, shelf=Shelf(address)):
            pass


def test_what_nobody_comes_for_is_swept_off_the_shelf(tmp_path: Path) -> None:
    shelf = Shelf(str(tmp_path), inline_bytes=1000)
    shelf.open()
    old, new = (
        shelf.lay(wire.pack(Scored("j", Painted(bytes(2000), "p", "p", seed, 1, 1.0, "ddim", 0.5, 0.2))))
        for seed in (1, 2)
    )
    forgotten = tmp_path / old["at:blob0"].decode()
    os.utime(forgotten, (0, 0))
    shelf.sweep(older_than_s=3600)
    assert [path.name for path in tmp_path.iterdir()] == [new["at:blob0"].decode()]


async def test_who_waits_for_a_worker_hears_that_it_takes_longer(url: str) -> None:
    async with worker(url, capacity=1), client(url) as remote:
        await remote.submit(ImagineRequest("a cat", steps=1)).result()  # to have something measured
        long = remote.submit(ImagineRequest("a cat", owner="a", steps=100))
        waiting = aiter(remote.submit(ImagineRequest("a dog", owner="b")))
        while (told := await anext(waiting)).position != 1:  # pyright: ignore[reportAttributeAccessIssue]
            pass
        remote._job_s = 100.0  # as slow jobs would make it
        again = await anext(waiting)
        assert isinstance(told, Queued)
        assert isinstance(again, Queued)
        assert again.position == 1
        assert again.eta_s == 200
        assert told.eta_s is not None
        assert told.eta_s < 50
        remote.cancel(long.id, by="a")


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_of_200_jobs_over_three_workers_killed_one_by_one_each_comes_once(url: str) -> None:
    context = multiprocessing.get_context("forkserver")  # a new worker needs no second to import torch
    context.set_forkserver_preload(["tests.core.queue_worker"])
    numbers = itertools.count()

    def spawn() -> Any:
        process = context.Process(target=queue_worker.run, args=(url, f"worker{next(numbers)}", 0.5))
        process.start()
        return process

    finished = asyncio.Semaphore(0)

    async def followed(job: Any) -> Any:
        told = await story(job)
        finished.release()
        return told

    async def kill_one_by_one(workers: list[Any]) -> None:
        for _ in range(7):
            for _ in range(25):  # of the 200 jobs, however fast this machine is
                await finished.acquire()
            victim = workers.pop(0)
            victim.kill()
            await asyncio.to_thread(victim.join)
            workers.append(spawn())

    async def all_three(redis: Any) -> bool:
        return await redis.hlen(wire.WORKERS) == 3

    workers = [spawn() for _ in range(3)]
    try:
        async with connect(url) as redis:
            await until(lambda: all_three(redis), seconds=180)
        async with RemoteGeneration(url, Limits(200, 200), heartbeat_s=0.5) as remote:
            jobs = [
                remote.submit(ImagineRequest("a cat", owner=str(n % 7), seed=n, steps=8 + n % 12)) for n in range(200)
            ]
            *stories, _ = await asyncio.gather(*map(followed, jobs), kill_one_by_one(workers))
        assert next(numbers) == 3 + 7  # so many were killed
        for n, told in enumerate(stories):
            assert_well_told(told)
            end = told[-1]
            assert isinstance(end, Done)
            assert [painted.seed for painted in end.painted] == [n]
    finally:
        for process in workers:
            process.kill()
            process.join()
