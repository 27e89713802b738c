from __future__ import annotations

import random
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch

from lab import train_encoder
from lab.features import Features
from lab.grammar import parallel_sentences
from lab.photos import Photo, Vocabulary, scene_photos
from lab.prototypes import Prototypes
from lab.train_encoder import Texts, Training
from lab.vietnamese import translate
from lab.zeroshot import accuracy, recalls
from models.encoders.projection import ProjectionConfig

LABELS = ("horse", "tiger", "goldfish", "piano")


def pools_for(name: str, shape: tuple[int, ...], noise: float, seed: int) -> np.ndarray:
    """Numbers that belong to a name, with noise."""
    signal = np.random.default_rng(zlib.crc32(name.encode())).random(shape)
    return (signal + noise * np.random.default_rng(seed).random(shape)).astype(np.float32)


@pytest.fixture
def vocabulary() -> Vocabulary:
    return Vocabulary([])


@pytest.fixture
def training(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Training:
    """Four classes of photos in two languages, whose features say plainly which class they are."""
    photos = [Photo(f"train/animals/{label}/{k}.jpg", label, {}) for label in LABELS for k in range(10)]
    pools = np.stack([pools_for(str(photo.label), (11, 1280), 0.3, k) for k, photo in enumerate(photos)])
    texts = list(vocabulary.texts(photos))
    monkeypatch.setattr(
        train_encoder,
        "text_features",
        lambda lines, cache: np.stack([pools_for(line, (4, 384), 0, 0) for line in lines]),
    )
    files = tuple(photo.file for photo in photos)
    config = ProjectionConfig(dim=16, part=4, hidden=8)
    return Training(photos, [Features(files, pools)], Texts(texts, tmp_path), vocabulary, 0, config)


def test_training_brings_photos_to_their_names_in_both_languages(training: Training) -> None:
    projection = training.run(steps=25, batch=24, rate=1e-2)
    photos = [photo for photo in training.examples if photo.file.endswith("/0.jpg")]
    with torch.inference_mode():
        images = projection.image(training.pools(photos))
        for language in ("en", "zh"):
            names = [training.vocabulary.name(label, language) for label in LABELS]
            texts = training.texts.encode(projection, names)
            assert (images @ texts.T).argmax(1).tolist() == [0, 1, 2, 3]


def test_the_same_seed_gives_the_same_weights(training: Training) -> None:
    states = []
    for _ in range(2):
        again = Training(
            training.examples, training.features, training.texts, training.vocabulary, 3,
            ProjectionConfig(dim=8, part=4, hidden=8),
        )  # fmt: skip
        states.append(again.run(steps=2, batch=20).state_dict())
    for name, tensor in states[0].items():
        torch.testing.assert_close(tensor, states[1][name])


def test_a_tenth_of_the_photos_is_kept_from_training_and_always_the_same() -> None:
    held = [Photo(f"train/objects/{k}.jpg", "horse", {}).held_out for k in range(2000)]
    assert 0.07 < sum(held) / len(held) < 0.13
    assert Photo("train/objects/7.jpg", "piano", {}).held_out == held[7]


def test_every_class_has_a_chinese_name_and_imagenet_comes_in_its_order(vocabulary: Vocabulary) -> None:
    assert [name for name in vocabulary.chinese if not language_has_ideographs(name)] == ["iPod"]
    assert vocabulary.english[:2] == ["tench", "goldfish"]
    assert vocabulary.name("domestic cat", "zh") == "猫"
    assert set(vocabulary.kinds("dog")) == set(range(151, 269))


def language_has_ideographs(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_a_photo_of_a_breed_counts_as_one_of_its_animal(vocabulary: Vocabulary) -> None:
    photos = [Photo("train/objects/a.jpg", vocabulary.english[207], {}), Photo("train/objects/b.jpg", "piano", {})]
    assert [(photo.file, photo.label) for photo in vocabulary.photos_of("dog", photos)] == [
        ("train/objects/a.jpg", "dog")
    ]


def test_an_imagined_photo_is_seen_as_its_class(vocabulary: Vocabulary) -> None:
    torch.manual_seed(0)
    weight = vocabulary.classifier.weight.detach()
    photos = (torch.rand(200, 1280) @ (weight.T @ weight) * 0.02 + torch.rand(200, 1280)).clamp(0, 6)
    prototypes = Prototypes(vocabulary.classifier, photos[:, None].expand(-1, 11, -1))
    right = 0
    for number in range(0, 1000, 50):
        imagined = prototypes.imagine(photos[number % 200].expand(11, -1), number)
        assert imagined.min() >= 0
        assert imagined.max() <= 6
        top = vocabulary.classifier(imagined[0]).topk(5).indices.tolist()
        right += number in top
    assert right >= 15  # of 20; chance would be 0.1


@pytest.mark.parametrize(
    ("caption", "english", "chinese"),
    [
        (
            "Người đàn ông áo đen đang đá bóng trên sân cỏ .",
            "man in black playing soccer on the grass field",
            "穿黑衣服的男人在草地上踢足球",
        ),
        ("Một con chó trắng đang chạy", "a white dog running", "白色的狗跑"),
    ],
)  # fmt: skip
def test_captions_are_translated_with_their_words_in_order(caption: str, english: str, chinese: str) -> None:
    translation = translate(caption)
    assert (translation.english, translation.chinese) == (english, chinese)
    assert translation.coverage == 1


def test_unknown_words_lower_the_coverage() -> None:
    assert translate("xyz người đàn ông").coverage == pytest.approx(3 / 4)


def test_the_grammar_repeats_itself_for_a_seed_and_never_mixes_languages() -> None:
    pairs = parallel_sentences(200, seed=5)
    assert pairs == parallel_sentences(200, seed=5)
    assert len(set(pairs)) > 150
    assert all(not language_has_ideographs(english) and language_has_ideographs(chinese) for english, chinese in pairs)


def test_scenes_come_with_right_and_half_right_sentences_in_both_languages() -> None:
    for photo in scene_photos(5, seed=1):
        assert set(photo.captions) == {"en", "zh"}
        assert len(photo.wrong) == 2
        assert not set(photo.wrong) & {text for texts in photo.captions.values() for text in texts}


def test_a_batch_has_every_source_and_animals_that_no_photo_shows(training: Training) -> None:
    training.random = random.Random(0)
    batch = training.batch(256)
    assert len(batch) == 256
    assert "spider" in {photo.label for photo in batch}  # of which there is no photo
    assert any(photo in training.examples for photo in batch)


def test_recall_counts_the_images_that_come_before_the_right_one() -> None:
    images = np.eye(12)
    texts = np.stack([images[3], 0.5 * images[4] + 0.6 * images[5]])
    assert recalls(texts, images, np.array([3, 4])) == [0.5, 1.0, 1.0]
    assert accuracy(images[:2], images[:3], np.array([0, 2])) == 0.5
