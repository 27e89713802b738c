from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from lab.described import Description
from lab.doings import doing_figures
from lab.photos import Photo
from models.language import Language


def photo(label: str, says: str) -> Photo:
    return Photo(f"{label}/{says}.jpg", label, {}, described=(Description("en", (label, says, says), "wrong"),))


PHOTOS = [
    photo("horse", "It grazes."), photo("horse", "It stands."), photo("horse", "It is asleep."),
    photo("dog", "It eats."), photo("dog", "It stands in a wheat field."),
]  # fmt: skip
NEARNESS = np.array([0.9, 0.1, 0.5, 0.2, 0.3])  # of each photo to whatever is asked


def figures(language: Language, asked: list[str]) -> dict[str, float]:
    def texts(lines: Sequence[str]) -> np.ndarray:
        asked.extend(lines)
        return np.ones((len(lines), 1))

    return doing_figures(texts, PHOTOS, NEARNESS[:, None], lambda label, _: {"horse": "马"}.get(label, label), language)


def test_only_photos_of_the_same_animal_are_compared() -> None:
    told = figures("zh", [])
    assert told["doing zh, eating"] == pytest.approx(2 / 3)  # the horse wins twice, the dog loses
    assert told["doing zh, lying"] == 0.5
    assert "doing zh, running" not in told  # nothing runs


def test_the_animal_is_asked_for_by_its_name_in_the_language() -> None:
    asked: list[str] = []
    figures("zh", asked)
    assert "马正在吃东西" in asked
    figures("en", asked)
    assert "a dog running" in asked
