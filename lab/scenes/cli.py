"""`python -m lab scenes`: scenes for training and testing, and the sample gallery."""

import argparse
import json
import time
from pathlib import Path

from lab.scenes.scene import SPLITS
from lab.scenes.shards import write_samples, write_shards
from lab.scenes.sprites import SPRITES_DIR


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=SPRITES_DIR.parent, help="has emoji/ in it (default: %(default)s)")
    commands = parser.add_subparsers(dest="what", required=True)
    shards = commands.add_parser("shards", help="render captioned scenes into .npy shards with .jsonl beside them")
    shards.add_argument("--out", type=Path, default=Path("data/scenes"), help="default: %(default)s")
    shards.add_argument("--count", type=int, default=24_000, help="how many scenes (default: %(default)s)")
    shards.add_argument("--size", type=int, default=128, help="side in pixels (default: %(default)s)")
    shards.add_argument("--seed", type=int, default=0)
    shards.add_argument("--split", choices=SPLITS, default="train")
    shards.add_argument("--workers", type=int, default=None, help="processes (default: one a core)")
    samples = commands.add_parser("samples", help="render the sample gallery with its captions")
    samples.add_argument("--out", type=Path, default=Path("samples"), help="default: %(default)s")


def main(args: argparse.Namespace) -> int:
    started = time.perf_counter()
    sprites = args.data / SPRITES_DIR.name
    if args.what == "samples":
        count = write_samples(args.out, sprites)
    else:
        write_shards(args.out, args.count, args.size, args.seed, args.split, args.workers, sprites)
        count = args.count
    seconds = time.perf_counter() - started
    print(json.dumps({"out": str(args.out), "pictures": count, "seconds": round(seconds, 1)}))
    return 0
