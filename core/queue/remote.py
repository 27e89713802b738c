"""The asker's side of the queue: what `core.generation.Generation` is, with the painters on other machines."""

from __future__ import annotations

import asyncio
import json
import math
import time
import uuid
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.errors import JobFailed, NotAllowed, NotFound, QueueFull
from core.generation import GenerationStatus, Job, Limits
from core.generation.pace import is_news
from core.generation.plan import draw_seed, recipes
from core.generation.turns import Turns
from core.queue import wire
from core.queue.loops import Loops
from core.queue.shelf import Shelf
from core.queue.worker import HEARTBEAT_S, KEPT_S
from core.types import Cancelled, Decoding, Done, Failed, ImagineRequest, JobEvent, Queued, Scored, Started, Step
from models.painter.painter import PainterInfo

_WEIGHT = 0.2  # of the newest job in the mean


@dataclass(slots=True, eq=False)
class _Asked:
    """A job and how much of it was told. A job that is painted a second time tells only what is new."""

    job: Job
    request: ImagineRequest
    position: int = 0
    promised_at: float | None = None
    sent_at: float | None = None
    attempt: int = 0
    rank: int = 0
    step: int = 0
    scored: int = 0  # pictures told
    scored_again: int = 0  # pictures heard of in the present attempt

    def is_news(self, attempt: int, event: JobEvent) -> bool:
        """Whether the asker has not heard that yet."""
        if attempt < self.attempt or isinstance(event, Queued):  # a worker that was thought dead; a worker's own queue
            return False
        if attempt > self.attempt:
            self.attempt, self.scored_again = attempt, 0
        if isinstance(event, Scored):
            self.scored_again += 1
            if self.scored_again <= self.scored:
                return False
            self.scored = self.scored_again
        rank = _RANKS[type(event)]
        if rank < self.rank or (rank == self.rank and isinstance(event, Started | Decoding)):
            return False
        if isinstance(event, Step):
            if event.step < self.step or (event.step == self.step and event.preview is None):
                return False
            self.step = event.step
        self.rank = rank
        return True


_RANKS: dict[type, int] = {Started: 1, Step: 2, Decoding: 3, Scored: 4, Done: 5, Failed: 5, Cancelled: 5}


