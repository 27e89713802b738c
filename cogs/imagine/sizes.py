"""Shapes that people ask for, as sides that the painter has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from models.painter.painter import PainterInfo

Size = Literal["square", "portrait", "landscape"]

_LONG = 1.5  # the long side of a portrait or landscape, of the short one


def pixels(size: Size | None, painter: PainterInfo | None) -> tuple[int | None, int | None]:
    """Width and height near those that the painter was trained for; None leaves both to the painter."""
    if size is None or painter is None:
        return None, None
    short = min(painter.width, painter.height)
    long = min(painter.sides, key=lambda side: abs(side - short * _LONG))
    return {"square": (short, short), "portrait": (short, long), "landscape": (long, short)}[size]
