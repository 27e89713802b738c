"""One's own captions make a head for one's own encoder."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lab import train_head
from lab.described import Description
from lab.head.calibrate import Brier
from lab.head.data import photos_draft, scenes_draft
from lab.head.groups import Pool
from lab.head.networks import load_baselines
from lab.head.truth import Sentence, is_true
from lab.photos import Photo as TrainingPhoto
from lab.scenes import Scene
from lab.scenes.pairs import Caption, scene_pair
from lab.train_head import divided, least_share
from models.errors import DataMissing
from models.match_head import MatchHead

COLOURS = {"red": (250, 0, 0), "green": (0, 250, 0), "blue": (0, 0, 250), "white": (250, 250, 250)}
CHINESE = {"red": "红色", "green": "绿色", "blue": "蓝色", "white": "白色"}
DOG = (
    Description("en", ("a black dog", "Two dogs run.", "A dog sleeps. The sofa is red."), "A cat runs."),
    Description("zh", ("一只黑色的狗", "两只狗在跑。", "狗在睡觉。沙发是红色的。"), "一只猫在跑。"),
)


def dog(file: str) -> TrainingPhoto:
    return TrainingPhoto(file, "dog", {}, described=DOG)


class ColourEncoder:
    """Pictures by their mean colour, texts by the colours that they name."""

    name, dim, image_size = "colours", 4, 8

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        named = [[v for c, v in COLOURS.items() if c in text or CHINESE[c] in text] or [(9, 9, 9)] for text in texts]
        return self._unit([np.mean(values, axis=0) for values in named])

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        return self._unit([np.asarray(image, float).mean(axis=(0, 1)) for image in images])

    def _unit(self, colours: Sequence[np.ndarray]) -> np.ndarray:
        rows = np.concatenate([np.array(colours, np.float32), np.full((len(colours), 1), 60, np.float32)], axis=1)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def captions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Forty pictures of one colour each, with a caption in both languages."""
    monkeypatch.setattr(train_head, "load_encoder", lambda profile, options: ColourEncoder())
    rng = np.random.default_rng(0)
    path = tmp_path / "captions.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "level", "language", "caption"])
        for number in range(40):
            name = list(COLOURS)[number % 4]
            shade = np.clip(np.array(COLOURS[name]) + rng.integers(-40, 40, 3), 0, 255)
            Image.new("RGB", (8, 8), tuple(int(part) for part in shade)).save(tmp_path / f"{number}.png")
            writer.writerow([f"{number}.png", 1, "en", f"a {name} wall {number}"])
            writer.writerow([f"{number}.png", 1, "zh", f"{CHINESE[name]}的墙{number}"])
    return path


