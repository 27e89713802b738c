"""Pictures and texts a second through the encoder in use; the baseline takes them one at a time."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from core.assembly import load_encoder
from core.settings import read_settings
from lab.bench.find import QUERIES
from lab.bench.report import Row, add_json_argument, report

BATCH = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--batches", type=int, default=10, help=f"of {BATCH} (default %(default)s)")
    add_json_argument(parser)


def main(args: argparse.Namespace) -> int:
    encoder = load_encoder(read_settings())
    side = encoder.image_size
    pictures = np.random.default_rng(0).integers(0, 256, (BATCH, side, side, 3), dtype=np.uint8)
    texts = [text for queries in QUERIES.values() for text in queries]
    rows: list[Row] = [
        {
            "name": f"pictures, {side} px",
            "images_per_s": _rate(lambda: encoder.encode_prepared(pictures), BATCH, args.batches),
            "baseline": {
                "name": "one at a time",
                "images_per_s": _rate(lambda: encoder.encode_prepared(pictures[:1]), 1, args.batches),
            },
        },
        {
            "name": "texts, 4 to 16 words",
            "texts_per_s": _rate(lambda: encoder.encode_texts(texts), len(texts), args.batches),
            "baseline": {
                "name": "one at a time",
                "texts_per_s": _rate(
                    lambda: [encoder.encode_texts([text]) for text in texts], len(texts), args.batches
                ),
            },
        },
    ]
    report(rows, args.json)
    return 0


def _rate(encode: Callable[[], object], items: int, repeats: int) -> float:
    """Items a second at the median of the repeats, after one call to warm up."""
    encode()
    seconds: list[float] = []
    for _ in range(repeats):
        start = time.perf_counter()
        encode()
        seconds.append(time.perf_counter() - start)
    return round(items / float(np.median(seconds)), 1)
