from __future__ import annotations

import pytest

from lab.naming import FRAMES, PASTIMES, name_in


@pytest.mark.parametrize(
    ("frame", "name", "animal", "text"),
    [
        ("this is {a} {}", "elephant", True, "this is an elephant"),
        ("{a} {} is eating", "horse", True, "a horse is eating"),
        ("这是一{measure}{}", "马", True, "这是一匹马"),
        ("一{measure}{}", "老虎", True, "一只老虎"),
        ("图中有一{measure}{}", "悬索桥", False, "图中有一个悬索桥"),
        ("{}的图片", "牛", True, "牛的图片"),
    ],
)
def test_a_name_comes_with_its_article_or_its_measure_word(frame: str, name: str, animal: bool, text: str) -> None:
    assert name_in(frame, name, animal) == text


def test_either_language_has_the_same_frames() -> None:
    for frames in (FRAMES, PASTIMES):
        assert len(frames["en"]) == len(frames["zh"])
        assert all(frame.count("{}") == 1 for of_one in frames.values() for frame in of_one)
