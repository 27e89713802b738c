"""Semblance: settings -> engine -> Discord, or the page on loopback when there is no token; and the subcommands."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from cli.console import Console
from core.errors import SemblanceError, SettingsError
from core.messages import Messages
from core.settings import Settings, read_settings

ROOT = Path(__file__).parent
COMMANDS = ("ask", "gallery", "worker", "doctor")


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 a check failed, 2 something must be changed first."""
    args = _parser().parse_args(argv)
    messages = Messages(ROOT / "locales")
    try:
        settings = read_settings()
    except SemblanceError as error:
        print(messages.error("en-US", error), file=sys.stderr)
        return 2
    logging.basicConfig(level=settings.log_level if args.command is None else logging.WARNING, format=_LOG_FORMAT)
    os.environ.setdefault("LANCEDB_LOG", "error")  # it warns of every table that is new; read when it is imported
    console = Console(settings, messages)
    try:
        return asyncio.run(_dispatch(args, console))
    except SemblanceError as error:
        return console.fail(error)
    except KeyboardInterrupt:
        return 130


_LOG_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


def _parser() -> argparse.ArgumentParser:
    from cli import ask, doctor, gallery

    parser = argparse.ArgumentParser(prog="python bot.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", title="subcommands (none: run the bot)")
    ask.add_arguments(commands.add_parser("ask", help="one request without Discord"))
    gallery.add_arguments(commands.add_parser("gallery", help="the pictures that /find searches"))
    commands.add_parser("worker", help="paint for the bots on QUEUE_URL")
    doctor.add_arguments(commands.add_parser("doctor", help="what is set, loaded, reachable and missing"))
    return parser


async def _dispatch(args: argparse.Namespace, console: Console) -> int:
    from cli import ask, doctor, gallery
    from core.assembly import build_engine

    settings = console.settings
    match args.command:
        case None:
            return await _serve(console)
        case "doctor":
            return await doctor.run(args, console)
        case "gallery" if args.action == "reencode":
            return await gallery.reencode(console)
        case "worker":
            from cli import worker  # brings the painter's packages, which take seconds to import

            return await worker.run(console)
        case "gallery":
            async with build_engine(settings, paints=False) as engine:
                return await gallery.run(args, engine, console)
        case _:
            paints = args.ask == "imagine" or (args.ask == "find" and not args.no_imagine)
            async with build_engine(settings, paints=paints) as engine:
                return await ask.run(args, engine, console)


async def _serve(console: Console) -> int:
    """Until it is told to stop: Discord with a token, the page without."""
    if console.settings.discord_token is not None:
        await _run_bot(console.settings, console)
        return 0
    from loopback import serve

    port = console.settings.loopback_port
    async with AsyncExitStack() as stack:
        try:
            discord = await stack.enter_async_context(serve(port=port, data_dir=console.settings.data_dir / "loopback"))
        except OSError as error:
            raise SettingsError("page-port-taken", port=str(port), reason=error.strerror or "") from None
        settings = read_settings(
            profile=console.settings.profile,
            discord_token=discord.bot_token,
            discord_api_base=discord.api_base,
            discord_gateway_url=discord.gateway_url,
            discord_cdn_base=discord.cdn_base,
        )
        await _run_bot(settings, console, page=discord.page_url)
    return 0


async def _run_bot(settings: Settings, console: Console, page: str | None = None) -> None:
    from aiohttp import ClientConnectionError
    from discord import LoginFailure

    from cogs.client import SemblanceBot
    from cogs.endpoints import use_endpoints
    from core.assembly import SAMPLES, build_engine
    from core.types import SHARED

    assert settings.discord_token is not None
    use_endpoints(settings)
    if page is not None:
        console.say("cli-page", url=page)
    # The page is served by this event loop too, so that nothing may block it.
    async with await asyncio.to_thread(build_engine, settings) as engine:
        await engine.warm_up()
        if page is not None and not (await engine.gallery_stats(SHARED)).pictures:
            console.say("cli-adding-samples")
            await engine.gallery_add_folder(SAMPLES)
        async with SemblanceBot(settings, engine, console.messages) as bot:
            running = asyncio.create_task(bot.start(settings.discord_token.get_secret_value()))
            for signal_number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(signal_number, running.cancel)
            try:
                await running
            except asyncio.CancelledError:
                console.say("cli-stopped")
            except LoginFailure:
                raise SettingsError("token-refused") from None
            except ClientConnectionError as error:
                raise SettingsError("discord-unreachable", reason=str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
