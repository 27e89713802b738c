"""From what a person asked to exact recipes, or to one error that says what to change."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import TypeVar

from PIL import Image, ImageOps

from core.errors import InputError
from core.images import read_image
from core.types import ImagineRequest
from models.painter.loras import Selection
from models.painter.painter import PainterInfo
from models.painter.rows import Recipe
from models.painter.schedulers import SCHEDULERS

N = TypeVar("N", int, float)

MAX_PROMPT = 2000  # characters
MAX_COUNT = 4
MAX_CANDIDATES = 8
MAX_GUIDANCE = 30.0
MAX_SEED = 2**32 - 1
MAX_LORA_WEIGHT = 2.0
FAST_STEPS = 4  # Luo et al. 2023, "LCM-LoRA": two to eight, with hardly any guidance
MAX_FAST_GUIDANCE = 2.0

_LORA = re.compile(r"<lora:([^:<>]+)(?::(-?\d+(?:\.\d+)?))?>")


def recipes(request: ImagineRequest, info: PainterInfo) -> tuple[tuple[Recipe, ...], ...]:
    """For each picture shown, the recipes of its candidates.

    The candidates of picture n have the seeds seed + n, seed + n + count, seed + n + 2 count, ...: any of them can be
    painted again by naming its own seed. In a variation all start from `seed`, and their seeds to turn towards count on
    from `towards` in the same way.

    Raises:
        InputError: something is empty, out of bounds or no picture.
    """
    for text in (request.prompt, request.negative):
        if len(text) > MAX_PROMPT:
            raise InputError("imagine-prompt-too-long", limit=MAX_PROMPT)
    prompt, loras = _without_loras(request.prompt, info)
    if not prompt:
        raise InputError("imagine-prompt-empty")
    if request.fast:
        info, loras = _fast(request, info, loras)
    scheduler = request.scheduler or info.scheduler
    if scheduler not in SCHEDULERS:
        raise InputError("imagine-scheduler-unknown", scheduler=scheduler, known=", ".join(SCHEDULERS))
    steps = _within("steps", request.steps, info.steps, 1, SCHEDULERS[scheduler].max_steps)
    most_guidance = MAX_FAST_GUIDANCE if request.fast else MAX_GUIDANCE
    guidance = _within("guidance", request.guidance, info.guidance, 1.0, most_guidance)
    count = _within("count", request.count, 1, 1, MAX_COUNT)
    candidates = _within("candidates", request.candidates, 1, 1, MAX_CANDIDATES)
    width, height = _side("width", request.width, info.width, info), _side("height", request.height, info.height, info)
    strength = _within("strength", request.strength, 1.0, 0.01, 1.0)
    variation = _within("variation", request.variation, 0.0, 0.0, 1.0)
    image = None
    if request.image is not None:
        image = ImageOps.fit(read_image(request.image), (width, height), Image.Resampling.LANCZOS)
    seed = _within("seed", request.seed, draw_seed(), 0, MAX_SEED)
    towards = _within("towards", request.towards, draw_seed(), 0, MAX_SEED)
    return tuple(
        tuple(
            Recipe(
                prompt=prompt,
                negative=request.negative.strip(),
                seed=seed if variation else seed + shown + candidate * count,
                steps=steps,
                guidance=guidance,
                scheduler=scheduler,
                width=width,
                height=height,
                image=image,
                strength=strength if image is not None else 1.0,
                towards=towards + shown + candidate * count if variation else None,
                turn=variation,
                loras=loras,
            )
            for candidate in range(candidates)
        )
        for shown in range(count)
    )


def draw_seed() -> int:
    """A seed that leaves room for every picture of a request to have one of its own."""
    return random.randrange(MAX_SEED - MAX_COUNT * MAX_CANDIDATES)


def _fast(request: ImagineRequest, info: PainterInfo, loras: Selection) -> tuple[PainterInfo, Selection]:
    """What the LCM-LoRA changes: the defaults, and one more LoRA."""
    if info.lcm_lora is None:
        raise InputError("imagine-fast-missing", painter=info.name)
    if request.scheduler not in (None, "lcm"):
        raise InputError("imagine-fast-scheduler", scheduler=request.scheduler)
    guidance = 1.5 if request.negative.strip() else 1.0  # without guidance it is half the work, and nothing is left out
    return (
        replace(info, scheduler="lcm", steps=FAST_STEPS, guidance=guidance),
        tuple(sorted([*loras, (info.lcm_lora, 1.0)])),
    )


def _without_loras(prompt: str, info: PainterInfo) -> tuple[str, Selection]:
    """`a cat <lora:ink:0.8>` -> `a cat`, (("ink", 0.8),): the way of writing that people know from other painters."""
    selection: dict[str, float] = {}
    for name, weight in _LORA.findall(prompt):
        if name not in info.loras:
            raise InputError("imagine-lora-unknown", name=name, known=", ".join(info.loras) or "-")
        selection[name] = _within("lora", float(weight or 1), 1.0, -MAX_LORA_WEIGHT, MAX_LORA_WEIGHT)
    return " ".join(_LORA.sub(" ", prompt).split()), tuple(sorted(selection.items()))


def _within(option: str, value: N | None, default: N, low: N, high: N) -> N:
    if value is None:
        return default
    if not low <= value <= high:
        raise InputError("imagine-out-of-bounds", option=option, low=low, high=high)
    return value


def _side(option: str, value: int | None, default: int, info: PainterInfo) -> int:
    side = default if value is None else value
    if side not in info.sides:
        raise InputError("imagine-size-unknown", option=option, known=", ".join(map(str, info.sides)))
    return side
