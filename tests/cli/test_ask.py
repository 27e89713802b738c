from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cli import ask
from cli.console import Console
from core.engine import Engine
from core.errors import InputError

Parse = Callable[..., argparse.Namespace]
Printed = Callable[[], dict[str, Any]]


async def test_find_prints_hits_as_the_contract_says(
    engine: Engine, console: Console, photos: Path, parse: Parse, printed: Printed
) -> None:
    await engine.gallery_add_folder(photos)
    args = parse(ask.add_arguments, "find", "something red", "--count", "2", "--json")
    assert await ask.run(args, engine, console) == 0
    answer = printed()
    assert (answer["query"], answer["decision"], answer["threshold"]) == ("something red", "found", 0.5)
    assert [set(hit) for hit in answer["hits"]] == [{"file", "class", "match", "cosine"}] * 2
    assert answer["hits"][0]["class"] == "red"
    assert answer["painted"] == []


async def test_find_paints_what_is_missing_and_keeps_the_picture(
    engine: Engine, console: Console, photos: Path, parse: Parse, printed: Printed
) -> None:
    await engine.gallery_add_folder(photos)
    assert await ask.run(parse(ask.add_arguments, "find", "something blue", "--json"), engine, console) == 0
    answer = printed()
    assert answer["decision"] == "imagine"
    [painted] = answer["painted"]
    assert set(painted) == {"file", "match", "cosine", "seed"}
    with Image.open(painted["file"]) as image:
        assert image.info["prompt"] == "something blue"


async def test_find_does_not_paint_when_told_not_to(
    engine: Engine, console: Console, photos: Path, parse: Parse, printed: Printed
) -> None:
    await engine.gallery_add_folder(photos)
    args = parse(ask.add_arguments, "find", "something blue", "--no-imagine", "--json")
    await ask.run(args, engine, console)
    assert printed()["painted"] == []


async def test_out_receives_the_pictures_that_were_found(
    engine: Engine, console: Console, photos: Path, parse: Parse, tmp_path: Path
) -> None:
    await engine.gallery_add_folder(photos)
    args = parse(ask.add_arguments, "find", "red", "--count", "2", "--out", str(tmp_path / "out"))
    await ask.run(args, engine, console)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["found-1.png", "found-2.png"]


async def test_imagine_with_a_seed_repeats_and_never_overwrites(
    engine: Engine, console: Console, parse: Parse, tmp_path: Path, printed: Printed
) -> None:
    out = tmp_path / "out"
    args = parse(ask.add_arguments, "imagine", "a cat", "--seed", "7", "--out", str(out), "--json")
    files: list[Path] = []
    for _ in range(2):
        await ask.run(args, engine, console)
        files.append(Path(printed()["painted"][0]["file"]))
    assert files[0] != files[1]
    assert files[0].read_bytes() == files[1].read_bytes()


async def test_fast_is_refused_where_the_painter_has_no_lora_for_it(
    engine: Engine, console: Console, parse: Parse
) -> None:
    with pytest.raises(InputError, match="imagine-fast-missing"):
        await ask.run(parse(ask.add_arguments, "imagine", "a cat", "--fast"), engine, console)


async def test_a_picture_to_start_from_is_read_and_its_strength_kept(
    engine: Engine, console: Console, photos: Path, parse: Parse, printed: Printed
) -> None:
    words = (
        "imagine",
        "a cat",
        "--seed",
        "7",
        "--image",
        str(photos / "red" / "250.png"),
        "--strength",
        "0.5",
        "--json",
    )
    await ask.run(parse(ask.add_arguments, *words), engine, console)
    with Image.open(printed()["painted"][0]["file"]) as painted:
        assert painted.info["strength"] == "0.5"


async def test_variations_turn_from_the_seed_that_was_named(
    engine: Engine, console: Console, parse: Parse, printed: Printed
) -> None:
    words = ("imagine", "a cat", "--seed", "7", "--count", "2", "--variation", "0.2", "--towards", "8", "--json")
    await ask.run(parse(ask.add_arguments, *words), engine, console)
    about = [Image.open(painted["file"]).info["variation"] for painted in printed()["painted"]]
    assert about == ["0.2 towards seed 8", "0.2 towards seed 9"]


async def test_every_variation_is_new_and_says_what_paints_it_again(
    engine: Engine, console: Console, parse: Parse, printed: Printed
) -> None:
    words = ("imagine", "a cat", "--seed", "7", "--variation", "0.2", "--json")
    runs: list[dict[str, Any]] = []
    for more in ((), (), ("--towards",)):
        again = (*more, str(runs[0]["towards"])) if more else ()
        await ask.run(parse(ask.add_arguments, *words, *again), engine, console)
        runs += printed()["painted"]
    first, second, repeated = (Image.open(run["file"]).tobytes() for run in runs)
    assert first != second
    assert first == repeated


async def test_score_prints_both_scores_of_each_text(
    engine: Engine, console: Console, photos: Path, parse: Parse, printed: Printed
) -> None:
    args = parse(ask.add_arguments, "score", str(photos / "red" / "250.png"), "red", "green", "红", "--json")
    await ask.run(args, engine, console)
    scores = printed()["scores"]
    assert [score["text"] for score in scores] == ["red", "green", "红"]
    assert scores[0]["match"] > 0.5 > scores[1]["match"]
    assert set(scores[0]) == {"text", "match", "cosine"}


async def test_people_read_words_and_not_json(
    engine: Engine, console: Console, photos: Path, parse: Parse, capsys: pytest.CaptureFixture[str]
) -> None:
    await ask.run(parse(ask.add_arguments, "score", str(photos / "red" / "250.png"), "red"), engine, console)
    out = capsys.readouterr().out
    assert "match 0.99 · cosine 1.00  red" in out


async def test_a_file_that_is_not_there_is_told(engine: Engine, console: Console, parse: Parse) -> None:
    with pytest.raises(InputError) as caught:
        await ask.run(parse(ask.add_arguments, "score", "nowhere.png", "red"), engine, console)
    assert caught.value.message_id == "file-not-read"


def test_a_size_that_is_none_is_refused_with_an_example(parse: Parse, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(ask.add_arguments, "imagine", "a cat", "--size", "large")
    assert "512x512" in capsys.readouterr().err