class RemoteGeneration:
    """`async with RemoteGeneration(url, limits) as generation: ...`; the interface of `Generation`.

    Turns between owners are taken here: the stream gets no more jobs than the workers that are alive can hold.
    """

    def __init__(
        self,
        url: str,
        limits: Limits | None = None,
        *,
        shelf: Shelf | None = None,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._redis: Any = Redis.from_url(url, protocol=2)  # redis-py annotates answers for blocking clients too
        self._limits = limits or Limits()
        self._shelf = shelf or Shelf()
        self._heartbeat_s = heartbeat_s
        self._client = uuid.uuid4().hex
        self._queue: Turns[_Asked] = Turns()
        self._jobs: dict[str, _Asked] = {}  # those not ended
        self._workers: dict[str, int] = {}  # capacity of each that is alive
        self._info: PainterInfo | None = None
        self._job_s: float | None = None
        self._room = asyncio.Event()
        self._heard = b"0"  # the last event
        self._sending: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> RemoteGeneration:
        """Raises JobFailed: the queue or the shelf cannot be reached."""
        await asyncio.to_thread(self._shelf.open)
        try:
            await self._look_around()
        except RedisError as error:
            await self._redis.aclose()
            raise JobFailed("queue-unreachable", detail=str(error)[:300]) from error
        self._loops = Loops(self._watch, self._feed, self._listen, pause_s=self._heartbeat_s)
        return self

    async def __aexit__(self, *_: object) -> None:
        for asked in list(self._jobs.values()):
            self._withdraw(asked)
        await asyncio.gather(*self._sending, return_exceptions=True)
        await self._loops.close()
        with suppress(RedisError):
            await self._redis.delete(wire.alive_key(self._client), wire.events_key(self._client))
        await self._redis.aclose()

    # --- What askers call ---

    def submit(self, request: ImagineRequest) -> Job:
        """As `Generation.submit`.

        Raises:
            InputError, QueueFull: as there.
            JobFailed: no worker is alive.
        """
        if self._info is None or not self._workers:
            raise JobFailed("queue-without-workers")
        request = replace(  # fixed here, so that a second worker paints the same
            request,
            seed=draw_seed() if request.seed is None else request.seed,
            towards=draw_seed() if request.towards is None else request.towards,
        )
        recipes(request, self._info)
        self._refuse_if_full(request.owner)
        job = Job(uuid.uuid4().hex[:12], request)
        asked = self._jobs[job.id] = _Asked(job, request)
        self._queue.add(asked, owner=request.owner, group=request.group)
        self._announce(only=asked)
        self._room.set()
        return job

    def cancel(self, job_id: str, *, by: str, moderator: bool = False) -> None:
        """As `Generation.cancel`: the job ends now, its worker hears of it at once."""
        asked = self._jobs.get(job_id)
        if asked is None:
            raise NotFound("job-not-found", job=job_id)
        if not moderator and asked.request.owner != by:
            raise NotAllowed("job-not-yours", job=job_id)
        self._withdraw(asked)

    @property
    def status(self) -> GenerationStatus:
        """Raises JobFailed: no worker was ever seen."""
        if self._info is None:
            raise JobFailed("queue-without-workers")
        running = sum(asked.sent_at is not None for asked in self._jobs.values())
        return GenerationStatus(self._info, len(self._jobs) - running, running, len(self._workers))

    # --- Loops ---

    async def _watch(self) -> None:
        await self._look_around()
        self._announce()
        self._room.set()
        await asyncio.sleep(self._heartbeat_s)

    async def _look_around(self) -> None:
        """Says that this client is alive, and sees which workers are."""
        await self._redis.set(wire.alive_key(self._client), 1, ex=max(1, math.ceil(15 * self._heartbeat_s)))
        now, workers = time.time(), dict[str, int]()
        for name, text in (await self._redis.hgetall(wire.WORKERS)).items():
            presence = json.loads(text)
            if now - presence["at"] < 4 * self._heartbeat_s:
                workers[name.decode()] = presence["capacity"]
                self._info = wire.unpack({b"body": presence["painter"].encode()})
            elif now - presence["at"] > KEPT_S:
                await self._redis.hdel(wire.WORKERS, name)
        self._workers = workers

    async def _feed(self) -> None:
        """Sends whose turn it is while the workers have room."""
        self._room.clear()
        sent = sum(asked.sent_at is not None for asked in self._jobs.values())
        while sent < sum(self._workers.values()) and (asked := self._queue.take()) is not None:
            asked.sent_at = time.monotonic()
            sent += 1
            names = {"job": asked.job.id, "client": self._client}
            try:
                await self._redis.xadd(wire.JOBS, names | wire.pack(asked.request))
            except RedisError:
                asked.sent_at = None
                if not asked.job.ended:
                    self._queue.put_back(asked, owner=asked.request.owner, group=asked.request.group)
                raise
        await self._room.wait()

    async def _listen(self) -> None:
        """Tells the jobs what the workers tell."""
        key = wire.events_key(self._client)
        read = await self._redis.xread({key: self._heard}, count=100, block=1000)
        for entry, fields in read[0][1] if read else []:
            self._heard = entry
            event = await self._unpack(fields)
            asked = self._jobs.get(event.job)
            if asked is not None and asked.is_news(int(fields[b"attempt"]), event):
                self._tell(asked, event)
        if read:
            await self._redis.xtrim(key, minid=self._heard)

    async def _unpack(self, fields: Mapping[bytes, bytes]) -> JobEvent:
        try:
            return wire.unpack(await asyncio.to_thread(self._shelf.take, fields))
        except JobFailed as error:  # the result is where this machine cannot get it
            return Failed(fields[b"job"].decode(), error.message_id, error.params)

    # --- What becomes of a job ---

    def _tell(self, asked: _Asked, event: JobEvent) -> None:
        if isinstance(event, Done | Failed | Cancelled):
            if isinstance(event, Done) and asked.sent_at is not None:
                seconds = time.monotonic() - asked.sent_at
                self._job_s = seconds if self._job_s is None else self._job_s + _WEIGHT * (seconds - self._job_s)
            self._end(asked, event)
        else:
            asked.job.publish(event)

    def _withdraw(self, asked: _Asked) -> None:
        """Ends the job and lets the workers know."""
        sent = asked.sent_at is not None
        self._end(asked, Cancelled(asked.job.id))
        if sent:
            self._spawn(self._send_cancel(asked.job.id))

    async def _send_cancel(self, job_id: str) -> None:
        with suppress(RedisError):  # then it is painted for nothing
            await self._redis.set(wire.cancelled_key(job_id), 1, ex=KEPT_S)
            await self._redis.publish(wire.CANCELS, job_id)

    def _end(self, asked: _Asked, event: Done | Failed | Cancelled) -> None:
        asked.job.publish(event)
        del self._jobs[asked.job.id]
        self._queue.remove(lambda other: other is asked)
        self._room.set()

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    # --- What askers are told about waiting ---

    def _refuse_if_full(self, owner: str) -> None:
        own = sum(asked.request.owner == owner for asked in self._jobs.values())
        wait_s = math.ceil(self._job_s or 0)
        if own >= self._limits.max_pending_per_user:
            raise QueueFull("queue-full-for-you", limit=self._limits.max_pending_per_user, wait_s=wait_s)
        if len(self._jobs) >= self._limits.max_pending:
            raise QueueFull("queue-full", limit=self._limits.max_pending, wait_s=wait_s)

    def _announce(self, only: _Asked | None = None) -> None:
        """Tells those who wait for a worker their place and time, when that is news."""
        capacity = max(1, sum(self._workers.values()))
        for position, asked in enumerate(self._queue.order(), 1):
            if only not in (None, asked):
                continue
            turns = 1 + math.ceil(position / capacity)
            eta_s = None if self._job_s is None else turns * self._job_s
            promise = None if eta_s is None else time.monotonic() + eta_s
            if position != asked.position or is_news(asked.promised_at, promise, eta_s):
                asked.position, asked.promised_at = position, promise
                asked.job.publish(Queued(asked.job.id, position, eta_s))
