"""What an asker sees of the generation engine, on a tiny painter."""

from __future__ import annotations

import asyncio
import gc
import io
import random
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil
import pytest
import pytest_asyncio
import torch
from PIL import Image

from core.errors import JobCancelled, JobFailed, ModelUnavailable, NotAllowed, NotFound, QueueFull
from core.generation import Generation, Job, Limits
from core.generation.png import blur
from core.types import (
    Cancelled,
    Decoding,
    Done,
    ImagineRequest,
    JobEvent,
    Painted,
    Queued,
    Scored,
    Started,
    Step,
)
from models.painter.denoiser import Denoiser
from models.painter.painter import Painter
from models.painter.rows import Recipe, start
from tests.core.stories import assert_well_told, story
from tests.tiny_painter import INFO, tiny_painter

LIMITS = Limits(max_pending=6, max_pending_per_user=4, max_batch=4, preview_interval_s=0, announce_interval_s=0)


async def score(prompt: str, images: list[Image.Image]) -> list[tuple[float, float]]:
    """Brighter is better."""
    return [(float(np.asarray(image).mean()) / 255, 0.25) for image in images]


@pytest_asyncio.fixture
async def generation() -> AsyncIterator[Generation]:
    async with Generation([tiny_painter], score, LIMITS) as opened:
        yield opened


