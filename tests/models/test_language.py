from __future__ import annotations

import pytest

from models.language import language_named, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("a horse eating grass", "en"),
        ("一匹马在吃草", "zh"),
        ("一只 cyberpunk 风格的 cat", "zh"),
        ("", "en"),
        ("123 !?", "en"),
        ("café ñandú", "en"),
        ("𠮷", "zh"),  # outside the basic plane
    ],
)
def test_a_text_is_scored_with_the_calibration_of_its_own_language(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(("name", "language"), [("zh", "zh"), ("zh-TW", "zh"), ("ZH", "zh"), ("en-US", "en")])
def test_languages_are_known_by_their_usual_names(name: str, language: str) -> None:
    assert language_named(name) == language
