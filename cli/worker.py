"""`python bot.py worker`: paints for the bots that share a queue, until it is stopped."""

from __future__ import annotations

import os
import socket

from cli.console import Console
from core.assembly import build_worker
from core.errors import SettingsError
from core.queue import Shelf, run_worker


async def run(console: Console) -> int:
    """Raises SettingsError: no queue is set."""
    settings = console.settings
    if settings.queue_url is None:
        raise SettingsError(
            "setting-invalid", problems="QUEUE_URL: missing. Write a Redis address such as redis://localhost:6379/0."
        )
    engine, generation, capacity = build_worker(settings)
    name = f"{socket.gethostname()}-{os.getpid()}"
    async with engine, generation:
        console.say("cli-worker", name=name, devices=generation.status.devices)
        url, shelf = settings.queue_url.get_secret_value(), Shelf(settings.queue_results)
        await run_worker(generation, url, name=name, capacity=capacity, shelf=shelf)
    return 0