def arguments(tmp_path: Path, captions: Path, *more: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    train_head.add_arguments(parser)
    given = [
        "--profile",
        "full",
        "--gallery",
        str(tmp_path),
        "--captions",
        str(captions),
        "--out",
        str(tmp_path / "out"),
    ]
    return parser.parse_args([*given, "--steps", "40", "--seeds", "1", *more])


def test_the_gallery_of_the_calibration_holds_no_twins_and_an_answer_to_every_query() -> None:
    pairs = [scene_pair(seed, "train") for seed in range(6)]
    texts = [caption for pair in pairs for caption in pair.captions]
    rows = iter(range(len(texts)))
    anchors = [([next(rows) for _ in pair.captions], [2 * n, 2 * n + 1]) for n, pair in enumerate(pairs)]
    rng = np.random.default_rng(0)
    pool = Pool(
        texts,
        [scene for pair in pairs for scene in pair.scenes],
        rng.normal(size=(len(texts), 4)).astype(np.float32),
        rng.normal(size=(12, 4)).astype(np.float32),
        anchors,
    )
    search = train_head.validation_search(pool)
    assert (search.images == pool.image_vectors[::2]).all()
    assert len(search.texts) > 12
    assert (search.truths == 1).any(axis=1).all()


def test_a_drawn_animal_is_told_at_a_pastime_once_in_each_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.head.data.render_pairs", lambda *_: None)
    draft = scenes_draft(30, "train", tmp_path, tmp_path)
    told = {caption.text for seed in range(30) for caption in scene_pair(seed, "train").captions}
    idle = 0
    for texts, images in draft.anchors:
        own = [text for text in (draft.texts[row] for row in texts) if text.text not in told]
        assert len({text.language for text in own}) == len(own)
        for text in own:
            assert isinstance(text, Caption)
            assert text.says.subject.kind.kind == "animal"
            assert any(is_true(text, draft.images[row]) for row in images)
            assert all(isinstance(draft.images[row], Scene) for row in images)
        idle += len(own)
    assert idle > 20


def test_photos_are_named_with_the_measure_word_that_a_person_would_use(tmp_path: Path) -> None:
    photos = [TrainingPhoto(f"train/animals/{n}.jpg", label, {}) for n in range(40) for label in ("horse", "tiger")]
    texts = [text for text in photos_draft(photos, tmp_path).texts if text.language == "zh"]
    counted = {text.text for text in texts if "一" in text.text and "一张" not in text.text}
    assert any("这是一匹马" in text for text in counted)
    assert any("图中有一只老虎" in text for text in counted)
    assert not [text for text in counted if ("马" in text) != ("一匹" in text)]


def test_a_described_photo_brings_its_levels_and_half_truths_in_both_languages(tmp_path: Path) -> None:
    english = Description("en", ("a foal", "A foal grazes.", "A foal grazes. It is brown."), "A foal sleeps.")
    chinese = Description("zh", ("小马", "小马在吃草。", "小马在吃草。它是棕色的。"), "小马在睡觉。")
    photo = TrainingPhoto("train/animals/a.jpg", "horse", {}, described=(english, chinese))
    written = {text for of_one in photo.described for text in (*of_one.levels, of_one.half_truth)}
    drafted = photos_draft([photo], tmp_path).texts
    said = [text for text in drafted if isinstance(text, Sentence) and text.text in written]
    assert [(text.text, text.level, text.right) for text in said] == [
        (text, level, right)
        for of_one in (english, chinese)
        for text, level, right in (
            *zip(of_one.levels, (1, 2, 3), (True, True, True), strict=True),
            (of_one.half_truth, 2, False),
        )
    ]
    assert [text.english for text in said[4:]] == [text.english for text in said[:4]]
    assert all(text.photo.name == "horse" for text in said)


def test_descriptions_come_with_half_truths_in_their_own_words(tmp_path: Path) -> None:
    texts = [text for text in photos_draft([dog("a.jpg")], tmp_path).texts if isinstance(text, Sentence)]
    for of_one in DOG:
        spoken = [text for text in texts if text.language == of_one.language]
        assert [text.text for text in spoken if text.right] == list(of_one.levels)
        wrong = [text for text in spoken if not text.right and text.text != of_one.half_truth]
        assert [text.level for text in wrong] == [1, 2, 3]
        assert all(text.text not in of_one.levels for text in wrong)


def test_photos_that_the_encoder_knows_teach_without_their_descriptions() -> None:
    every = [dog(f"train/animals/{k}.jpg") for k in range(400)]
    kept = [photo for photo in every if photo.held_out]
    teaching, validating = divided(every, known=50)
    assert not {photo.file for photo in teaching} & {photo.file for photo in validating}
    assert [photo for photo in teaching if photo.held_out] + validating == [*kept[1::2], *kept[::2]]
    assert sum(not photo.held_out for photo in teaching) == 50
    assert all(bool(photo.described) == photo.held_out for photo in teaching)


def test_own_captions_make_a_calibrated_head_that_names_its_encoder(tmp_path: Path, captions: Path) -> None:
    assert train_head.main(arguments(tmp_path, captions)) == 0
    head = MatchHead.load(tmp_path / "out" / "head.safetensors")
    assert head.encoder == "colours"
    assert set(load_baselines(tmp_path / "out" / "baselines.safetensors", "colours")) >= {"platt-cosine", "blind"}
    encoder = ColourEncoder()
    [red] = encoder.encode_texts(["a red wall"])
    walls = encoder.encode_images([Image.new("RGB", (8, 8), name) for name in ("red", "blue", "white")])
    scores = head.score(red, walls, "en")
    assert scores.argmax() == 0


def test_too_few_captions_are_refused_with_what_is_missing(tmp_path: Path, captions: Path) -> None:
    captions.write_text("file,level,language,caption\n0.png,1,en,a red wall\n", encoding="utf-8")
    with pytest.raises(DataMissing) as caught:
        train_head.main(arguments(tmp_path, captions))
    assert caught.value.message_id == "captions-too-few"


def test_captions_that_are_not_there_are_named(tmp_path: Path, captions: Path) -> None:
    with pytest.raises(DataMissing) as caught:
        train_head.main(arguments(tmp_path, tmp_path / "none.csv"))
    assert caught.value.params["path"] == str(tmp_path / "none.csv")


def test_the_share_is_the_least_that_chance_does_not_tell_from_the_best() -> None:
    shares = {0.2: Brier(0.070, 0.003), 0.4: Brier(0.063, 0.003), 0.7: Brier(0.061, 0.003), 1.0: Brier(0.062, 0.003)}
    assert least_share(shares) == 0.4
    assert least_share({share: Brier(brier.score, 0.0) for share, brier in shares.items()}) == 0.7
