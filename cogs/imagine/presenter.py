"""What painting looks like: on its way, and done."""

from __future__ import annotations

import discord

from cogs.answer import Answer, Picture
from cogs.buttons import ActionButton, button
from cogs.explain import relative
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


def present_progress(say: Say, prompt: str, event: JobEvent) -> Answer:
    """How far a job is; with the latest preview when there is one."""
    prompt = quote(prompt)
    match event:
        case Queued(position=position, eta_s=None):
            return Answer(say("imagine-queued", prompt=prompt, position=position))
        case Queued(position=position, eta_s=float(eta_s) | int(eta_s)):
            return Answer(say("imagine-queued-until", prompt=prompt, position=position, when=relative(eta_s)))
        case Step(step=step, steps=steps, preview=preview):
            text = say("imagine-step", prompt=prompt, bar=bar(step / steps), step=step, steps=steps)
            return Answer(
                text, (Picture("preview", preview, alt_text(say("alt-preview", prompt=prompt))),) if preview else ()
            )
        case Decoding():
            return Answer(say("imagine-decoding", prompt=prompt))
        case Scored():
            return Answer(say("imagine-scored", prompt=prompt))
        case Started() | Done() | Failed() | Cancelled() | Queued():
            return Answer(say("imagine-started", prompt=prompt))


def present_painted(say: Say, asked: Asked, painted: tuple[Painted, ...], *, spoilers: bool = False) -> Answer:
    """The pictures with the words, the seed and the settings that made them, and both scores."""
    first = painted[0]
    lines = [say("imagine-done", prompt=quote(first.prompt), count=len(painted))]
    if first.painted_prompt != first.prompt:
        lines.append(say("imagine-translated", prompt=quote(first.painted_prompt)))
    lines += [_line(say, number, picture) for number, picture in enumerate(painted, 1)]
    lines.append(
        say("imagine-settings", steps=first.steps, guidance=f"{first.guidance:g}", scheduler=quote(first.scheduler, 40))
    )
    if any(picture.flagged for picture in painted):
        lines.append(say("imagine-flagged"))
    pictures = tuple(
        Picture(
            f"painted-{number}",
            picture.png,
            alt_text(say("alt-painted", prompt=picture.prompt, match=f"{picture.match:.2f}")),
            spoiler=picture.flagged or spoilers,
        )
        for number, picture in enumerate(painted, 1)
    )
    return Answer("\n".join(lines), pictures, _buttons(say, asked, len(painted)))


def present_upscaled(say: Say, asked: Asked, png: bytes, *, spoiler: bool) -> Answer:
    """A painted picture, larger."""
    alt = alt_text(say("alt-upscaled", prompt=asked.words))
    content = say("imagine-upscaled", prompt=quote(asked.words))
    return Answer(content, (Picture("upscaled", png, alt, spoiler),), (button(say, "delete", asked),))


def _buttons(say: Say, asked: Asked, count: int) -> tuple[ActionButton, ...]:
    """Two rows for the pictures, and one for the answer as a whole."""
    return (
        button(say, "re-roll", asked, style=discord.ButtonStyle.primary, row=0),
        *(button(say, "variation", asked, number, row=0) for number in range(1, count + 1)),
        *(button(say, "upscale", asked, number, row=1) for number in range(1, count + 1)),
        button(say, "edit-prompt", asked, row=2),
        button(say, "score", asked, row=2),
        button(say, "delete", asked, row=2),
    )


def _line(say: Say, number: int, picture: Painted) -> str:
    seed = say("imagine-seed", seed=str(picture.seed))
    return f"**{number}** {bar(picture.match)} {scores(say, picture.match, picture.cosine)} · {seed}"
