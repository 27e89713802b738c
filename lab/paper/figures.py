"""The paper's figures as PNG files, with Chinese labels."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from core.types import Painted
from lab.metrics import Interval
from lab.paper.experiments import THRESHOLD, Detail, Levels, Routing, TopK, opened
from lab.paper.source import Printed
from models.errors import ModelUnavailable
from models.language import LANGUAGES

FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "SimHei")
BLUE, ORANGE, GREY = "#3569a8", "#d97b29", "#8a8f98"


def use_chinese_font() -> None:
    """Raises ModelUnavailable when the machine has no font with Chinese letters."""
    matplotlib.use("Agg")
    there = {font.name for font in font_manager.fontManager.ttflist}
    font = next((name for name in FONTS if name in there), None)
    if font is None:
        raise ModelUnavailable("font-missing")
    matplotlib.rcParams["font.family"] = [font, "DejaVu Sans"]
    matplotlib.rcParams["axes.unicode_minus"] = False


def save(figure: Figure, path: Path) -> str:
    """Writes the figure; returns the name of its file."""
    figure.savefig(path, dpi=150, bbox_inches="tight", facecolor="white")
    return path.name


def heat_map(detail: Detail) -> Figure:
    """Fig. 7: five captions by cosine and by match. Each column has colours of its own: they do not compare."""
    figure = Figure(figsize=(17, 9))
    grid = figure.add_gridspec(2, 2, width_ratios=[1, 1.9], hspace=0.35, wspace=1.25)
    picture = figure.add_subplot(grid[:, 0])
    picture.imshow(opened(detail.picture))
    picture.set_title("target image 2 (stand-in)")
    picture.axis("off")
    for row, language in enumerate(LANGUAGES):
        scored = detail.of(language)
        cells = np.array([[score.cosine, score.match] for score in scored])
        axes = figure.add_subplot(grid[row, 1])
        axes.imshow(_shades(cells), aspect="auto", cmap="YlGnBu", vmin=0, vmax=1.3)
        for (line, column), value in np.ndenumerate(cells):
            axes.text(column, line, f"{value:.3f}", ha="center", va="center", fontsize=12)
        axes.set_xticks([0, 1], ["cosine", "match"])
        axes.xaxis.tick_top()
        axes.set_yticks(range(len(scored)), [_wrapped(score.printed.text(language), language) for score in scored])
        axes.tick_params(axis="y", labelsize=8.5)
    return figure


def _shades(cells: np.ndarray) -> np.ndarray:
    """Each column from its least to its greatest value."""
    low, high = cells.min(axis=0), cells.max(axis=0)
    return (cells - low) / np.maximum(high - low, 1e-6)


def _wrapped(text: str, language: str) -> str:
    return textwrap.fill(text, 36 if language == "zh" else 84)


def caption_bars(detail: Detail) -> Figure:
    """Table 3: what the paper printed, our cosine and our match for each caption."""
    figure = Figure(figsize=(12, 4.2))
    picture, *plots = figure.subplots(1, 3, width_ratios=[1, 1.3, 1.3])
    picture.imshow(opened(detail.picture))
    picture.set_title("target image 1")
    picture.axis("off")
    for axes, language in zip(plots, LANGUAGES, strict=True):
        scored = detail.of(language)
        place = np.arange(len(scored))
        printed = [score.printed.score or 0.0 for score in scored]
        for shift, (values, label, colour) in enumerate(
            (
                (printed, "printed (cosine, scaled)", GREY),
                ([score.cosine for score in scored], "cosine", BLUE),
                ([score.match for score in scored], "match", ORANGE),
            )
        ):
            bars = axes.bar(place + 0.27 * (shift - 1), values, 0.25, label=label, color=colour)
            axes.bar_label(bars, fmt="%.2f", fontsize=8)
        axes.set_xticks(place, ["short", "longer", "longest"])
        axes.set_ylim(0, 1.15)
        axes.set_title({"en": "English captions", "zh": "Chinese captions 中文描述"}[language])
        _plain(axes)
    plots[-1].legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def levels(measured: Levels) -> Figure:
    """Match by level: on the own photo, on others of its class, on other classes; and of half-truths."""
    figure = Figure(figsize=(9, 3.6))
    for axes, language in zip(figure.subplots(1, 2, sharey=True), LANGUAGES, strict=True):
        rows = [row for row in measured.rows if row.language == language]
        for found, label, colour in (
            ([row.match for row in rows], "its own photo", ORANGE),
            ([row.kin for row in rows], "another of its class", BLUE),
            ([row.strangers for row in rows], "another class", GREY),
        ):
            _with_bars(axes, list(range(len(rows))), found, label, colour)
        half = [row.match for row in measured.half_truths if row.language == language]
        _with_bars(axes, [1.12], half, "its own, one detail wrong", "black")
        axes.set_xticks(range(len(rows)), ["a few\nwords", "a\nsentence", "some\nsentences"])
        axes.set_title({"en": "English captions", "zh": "Chinese captions 中文描述"}[language])
        _plain(axes)
    figure.axes[0].set_ylim(bottom=0)  # after all is drawn: it ends the fitting of the axis that both share
    figure.axes[0].set_ylabel("match, mean")
    figure.axes[1].legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _with_bars(axes: Axes, places: list[float], found: Sequence[Interval], label: str, colour: str) -> None:
    values = [one.value for one in found]
    bars = [[one.value - one.low for one in found], [one.high - one.value for one in found]]
    axes.errorbar(places, values, bars, marker="o", capsize=4, label=label, color=colour)


def paintings(painted: Sequence[tuple[Printed, tuple[Painted, ...]]]) -> Figure:
    """Fig. 8 to 12: each text with its pictures, their match, and what the paper printed."""
    columns = max(len(pictures) for _, pictures in painted)
    figure = Figure(figsize=(2.6 * columns, 3.0 * len(painted)))
    grid = figure.subplots(len(painted), columns, squeeze=False)
    for line, (text, pictures) in zip(grid, painted, strict=True):
        for axes in line:
            axes.axis("off")
        for axes, picture in zip(line, pictures, strict=False):
            axes.imshow(Image.open(io.BytesIO(picture.png)))
            axes.set_title(f"match {picture.match:.2f} · cosine {picture.cosine:.2f}", fontsize=9)
        line[0].text(0, -0.06, f"{text.chinese}  (printed: {text.score:.2f})", transform=line[0].transAxes, va="top")
    return figure


def precision(tables: Sequence[TopK]) -> Figure:
    """Precision at k with its intervals."""
    figure = Figure(figsize=(9, 3.6))
    for axes, language in zip(figure.subplots(1, 2, sharey=True), LANGUAGES, strict=True):
        for table, colour in zip(
            (table for table in tables if table.language == language), (BLUE, ORANGE), strict=True
        ):
            found = list(table.precision.values())
            _with_bars(axes, list(range(len(found))), found, table.scorer, colour)
            axes.set_xticks(range(len(found)), [f"k = {k}" for k in table.precision])
        axes.set_title({"en": "English queries", "zh": "Chinese queries 中文查询"}[language])
        _plain(axes)
        axes.legend(frameon=False)
    figure.axes[0].set_ylabel("precision at k")
    return figure


def routes(tables: Sequence[Routing]) -> Figure:
    """Best match of every query: what is in the gallery, and what is not."""
    figure = Figure(figsize=(9, 3.6))
    for axes, table in zip(figure.subplots(1, 2, sharey=True), tables, strict=True):
        for there, label, colour in ((True, "in the gallery", BLUE), (False, "not in the gallery", ORANGE)):
            values = [match for _, present, match in table.best if present == there]
            axes.hist(values, bins=np.linspace(0, 1, 21).tolist(), alpha=0.7, label=label, color=colour)
        axes.axvline(THRESHOLD, color="black", linestyle="--", linewidth=1)
        axes.set_title({"en": "English queries", "zh": "Chinese queries 中文查询"}[table.language])
        axes.set_xlabel("best match")
        _plain(axes)
        axes.legend(frameon=False)
    figure.axes[0].set_ylabel("queries")
    return figure


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
