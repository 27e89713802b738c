from __future__ import annotations

import io

import pytest
from PIL import Image

from cogs.answer import Answer, Picture, fit, suffix
from core.images import encode_image
from tests.cogs.fakes import png


def noise(side: int) -> bytes:
    return encode_image(Image.effect_noise((side, side), 100).convert("RGB"), "PNG")


def test_pictures_that_fit_are_left_as_they_are():
    answer = Answer("", (Picture("a", png(), ""),))
    assert fit(answer, 10_000) is answer


@pytest.mark.parametrize("limit", [60_000, 20_000, 4_000])
def test_pictures_that_do_not_fit_become_smaller_jpegs(limit: int):
    answer = fit(Answer("", (Picture("a", noise(400), "alt"), Picture("b", png(), ""))), limit)
    large, small = answer.pictures
    assert len(large.data) <= limit
    assert suffix(large.data) == "jpg"
    assert large.alt == "alt"
    assert small.data == png()
    assert Image.open(io.BytesIO(large.data)).width >= 48


def test_a_picture_that_cannot_fit_is_left_out():
    assert fit(Answer("", (Picture("a", noise(400), ""),)), 100).pictures == ()


def test_a_file_can_be_sent_again():
    picture = Picture("a", png(), "alt", spoiler=True)
    first, second = picture.file(), picture.file()
    assert first.fp.read() == second.fp.read() == png()
    assert first.filename == "SPOILER_a.png"
    assert first.description == "alt"


def test_no_more_files_than_discord_takes():
    assert len(Answer("", (Picture("a", png(), ""),) * 12).files()) == 10
