from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli import gallery
from cli.console import Console
from core.engine import Engine

Parse = Callable[..., argparse.Namespace]
Printed = Callable[[], dict[str, Any]]


@pytest.fixture
async def filled(engine: Engine, photos: Path) -> Engine:
    await engine.gallery_add_folder(photos)
    return engine


async def test_add_tells_what_it_did_and_a_second_run_finds_nothing_to_do(
    engine: Engine, console: Console, photos: Path, parse: Parse, printed: Printed
) -> None:
    (photos / "broken.jpg").write_text("no picture")
    args = parse(gallery.add_arguments, "add", str(photos), "--json")
    await gallery.run(args, engine, console)
    first = printed()
    assert (first["added"], first["known"]) == (4, 0)
    assert first["broken"] == [{"file": "broken.jpg", "problem": "image-unreadable"}]
    await gallery.run(args, engine, console)
    second = printed()
    assert (second["added"], second["known"]) == (0, 4)


async def test_a_skipped_file_is_named_with_the_reason(
    engine: Engine, console: Console, photos: Path, parse: Parse, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "broken.jpg").write_text("no picture")
    await gallery.run(parse(gallery.add_arguments, "add", str(photos)), engine, console)
    captured = capsys.readouterr()
    assert "Skipped broken.jpg: " in captured.err
    assert captured.out.startswith("Added 4, already there 0, skipped 1")


async def test_list_shows_ids_that_remove_understands(
    filled: Engine, console: Console, parse: Parse, capsys: pytest.CaptureFixture[str]
) -> None:
    await gallery.run(parse(gallery.add_arguments, "list"), filled, console)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[1:] == ["green", "green/200.png"]
    await gallery.run(parse(gallery.add_arguments, "remove", lines[0].split()[0]), filled, console)
    assert capsys.readouterr().out == "Removed one picture.\n"
    assert (await filled.gallery_stats()).pictures == 3


async def test_stats_count_the_classes(filled: Engine, console: Console, parse: Parse, printed: Printed) -> None:
    await gallery.run(parse(gallery.add_arguments, "stats", "--json"), filled, console)
    assert printed()["classes"] == {"red": 2, "green": 2}


async def test_verify_fails_when_a_file_has_gone(
    filled: Engine, console: Console, parse: Parse, photos: Path, printed: Printed
) -> None:
    args = parse(gallery.add_arguments, "verify", "--json")
    assert await gallery.run(args, filled, console) == 0
    printed()
    (photos / "red" / "250.png").unlink()
    assert await gallery.run(args, filled, console) == 1
    assert printed()["gone"] == ["red/250.png"]


async def test_optimize_keeps_everything(filled: Engine, console: Console, parse: Parse) -> None:
    assert await gallery.run(parse(gallery.add_arguments, "optimize"), filled, console) == 0
    assert (await filled.gallery_stats()).pictures == 4
