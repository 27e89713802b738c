"""Exact search in memory against LanceDB's own exact search, over galleries of growing size."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from typing import cast

import lancedb
import numpy as np
import pyarrow as pa
from lancedb.query import LanceVectorQueryBuilder

from core.gallery.index import GalleryIndex
from core.types import Picture
from lab.bench.report import Row, add_json_argument, quantiles, report

DIM = 512
K = 200
REPEATS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sizes", type=int, nargs="+", default=[3_000, 30_000, 300_000])
    add_json_argument(parser)


def main(args: argparse.Namespace) -> int:
    report([_measure(size) for size in args.sizes], args.json)
    return 0


def _measure(size: int) -> Row:
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((size, DIM), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = [vector / np.linalg.norm(vector) for vector in rng.standard_normal((REPEATS, DIM), dtype=np.float32)]
    index = GalleryIndex([Picture(str(row), "", (), 1, 1) for row in range(size)], vectors)
    with tempfile.TemporaryDirectory() as folder:
        data = pa.table({"row": np.arange(size), "vector": pa.FixedSizeListArray.from_arrays(vectors.ravel(), DIM)})
        table = lancedb.connect(folder).create_table("vectors", data)

        def in_database(query: np.ndarray) -> np.ndarray:
            search = cast(LanceVectorQueryBuilder, table.search(query))
            found = search.distance_type("dot").limit(K).select(["row", "_distance"]).to_arrow()
            return found["row"].to_numpy()

        agreement = np.mean([np.isin(index.search(query, K)[0], in_database(query)).mean() for query in queries])
        ours = _times(lambda query: index.search(query, K), queries)
        theirs = _times(in_database, queries)
    return {
        "name": f"exact, {size} pictures",
        "same_pictures": round(float(agreement), 4),
        **ours,
        "baseline": {"name": "LanceDB, no index", **theirs},
    }


def _times(search: Callable[[np.ndarray], object], queries: list[np.ndarray]) -> dict[str, float]:
    seconds: list[float] = []
    for query in queries:
        start = time.perf_counter()
        search(query)
        seconds.append(time.perf_counter() - start)
    return quantiles(seconds)
