"""What /find shows."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from cogs.answer import Answer, Picture
from cogs.buttons import button
from cogs.texts import Say, alt_text, bar, quote, scores, source
from core.state import Asked
from core.types import FindResult, Hit


def present_found(say: Say, asked: Asked, result: FindResult, files: Sequence[bytes]) -> Answer:
    """The hits in falling order of match; `files` holds their pictures in the same order."""
    lines = [say("find-found", query=quote(result.query), count=len(result.hits))]
    lines += [_hit_line(say, rank, hit) for rank, hit in enumerate(result.hits, 1)]
    buttons = (
        button(say, "more", asked),
        button(say, "similar", asked),
        button(say, "imagine-instead", asked, style=discord.ButtonStyle.primary),
        button(say, "not-this", asked),
        button(say, "delete", asked),
    )
    return Answer("\n".join(lines), _hit_pictures(say, result, files), buttons)


def present_nearest(say: Say, asked: Asked, result: FindResult, files: Sequence[bytes]) -> Answer:
    """That nothing reaches the threshold, and the nearest picture there is with its scores."""
    nearest = result.hits[:1]
    if not nearest:
        return Answer(say("find-nothing", query=quote(result.query)), buttons=(button(say, "imagine-instead", asked),))
    below = say("find-below", query=quote(result.query), threshold=f"{result.threshold:.2f}")
    buttons = (
        button(say, "similar", asked),
        button(say, "imagine-instead", asked, style=discord.ButtonStyle.primary),
        button(say, "delete", asked),
    )
    return Answer(f"{below}\n{_hit_line(say, 1, nearest[0])}", _hit_pictures(say, result, files), buttons)


def _hit_line(say: Say, rank: int, hit: Hit) -> str:
    """Rank, bar, both scores, and where the picture comes from."""
    return f"**{rank}** {bar(hit.match)} {scores(say, hit.match, hit.cosine)} · {source(hit.picture)}"


def _hit_pictures(say: Say, result: FindResult, files: Sequence[bytes]) -> tuple[Picture, ...]:
    return tuple(
        Picture(f"found-{rank}", data, _alt(say, result.query, hit))
        for rank, (hit, data) in enumerate(zip(result.hits, files, strict=False), 1)
    )


def _alt(say: Say, query: str, hit: Hit) -> str:
    picture = hit.picture
    label = picture.label or picture.file
    return alt_text(say("alt-found", label=label, file=picture.file, query=query, match=f"{hit.match:.2f}"))
