from __future__ import annotations

import math
import random
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch

from lab import train_encoder
from lab.bare import BareNames
from lab.described import OF_GALLERY, Description, descriptions
from lab.features import Features
from lab.grammar import parallel_sentences, written_sentences
from lab.looks import FEW, LOOKS, looks
from lab.photos import DrawnPair, Photo, Vocabulary, drawn_pair
from lab.prototypes import Prototypes
from lab.scenes import Scene, Thing
from lab.scenes.pairs import is_true
from lab.train_encoder import LOOKED_AT, Example, Texts, Training
from lab.vietnamese import translate
from lab.zeroshot import Reader, accuracy, described_figures, recalls
from models.encoders.efficientnet import CHANNELS, LAST_CHANNELS
from models.encoders.projection import ProjectionConfig
from models.language import LANGUAGES, language_of
from tests.lab.captions import caption

LABELS = ("horse", "tiger", "goldfish", "piano")


def description(number: int) -> tuple[Description, ...]:
    levels = ("a photo", "a photo of something", "a photo of something. It stands there")
    return tuple(
        Description(language, tuple(f"{text} {number} {language}" for text in levels), f"wrong {number} {language}")
        for language in LANGUAGES
    )


def pools_for(name: str, shape: tuple[int, ...], noise: float, seed: int) -> np.ndarray:
    """Numbers that belong to a name, with noise."""
    signal = np.random.default_rng(zlib.crc32(name.encode())).random(shape)
    return (signal + noise * np.random.default_rng(seed).random(shape)).astype(np.float32)


@pytest.fixture(scope="module")
def drawn() -> list[DrawnPair]:
    return [drawn_pair(seed) for seed in range(30)]


@pytest.fixture(scope="module")
def vocabulary(drawn: list[DrawnPair]) -> Vocabulary:
    return Vocabulary([], drawn)


PHOTOS = [Photo(f"train/animals/{label}/{k}.jpg", label, {}) for label in LABELS for k in range(10)]


def training_on(photos: list[Photo], vocabulary: Vocabulary, drawn: list[DrawnPair], folder: Path) -> Training:
    """Four classes of photos in two languages, whose features say plainly which class they are, and scenes."""
    said = [text for photo in photos for of_one in photo.described for text in (*of_one.levels, of_one.half_truth)]
    scenes = [photo for pair in drawn for photo in pair.photos]
    taken = [*photos, *looks(photos)]
    shape = (11, CHANNELS)
    pools = [pools_for(str(photo.label), shape, 0.3, k) for k, photo in enumerate(taken)]
    pools += [pools_for(photo.file, shape, 0, 0) for photo in scenes]
    told = [caption.text for pair in drawn for caption in pair.captions]
    texts = Texts([*vocabulary.texts(), *told, *BareNames(drawn).texts(), *said], folder)
    features = Features(tuple(photo.file for photo in [*taken, *scenes]), np.stack(pools))
    return Training(
        photos, drawn, [features], texts, vocabulary, 0, ProjectionConfig(dim=16, part=4, hidden=8, region=8)
    )


@pytest.fixture(autouse=True)
def any_features(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        train_encoder,
        "text_features",
        lambda lines, cache: np.stack([pools_for(line, (4, 384), 0, 0) for line in lines]),
    )


@pytest.fixture
def training(vocabulary: Vocabulary, drawn: list[DrawnPair], tmp_path: Path) -> Training:
    return training_on(PHOTOS, vocabulary, drawn, tmp_path)


@pytest.fixture
def described(vocabulary: Vocabulary, drawn: list[DrawnPair], tmp_path: Path) -> Training:
    """The same, where six of the photos are described."""
    photos = [replace(photo, described=description(k)) for k, photo in enumerate(PHOTOS[:6])]
    return training_on([*photos, *PHOTOS[6:]], vocabulary, drawn, tmp_path)


def test_training_brings_photos_to_their_names_in_both_languages(training: Training) -> None:
    projection = training.run(steps=120, batch=24, rate=1e-2)
    photos = [photo for photo in training.examples if photo.file.endswith("/0.jpg")]
    with torch.inference_mode():
        images = projection.image(training.pools(photos))
        for language in ("en", "zh"):
            names = [training.vocabulary.name(label, language) for label in LABELS]
            texts = training.texts.encode(projection, names)
            assert (images @ texts.T).argmax(1).tolist() == [0, 1, 2, 3]


