"""What painting looks like: on its way, and done."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from cogs.answer import Answer, Picture
from cogs.buttons import ActionButton, button
from cogs.explain import relative
from cogs.imagine.result import Painting, Veil
from cogs.imagine.source import SOURCE
from cogs.texts import Say, alt_text, bar, quote, scores
from core.state import Asked
from core.types import (
    Cancelled,
    Decoding,
    Done,
    Failed,
    JobEvent,
    Painted,
    Queued,
    Scored,
    Started,
    Step,
)


def present_progress(say: Say, prompt: str, event: JobEvent, *, spoiler: bool = False) -> Answer:
    """How far a job is; with the latest preview when there is one."""
    prompt = quote(prompt)
    match event:
        case Queued(position=position, eta_s=None):
            return Answer(say("imagine-queued", prompt=prompt, position=position))
        case Queued(position=position, eta_s=float(eta_s) | int(eta_s)):
            return Answer(say("imagine-queued-until", prompt=prompt, position=position, when=relative(eta_s)))
        case Step(step=step, steps=steps, preview=preview):
            text = say("imagine-step", prompt=prompt, bar=bar(step / steps, 10), step=step, steps=steps)
            alt = alt_text(say("alt-preview", prompt=prompt))
            return Answer(text, (Picture("preview", preview, alt, spoiler),) if preview else ())
        case Decoding():
            return Answer(say("imagine-decoding", prompt=prompt))
        case Scored():
            return Answer(say("imagine-scored", prompt=prompt))
        case Started() | Done() | Failed() | Cancelled() | Queued():
            return Answer(say("imagine-started", prompt=prompt))


def present_painted(say: Say, painting: Painting, veil: Veil) -> Answer:
    """The pictures with the words, the seed, the settings and the time that made them, and both scores."""
    asked, first = painting.asked, painting.pictures[0]
    shown = {n: one for n, one in enumerate(painting.pictures, 1) if not (one.flagged and veil.unsafe)}
    lines = [say("imagine-done", prompt=quote(first.prompt), count=len(painting.pictures))]
    if first.painted_prompt != first.prompt:
        lines.append(say("imagine-translated", prompt=quote(first.painted_prompt)))
    lines += [_line(say, number, picture) for number, picture in shown.items()]
    lines.append(_settings(say, painting))
    if len(shown) < len(painting.pictures):
        lines.append(say("imagine-withheld", count=len(painting.pictures) - len(shown)))
    elif any(picture.flagged for picture in shown.values()):
        lines.append(say("imagine-flagged"))
    pictures = [
        Picture(
            f"painted-{number}",
            picture.png,
            alt_text(say("alt-painted", prompt=picture.prompt, match=f"{picture.match:.2f}")),
            spoiler=picture.flagged or veil.everything,
        )
        for number, picture in shown.items()
    ]
    if painting.source is not None:
        pictures.append(Picture(SOURCE, painting.source, say("alt-source"), spoiler=veil.everything))
    return Answer("\n".join(lines), tuple(pictures), _buttons(say, asked, list(shown), len(painting.pictures)))


def present_upscaled(say: Say, asked: Asked, png: bytes, *, spoiler: bool) -> Answer:
    """A painted picture, larger."""
    alt = alt_text(say("alt-upscaled", prompt=asked.words))
    content = say("imagine-upscaled", prompt=quote(asked.words))
    return Answer(content, (Picture("upscaled", png, alt, spoiler),), (button(say, "delete", asked),))


def _buttons(say: Say, asked: Asked, shown: Sequence[int], of: int) -> tuple[ActionButton, ...]:
    """Rows for the pictures, one when there is a single one, and a row for the answer as a whole."""
    upscale = 0 if len(shown) == 1 else 1
    return (
        button(say, "re-roll", asked, style=discord.ButtonStyle.primary, row=0),
        *(button(say, "variation", asked, number, of=of, row=0) for number in shown),
        *(button(say, "upscale", asked, number, of=of, row=upscale) for number in shown),
        button(say, "edit-prompt", asked, row=2),
        *([button(say, "score", asked, row=2)] if shown else []),
        button(say, "delete", asked, row=2),
    )


def _line(say: Say, number: int, picture: Painted) -> str:
    seed = say("imagine-seed", seed=picture.seeds)
    return f"**{number}** {bar(picture.match)} {scores(say, picture.match, picture.cosine)} · {seed}"


def _settings(say: Say, painting: Painting) -> str:
    first = painting.pictures[0]
    return say(
        "imagine-settings",
        steps=first.steps,
        guidance=f"{first.guidance:g}",
        scheduler=quote(first.scheduler, 40),
        seconds=f"{painting.took_s:.1f}",
    )
