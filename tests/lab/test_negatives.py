"""Half-truths of free captions are wrong in one word, and their words alone give nothing away."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from lab.negatives import Negatives, WordKind
from models.language import Language


@pytest.mark.parametrize(
    ("language", "caption", "kind", "wrong"),
    [
        ("en", "Two dogs run.", "species", "Two {}s run."),
        ("en", "Two dogs run.", "count", "{} dogs run."),
        ("zh", "草地上的两只狗。", "count", "草地上的{}只狗。"),
        ("zh", "戴红色帽子的人", "attribute", "戴{}色帽子的人"),
    ],
)
def test_one_word_of_the_kind_is_wrong_and_the_rest_stays(
    language: Language, caption: str, kind: WordKind, wrong: str
) -> None:
    found = Negatives(language, [caption]).of(caption, random.Random(0))[kind]
    before, after = wrong.split("{}")
    assert found != caption
    assert found.startswith(before)
    assert found.endswith(after)


def test_article_follows_the_new_word() -> None:
    negatives = Negatives("en", ["an orange ball"])
    texts = {negatives.of("an orange ball", random.Random(seed))["attribute"] for seed in range(200)}
    assert "a red ball" in texts
    assert not any(text.startswith("an ") for text in texts)


def test_what_the_caption_says_elsewhere_is_not_called_wrong() -> None:
    negatives = Negatives("en", ["a black and white dog"])
    wrong = [negatives.of("a black dog and a white dog", random.Random(seed))["attribute"] for seed in range(100)]
    assert not any(text in ("a white dog and a white dog", "a black dog and a black dog") for text in wrong)


def test_words_inside_other_words_are_left_alone() -> None:
    assert Negatives("en", []).of("a catalogue of manuals", random.Random(0)) == {}
    assert Negatives("zh", []).of("白天在马路上看熊猫", random.Random(0)) == {}


def test_wrong_words_are_as_frequent_as_right_ones() -> None:
    captions = ["a black dog"] * 90 + ["a pink dog"] * 10 + ["a white dog"] * 100
    negatives = Negatives("en", captions)
    wrong = Counter(negatives.of("a white dog", random.Random(seed))["attribute"] for seed in range(500))
    assert 0.8 < wrong["a black dog"] / 500 < 0.98