def test_a_photo_is_told_by_its_description_against_the_half_truth(described: Training) -> None:
    batch = [described.looked_at(photo) for photo in described.described]
    alone = [replace(example, half_truth="") for example in batch]
    images = described.projection.image(described.pools([example.photo for example in batch]))
    scale = described.projection.log_scale.exp()
    assert described.caption_loss(batch, images, scale) > described.caption_loss(alone, images, scale) + 0.01


def test_described_photos_have_their_share_of_a_batch_where_there_are_any(
    training: Training, described: Training
) -> None:
    for run, share in ((training, 0.0), (described, LOOKED_AT)):
        batch = run.batch(100)
        assert len(batch) == 100
        assert sum(example.level > 0 for example in batch) == round(100 * share)


def test_a_few_words_may_fit_others_of_the_class_and_more_fits_its_photo_alone(training: Training) -> None:
    horse, tiger = Photo("a.jpg", "horse", {}), Photo("b.jpg", "tiger", {})
    few = Example(replace(horse, file="c.jpg"), "a brown one", level=1)
    more = Example(replace(horse, file="d.jpg"), "a brown one stands in the yard", level=2)
    batch = [Example(horse, "a horse"), Example(tiger, "a tiger"), few, more, replace(more, text="", level=0)]
    assert training.truths(batch).tolist() == [
        [1, 0, -1, 0, 1],
        [0, 1, 0, 0, 0],
        [1, 0, 1, 0, 1],
        [1, 0, -1, 1, 1],
        [1, 0, -1, 1, 1],
    ]


def test_descriptions_are_measured_against_other_photos_and_against_their_half_truths() -> None:
    photos = [Photo(f"{k}.jpg", None, {}, described=description(k)) for k in range(20)]
    rows = {text: k for k in range(20) for text in description(k)[0].levels}
    wrong = {f"wrong {k} en": k + (k < 5) for k in range(20)}  # five half-truths lie at the next photo

    class Told:
        def texts(self, texts: Sequence[str]) -> np.ndarray:
            return np.stack([2 * np.eye(20)[wrong[t]] if t in wrong else np.eye(20)[rows[t]] for t in texts])

    figures = described_figures(cast(Reader, Told()), photos, np.eye(20), "en")
    assert figures["half-truths en accuracy"] == 0.25
    assert {value for name, value in figures.items() if "R@10" in name} == {1.0}


def test_photos_of_the_tests_are_described_for_tests_alone() -> None:
    taught, tested = descriptions(), descriptions(OF_GALLERY)
    assert not [file for file in taught if file.startswith(("gallery/", "flickr100/"))]
    assert all(file.startswith("gallery/") for file in tested)
    for table in (taught, tested):
        for said in table.values():
            assert [of_one.language for of_one in said] == list(LANGUAGES)
            for of_one in said:
                assert len({*of_one.levels, of_one.half_truth}) == 4
                assert all(language_of(text) == of_one.language for text in (*of_one.levels, of_one.half_truth))


