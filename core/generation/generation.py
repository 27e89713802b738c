"""Continuous batching: jobs become canvases, and canvases join and leave each device's batch between two steps."""

from __future__ import annotations

import asyncio
import logging
import math
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from PIL import Image

from core.errors import JobFailed, NotAllowed, NotFound, QueueFull, SemblanceError
from core.generation import progress as progress_of
from core.generation.device import Canvas, Device, DeviceLost, PainterFactory, Tick
from core.generation.jobs import Job
from core.generation.pace import Pace, is_news, work_of
from core.generation.plan import recipes
from core.generation.png import blur, encode_png
from core.generation.progress import Progress
from core.generation.turns import Turns
from core.types import Cancelled, Done, Failed, ImagineRequest, Painted, Queued, Scored
from models.painter.painter import PainterInfo

log = logging.getLogger(__name__)

Score: TypeAlias = Callable[[str, list[Image.Image]], Awaitable[Sequence[tuple[float, float]]]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what waits and on what shares a step.

    Attributes:
        max_pending, max_pending_per_user: jobs that have not ended, of all and of one owner.
        max_batch: pictures of one size that share a denoising step.
        preview_interval_s: a job's previews are at least so far apart.
        announce_interval_s: so are the corrections of a place in the queue.
    """

    max_pending: int = 50
    max_pending_per_user: int = 3
    max_batch: int = 8
    preview_interval_s: float = 1.0
    announce_interval_s: float = 1.0


@dataclass(frozen=True, slots=True)
class GenerationStatus:
    """Attributes: waiting, running: jobs; devices: painters that are alive."""

    painter: PainterInfo
    waiting: int
    running: int
    devices: int


class Generation:
    """The engine's painting side: `async with Generation([factory], score, limits) as generation: ...`.

    Args:
        factories: one for each device; each is called on its device's own thread, and again when that device was lost.
        score: the asker's prompt and pictures -> (match, cosine) of each.
    """

    def __init__(self, factories: Sequence[PainterFactory], score: Score, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._score = score
        self._devices = [Device(factory, max_batch=self._limits.max_batch) for factory in factories]
        self._loops: dict[Device, asyncio.Task[None]] = {}  # those alive
        self._tasks: set[asyncio.Task[None]] = set()
        self._queue: Turns[Canvas] = Turns()
        self._jobs: dict[str, Progress] = {}  # those not ended
        self._pace = Pace()
        self._wake = asyncio.Event()
        self._announced_at = 0.0

    async def __aenter__(self) -> Generation:
        """Loads the painters. Raises what their factories raise."""
        opened = await asyncio.gather(*(device.open() for device in self._devices), return_exceptions=True)
        if failures := [result for result in opened if isinstance(result, BaseException)]:
            for device in self._devices:
                device.close()
            raise failures[0]
        self._info = self._devices[0].painter.info
        self._loops = {device: asyncio.create_task(self._serve(device)) for device in self._devices}
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cancels what has not ended and waits for the threads."""
        for progress in list(self._jobs.values()):
            self._end(progress, Cancelled(progress.job.id))
        tasks = [*self._loops.values(), *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for device in self._devices:
            await asyncio.to_thread(device.close)

    # --- What askers call ---

    def submit(self, request: ImagineRequest) -> Job:
        """Puts a request into the queue.

        Raises:
            InputError: the request itself must change.
            QueueFull: too much is waiting; `wait_s` says for how long (0: not known).
            JobFailed: no painter is left alive.
        """
        plan = recipes(request, self._info)
        if not self._loops:
            raise JobFailed("painting-no-device")
        self._refuse_if_full(request.owner)
        job = Job(uuid.uuid4().hex[:12], request)
        canvases = [Canvas(job, shown, recipe) for shown, candidates in enumerate(plan) for recipe in candidates]
        progress = self._jobs[job.id] = Progress(job, canvases)
        for canvas in canvases:
            self._queue.add(canvas, owner=request.owner, group=request.group)
        self._announce(progress, *self._forecast()[job.id])
        self._wake.set()
        return job

    def cancel(self, job_id: str, *, by: str, moderator: bool = False) -> None:
        """Ends the job now; its pictures leave the batch before the next step and are never decoded.

        Raises:
            NotFound: there is no such job, or it has ended.
            NotAllowed: it is somebody else's, and `by` is no moderator.
        """
        progress = self._jobs.get(job_id)
        if progress is None:
            raise NotFound("job-not-found", job=job_id)
        if not moderator and progress.job.request.owner != by:
            raise NotAllowed("job-not-yours", job=job_id)
        self._end(progress, Cancelled(job_id))

    @property
    def status(self) -> GenerationStatus:
        running = sum(progress.started for progress in self._jobs.values())
        return GenerationStatus(self._info, len(self._jobs) - running, running, len(self._loops))

    # --- The loop of each device ---

    async def _serve(self, device: Device) -> None:
        while True:
            self._admit(device)
            if not device.canvases:
                self._wake.clear()
                await self._wake.wait()
                continue
            try:
                tick = await device.tick(self._previews_due(device))
            except DeviceLost:
                log.exception("A painter was lost; its pictures are tried once more")
                if not await self._recover(device):
                    return
            else:
                self._report(device, tick)
            await asyncio.sleep(0)  # what finished reaches the decoder's line before the next step does

    def _admit(self, device: Device) -> None:
        """Fills the places of ended jobs by those whose turn it is."""
        device.canvases = [canvas for canvas in device.canvases if not canvas.job.ended]
        while (canvas := self._queue.take(lambda canvas: device.has_room(canvas.recipe))) is not None:
            device.canvases.append(canvas)
            self._jobs[canvas.job.id].start()
        if time.monotonic() - self._announced_at >= self._limits.announce_interval_s:
            self._announced_at = time.monotonic()
            for job_id, (position, eta_s) in self._forecast().items():
                self._announce(self._jobs[job_id], position, eta_s)

    def _previews_due(self, device: Device) -> set[Canvas]:
        """The first canvas of each job that has had no preview for a while."""
        now = time.monotonic()
        due: dict[str, Canvas] = {}
        for canvas in device.canvases:
            if now - self._jobs[canvas.job.id].last_preview >= self._limits.preview_interval_s:
                due.setdefault(canvas.job.id, canvas)
        return set(due.values())

    def _report(self, device: Device, tick: Tick) -> None:
        """Tells what a step did. Jobs that ended while it was made hear no more."""
        if tick.moved:
            self._pace.stepped(sum(work_of(canvas.recipe, 1) for canvas in tick.moved), tick.seconds)
        for canvas, error in tick.failed:
            device.canvases.remove(canvas)
            self._fail(canvas, error)
        for canvas in tick.moved:
            finished = canvas.row is not None and canvas.row.finished
            if finished:
                device.canvases.remove(canvas)
            if (progress := self._jobs.get(canvas.job.id)) is None:
                continue
            preview = tick.previews.get(canvas)
            if preview is not None:
                progress.last_preview = time.monotonic()
            progress.advance(preview)
            if finished:
                self._spawn(self._finish(device, canvas))

    async def _recover(self, device: Device) -> bool:
        """A new thread and a new painter; False when they cannot be had, and the device is given up."""
        lost, device.canvases = device.canvases, []
        for canvas in lost:
            self._try_again(canvas, suspect=canvas in device.suspects)
        try:
            await device.reopen()
        except (DeviceLost, SemblanceError):
            log.exception("A painter could not be opened again; its device is given up")
            del self._loops[device]
            if not self._loops:
                for progress in list(self._jobs.values()):
                    self._end(progress, Failed(progress.job.id, "painting-no-device", {}))
            return False
        return True

    # --- What becomes of a canvas ---

    async def _finish(self, device: Device, canvas: Canvas) -> None:
        """Decodes and scores one picture while others are being painted."""
        began = time.monotonic()
        try:
            decoded = await device.decode(canvas)
            if decoded is None:
                return
            image, flagged = decoded
            [(match, cosine)] = await self._score(canvas.job.request.prompt, [image])
        except SemblanceError as error:
            self._fail(canvas, error)
        except DeviceLost:
            log.exception("A painter was lost while it decoded; the picture is tried once more")
            self._try_again(canvas, suspect=True)
        except Exception:
            log.exception("A finished picture could not be scored")
            self._fail(canvas, JobFailed("painting-failed"))
        else:
            self._pace.finished(time.monotonic() - began)
            if (progress := self._jobs.get(canvas.job.id)) is not None:
                progress.finished[canvas] = progress_of.Scored(image, flagged, match, cosine)
                await self._tell_pictures(progress)

    def _fail(self, canvas: Canvas, error: SemblanceError) -> None:
        if (progress := self._jobs.get(canvas.job.id)) is not None:
            progress.errors[canvas] = error
            progress.advance()
            self._spawn(self._tell_pictures(progress))

    def _try_again(self, canvas: Canvas, *, suspect: bool) -> None:
        """Its device was lost: back into the queue; what may have been the cause has one more chance, alone."""
        if canvas.job.ended:
            return
        if suspect and canvas.retried:
            self._fail(canvas, JobFailed("painting-failed"))
            return
        canvas.retried, canvas.row = canvas.retried or suspect, None
        self._queue.put_back(canvas, owner=canvas.job.request.owner, group=canvas.job.request.group)
        self._wake.set()

    async def _tell_pictures(self, progress: Progress) -> None:
        """Tells every picture whose candidates have all come to an end, the best of them; after the last, the end."""
        async with progress.closing:
            for number, candidates in progress.pictures():
                if number in progress.shown or not all(map(progress.came_to_an_end, candidates)):
                    continue
                scored = [canvas for canvas in candidates if canvas in progress.finished]
                if not scored or not progress.decoding:
                    continue
                best = max(scored, key=lambda canvas: progress.finished[canvas].match)
                painted = await asyncio.to_thread(_paint, best, progress.finished[best], self._info.name)
                if progress.job.ended:
                    return
                progress.shown[number] = painted
                progress.job.publish(Scored(progress.job.id, painted))
            if progress.job.ended or not all(map(progress.came_to_an_end, progress.canvases)):
                return
            if progress.shown:
                self._end(progress, Done(progress.job.id, tuple(progress.shown[n] for n in sorted(progress.shown))))
            else:
                error = next(iter(progress.errors.values()))
                self._end(progress, Failed(progress.job.id, error.message_id, error.params))

    def _end(self, progress: Progress, event: Done | Failed | Cancelled) -> None:
        """The one terminal event; nothing of the job stays behind."""
        progress.job.publish(event)
        del self._jobs[progress.job.id]
        self._queue.remove(lambda canvas: canvas.job is progress.job)
        self._wake.set()

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- What askers are told about waiting ---

    def _refuse_if_full(self, owner: str) -> None:
        own = [job_id for job_id, progress in self._jobs.items() if progress.job.request.owner == owner]
        if len(own) >= self._limits.max_pending_per_user:
            limit = self._limits.max_pending_per_user
            raise QueueFull("queue-full-for-you", limit=limit, wait_s=self._shortest_wait(own))
        if len(self._jobs) >= self._limits.max_pending:
            raise QueueFull("queue-full", limit=self._limits.max_pending, wait_s=self._shortest_wait(list(self._jobs)))

    def _shortest_wait(self, job_ids: Sequence[str]) -> int:
        """Whole seconds until the first of these jobs is done; 0 when that is not known."""
        forecast = self._forecast()
        etas = [eta_s for job_id in job_ids if (eta_s := forecast[job_id][1]) is not None]
        return math.ceil(min(etas, default=0))

    def _forecast(self) -> dict[str, tuple[int, float | None]]:
        """For every job its position (0: started) and the seconds until it is done."""
        forecast: dict[str, tuple[int, float | None]] = {}
        ahead, painters, position = 0.0, len(self._loops), 0
        for device in self._devices:
            for canvas in device.canvases:
                left = canvas.recipe.steps if canvas.row is None else canvas.row.steps - canvas.row.done
                ahead += work_of(canvas.recipe, left)
                eta_s = self._pace.seconds(work_of(canvas.recipe, left), left, painters)
                forecast[canvas.job.id] = (0, eta_s)
        for canvas in self._queue.order():
            ahead += work_of(canvas.recipe, canvas.recipe.steps)
            eta_s = self._pace.seconds(ahead, canvas.recipe.steps, painters)
            if canvas.job.id not in forecast:
                position += not self._jobs[canvas.job.id].started
                forecast[canvas.job.id] = (position, eta_s)
            forecast[canvas.job.id] = (forecast[canvas.job.id][0], eta_s)
        return {job_id: forecast.get(job_id, (0, self._pace.seconds(0, 0, painters))) for job_id in self._jobs}

    def _announce(self, progress: Progress, position: int, eta_s: float | None) -> None:
        """Tells a waiting job its place, when that is news."""
        if progress.started:
            return
        promise = None if eta_s is None else time.monotonic() + eta_s
        if position == progress.position and not is_news(progress.promised_at, promise, eta_s):
            return
        progress.position, progress.promised_at = position, promise
        progress.job.publish(Queued(progress.job.id, position, eta_s))


def _paint(canvas: Canvas, scored: progress_of.Scored, painter: str) -> Painted:
    """The file and its record. Blocking."""
    assert canvas.row is not None
    asked, recipe = canvas.job.request, canvas.row.recipe
    about: dict[str, str | int | float] = {
        "prompt": asked.prompt,
        "painted_prompt": recipe.prompt,
        "negative": recipe.negative,
        "seed": recipe.seed,
        "steps": recipe.steps,
        "guidance": recipe.guidance,
        "scheduler": recipe.scheduler,
        "size": f"{recipe.width}x{recipe.height}",
        "match": round(scored.match, 4),
        "cosine": round(scored.cosine, 4),
        "painter": painter,
        "software": "Semblance",
    }
    if asked.fast:
        about["fast"] = "LCM-LoRA"
    if recipe.image is not None:
        about["strength"] = recipe.strength
    if recipe.towards is not None:
        about["variation"] = f"{recipe.turn} towards seed {recipe.towards}"
    return Painted(
        png=encode_png(blur(scored.image) if scored.flagged else scored.image, about),
        prompt=asked.prompt,
        painted_prompt=recipe.prompt,
        seed=recipe.seed,
        steps=recipe.steps,
        guidance=recipe.guidance,
        scheduler=recipe.scheduler,
        match=scored.match,
        cosine=scored.cosine,
        flagged=scored.flagged,
        towards=recipe.towards,
    )
