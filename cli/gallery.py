"""`python bot.py gallery add|remove|list|stats|verify|optimize|reencode`."""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from cli.console import Console

if TYPE_CHECKING:  # takes seconds to import, and `--help` needs none of it
    from core.engine import Engine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="add every picture below a folder; what is already there is not encoded again")
    add.add_argument("folder", type=Path)
    remove = actions.add_parser("remove", help="remove pictures by file, folder or id, as `list` shows them")
    remove.add_argument("names", nargs="+")
    actions.add_parser("list", help="every picture: id, class, file")
    actions.add_parser("stats", help="how many pictures of which class")
    actions.add_parser("verify", help="read every file again: which have gone or changed?")
    actions.add_parser("optimize", help="compact the table")
    actions.add_parser("reencode", help="make the vectors anew, after a change of encoder")
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", help="one JSON object")


async def run(args: argparse.Namespace, engine: Engine, console: Console) -> int:
    actions = {
        "add": _add,
        "remove": _remove,
        "list": _list,
        "stats": _stats,
        "verify": _verify,
        "optimize": _optimize,
    }
    return await actions[args.action](args, engine, console)


async def _add(args: argparse.Namespace, engine: Engine, console: Console) -> int:
    start = time.perf_counter()
    with tqdm(unit=" pictures", disable=args.json or None, leave=False) as bar:
        added = await engine.gallery_add_folder(args.folder, on_start=bar.reset, on_progress=bar.update)
    seconds = time.perf_counter() - start
    if args.json:
        console.json(
            {
                "added": added.added,
                "known": added.known,
                "broken": [{"file": item.file, "problem": item.message_id} for item in added.broken],
                "seconds": seconds,
                "images_per_s": added.added / seconds,
            }
        )
        return 0
    for item in added.broken:
        problem = console.messages.format(console.settings.language, item.message_id, **item.params)
        console.warn("cli-gallery-broken", file=item.file, problem=problem)
    console.say(
        "cli-gallery-added",
        added=added.added,
        known=added.known,
        broken=len(added.broken),
        seconds=f"{seconds:.1f}",
        rate=f"{added.added / seconds:.0f}",
    )
    return 0


async def _remove(args: argparse.Namespace, engine: Engine, console: Console) -> int:
    removed = await engine.gallery_remove(args.names)
    if args.json:
        console.json({"removed": removed})
    else:
        console.say("cli-gallery-removed", removed=removed)
    return 0


async def _list(args: argparse.Namespace, engine: Engine, console: Console) -> int:
    pictures = [located.picture for located in await engine.gallery_list()]
    if args.json:
        console.json(
            {"pictures": [{"id": item.id, "class": item.label, "file": item.file} for item in pictures]},
        )
    else:
        for item in pictures:
            print(f"{item.id[:12]}  {item.label or '-':12}  {item.file}")
    return 0


async def _stats(args: argparse.Namespace, engine: Engine, console: Console) -> int:
    stats = await engine.gallery_stats()
    if args.json:
        console.json({"pictures": stats.pictures, "classes": dict(stats.classes), "encoder": stats.encoder})
        return 0
    console.say("cli-gallery-stats", pictures=stats.pictures, encoder=stats.encoder)
    for label, count in stats.classes:
        print(f"{count:8}  {label or '-'}")
    return 0


async def _verify(args: argparse.Namespace, engine: Engine, console: Console) -> int:
    verified = await engine.gallery_verify()
    if args.json:
        console.json(
            {"pictures": verified.pictures, "gone": list(verified.gone), "changed": list(verified.changed)},
        )
    else:
        for file in verified.gone:
            console.say("cli-gallery-gone", file=file)
        for file in verified.changed:
            console.say("cli-gallery-changed", file=file)
        console.say(
            "cli-gallery-verified",
            pictures=verified.pictures,
            gone=len(verified.gone),
            changed=len(verified.changed),
        )
    return 1 if verified.gone or verified.changed else 0


async def _optimize(args: argparse.Namespace, engine: Engine, console: Console) -> int:
    await engine.gallery_optimize()
    console.say("cli-gallery-optimized")
    return 0


async def reencode(console: Console) -> int:
    """Makes the shared gallery fit the encoder that is set now."""
    from core.assembly import load_encoder, reencode_gallery

    encoder = await asyncio.to_thread(load_encoder, console.settings)
    with tqdm(unit=" pictures", leave=False) as bar:
        pictures = await asyncio.to_thread(reencode_gallery, console.settings, encoder, bar.update)
    console.say("cli-gallery-reencoded", pictures=pictures, encoder=encoder.name)
    return 0
