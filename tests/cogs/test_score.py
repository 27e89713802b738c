from __future__ import annotations

import pytest

from tests.cogs.acting import refusal
from tests.cogs.fakes import FakeEngine, png


async def test_scores_each_text_in_the_order_given(channel, alice):
    answer = (
        await alice.slash(channel, "score", image=("cat.png", png()), texts="a cat | a black cat｜a dog")
    ).response
    lines = answer.content.splitlines()[1:]
    assert [line.split(" · ")[-1] for line in lines] == ["a cat", "**a black cat**", "a dog"]
    assert "match 0.55 · cosine 0.22" in lines[1]


async def test_shows_the_picture_that_was_scored_with_alt_text(channel, alice):
    answer = (await alice.slash(channel, "score", image=("cat.png", png()), texts="a cat")).response
    assert [file.filename for file in answer.attachments] == ["scored-1.png"]
    assert "a cat" in answer.attachments[0].description


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (("notes.png", b"just some text"), "not a picture I can read"),
        (("half.jpg", "jpeg-cut"), "damaged or was cut off"),
        (("empty.png", b""), "not a picture I can read"),
        (("large.png", bytes(11 * 2**20)), "too large"),
    ],
)
async def test_a_bad_upload_gets_a_clear_answer_and_the_next_one_works(channel, alice, upload, words, half_a_jpeg):
    name, data = upload
    image = (name, half_a_jpeg if data == "jpeg-cut" else data)
    assert words in refusal(await alice.slash(channel, "score", image=image, texts="a cat")).content

    again = (await alice.slash(channel, "score", image=("cat.png", png()), texts="a cat")).response
    assert "match" in again.content


async def test_a_large_upload_is_refused_without_being_downloaded(env, channel, alice, engine: FakeEngine):
    await alice.slash(channel, "score", image=("large.png", bytes(11 * 2**20)), texts="a cat")
    assert not engine.scored


@pytest.mark.parametrize(
    ("texts", "words"), [("|", "no text to score"), ("   ", "no text to score"), ("a|" * 11, "Send up to 10")]
)
async def test_texts_that_cannot_be_scored_are_told(channel, alice, texts, words):
    assert words in refusal(await alice.slash(channel, "score", image=("cat.png", png()), texts=texts)).content


async def test_ten_long_texts_fit_one_message(channel, alice):
    texts = "|".join("*" * 500 for _ in range(10))
    answer = (await alice.slash(channel, "score", image=("cat.png", png()), texts=texts)).response
    assert len(answer.content) <= 2_000
    assert len(answer.content.splitlines()) == 11