class Spy:
    """Stands in for a UNet: counts calls, remembers batch sizes, and does what `before` says on the way."""

    def __init__(self, before: Callable[[int], None] = lambda call: None, delay_s: float = 0.0) -> None:
        self.unet = tiny_painter().unet
        self.config, self.dtype = self.unet.config, self.unet.dtype
        self.before, self.delay_s = before, delay_s
        self.sizes: list[int] = []
        self.shapes: list[int] = []

    def __call__(self, sample: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        self.sizes.append(len(sample))
        self.shapes.append(sample.shape[-1])
        time.sleep(self.delay_s)
        self.before(len(self.sizes))
        return self.unet(sample, *args, **kwargs)

    def painter(self) -> Painter:
        painter = tiny_painter()
        painter.unet = self
        return painter


async def reached(job: Job, kind: type) -> None:
    """Waits until the job tells such an event."""
    async for event in job:
        if isinstance(event, kind):
            return
    raise AssertionError(f"{job.end} came before {kind.__name__}")


async def test_a_picture_comes_with_its_story(generation: Generation) -> None:
    job = generation.submit(ImagineRequest("一只黑猫", seed=7, steps=3))
    told = await story(job)
    assert [type(event) for event in told] == [Queued, Started, Step, Step, Step, Decoding, Scored, Done]
    steps = [event for event in told if isinstance(event, Step)]
    assert [(event.step, event.steps) for event in steps] == [(1, 3), (2, 3), (3, 3)]
    assert steps[0].preview is not None
    assert Image.open(io.BytesIO(steps[0].preview)).size == (128, 128)


async def test_the_file_says_how_it_was_made(generation: Generation) -> None:
    [painted] = await generation.submit(ImagineRequest("一只黑猫", negative="狗", seed=7, steps=3)).result()
    image: Any = Image.open(io.BytesIO(painted.png))
    assert image.size == (32, 32)
    told = {key: image.text[key] for key in ("prompt", "negative", "seed", "steps", "guidance", "scheduler", "size")}
    assert told == {
        "prompt": "一只黑猫",
        "negative": "狗",
        "seed": "7",
        "steps": "3",
        "guidance": "4.0",
        "scheduler": "ddim",
        "size": "32x32",
    }
    assert float(image.text["match"]) == pytest.approx(painted.match, abs=1e-4)


async def test_company_does_not_change_a_picture(generation: Generation) -> None:
    request = ImagineRequest("a red fox", seed=7, steps=6)
    row = start(tiny_painter(), Recipe("a red fox", "", 7, 6, INFO.guidance, INFO.scheduler, 32, 32))
    while not row.finished:
        Denoiser(tiny_painter()).step([row])
    alone = np.asarray(tiny_painter().decode(row.latents, row.generator)[0]).astype(int)
    snow = [ImagineRequest("snow", owner=str(n), steps=3 + n, scheduler="euler-a") for n in range(3)]
    others = [generation.submit(one) for one in snow]
    await reached(others[2], Step)
    [painted] = await generation.submit(request).result()
    assert np.abs(alone - np.asarray(Image.open(io.BytesIO(painted.png)))).max() <= 1


async def test_two_requests_share_a_step() -> None:
    spy = Spy()
    async with Generation([spy.painter], score, LIMITS) as generation:
        jobs = [generation.submit(ImagineRequest("a cat", steps=4, guidance=guidance)) for guidance in (1, 5)]
        await asyncio.gather(*(job.result() for job in jobs))
    assert spy.sizes == [3] * 4


async def test_a_new_request_joins_at_the_next_step() -> None:
    spy = Spy(delay_s=0.02)
    async with Generation([spy.painter], score, LIMITS) as generation:
        first = generation.submit(ImagineRequest("a cat", steps=30))
        await reached(first, Step)
        begun = len(spy.sizes)
        second = generation.submit(ImagineRequest("a dog", steps=2))
        await second.result()
        assert not first.ended
        sizes = spy.sizes[begun:]
    assert sizes.index(4) <= 1  # the step under way may go on without it
    assert sizes.count(4) == 2


async def test_sizes_are_served_in_turn() -> None:
    spy = Spy()
    async with Generation([spy.painter], score, LIMITS) as generation:
        crowd = [generation.submit(ImagineRequest("a cat", owner=str(n), steps=8)) for n in range(4)]
        large = generation.submit(ImagineRequest("a cat", owner="large", steps=3, width=64))
        await large.result()
        assert not any(job.ended for job in crowd)
    assert spy.shapes[:6] == [8, 16] * 3


async def test_one_who_asks_for_much_does_not_hold_up_another(generation: Generation) -> None:
    much = [generation.submit(ImagineRequest("a cat", owner="much", steps=6, count=4)) for _ in range(3)]
    little = generation.submit(ImagineRequest("a cat", owner="little", steps=6))
    await little.result()
    assert not much[1].ended
    assert not much[2].ended


async def test_a_crowd_in_one_server_does_not_hold_up_another_server() -> None:
    async with Generation([Spy().painter], score, Limits(max_batch=1)) as generation:
        crowd = [generation.submit(ImagineRequest("a cat", str(n), "crowded", steps=6)) for n in range(4)]
        quiet = generation.submit(ImagineRequest("a cat", "q", "quiet", steps=6))
        await quiet.result()
        assert [job.ended for job in crowd] == [True, False, False, False]


async def test_painting_goes_on_while_a_finished_picture_is_scored() -> None:
    scoring = asyncio.Event()

    async def slow_score(prompt: str, images: list[Image.Image]) -> list[tuple[float, float]]:
        if prompt == "a cat":
            await scoring.wait()
        return await score(prompt, images)

    async with Generation([tiny_painter], slow_score, LIMITS) as generation:
        first = generation.submit(ImagineRequest("a cat", steps=1))
        await generation.submit(ImagineRequest("a dog", steps=8)).result()
        assert not first.ended
        scoring.set()
        await first.result()


async def test_several_pictures_keep_their_order_and_seeds(generation: Generation) -> None:
    painted = await generation.submit(ImagineRequest("a cat", seed=5, count=4, steps=2)).result()
    assert [one.seed for one in painted] == [5, 6, 7, 8]
    assert len({one.png for one in painted}) == 4


async def test_the_best_match_of_the_candidates_is_kept(generation: Generation) -> None:
    every = await generation.submit(ImagineRequest("a cat", seed=5, count=4, steps=2)).result()
    [best] = await generation.submit(ImagineRequest("a cat", seed=5, candidates=4, steps=2)).result()
    assert best.match == max(one.match for one in every)
    assert best.seed == max(every, key=lambda one: one.match).seed


async def test_a_prompt_that_was_translated_is_told_and_scored_as_it_was_asked() -> None:
    asked: list[str] = []

    def painter() -> Painter:
        made = tiny_painter()
        made.info = replace(INFO, bilingual=False)
        made.translator = lambda text: "a black cat"
        return made

    async def remember(prompt: str, images: list[Image.Image]) -> list[tuple[float, float]]:
        asked.append(prompt)
        return await score(prompt, images)

    async with Generation([painter], remember, LIMITS) as generation:
        [chinese] = await generation.submit(ImagineRequest("一只黑猫", seed=1)).result()
        [english] = await generation.submit(ImagineRequest("a black cat", seed=1)).result()
    assert (chinese.prompt, chinese.painted_prompt) == ("一只黑猫", "a black cat")
    assert asked == ["一只黑猫", "a black cat"]
    first, second = (Image.open(io.BytesIO(one.png)).tobytes() for one in (chinese, english))
    assert first == second


async def test_a_flagged_picture_is_blurred_beside_the_event_loop_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def watched(image: Image.Image) -> Image.Image:
        threads.append(threading.current_thread())
        return blur(image)

    monkeypatch.setattr("core.generation.generation.blur", watched)

    def painter() -> Painter:
        made = tiny_painter()
        made.safety = lambda image: True
        return made

    async with Generation([painter], score, LIMITS) as generation, Generation([tiny_painter], score, LIMITS) as free:
        [hidden] = await generation.submit(ImagineRequest("a cat", seed=1)).result()
        [shown] = await free.submit(ImagineRequest("a cat", seed=1)).result()
    assert hidden.flagged
    assert not shown.flagged
    assert threads
    assert threading.current_thread() not in threads
    blurred, sharp = (np.asarray(Image.open(io.BytesIO(one.png))).astype(float) for one in (hidden, shown))
    assert np.abs(np.diff(blurred, axis=0)).mean() < 0.3 * np.abs(np.diff(sharp, axis=0)).mean()


# --- Cancelling ---


async def test_cancelling_stops_one_job_and_no_other(generation: Generation) -> None:
    long = generation.submit(ImagineRequest("long", owner="a", steps=100))
    short = generation.submit(ImagineRequest("short", owner="b", steps=5))
    await reached(long, Step)
    with pytest.raises(NotAllowed):
        generation.cancel(long.id, by="b")
    generation.cancel(long.id, by="a")
    assert_well_told(await story(long))
    with pytest.raises(JobCancelled):
        await long.result()
    assert len(await short.result()) == 1
    with pytest.raises(NotFound):
        generation.cancel(long.id, by="a")
    assert generation.status.running == 0


async def test_a_moderator_cancels_what_is_not_theirs(generation: Generation) -> None:
    job = generation.submit(ImagineRequest("a cat", owner="a", steps=100))
    generation.cancel(job.id, by="m", moderator=True)
    assert [type(event) for event in await story(job)] == [Queued, Cancelled]


async def test_a_cancelled_job_frees_its_place_within_a_step_and_is_not_decoded() -> None:
    spy = Spy(delay_s=0.02)
    decoded: list[Image.Image] = []

    def painter() -> Painter:
        made = spy.painter()
        made.safety = lambda image: bool(decoded.append(image))
        return made

    async with Generation([painter], score, Limits(max_batch=1)) as generation:
        first = generation.submit(ImagineRequest("a cat", owner="a", steps=3))
        second = generation.submit(ImagineRequest("a dog", owner="b", steps=2))
        await reached(first, Step)
        generation.cancel(first.id, by="a")
        paid = len(spy.sizes)
        await second.result()
    assert len(spy.sizes) <= paid + 1 + 2  # the step under way, and the two of the other job
    assert len(decoded) == 1


# --- Bounds and promises ---


async def test_the_queue_refuses_politely_and_tells_the_wait(generation: Generation) -> None:
    await generation.submit(ImagineRequest("to have something measured")).result()
    own = [generation.submit(ImagineRequest("a cat", owner="a", steps=50)) for _ in range(4)]
    with pytest.raises(QueueFull) as refusal:
        generation.submit(ImagineRequest("a cat", owner="a"))
    assert refusal.value.message_id == "queue-full-for-you"
    assert int(refusal.value.params["wait_s"]) >= 1
    for owner in "bc":
        generation.submit(ImagineRequest("a cat", owner=owner, steps=50))
    with pytest.raises(QueueFull) as refusal:
        generation.submit(ImagineRequest("a cat", owner="d"))
    assert refusal.value.message_id == "queue-full"
    generation.cancel(own[0].id, by="a")
    generation.submit(ImagineRequest("a cat", owner="d"))


async def test_position_and_promised_time_hold() -> None:
    spy = Spy(delay_s=0.02)
    async with Generation([spy.painter], score, Limits(max_batch=1)) as generation:
        warm_up = generation.submit(ImagineRequest("a cat", steps=10))
        first = (await story(warm_up))[0]
        assert isinstance(first, Queued)
        assert first.eta_s is None
        began = time.monotonic()
        jobs = [generation.submit(ImagineRequest("a cat", owner=str(n), steps=10)) for n in range(3)]
        told = [(await anext(aiter(job))) for job in jobs]
        await jobs[-1].result()
        took = time.monotonic() - began
    assert [event.position for event in told if isinstance(event, Queued)] == [1, 2, 3]
    last = told[-1]
    assert isinstance(last, Queued)
    assert last.eta_s is not None
    assert took / 3 < last.eta_s < took * 3


async def test_who_waits_hears_when_it_takes_longer_than_was_said() -> None:
    spy = Spy()
    async with Generation([spy.painter], score, Limits(max_batch=1, announce_interval_s=0)) as generation:
        await generation.submit(ImagineRequest("to have something measured")).result()
        running = generation.submit(ImagineRequest("a cat", owner="a", steps=40))
        waiting = generation.submit(ImagineRequest("a cat", owner="b", steps=40))
        await reached(running, Step)
        spy.delay_s = 0.3  # the machine has become slow
        promised: dict[int, float] = {}  # by position
        async for event in waiting:
            assert isinstance(event, Queued), "it began before anything was corrected"
            assert event.eta_s is not None
            if event.eta_s > promised.setdefault(event.position, event.eta_s):
                break


async def test_who_waits_hears_that_they_move_up() -> None:
    async with Generation([Spy().painter], score, Limits(max_batch=1, announce_interval_s=0)) as generation:
        jobs = [generation.submit(ImagineRequest("a cat", owner=str(n), steps=4)) for n in range(4)]
        told = [event.position for event in await story(jobs[-1]) if isinstance(event, Queued)]
    assert told[0] == 4
    assert told[-1] == 1
    assert sorted(set(told), reverse=True) == [4, 3, 2, 1]


# --- What goes wrong ---


async def test_a_scheduler_error_fails_its_own_job_alone(
    generation: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise IndexError("no such sigma")

    monkeypatch.setattr("models.painter.schedulers.LCMScheduler.step", refuse)
    bad = generation.submit(ImagineRequest("a cat", scheduler="lcm"))
    good = generation.submit(ImagineRequest("a cat"))
    assert len(await good.result()) == 1
    with pytest.raises(JobFailed) as failure:
        await bad.result()
    assert failure.value.message_id == "painting-scheduler"
    assert_well_told(await story(bad))


async def test_one_spoilt_picture_of_four_leaves_three() -> None:
    def painter() -> Painter:
        made = tiny_painter()
        decode = made.vae.decode

        def spoil(latents: torch.Tensor, *, generator: torch.Generator, **options: Any) -> Any:
            return decode(latents * torch.nan if generator.initial_seed() == 6 else latents, **options)

        made.vae = SimpleNamespace(config=made.vae.config, decode=spoil)
        return made

    async with Generation([painter], score, LIMITS) as generation:
        job = generation.submit(ImagineRequest("a cat", seed=5, count=4))
        assert [painted.seed for painted in await job.result()] == [5, 7, 8]
        assert_well_told(await story(job))


@pytest.mark.parametrize("error", [RuntimeError("CUDA error: unspecified launch failure"), SystemExit(1)], ids=str)
async def test_a_lost_device_is_replaced_and_its_jobs_are_painted_all_the_same(error: BaseException) -> None:
    def die(call: int) -> None:
        if call == 3:
            raise error

    spy = Spy(die)
    async with Generation([spy.painter], score, LIMITS) as generation:
        jobs = [generation.submit(ImagineRequest("a cat", owner=str(n))) for n in range(3)]
        for job in jobs:
            assert_well_told(await story(job))
            assert isinstance(job.end, Done)


async def test_a_job_that_kills_every_device_fails_without_taking_others_along() -> None:
    spy = Spy()

    def die(call: int) -> None:
        if 16 in spy.shapes[-1:]:
            raise RuntimeError("this size kills")

    spy.before = die
    async with Generation([spy.painter], score, LIMITS) as generation:
        killer = generation.submit(ImagineRequest("a cat", owner="k", width=64))
        others = [generation.submit(ImagineRequest("a cat", owner=str(n))) for n in range(3)]
        for job in others:
            assert len(await job.result()) == 1
        with pytest.raises(JobFailed) as failure:
            await killer.result()
        assert failure.value.message_id == "painting-failed"
        assert_well_told(await story(killer))


async def test_when_no_painter_is_left_every_job_ends_and_new_ones_are_refused() -> None:
    def die(call: int) -> None:
        raise RuntimeError("CUDA error")

    spy, opened = Spy(die), list[int]()

    def only_once() -> Painter:
        if opened:
            raise ModelUnavailable("model-gone")
        opened.append(1)
        return spy.painter()

    async with Generation([only_once], score, LIMITS) as generation:
        with pytest.raises(JobFailed, match="painting-no-device"):
            await generation.submit(ImagineRequest("a cat")).result()
        with pytest.raises(JobFailed, match="painting-no-device"):
            generation.submit(ImagineRequest("a cat"))


async def test_a_painter_that_cannot_be_loaded_says_so_at_the_start() -> None:
    def missing() -> Painter:
        raise ModelUnavailable("model-gone")

    with pytest.raises(ModelUnavailable):
        async with Generation([missing], score):
            pass


async def test_closing_the_engine_ends_every_job() -> None:
    async with Generation([tiny_painter], score, LIMITS) as generation:
        jobs = [generation.submit(ImagineRequest("a cat", steps=100, owner=str(n))) for n in range(6)]
        await reached(jobs[0], Step)
    assert all(isinstance(job.end, Cancelled) for job in jobs)


async def test_two_devices_paint_side_by_side() -> None:
    spies = [Spy(delay_s=0.01), Spy(delay_s=0.01)]
    async with Generation([spy.painter for spy in spies], score, Limits(max_batch=1)) as generation:
        jobs = [generation.submit(ImagineRequest("a cat", owner=str(n), steps=6)) for n in range(4)]
        await asyncio.gather(*(job.result() for job in jobs))
    assert [len(spy.sizes) for spy in spies] == [12, 12]


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_of_a_thousand_jobs_with_cancels_and_failures_each_ends_once_and_memory_stays_flat() -> None:
    chance = random.Random(0)
    spy = Spy()

    def misbehave(call: int) -> None:
        if call % 97 == 0:
            raise torch.OutOfMemoryError
        if call % 331 == 0:
            raise RuntimeError("CUDA error")

    spy.before = misbehave
    ended: list[JobEvent] = []
    painted: list[Painted] = []
    resident: list[int] = []
    limits = Limits(max_pending=40, max_pending_per_user=40, max_batch=8, preview_interval_s=0, announce_interval_s=0.1)

    async def ask(generation: Generation, number: int) -> None:
        owner = str(chance.randrange(7))
        options: dict[str, Any] = {"scheduler": chance.choice(["ddim", "euler-a"]), "steps": chance.randint(1, 6)}
        if chance.random() < 0.2:
            options |= {"width": 48}
        job = generation.submit(ImagineRequest(f"cat {number}", owner, str(number % 3), **options))
        if chance.random() < 0.3:
            await asyncio.sleep(chance.random() * 0.2)
            if not job.ended:
                generation.cancel(job.id, by=owner)
        told = await story(job)
        assert_well_told(told)
        ended.append(told[-1])
        if isinstance(told[-1], Done):
            painted.extend(told[-1].painted)
        if number % 100 == 99:
            gc.collect()
            painted.clear()
            resident.append(psutil.Process().memory_info().rss)

    async def keep_asking(generation: Generation, first: int) -> None:
        for number in range(first, 1000, limits.max_pending):
            await ask(generation, number)

    async with Generation([spy.painter], score, limits) as generation:
        await asyncio.gather(*(keep_asking(generation, first) for first in range(limits.max_pending)))
        assert generation.status.waiting == generation.status.running == 0
    assert len({event.job for event in ended}) == len(ended) == 1000
    kinds = [type(event) for event in ended]
    assert kinds.count(Done) > 500
    assert kinds.count(Cancelled) > 50
    assert resident[-1] - resident[2] < 40 * 2**20
