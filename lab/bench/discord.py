"""Many people at once: the real bot with the models in use against a Discord on loopback, each in a loop of its own.

Told: seconds to the acknowledgement and to the answer, answers lost or given twice, how long the bot's event loop was
blocked, and how its memory grew. The baseline is one person alone on the same bot.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import psutil

from cogs.client import SemblanceBot
from cogs.endpoints import use_endpoints
from core.assembly import ROOT, SAMPLES, build_engine
from core.messages import Messages
from core.settings import Settings, read_settings
from lab.bench.find import QUERIES
from lab.bench.report import Row, add_json_argument, quantiles, report
from loopback import Invocation, LoopbackDiscord, Person

T = TypeVar("T")

PROBE_S = 0.005
WEIGH_S = 1.0
ANSWER_S = 300.0  # what is not answered by then is lost
BASELINE = 20  # interactions of the one person alone


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--interactions", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=120.0, help="over which the interactions arrive (default 120)")
    add_json_argument(parser)


def main(args: argparse.Namespace) -> int:
    with TemporaryDirectory() as folder:
        rows = asyncio.run(_measure(args, Path(folder)))
    report(rows, args.json)
    return 0


@dataclass(slots=True)
class Tally:
    """What became of the interactions."""

    acknowledged: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    lost: int = 0
    twice: int = 0


class LoopbackThread:
    """The Discord in a thread of its own, so that it does not share the bot's event loop."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="loopback", daemon=True)
        self._thread.start()

    async def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, self.loop))

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()


async def _measure(args: argparse.Namespace, folder: Path) -> list[Row]:
    thread = LoopbackThread()
    discord = LoopbackDiscord(data_dir=folder / "loopback")
    await thread.call(discord.__aenter__())
    discord.limiter.enabled = False  # what is measured is the bot, not the waiting that Discord would ask for
    try:
        settings = read_settings(
            data_dir=folder,
            discord_token=discord.bot_token,
            discord_api_base=discord.api_base,
            discord_gateway_url=discord.gateway_url,
            discord_cdn_base=discord.cdn_base,
            profile=read_settings().profile,
        )
        return await _with_bot(args, settings, discord, thread)
    finally:
        await thread.call(discord.__aexit__(None, None, None))
        thread.close()


async def _with_bot(
    args: argparse.Namespace, settings: Settings, discord: LoopbackDiscord, thread: LoopbackThread
) -> list[Row]:
    use_endpoints(settings)
    assert settings.discord_token is not None
    async with build_engine(settings) as engine, SemblanceBot(settings, engine, Messages(ROOT / "locales")) as bot:
        await engine.gallery_add_folder(SAMPLES)
        await engine.warm_up()
        await bot.login(settings.discord_token.get_secret_value())
        running = asyncio.create_task(bot.connect())
        await bot.wait_until_ready()
        alone = await thread.call(_drive(discord, people=1, interactions=BASELINE, seconds=0.0))
        blocked: list[float] = []
        resident: list[int] = []
        probes = [asyncio.create_task(_probe(blocked)), asyncio.create_task(_weigh(resident))]
        together = await thread.call(_drive(discord, args.people, args.interactions, args.seconds))
        for probe in probes:
            probe.cancel()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    return [
        {
            "name": "acknowledged",
            "interactions": args.interactions,
            "people": args.people,
            **quantiles(together.acknowledged),
            "baseline": {"name": "one person alone", **quantiles(alone.acknowledged)},
        },
        {
            "name": "answered",
            "lost": together.lost,
            "twice": together.twice,
            **quantiles(together.answered),
            "baseline": {"name": "one person alone", **quantiles(alone.answered)},
        },
        {"name": "event loop blocked", "max_ms": round(1e3 * max(blocked), 1), **quantiles(blocked)},
        {
            "name": "memory",
            "grown_mib": _grown(resident),
            "grown_second_half_mib": _grown(resident[len(resident) // 2 :]),
        },
    ]


async def _probe(blocked: list[float]) -> None:
    """How much later than asked for a sleeper wakes: the time that the event loop was held."""
    while True:
        start = time.perf_counter()
        await asyncio.sleep(PROBE_S)
        blocked.append(max(0.0, time.perf_counter() - start - PROBE_S))


async def _weigh(resident: list[int]) -> None:
    """The bytes that the process holds, again and again; the Discord on loopback, which forgets nothing, is in them."""
    process = psutil.Process()
    while True:
        resident.append(process.memory_info().rss)
        await asyncio.sleep(WEIGH_S)


def _grown(resident: Sequence[int]) -> float:
    return round((resident[-1] - resident[0]) / 2**20, 1)


async def _drive(discord: LoopbackDiscord, people: int, interactions: int, seconds: float) -> Tally:
    """People who ask one thing after another; arrivals are spread evenly at random over `seconds`."""
    rng = random.Random(0)
    tally = Tally()
    crowd = [discord.user(f"Person {number}", locale=rng.choice(["en-US", "zh-CN"])) for number in range(people)]
    shares = Counter(number % people for number in range(interactions))
    starts = sorted(rng.uniform(0, seconds) for _ in range(interactions))
    plans = [[starts[number + people * turn] for turn in range(shares[number])] for number in range(people)]
    begin = time.perf_counter()
    await asyncio.gather(*(_person(p, plan, begin, rng, tally) for p, plan in zip(crowd, plans, strict=True)))
    return tally


async def _person(person: Person, starts: list[float], begin: float, rng: random.Random, tally: Tally) -> None:
    picture = (next(SAMPLES.rglob("*.webp"))).read_bytes()
    for start in starts:
        await asyncio.sleep(max(0.0, begin + start - time.perf_counter()))
        asked = time.perf_counter()
        invocation = await _ask(person, picture, rng)
        try:
            tally.acknowledged.append(await invocation.acknowledged())
            await invocation.message(within=ANSWER_S)
        except TimeoutError:
            tally.lost += 1
            continue
        tally.answered.append(time.perf_counter() - asked)
        tally.twice += bool(invocation.followups)


async def _ask(person: Person, picture: bytes, rng: random.Random) -> Invocation:
    """Mostly searches, some scores, some looks at the status; painting has a benchmark of its own."""
    draw = rng.random()
    if draw < 0.7:
        language = "zh" if person.user.locale.startswith("zh") else "en"
        return await person.slash("find", query=rng.choice(QUERIES[language]), imagine_if_missing=False)
    if draw < 0.9:
        image = await person.upload(picture, "picture.webp")
        return await person.slash("score", image=image, texts="a cat | 一只猫 | a red car")
    return await person.slash("status")
