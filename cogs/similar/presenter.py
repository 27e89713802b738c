"""What /similar shows."""

from __future__ import annotations

from collections.abc import Sequence

from cogs.answer import Answer, Picture
from cogs.buttons import button
from cogs.texts import Say, alt_text, source
from core.state import Asked
from core.types import Similar


def present_similar(say: Say, asked: Asked, similar: Sequence[Similar], files: Sequence[bytes]) -> Answer:
    """Pictures that look alike: image against image has a cosine and no match. `files` in the order of `similar`."""
    if not similar:
        return Answer(say("similar-nothing"))
    lines = [say("similar-found", count=len(similar))]
    lines += [
        f"**{rank}** {say('cosine', cosine=f'{item.cosine:.2f}')} · {source(item.picture)}"
        for rank, item in enumerate(similar, 1)
    ]
    pictures = tuple(
        Picture(f"similar-{rank}", data, _alt(say, item))
        for rank, (item, data) in enumerate(zip(similar, files, strict=True), 1)
    )
    return Answer("\n".join(lines), pictures, (button(say, "similar", asked), button(say, "delete", asked)))


def _alt(say: Say, item: Similar) -> str:
    picture = item.picture
    label = picture.label or picture.file
    return alt_text(say("alt-similar", label=label, file=picture.file, cosine=f"{item.cosine:.2f}"))