def test_the_same_seed_gives_the_same_weights(training: Training) -> None:
    states = []
    for _ in range(2):
        again = Training(
            training.examples, training.drawn, training.features, training.texts, training.vocabulary, 3,
            ProjectionConfig(dim=8, part=4, hidden=8, region=8),
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
    pools = torch.cat([photos, torch.randn(200, CHANNELS - LAST_CHANNELS)], dim=1)[:, None].expand(-1, 11, -1)
    prototypes = Prototypes(vocabulary.classifier, pools, {"piano": pools[:100].mean(0)})
    right = 0
    for number in range(0, 1000, 50):
        for label in (None, "piano"):
            imagined = prototypes.imagine(pools[number % 200], label, number, None)
            last = imagined[:, :LAST_CHANNELS]
            assert last.min() >= 0
            assert last.max() <= 6
            assert imagined[:, LAST_CHANNELS:].min() < 0  # the earlier maps have no limits
            right += number in vocabulary.classifier(last[0]).topk(5).indices.tolist()
    assert right >= 30  # of 40; chance would be 0.2


def test_an_imagined_photo_keeps_what_is_peculiar_to_a_photo_of_a_known_class(vocabulary: Vocabulary) -> None:
    torch.manual_seed(0)
    pools = 3 + 0.1 * torch.randn(50, 11, CHANNELS)
    mean = pools[:20].mean(0)
    prototypes = Prototypes(vocabulary.classifier, pools, {"piano": mean})
    one, other = (prototypes.imagine(pools[row], "piano", 0, None) for row in (0, 1))
    torch.testing.assert_close((one - other)[:, LAST_CHANNELS:], (pools[0] - pools[1])[:, LAST_CHANNELS:])
    halved = prototypes.imagine(pools[0], None, 0, None) - prototypes.imagine(pools[1], None, 0, None)
    assert halved[:, LAST_CHANNELS:].norm() < 0.7 * (one - other)[:, LAST_CHANNELS:].norm()


def test_a_few_photos_of_a_class_correct_what_is_imagined_of_it(vocabulary: Vocabulary) -> None:
    torch.manual_seed(0)
    pools = 3 + 0.1 * torch.randn(50, 11, CHANNELS)
    prototypes = Prototypes(vocabulary.classifier, pools, {"piano": pools[0]})
    photos = 2.5 + 0.1 * torch.randn(8, 11, CHANNELS)
    prototypes.look("cow", [345, 346], photos)

    def distance(label: str | None) -> float:
        imagined = [prototypes.imagine(pools[0], "piano", number, label) for number in (345, 346)]
        return float((torch.stack(imagined).mean(0) - photos.mean(0))[:, LAST_CHANNELS:].norm())

    assert distance("cow") == pytest.approx(3 / 11 * distance(None), rel=1e-3)


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


def test_written_sentences_never_mix_languages_and_tell_each_scene_once() -> None:
    pairs = written_sentences()
    assert len(pairs) > 3000
    for side in zip(*pairs, strict=True):
        assert len(set(side)) == len(pairs)
    assert all(not language_has_ideographs(english) and language_has_ideographs(chinese) for english, chinese in pairs)


def test_translations_of_scenes_tell_the_same_in_both_languages(drawn: list[DrawnPair]) -> None:
    for pair in drawn:
        told = {caption.text: caption for caption in pair.captions}
        assert len(pair.parallels) >= 4
        for english, chinese in pair.parallels:
            assert (told[english].language, told[chinese].language) == ("en", "zh")
            assert told[english].plan == told[chinese].plan


def test_an_animal_counts_as_its_likeliest_kind(vocabulary: Vocabulary) -> None:
    logits = torch.zeros(2, 1000)
    logits[0, 345] = 4.0  # an ox, of which every other class has a little: 118 of them are dogs
    logits[1, 200] = 4.0
    names = ("cow", "dog", "piano")
    opinions = vocabulary.opinions(logits)[:, [vocabulary.index[name] for name in names]]
    assert [names[k] for k in opinions.argmax(1)] == ["cow", "dog"]


def test_names_take_over_what_the_classifier_says(training: Training) -> None:
    training.random = random.Random(0)
    logits = torch.full((6, 1000), -9.0)
    logits[range(6), range(0, 900, 150)] = 9.0
    images = torch.nn.functional.normalize(torch.randn(6, 16), dim=1).requires_grad_()
    optimizer = torch.optim.Adam([images, *training.projection.text.parameters()], 3e-2)
    losses = []
    for _ in range(60):
        loss = training.distillation_loss(logits, images, torch.tensor(30.0))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert min(losses) >= 0
    assert losses[-1] < 0.5 * losses[0]


def test_where_nothing_is_seen_a_name_that_is_often_right_is_the_likeliest(training: Training) -> None:
    batch, blind = [training.animals[0]] * 8, torch.zeros(8, 16)
    loss = training.class_loss(batch, torch.zeros(8, 1000), blind, torch.tensor(10.0))
    assert loss.item() < 0.6 * math.log(192)  # what 192 names cost when none is likelier


def test_an_ox_is_a_cow_in_both_languages(vocabulary: Vocabulary) -> None:
    """ImageNet's oxen are mostly what people call cows, and 牛 both ways."""
    rng = random.Random(0)
    names = {vocabulary.names([vocabulary.index["ox"]], "en", rng)[0].split()[-1] for _ in range(40)}
    assert names == {"ox", "cow"}
    assert vocabulary.index["cow"] != vocabulary.index["ox"]
    assert vocabulary.name("cow", "zh") == vocabulary.name("ox", "zh") == "牛"


def test_translated_mentions_say_the_same(vocabulary: Vocabulary) -> None:
    pairs = vocabulary.parallel(400, random.Random(0))
    assert [pair for pair in pairs if "a photo of" in pair[0]]
    assert not [pair for pair in pairs if ("in a field" in pair[0]) != ("田野" in pair[1])]
    assert not [pair for pair in pairs if ("a photo of" in pair[0]) != ("的照片" in pair[1])]


def test_a_batch_has_every_source_and_animals_that_no_photo_shows(training: Training) -> None:
    training.random = random.Random(0)
    batch = training.batch(256)
    assert len(batch) == 256
    photos = [example.photo for example in batch]
    assert "spider" in {photo.label for photo in photos}  # of which there is no photo
    assert any(photo in training.examples for photo in photos)
    scenes = [example for example in batch if example.photo.scene]
    assert len(scenes) == 2 * len(training.drawn)
    for example in scenes:
        assert example.caption
        assert example.photo.scene
        assert is_true(example.caption, example.photo.scene)


def test_an_animal_with_few_photos_is_looked_at_more_often(training: Training) -> None:
    few = [photo for photo in training.examples if photo.label == "horse"]
    assert 0 < len(few) <= FEW
    assert len(training.ten["horse"]) == (1 + LOOKS) * len(few)
    assert training.pools(training.ten["horse"]).shape == (len(training.ten["horse"]), 11, CHANNELS)


def test_what_may_be_right_is_never_called_wrong(training: Training, vocabulary: Vocabulary) -> None:
    def labelled(label: str, text: str) -> Example:
        return Example(Photo(f"{label}.jpg", label, {}), text)

    told = caption(Scene(Thing("cat"), "meadow", "day", "clear", 0), 1)
    batch = [
        labelled("cat", "a photo of a cat"),
        labelled("cat", "猫"),
        labelled("tabby cat", "tabby cat"),
        labelled("Persian cat", "Persian cat"),
        labelled("piano", "piano"),
        Example(Photo("scene.png", None, {}, told.says), told.text, told),
    ]
    assert training.truths(batch).tolist() == [
        [1, 1, -1, -1, 0, -1],
        [1, 1, -1, -1, 0, -1],
        [-1, -1, 1, 0, 0, -1],
        [-1, -1, 0, 1, 0, -1],
        [0, 0, 0, 0, 1, 0],
        [-1, -1, 0, 0, 0, 1],
    ]


def test_twins_are_wrong_for_each_other_where_their_captions_differ(training: Training) -> None:
    training.random = random.Random(1)
    batch = [example for _ in range(5) for example in training.batch(200) if example.photo.scene]
    differ = [(a, b) for a, b in zip(batch[::2], batch[1::2], strict=True) if a.text != b.text]
    truths = [training.truths([a, b]).tolist() for a, b in differ]
    assert truths.count([[1, 0], [0, 1]]) > len(truths) / 2  # the others are paraphrases that leave the difference out


def test_recall_counts_the_images_that_come_before_the_right_one() -> None:
    images = np.eye(12)
    texts = np.stack([images[3], 0.5 * images[4] + 0.6 * images[5]])
    assert recalls(texts, images, np.array([3, 4])) == [0.5, 1.0, 1.0]
    assert accuracy(images[:2], images[:3], np.array([0, 2])) == 0.5


def test_bare_names_are_asked_of_all_scenes_and_cost_less_where_they_are_near(training: Training) -> None:
    photo = Example(training.examples[0], "horse")
    scale = torch.tensor(20.0)
    names = [captions[0] for captions in training.bare.named["en"]]
    texts = training.texts.encode(training.projection.eval(), [caption.text for caption in names])
    for language in LANGUAGES:
        training.bare.named[language] = [[caption] for caption in names]
        training.bare.at_leisure[language] = [[] for _ in names]
    scenes = {}  # with the number of a name that suits them
    for example in (Example(photo, "") for pair in training.drawn for photo in pair.photos):
        assert example.photo.scene
        own = [row for row, name in enumerate(names) if is_true(name, example.photo.scene)]
        if own:
            scenes[example.photo.file] = example, own[0]

    def loss(shift: int) -> float:
        """Each scene near the name `shift` places after its own."""
        near = [texts[(own + shift) % len(texts)] for _, own in scenes.values()]
        batch = [photo, *(example for example, _ in scenes.values())]
        return training.bare_loss(batch, torch.stack([torch.zeros(16), *near]), scale).item()

    assert loss(0) < loss(5)
    assert training.bare_loss([photo], torch.zeros(1, 16), scale).item() == 0
