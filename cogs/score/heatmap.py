"""The heat map of /score: every text against every picture, match beside cosine (as in the paper's figure 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont, ImageOps
from pylopdf_fonts_zh_cn import sans_path

from cogs.texts import Say, clip
from core.images import encode_image, read_image
from core.types import Score

# Pixels. A phone shows the picture some 400 points wide: at 1,000 pixels its letters are as large as the chat's own.
_WIDTH = 1_000
_MARGIN = 24
_LABEL = 380
_ROW = 96
_TITLE = 56
_FONT = 30
_SMALL = 26
_GAP = 20  # between the two panels
_PICTURE = 240  # height of a single picture, above its texts
_LABEL_LINES = 2
_LABEL_CHARACTERS = 200

_BACKGROUND = (255, 255, 255)
_INK = (30, 31, 34)
_COLD = (247, 251, 255)
_WARM = (8, 81, 156)


@dataclass(frozen=True, slots=True)
class _Panel:
    """One of the two halves: its title, its values row by row, and the values that are coldest and warmest."""

    title: str
    rows: list[list[float]]
    low: float
    high: float


def draw_heatmap(say: Say, images: Sequence[bytes], table: Sequence[Sequence[Score]]) -> bytes:
    """A PNG with the pictures, a row for each text and, in each half, a column for each picture.

    The halves have colours of their own: a match lies between 0 and 1, a cosine is shown between the least and the
    greatest of this table, for its magnitude means nothing beside a match.

    Args:
        images: m image files.
        table: m rows of n scores, one row for each picture.
    """
    cosines = [score.cosine for scores in table for score in scores]
    panels = (
        _Panel(say("heatmap-match"), _by_text(table, "match"), 0.0, 1.0),
        _Panel(say("heatmap-cosine"), _by_text(table, "cosine"), min(cosines), max(cosines)),
    )
    cell = (_WIDTH - 2 * _MARGIN - _LABEL - _GAP) // (2 * len(images))
    several = len(images) > 1
    head = _TITLE + (cell if several else _PICTURE)
    title = _MARGIN + (_TITLE / 2 if several else head - _TITLE / 2)
    texts = [score.text for score in table[0]]
    canvas = Image.new("RGB", (_WIDTH, 2 * _MARGIN + head + _ROW * len(texts)), _BACKGROUND)
    draw = ImageDraw.Draw(canvas)
    font, small = _font(_FONT), _font(_SMALL)
    if not several:
        canvas.paste(ImageOps.contain(read_image(images[0]), (_LABEL - _MARGIN, _PICTURE)), (_MARGIN, _MARGIN))
    for row, text in enumerate(texts):
        top = _MARGIN + head + row * _ROW
        label = "\n".join(_wrap(text, small, _LABEL - _MARGIN))
        draw.multiline_text((_MARGIN, top + _ROW / 2), label, _INK, small, anchor="lm", spacing=6)
    for number, panel in enumerate(panels):
        left = _MARGIN + _LABEL + number * (cell * len(images) + _GAP)
        draw.text((left + cell * len(images) / 2, title), panel.title, _INK, font, anchor="mm")
        if several:
            _draw_thumbnails(canvas, images, left, cell)
        _draw_cells(draw, panel, left, _MARGIN + head, cell, font)
    return encode_image(canvas, "PNG")


def _draw_thumbnails(canvas: Image.Image, images: Sequence[bytes], left: int, cell: int) -> None:
    for column, data in enumerate(images):
        small = ImageOps.fit(read_image(data), (cell - 4, cell - 4))
        canvas.paste(small, (left + column * cell + 2, _MARGIN + _TITLE + 2))


def _draw_cells(
    draw: ImageDraw.ImageDraw, panel: _Panel, left: int, top: int, cell: int, font: ImageFont.FreeTypeFont
) -> None:
    for row, values in enumerate(panel.rows):
        for column, value in enumerate(values):
            x, y = left + column * cell, top + row * _ROW
            warmth = (value - panel.low) / (panel.high - panel.low) if panel.high > panel.low else 1.0
            color = _mix(min(max(warmth, 0.0), 1.0))
            draw.rectangle((x + 2, y + 2, x + cell - 2, y + _ROW - 2), color)
            ink = _INK if sum(color) > 430 else _BACKGROUND
            draw.text((x + cell / 2, y + _ROW / 2), f"{value:.2f}", ink, font, anchor="mm")


def _mix(warmth: float) -> tuple[int, int, int]:
    red, green, blue = (round(cold + (warm - cold) * warmth) for cold, warm in zip(_COLD, _WARM, strict=True))
    return red, green, blue


def _by_text(table: Sequence[Sequence[Score]], kind: str) -> list[list[float]]:
    """m rows of n scores -> n rows of m values."""
    return [[getattr(score, kind) for score in column] for column in zip(*table, strict=True)]


def _wrap(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """At most two lines, broken at spaces where there are any (Chinese has none), the rest cut off."""
    lines = [""]
    words = [word + " " for word in clip(" ".join(text.split()), _LABEL_CHARACTERS).split(" ")]
    pieces = [piece for word in words for piece in ([word] if font.getlength(word) <= width else list(word))]
    for piece in pieces:
        if lines[-1] and font.getlength((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    if len(lines) <= _LABEL_LINES:
        return [line.rstrip() for line in lines]
    last = lines[_LABEL_LINES - 1].rstrip()
    while font.getlength(last + "…") > width:
        last = last[:-1]
    return [*(line.rstrip() for line in lines[: _LABEL_LINES - 1]), last + "…"]


def _font(size: int) -> ImageFont.FreeTypeFont:
    """Noto Sans SC, from its package: a machine's own fonts may lack Chinese."""
    return ImageFont.truetype(sans_path(), size)
