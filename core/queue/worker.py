"""A painter on some machine: takes jobs from the stream, tells what happens, and takes over from workers that died."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from core.errors import JobFailed, SemblanceError
from core.generation import Generation, Job
from core.queue import wire
from core.queue.loops import Loops
from core.queue.shelf import Shelf
from core.types import Cancelled, Done, Failed, ImagineRequest, JobEvent

log = logging.getLogger(__name__)

HEARTBEAT_S = 2.0
MAX_ATTEMPTS = 10  # a job that has seen so many workers die is what kills them
KEPT_S = 3600  # how long events wait for a client that is away


async def run_worker(
    generation: Generation,
    url: str,
    *,
    name: str,
    capacity: int,
    shelf: Shelf | None = None,
    heartbeat_s: float = HEARTBEAT_S,
) -> None:
    """Paints until it is cancelled.

    A job stays pending in the consumer group until its end was told, and every heartbeat puts its idle time back: when
    a worker dies, another claims its jobs after four heartbeats and paints them again from the same seed.

    Args:
        generation: opened; its limits must admit `capacity` jobs.
        name: tells this worker from all others.
        capacity: jobs that are taken at once.
        shelf: for results that are too large for Redis; not opened yet.

    Raises:
        JobFailed: the shelf cannot be reached.
    """
    shelf = shelf or Shelf()
    await asyncio.to_thread(shelf.open)
    async with Redis.from_url(url, protocol=2) as redis:
        await _Worker(generation, redis, name, capacity, shelf, heartbeat_s).run()


class _Worker:
    def __init__(
        self, generation: Generation, redis: Redis, name: str, capacity: int, shelf: Shelf, heartbeat_s: float
    ) -> None:
        self._generation = generation
        self._redis: Any = redis  # redis-py annotates answers for blocking clients too
        self._channel = redis.pubsub()
        self._name = name
        self._capacity = capacity
        self._shelf = shelf
        self._heartbeat_s = heartbeat_s
        self._entries: dict[bytes, asyncio.Task[None]] = {}  # stream entries in hand
        self._jobs: dict[str, Job] = {}  # by the client's id
        self._left = asyncio.Event()

    async def run(self) -> None:
        with suppress(ResponseError):  # the group exists
            await self._redis.xgroup_create(wire.JOBS, wire.GROUP, id="0", mkstream=True)
        loops = Loops(self._take, self._beat, self._hear_cancel, self._sweep, pause_s=self._heartbeat_s)
        try:
            async with self._channel:
                await self._channel.subscribe(wire.CANCELS)
                await loops.wait()
        finally:
            await loops.close()
            for task in self._entries.values():
                task.cancel()
            await asyncio.gather(*self._entries.values(), return_exceptions=True)
            with suppress(RedisError):
                await self._redis.hdel(wire.WORKERS, self._name)

    async def _take(self) -> None:
        room = self._capacity - len(self._entries)
        if room <= 0:
            self._left.clear()
            await self._left.wait()
            return
        taken = await self._orphans(room)
        if not taken:
            block = int(500 * self._heartbeat_s)
            read = await self._redis.xreadgroup(wire.GROUP, self._name, {wire.JOBS: ">"}, count=room, block=block)
            taken = read[0][1] if read else []
        for entry, fields in taken:
            if entry not in self._entries:
                task = self._entries[entry] = asyncio.create_task(self._paint(entry, fields))
                task.add_done_callback(lambda task, entry=entry: self._drop(entry, task))

    async def _orphans(self, room: int) -> list[tuple[bytes, Mapping[bytes, bytes]]]:
        """Jobs of workers that have not been heard for four heartbeats."""
        idle = int(4000 * self._heartbeat_s)
        _, claimed, _ = await self._redis.xautoclaim(wire.JOBS, wire.GROUP, self._name, idle, count=room)
        return [(entry, fields) for entry, fields in claimed if fields]

    def _drop(self, entry: bytes, task: asyncio.Task[None]) -> None:
        del self._entries[entry]
        self._left.set()
        if not task.cancelled() and (error := task.exception()) is not None:  # its entry will be claimed again
            log.error("A job was let go", exc_info=error)

    async def _beat(self) -> None:
        info = wire.pack(self._generation.status.painter)["body"].decode()
        presence = {"at": time.time(), "capacity": self._capacity, "painter": info}
        await self._redis.hset(wire.WORKERS, self._name, json.dumps(presence))
        if self._entries:
            await self._redis.xclaim(
                wire.JOBS, wire.GROUP, self._name, min_idle_time=0, message_ids=list(self._entries), justid=True
            )
        await asyncio.sleep(self._heartbeat_s)

    async def _hear_cancel(self) -> None:
        message = await self._channel.get_message(ignore_subscribe_messages=True, timeout=self._heartbeat_s)
        if message is not None and (job := self._jobs.get(message["data"].decode())) is not None:
            with suppress(SemblanceError):  # it ended just now
                self._generation.cancel(job.id, by="", moderator=True)

    async def _sweep(self) -> None:
        try:
            await asyncio.to_thread(self._shelf.sweep, KEPT_S)
        except JobFailed as error:
            log.warning("What nobody has come for stays on the shelf: %s", error)
        await asyncio.sleep(KEPT_S)

    async def _paint(self, entry: bytes, fields: Mapping[bytes, bytes]) -> None:
        job_id, client = fields[b"job"].decode(), fields[b"client"].decode()
        attempt = await self._redis.incr(wire.attempts_key(job_id))
        await self._redis.expire(wire.attempts_key(job_id), KEPT_S)
        if not await self._redis.exists(wire.alive_key(client)):
            await self._tell(entry, client, job_id, attempt, Cancelled(job_id))
            return
        if attempt > MAX_ATTEMPTS:
            await self._tell(entry, client, job_id, attempt, Failed(job_id, "painting-failed", {}))
            return
        request: ImagineRequest = wire.unpack(fields)
        try:
            job = self._jobs[job_id] = self._generation.submit(request)
        except SemblanceError as error:
            await self._tell(entry, client, job_id, attempt, Failed(job_id, error.message_id, error.params))
            return
        try:
            if await self._redis.exists(wire.cancelled_key(job_id)) and not job.ended:
                self._generation.cancel(job.id, by="", moderator=True)
            async for event in job:
                await self._tell(entry, client, job_id, attempt, replace(event, job=job_id))
        except JobFailed as error:  # the result cannot be handed over
            await self._tell(entry, client, job_id, attempt, Failed(job_id, error.message_id, error.params))
        finally:
            del self._jobs[job_id]
            if not job.ended:  # the worker is being closed: others will claim the entry
                self._generation.cancel(job.id, by="", moderator=True)

    async def _tell(self, entry: bytes, client: str, job_id: str, attempt: int, event: JobEvent) -> None:
        """Adds to the client's stream; with the end of a job, its entry leaves the group in the same transaction.

        Raises JobFailed: the event is large and cannot be laid on the shelf.
        """
        fields = await asyncio.to_thread(self._shelf.lay, wire.pack(event))
        key = wire.events_key(client)
        transaction = self._redis.pipeline(transaction=True)
        transaction.xadd(key, {"job": job_id, "attempt": attempt, **fields})
        transaction.expire(key, KEPT_S)
        if isinstance(event, Done | Failed | Cancelled):
            transaction.xack(wire.JOBS, wire.GROUP, entry)
            transaction.xdel(wire.JOBS, entry)
        await transaction.execute()
