"""Whether an encoder knows what an animal does: photos of one animal, told apart by what their descriptions say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from lab.naming import name_in
from lab.photos import Photo
from models.language import Language


@dataclass(frozen=True, slots=True)
class Doing:
    """What an animal may be doing.

    Attributes:
        words: of the English descriptions that say so, a regular expression.
        frames: how it is asked for in each language, as `name_in` takes them.
    """

    words: str
    frames: dict[Language, str]


DOINGS: Final = {
    "eating": Doing(
        r"\b(eat|eats|eating|graz\w+|feeds|feeding|nibbl\w+|chew\w*)\b",
        {"en": "{a} {} is eating", "zh": "{}正在吃东西"},
    ),
    "lying": Doing(
        r"\b(lie|lies|lying|rests|resting|sleep\w*|asleep|curled)\b", {"en": "{a} {} lying down", "zh": "躺着的{}"}
    ),
    "running": Doing(r"\b(run|runs|running|gallop\w*|leap\w*|jump\w*)\b", {"en": "{a} {} running", "zh": "奔跑的{}"}),
}


def doing_figures(
    texts: Callable[[Sequence[str]], np.ndarray],
    photos: Sequence[Photo],
    images: np.ndarray,
    name: Callable[[str, Language], str],
    language: Language,
) -> dict[str, float]:
    """How often a photo of an animal doing something is nearer to the words for it than one of the same animal of which
    nothing of the kind was written.

    Args:
        texts: n texts -> their vectors (n, d).
        photos: described photos of animals; their vectors are `images` (n, d).
        name: an animal's label -> its name in a language.
    """
    rows: dict[str, list[int]] = defaultdict(list)
    for row, photo in enumerate(photos):
        rows[str(photo.label)].append(row)
    said = [" ".join(photo.described[0].levels).lower() for photo in photos]
    figures = {}
    for doing, told in DOINGS.items():
        does = np.array([re.search(told.words, text) is not None for text in said])
        asked = texts([name_in(told.frames[language], name(label, language), animal=True) for label in rows])
        won: list[bool] = []
        for animal, vector in zip(map(np.array, rows.values()), asked, strict=True):
            near = images[animal] @ vector
            won += (near[does[animal]][:, None] > near[~does[animal]]).flatten().tolist()
        if won:
            figures[f"doing {language}, {doing}"] = float(np.mean(won))
    return figures
