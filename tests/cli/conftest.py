from __future__ import annotations

import argparse
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from cli.console import Console
from core.engine import Engine
from core.messages import Messages
from tests.tiny_engine import tiny_engine, write_photos

LOCALES_DIR = Path(__file__).parents[2] / "locales"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return write_photos(tmp_path / "photos")


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    async with tiny_engine(tmp_path / "data") as engine:
        yield engine


@pytest.fixture
def console(engine: Engine) -> Console:
    return Console(engine.settings, Messages(LOCALES_DIR))


@pytest.fixture
def parse() -> Callable[..., argparse.Namespace]:
    """Arguments of a subcommand, read as `bot.py` reads them."""

    def parse(add_arguments: Callable[[argparse.ArgumentParser], None], *words: str) -> argparse.Namespace:
        parser = argparse.ArgumentParser()
        add_arguments(parser)
        return parser.parse_args(words)

    return parse


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Callable[[], dict[str, Any]]:
    """The one JSON object that was printed."""
    return lambda: json.loads(capsys.readouterr().out)
