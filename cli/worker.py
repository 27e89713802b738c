"""`python bot.py worker`: paints for the bots that share a queue, until it is stopped."""

from __future__ import annotations

import os
import socket

from cli.console import Console
from core.assembly import build_worker
from core.errors import SettingsError
from core.queue import run_worker


async def run(console: Console) -> int:
    """Raises SettingsError: no queue is set."""
    settings = console.settings
    if settings.queue_url is None:
        raise SettingsError(
            "setting-invalid", problems="QUEUE_URL: missing. Write a Redis address such as redis://localhost:6379/0."
        )
    engine, generation = build_worker(settings)
    name = f"{socket.gethostname()}-{os.getpid()}"
    async with engine, generation:
        console.say("cli-worker", name=name, devices=generation.status.devices)
        await run_worker(generation, settings.queue_url.get_secret_value(), name=name, capacity=settings.max_batch)
    return 0
