import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from models.painter.conditioner import Reader, ReaderConfig, StarterConditioner, split_words

CONFIG = ReaderConfig(length=8, width=16, word_dim=12, layers=1, heads=2)


def word_vectors(words: Sequence[str]) -> np.ndarray:
    """Noise that depends on the word alone."""
    return np.stack([np.random.default_rng(zlib.crc32(w.encode())).normal(size=12) for w in words]).astype(np.float32)


def make() -> StarterConditioner:
    torch.manual_seed(0)
    return StarterConditioner(Reader(CONFIG).eval(), word_vectors)


def test_english_is_read_without_case_articles_and_punctuation() -> None:
    assert split_words("A red CAT, to the left of an owl!") == ["red", "cat", "to", "left", "of", "owl"]


def test_chinese_is_cut_into_words_and_not_into_characters() -> None:
    words = split_words("一只红色的猫在汽车的左边。")
    assert {"红色", "猫", "汽车", "左边"} <= set(words)
    assert "。" not in words


def test_both_languages_in_one_prompt_are_read_in_order() -> None:
    assert split_words("a cat 在 snow 里") == ["cat", "在", "snow", "里"]


def test_full_width_letters_are_the_same_words() -> None:
    assert split_words("ＣＡＴ") == ["cat"]


def test_every_prompt_has_the_same_shape_whatever_its_company() -> None:
    conditioner = make()
    long = " ".join(f"word{n}" for n in range(50))
    together = conditioner.encode(["cat", long, ""])
    assert together.shape == (3, CONFIG.length, CONFIG.width)
    torch.testing.assert_close(conditioner.encode(["cat"])[0], together[0], rtol=1e-5, atol=1e-5)


def test_word_order_changes_what_is_painted() -> None:
    a, b = make().encode(["cat left of dog", "dog left of cat"])
    assert not torch.allclose(a, b, atol=1e-3)


def test_a_prompt_without_words_is_the_unconditional_one() -> None:
    empty, symbols = make().encode(["", "?!…"])
    torch.testing.assert_close(empty, symbols)


def test_a_word_is_sent_through_the_encoder_once() -> None:
    asked: list[str] = []

    def counted(words: Sequence[str]) -> np.ndarray:
        asked.extend(words)
        return word_vectors(words)

    conditioner = StarterConditioner(Reader(CONFIG).eval(), counted)
    conditioner.encode(["red cat", "red dog"])
    conditioner.encode(["dog"])
    assert sorted(asked) == ["cat", "dog", "red"]


def test_standardised_vectors_no_longer_point_all_the_same_way() -> None:
    reader = Reader(CONFIG)
    vectors = torch.from_numpy(word_vectors([f"word{n}" for n in range(200)])) * 0.1 + 5
    reader.standardise(vectors)
    scaled = (vectors - reader.word_mean) / reader.word_std
    torch.testing.assert_close(scaled.mean(0), torch.zeros(12), atol=1e-3, rtol=0)
    torch.testing.assert_close(scaled.std(0), torch.ones(12), atol=1e-3, rtol=0)


def test_a_saved_reader_reads_the_same_after_loading(tmp_path: Path) -> None:
    conditioner = make()
    conditioner.reader.save(tmp_path)
    again = StarterConditioner(Reader.load(tmp_path), word_vectors)
    torch.testing.assert_close(again.encode(["a red cat"]), conditioner.encode(["a red cat"]))
