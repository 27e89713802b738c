"""`python bot.py doctor`: what is set, loaded, reachable and missing; exit status 1 if the bot could not run."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import shutil
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import version
from typing import Any

from cli.console import Console
from core.errors import SemblanceError
from core.settings import Profile, Settings
from core.types import SHARED

PACKAGES = ("torch", "open_clip_torch", "diffusers", "discord.py", "lancedb")
DISCORD_API = "https://discord.com/api/v10"
NETWORK_TIMEOUT_S = 10
FREE_BYTES = 10 * 2**30  # Stable Diffusion 1.5 and the encoder, once downloaded, with room to unpack


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report. `message_id` is in `cli.ftl`."""

    verdict: Verdict
    message_id: str
    params: dict[str, str | int | float]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object")


async def run(args: argparse.Namespace, console: Console) -> int:
    checks: list[Check] = []
    async for check in _examine(console.settings):
        checks.append(check)
        if not args.json:
            words = console.messages.format(console.settings.language, check.message_id, **check.params)
            print(f"{check.verdict:>4}  {words}")
    failed = any(check.verdict is Verdict.FAIL for check in checks)
    if args.json:
        console.json({"ok": not failed, "checks": [asdict(check) for check in checks]})
    return int(failed)


async def _examine(settings: Settings) -> AsyncIterator[Check]:
    yield _ok("doctor-python", python=platform.python_version(), cores=os.cpu_count() or 1)
    yield _ok("doctor-packages", packages=", ".join(f"{name} {version(name)}" for name in PACKAGES))
    yield _data_dir(settings)
    yield _ok("doctor-profile", profile=settings.profile)
    async for check in _models(settings):
        yield check
    async for check in _discord(settings):
        yield check
    if settings.queue_url is not None:
        yield await _redis(settings.queue_url.get_secret_value())


def _data_dir(settings: Settings) -> Check:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        probe = settings.data_dir / ".doctor"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return _fail("doctor-data-dir-unwritable", folder=str(settings.data_dir), reason=error.strerror or "")
    free = shutil.disk_usage(settings.data_dir).free
    verdict = Verdict.WARN if settings.profile is Profile.FULL and free < FREE_BYTES else Verdict.OK
    return Check(verdict, "doctor-data-dir", {"folder": str(settings.data_dir), "free_gib": free // 2**30})


async def _models(settings: Settings) -> AsyncIterator[Check]:
    import numpy as np  # all of this takes seconds to import, and `--help` needs none of it

    from core.assembly import load_encoder, painter_factories, scorer_for
    from core.gallery.store import encoder_of, gallery_names

    try:
        encoder = await asyncio.to_thread(load_encoder, settings)
        make_scorer = await asyncio.to_thread(scorer_for, settings, encoder)
        scorer = await asyncio.to_thread(make_scorer, np.zeros((0, encoder.dim), np.float32))
        yield _ok("doctor-encoder", encoder=encoder.name, dim=encoder.dim)
    except SemblanceError as error:
        yield Check(Verdict.FAIL, error.message_id, error.params)
        return
    location = settings.gallery_location
    if SHARED not in await asyncio.to_thread(gallery_names, location):
        yield _warn("doctor-gallery-missing", location=location)
    elif (made_with := await asyncio.to_thread(encoder_of, location, SHARED)) != encoder.name:
        yield Check(Verdict.FAIL, "gallery-mismatch", {"made_with": made_with or "unknown", "now": encoder.name})
    else:
        yield _ok("doctor-gallery", location=location)
    yield _ok("doctor-head") if scorer.trained else _warn("doctor-head-untrained", encoder=encoder.name)
    try:
        painter = await asyncio.to_thread(painter_factories(settings, encoder)[0])
        words = {"painter": painter.info.name, "device": str(painter.device)}
        yield _warn("doctor-painter-offloaded", **words) if painter.info.offloaded else _ok("doctor-painter", **words)
    except SemblanceError as error:
        yield Check(Verdict.FAIL, error.message_id, error.params)


async def _discord(settings: Settings) -> AsyncIterator[Check]:
    if settings.discord_token is None:
        yield _warn("doctor-no-token")
        return
    import aiohttp

    headers = {"Authorization": f"Bot {settings.discord_token.get_secret_value()}"}
    url = f"{settings.discord_api_base or DISCORD_API}/users/@me"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=NETWORK_TIMEOUT_S)) as session,
            session.get(url, headers=headers) as reply,
        ):
            about: dict[str, Any] = await reply.json()
            status = reply.status
    except (aiohttp.ClientError, TimeoutError, ValueError):
        yield _fail("doctor-discord-unreachable", url=url)
        return
    if status == 200:
        yield _ok("doctor-discord", name=str(about.get("username")))
    else:
        yield _fail("doctor-token-refused", status=status)


async def _redis(url: str) -> Check:
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    client = Redis.from_url(url)
    try:
        await client.ping()
    except (RedisError, OSError):
        return _fail("doctor-redis-unreachable")
    finally:
        await client.aclose()
    return _ok("doctor-redis")


def _ok(message_id: str, **params: str | int | float) -> Check:
    return Check(Verdict.OK, message_id, params)


def _warn(message_id: str, **params: str | int | float) -> Check:
    return Check(Verdict.WARN, message_id, params)


def _fail(message_id: str, **params: str | int | float) -> Check:
    return Check(Verdict.FAIL, message_id, params)
