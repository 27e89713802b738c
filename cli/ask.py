"""`python bot.py ask find|imagine|score`: one request without Discord."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from cli.console import Console
from core.errors import InputError
from core.types import FindRequest, Hit, ImagineRequest, Painted, Score, ScoreRequest, Step

if TYPE_CHECKING:  # takes seconds to import, and `--help` needs none of it
    from core.engine import Engine

OWNER = "cli"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    asks = parser.add_subparsers(dest="ask", required=True)

    find = asks.add_parser("find", help="a picture of the gallery that means this, or a painted one")
    find.add_argument("query")
    find.add_argument("--count", type=int, default=5, help="how many pictures (default 5)")
    find.add_argument("--no-imagine", action="store_true", help="do not paint when nothing matches")

    imagine = asks.add_parser("imagine", help="paint a picture")
    imagine.add_argument("prompt")
    imagine.add_argument("--negative", default="", help="what should not be seen")
    imagine.add_argument("--steps", type=int)
    imagine.add_argument("--guidance", type=float)
    imagine.add_argument("--seed", type=int)
    imagine.add_argument("--size", type=_size, metavar="WIDTHxHEIGHT")
    imagine.add_argument("--count", type=int, default=1)
    imagine.add_argument("--candidates", type=int, default=1, help="paint so many for each and keep the best match")
    imagine.add_argument("--scheduler")
    imagine.add_argument("--image", type=Path, help="start from this picture")
    imagine.add_argument("--strength", type=float, default=0.7, help="how far to leave it, from 0 to 1")
    imagine.add_argument("--variation", type=float, default=0.0, help="how far to turn from the seed, from 0 to 1")
    imagine.add_argument("--towards", type=int, metavar="SEED", help="what to turn towards (default: something new)")
    imagine.add_argument("--fast", action="store_true", help="in a few steps, by the LoRA named in LCM_LORA")

    score = asks.add_parser("score", help="how well texts fit a picture")
    score.add_argument("image", type=Path)
    score.add_argument("texts", nargs="+")

    for ask in (find, imagine, score):
        ask.add_argument("--json", action="store_true", help="one JSON object")
    for ask in (find, imagine):
        ask.add_argument("--out", type=Path, help="folder for the pictures (painted ones go to DATA_DIR/painted)")


async def run(args: argparse.Namespace, engine: Engine, console: Console) -> int:
    return await {"find": _find, "imagine": _imagine, "score": _score}[args.ask](args, engine, console)


async def _find(args: argparse.Namespace, engine: Engine, console: Console) -> int:
    result = await engine.find(FindRequest(args.query, count=args.count))
    painted: tuple[Painted, ...] = ()
    if result.decision == "imagine" and not args.no_imagine:
        painted = await _paint(engine, ImagineRequest(result.query, owner=OWNER), quiet=args.json)
    files = _save(painted, args.out or engine.settings.data_dir / "painted")
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        for rank, hit in enumerate(result.hits, start=1):
            name = f"found-{rank}{Path(hit.picture.file).suffix.lower()}"
            (args.out / name).write_bytes(await engine.picture(hit.picture.id))
    if args.json:
        console.json(
            {
                "query": result.query,
                "decision": result.decision,
                "threshold": result.threshold,
                "hits": [{"file": hit.picture.file, "class": hit.picture.label, **_scores(hit)} for hit in result.hits],
                "painted": _painted_json(painted, files),
            }
        )
        return 0
    console.say(f"cli-find-{result.decision}", query=result.query, threshold=result.threshold)
    for hit in result.hits:
        console.say("cli-hit", file=hit.picture.file, **_rounded(hit))
    _tell_painted(painted, files, console)
    return 0


async def _imagine(args: argparse.Namespace, engine: Engine, console: Console) -> int:
    request = ImagineRequest(
        args.prompt,
        owner=OWNER,
        negative=args.negative,
        steps=args.steps,
        guidance=args.guidance,
        seed=args.seed,
        count=args.count,
        candidates=args.candidates,
        scheduler=args.scheduler,
        strength=args.strength,
        variation=args.variation,
        towards=args.towards,
        fast=args.fast,
    )
    if args.size:
        request = replace(request, width=args.size[0], height=args.size[1])
    if args.image:
        request = replace(request, image=_read(args.image))
    painted = await _paint(engine, request, quiet=args.json)
    files = _save(painted, args.out or engine.settings.data_dir / "painted")
    if args.json:
        console.json({"prompt": args.prompt, "painted": _painted_json(painted, files)})
    else:
        _tell_painted(painted, files, console)
    return 0


async def _score(args: argparse.Namespace, engine: Engine, console: Console) -> int:
    scores = await engine.score(ScoreRequest(_read(args.image), tuple(args.texts)))
    if args.json:
        console.json({"image": str(args.image), "scores": [{"text": one.text, **_scores(one)} for one in scores]})
    else:
        for score in scores:
            console.say("cli-score", text=score.text, **_rounded(score))
    return 0


async def _paint(engine: Engine, request: ImagineRequest, *, quiet: bool) -> tuple[Painted, ...]:
    job = engine.imagine(request)
    with tqdm(unit="step", disable=quiet or None, leave=False) as bar:  # None: not where nobody looks
        async for event in job:
            if isinstance(event, Step):
                bar.total = event.steps
                bar.update(event.step - bar.n)
    return await job.result()


def _save(painted: Sequence[Painted], folder: Path) -> list[Path]:
    if painted:
        folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for picture in painted:
        # never from the prompt; a number keeps two pictures of one seed apart
        taken = len(list(folder.glob(f"{picture.seed}*.png")))
        path = folder / (f"{picture.seed}-{taken}.png" if taken else f"{picture.seed}.png")
        path.write_bytes(picture.png)
        files.append(path)
    return files


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError("file-not-read", file=str(path), reason=error.strerror or "") from None


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError("write the size as WIDTHxHEIGHT, for example 512x512")
    return int(width), int(height)


def _tell_painted(painted: Sequence[Painted], files: Sequence[Path], console: Console) -> None:
    for picture, file in zip(painted, files, strict=True):
        console.say("cli-painted", file=str(file), seed=picture.seeds, **_rounded(picture))


def _painted_json(painted: Sequence[Painted], files: Sequence[Path]) -> list[dict[str, Any]]:
    return [
        {"file": str(file), **_scores(picture), "seed": picture.seed}
        | ({} if picture.towards is None else {"towards": picture.towards})
        for picture, file in zip(painted, files, strict=True)
    ]


def _scores(scored: Hit | Painted | Score) -> dict[str, float]:
    return {"match": scored.match, "cosine": scored.cosine}


def _rounded(scored: Hit | Painted | Score) -> dict[str, str]:
    return {name: f"{score:.2f}" for name, score in _scores(scored).items()}
