"""Repeats the paper's experiments on our models: report.md with tables, intervals and figures.

    python -m lab paper --out DIR [--gallery ../shared/data/gallery] [--without-painting]

The profile of the settings decides which encoder, head and painter are put to the test.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from core.assembly import build_engine, load_encoder, scorer_for
from core.settings import Profile, Settings, read_settings
from core.types import Painted
from lab.head.data import Vectors
from lab.head.vectors import EncoderVectors, StarterVectors
from lab.paper import experiments, figures, report
from lab.paper.source import Printed
from models.encoders.starter import WEIGHTS
from models.errors import DataMissing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="folder for report.md and its figures")
    parser.add_argument("--gallery", type=Path, default=Path("../shared/data/gallery"), help="photos in class folders")
    parser.add_argument("--cache", type=Path, default=Path("data/cache/head"), help="keeps features between runs")
    parser.add_argument("--without-painting", action="store_true", help="leaves out Fig. 8 to 12")


def main(args: argparse.Namespace) -> int:
    figures.use_chinese_font()
    args.out.mkdir(parents=True, exist_ok=True)
    settings = read_settings()
    encoder = load_encoder(settings)
    starter = settings.profile is Profile.STARTER
    vectors: Vectors = StarterVectors(WEIGHTS, args.cache) if starter else EncoderVectors(encoder)
    files = sorted(str(path.relative_to(args.gallery).as_posix()) for path in args.gallery.glob("*/*.jpg"))
    if not files:
        raise DataMissing("data-missing", path=str(args.gallery))
    images = vectors.images(args.gallery, files)
    gallery = experiments.Gallery(args.gallery, tuple(files), images, scorer_for(settings, encoder)(images))
    parts = [report.opening(encoder.name, gallery.scorer, len(files)), *_searching(args.out, gallery, vectors)]
    if not args.without_painting:
        painted = asyncio.run(_painted(settings))
        name = figures.save(figures.paintings(painted), args.out / "figures-8-12.png")
        parts.insert(-2, report.painted(painted, name))
    path = args.out / "report.md"
    path.write_text("\n".join(parts), encoding="utf-8")
    print(path)
    return 0


def _searching(out: Path, gallery: experiments.Gallery, vectors: Vectors) -> list[str]:
    """The parts that need no painter."""
    three, seven = experiments.table_3(gallery, vectors), experiments.figure_7(gallery, vectors)
    top, routed = experiments.top_k(gallery, vectors), experiments.routing(gallery, vectors)
    told = experiments.described(gallery)
    many: list[str] = []
    if len(told) > 1:  # the gallery of the project's data
        measured = experiments.levels(gallery, vectors, told)
        many = [report.levels(measured, figures.save(figures.levels(measured), out / "levels.png"))]
    return [
        report.table_3(three, figures.save(figures.caption_bars(three), out / "table-3.png")),
        report.figure_7(seven, figures.save(figures.heat_map(seven), out / "figure-7.png")),
        *many,
        report.top_k(top, figures.save(figures.precision(top), out / "top-k.png")),
        report.routing(routed, figures.save(figures.routes(routed), out / "routing.png")),
    ]


async def _painted(settings: Settings) -> list[tuple[Printed, tuple[Painted, ...]]]:
    async with build_engine(settings) as engine:
        return await experiments.paint(engine)
