"""How long /find takes after start-up: encoder, search and rerank told apart; the baseline ranks by cosine alone."""

from __future__ import annotations

import argparse
import asyncio
import time
from itertools import cycle, islice

from core.assembly import build_engine
from core.settings import read_settings
from core.types import FindRequest, FindResult
from lab.bench.report import Row, add_json_argument, quantiles, report

QUERIES = {
    "en": (
        "a horse eating grass",
        "two cats asleep on a red sofa",
        "an elephant by the water at sunset",
        "a brown cow standing in a green field with trees behind it and a cloudy sky",
        "butterfly on a yellow flower",
        "a small dog running on the beach",
    ),
    "zh": (
        "一匹马在吃草",
        "两只猫睡在红色的沙发上",
        "夕阳下水边的一头大象",
        "一头棕色的牛站在绿色的田野里，后面有树，天空多云",
        "停在黄色花朵上的蝴蝶",
        "一只小狗在沙滩上奔跑",
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--queries", type=int, default=200, help="for each language (default %(default)s)")
    add_json_argument(parser)


def main(args: argparse.Namespace) -> int:
    report(asyncio.run(_measure(args.queries)), args.json)
    return 0


async def _measure(queries: int) -> list[Row]:
    async with build_engine(read_settings(), paints=False) as engine:
        rows: list[Row] = []
        for language, texts in QUERIES.items():
            for text in texts:
                await engine.find(FindRequest(text))  # warm-up
            wall: list[float] = []
            results: list[FindResult] = []
            for n, text in enumerate(islice(cycle(texts), queries)):
                start = time.perf_counter()
                results.append(await engine.find(FindRequest(f"{text} {n}")))  # no query twice: nothing is cached
                wall.append(time.perf_counter() - start)
            timings = [result.timings for result in results]
            encode = quantiles([timing.encode_ms / 1e3 for timing in timings])
            search = quantiles([timing.search_ms / 1e3 for timing in timings])
            rerank = quantiles([timing.rerank_ms / 1e3 for timing in timings])
            cosine_only = quantiles([(timing.encode_ms + timing.search_ms) / 1e3 for timing in timings])
            rows += [
                {
                    "name": f"find {language}",
                    "pictures": engine.status().pictures,
                    **quantiles(wall),
                    "baseline": {"name": "cosine alone", **cosine_only},
                },
                {"name": f"  encode {language}", **encode},
                {"name": f"  search {language}", **search},
                {"name": f"  rerank {language}", **rerank},
            ]
    return rows
