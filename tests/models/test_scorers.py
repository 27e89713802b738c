"""Platt-scaled cosine: the baseline, and what an encoder without a head is answered with."""

from __future__ import annotations

import numpy as np
import pytest

from models.null_bank import null_bank, null_vectors
from models.scorers import Platt, PlattCosine


def unit_rows(shape: tuple[int, int], seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_calibration_that_would_turn_the_ranking_over_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        Platt(-1.0, 0.0)


def test_extreme_logits_give_probabilities_without_overflow() -> None:
    with np.errstate(all="raise"):
        assert Platt(1e6, 0.0)(np.array([-1e6, 0.0, 1e6])).tolist() == [0.0, 0.5, 1.0]


def test_few_unrelated_sentences_find_anything_in_the_gallery_at_hand() -> None:
    images, sentences = unit_rows((500, 32), 0), unit_rows((300, 32), 1)
    scorer = PlattCosine.from_null("tiny", {"en": sentences, "zh": sentences[:150]}, images)
    best = [scorer.score(sentence, images, "en").max() for sentence in unit_rows((400, 32), 2)]
    assert np.mean(np.array(best) >= 0.5) < 0.1


def test_a_sentence_that_means_a_picture_finds_it() -> None:
    images, sentences = unit_rows((500, 32), 0), unit_rows((300, 32), 1)
    scorer = PlattCosine.from_null("tiny", {"en": sentences, "zh": sentences}, images)
    scores = scorer.score(images[17], scorer.prepare(images), "zh")
    assert scores.argmax() == 17
    assert scores[17] > 0.9


def test_the_same_cosine_is_worth_less_in_a_gallery_where_chance_reaches_it() -> None:
    sentences = unit_rows((300, 32), 1)
    few, many = (
        PlattCosine.from_null("tiny", {"en": sentences, "zh": sentences}, unit_rows((n, 32), 0)) for n in (5, 5000)
    )
    image = unit_rows((1, 32), 7)
    text = 0.75 * image[0] + np.sqrt(1 - 0.75**2) * np.eye(32, dtype=np.float32)[0]
    assert few.score(text, image)[0] > many.score(text, image)[0]


def test_untrained_scorer_says_so_and_an_empty_gallery_is_refused() -> None:
    sentences = unit_rows((10, 32), 1)
    assert not PlattCosine.from_null("tiny", {"en": sentences}, unit_rows((3, 32), 0)).trained
    with pytest.raises(ValueError, match="without a picture"):
        PlattCosine.from_null("tiny", {"en": sentences}, np.empty((0, 32), np.float32))


def test_bank_holds_three_hundred_different_sentences_in_two_languages() -> None:
    english, chinese = null_bank("en"), null_bank("zh")
    assert len(english) == len(chinese) >= 150
    assert len({*english, *chinese}) == len(english) + len(chinese) >= 300


def test_bank_is_encoded_in_each_language_apart() -> None:
    class Lengths:
        name, dim, image_size = "lengths", 1, 1

        def encode_texts(self, texts):
            return np.array([[len(text)] for text in texts], np.float32)

        def encode_images(self, images):
            raise NotImplementedError

        def prepare(self, image):
            raise NotImplementedError

        def encode_prepared(self, pixels):
            raise NotImplementedError

    vectors = null_vectors(Lengths())
    assert vectors["en"][:, 0].tolist() == [len(text) for text in null_bank("en")]
    assert vectors["zh"][:, 0].tolist() == [len(text) for text in null_bank("zh")]
