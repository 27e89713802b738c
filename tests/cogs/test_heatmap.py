from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from cogs.score.heatmap import draw_heatmap
from core.messages import Messages
from core.types import Score
from tests.cogs.fakes import png

LONG = "画面中央是一只被人双手托举的小狗，它的毛色浅黄偏米黄，毛发柔软卷曲，眼神略带忧郁。" * 3
TOP = 24 + 240 + 56  # of the first row below a single picture
TEXTS = ("一只黄色的小狗。", "a puppy", LONG, "x" * 300)


def drawn(messages: Messages, images: int, texts: tuple[str, ...] = TEXTS) -> Image.Image:
    table = [[Score(text, 0.1 * n, 0.01 * n) for n, text in enumerate(texts)] for _ in range(images)]
    data = draw_heatmap(lambda message, **params: messages.format("zh-CN", message, **params), [png()] * images, table)
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("images", [1, 2, 4])
def test_the_picture_is_wide_enough_for_a_phone_and_grows_with_the_texts(messages, images: int):
    few, many = drawn(messages, images, TEXTS[:2]), drawn(messages, images)
    assert few.width == many.width == 1_000
    assert many.height - few.height == 2 * 96


def test_chinese_labels_are_drawn_and_not_boxes(messages):
    """Two different characters would be one and the same box without a font that has them."""
    cat, dog = (drawn(messages, 1, (text,)).crop((0, TOP, 400, TOP + 96)).tobytes() for text in ("猫", "狗"))
    assert cat != dog


def test_a_higher_match_is_darker(messages):
    image = drawn(messages, 1, ("a", "b", "c", "d", "e", "f", "g", "h", "i")).convert("L")
    column = np.asarray(image)[TOP + 12 :: 96, 24 + 380 + 12][:9].tolist()
    assert column == sorted(column, reverse=True)
    assert column[0] > column[-1]


def test_equal_cosines_do_not_divide_by_nothing(messages):
    assert drawn(messages, 1, ("a",)).height > 0


@pytest.mark.parametrize("images", [1, 2, 4])
def test_the_pictures_are_in_it(messages, images: int):
    reds = np.asarray(drawn(messages, images))[..., :3] == (255, 0, 0)
    assert reds.all(axis=-1).sum() > 100 * 100 * images / 2


async def test_three_cells_bring_a_heat_map_and_two_do_not(channel, alice):
    two = (await alice.slash(channel, "score", image=("a.png", png()), texts="a cat|a dog")).response
    three = (await alice.slash(channel, "score", image=("a.png", png()), texts="a cat|a dog|a cow")).response
    assert [file.filename for file in two.attachments] == ["scored-1.png"]
    assert [file.filename for file in three.attachments] == ["heatmap.png"]
    assert "a cow" in three.attachments[0].description


async def test_four_pictures_and_ten_texts_fit_one_message(channel, alice):
    pictures = {f"image{number}": ("a.png", png()) for number in (2, 3, 4)}
    texts = "|".join(f"text number {number} " + "*" * 200 for number in range(10))
    answer = (await alice.slash(channel, "score", image=("a.png", png()), texts=texts, **pictures)).response
    assert len(answer.content) <= 2_000
    assert "Picture 4" in answer.content
    assert [file.filename for file in answer.attachments] == ["heatmap.png"]
