"""Words in, words out: pure helpers between what people type and what Discord shows."""

from __future__ import annotations

import re
from collections.abc import Callable

import discord

from cogs import limits
from core.errors import InputError
from core.types import Picture

Say = Callable[..., str]
"""`say(message_id, **params)`: a message of the catalogue in the reader's language."""

_SEPARATORS = re.compile(r"[|｜\r\n\v\f\x85\u2028\u2029]+")


def split_texts(raw: str, limit: int = limits.TEXTS) -> tuple[str, ...]:
    """The texts that a person separated by new lines or `|` (also full-width), trimmed, without empty ones.

    Raises InputError when none is left or more than `limit` are.
    """
    texts = tuple(text for piece in _SEPARATORS.split(raw) if (text := piece.strip()))
    if not texts:
        raise InputError("texts-empty")
    if len(texts) > limit:
        raise InputError("texts-too-many", limit=limit)
    return texts


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, the last one an ellipsis when something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def quote(text: str, limit: int = 300) -> str:
    """What a person wrote, safe to show on one line: no markdown, no mention, at most `limit` characters."""
    line = " ".join(text.split()).replace("<", "<\u200b")  # a broken bracket makes no mention, emoji or time
    safe = discord.utils.escape_markdown(discord.utils.escape_mentions(line), ignore_links=False)
    if len(safe) <= limit:
        return safe
    cut = safe[: limit - 1]
    if (len(cut) - len(cut.rstrip("\\"))) % 2:  # half of an escape would escape what follows
        cut = cut[:-1]
    return cut + "…"


def alt_text(text: str) -> str:
    """A description for a reader who cannot see the picture, within Discord's limit, on one line."""
    return clip(" ".join(text.split()), limits.ALT_TEXT)


def bar(match: float, width: int = 5) -> str:
    """A match in [0, 1] as a bar of `width` cells; five leave room for the words beside it on a phone."""
    filled = round(min(max(match, 0.0), 1.0) * width)
    return "▰" * filled + "▱" * (width - filled)


def scores(say: Say, match: float, cosine: float) -> str:
    """Both scores, always together and never mixed up: their magnitudes are not comparable."""
    return say("scores", match=f"{match:.2f}", cosine=f"{cosine:.2f}")


def source(picture: Picture) -> str:
    """Where a picture of the gallery comes from, as text: its class, unless its folder says so, and its file."""
    label = "" if picture.file.startswith(f"{picture.label}/") else picture.label
    return " · ".join(quote(part, 80) for part in (label, picture.file) if part)
