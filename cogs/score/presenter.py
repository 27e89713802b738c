"""What /score shows."""

from __future__ import annotations

from collections.abc import Sequence

from cogs.answer import Answer, Picture
from cogs.buttons import button
from cogs.texts import Say, alt_text, bar, quote, scores
from core.state import Asked
from core.types import Score

_TEXT = 90  # characters of each text shown
_ALL_UP_TO = 12  # lines: more would not fit a message, and the heat map has them
_BEST = 3  # of each picture then


def present_scores(
    say: Say, asked: Asked, images: Sequence[bytes], table: Sequence[Sequence[Score]], heatmap: bytes | None
) -> Answer:
    """A block for each picture, its texts in the order given, each with both scores; the best one stands out.

    When all would not fit, the best of each picture are listed, best first.

    Args:
        table: m rows of n scores, one row for each picture.
        heatmap: the same as a picture, for many cells; shown instead of the pictures, which are in it, for beside
            others Discord would crop it.
    """
    lines = [say("score-title", texts=len(table[0]), pictures=len(images))]
    everything = len(images) * len(table[0]) <= _ALL_UP_TO
    for number, results in enumerate(table, 1):
        if len(table) > 1:
            lines.append(say("score-picture", number=number))
        best = max(results, key=lambda score: score.match)
        shown = results if everything else sorted(results, key=lambda score: -score.match)[:_BEST]
        lines += [_line(say, score, best=score is best and len(results) > 1) for score in shown]
    if heatmap is not None:
        pictures = (Picture("heatmap", heatmap, alt_text(say("alt-heatmap", texts=asked.words))),)
    else:
        pictures = tuple(
            Picture(f"scored-{number}", image, _alt(say, results))
            for number, (image, results) in enumerate(zip(images, table, strict=True), 1)
        )
    return Answer("\n".join(lines), pictures, (button(say, "delete", asked),))


def _line(say: Say, score: Score, *, best: bool) -> str:
    text = quote(score.text, _TEXT)
    return f"{bar(score.match)} {scores(say, score.match, score.cosine)} · {f'**{text}**' if best else text}"


def _alt(say: Say, results: Sequence[Score]) -> str:
    best = max(results, key=lambda score: score.match)
    return alt_text(say("alt-scored", text=best.text, match=f"{best.match:.2f}"))
