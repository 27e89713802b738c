"""What /gallery shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.answer import Answer
from cogs.texts import Say, quote

if TYPE_CHECKING:
    from core.gallery.library import GalleryStats

_CLASSES = 10


def present_stats(say: Say, own: GalleryStats, shared: GalleryStats) -> Answer:
    """How many pictures there are, and their most frequent classes."""
    return Answer(f"{say('gallery-own')} {_line(say, own)}\n{say('gallery-shared')} {_line(say, shared)}")


def _line(say: Say, stats: GalleryStats) -> str:
    classes = ", ".join(f"{quote(name, 40)} {count}" for name, count in stats.classes[:_CLASSES] if name)
    return say("gallery-count", count=stats.pictures) + (f" ({classes})" if classes else "")
