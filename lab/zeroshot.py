"""The starter encoder against its targets: text-to-image recall on flickr100 and ten-way zero-shot on the gallery,
by language.

Both sets are for testing alone: nothing is trained or chosen on them.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from lab.described import LEVELS
from lab.doings import doing_figures
from lab.features import encode_image_features, encode_text_features, image_features
from lab.naming import FRAMES, name_in
from lab.photos import ANIMAL_SOURCES, Photo, Vocabulary
from models.encoders.projection import Ensemble
from models.errors import DataMissing
from models.language import LANGUAGES, Language

ANIMALS: Final[dict[Language, tuple[str, ...]]] = {
    "en": ("butterfly", "cat", "chicken", "cow", "dog", "elephant", "horse", "sheep", "spider", "squirrel"),
    "zh": ("蝴蝶", "猫", "鸡", "牛", "狗", "大象", "马", "羊", "蜘蛛", "松鼠"),
}
TARGETS: Final = {
    "flickr100 en R@1": 0.25, "flickr100 en R@5": 0.55, "flickr100 en R@10": 0.70,
    "flickr100 zh R@10 / en R@10": 0.9, "ten-way en": 0.95, "ten-way zh": 0.90,
}  # fmt: skip
RANKS: Final = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Reader:
    """Gives vectors of photos and texts from their cached features."""

    projection: Ensemble
    data: Path
    cache: Path

    def images(self, files: Sequence[str]) -> np.ndarray:
        return encode_image_features(self.projection, image_features(self.data, files, self.cache).pools)

    def texts(self, texts: Sequence[str]) -> np.ndarray:
        return encode_text_features(self.projection, texts, self.cache)

    def classes(self, names: Sequence[str], language: Language) -> np.ndarray:
        """One vector for each animal's name: the mean over the frames."""
        vectors = sum(self.texts([name_in(frame, name, animal=True) for name in names]) for frame in FRAMES[language])
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_figures(reader: Reader) -> dict[str, float]:
    """The figures that `TARGETS` speaks of. Raises DataMissing."""
    captions, photos = _table(reader.data / "flickr100.csv"), _table(reader.data / "gallery.csv")
    figures: dict[str, float] = {}
    files = list(dict.fromkeys(row["file"] for row in captions))
    images = reader.images(files)
    for language in LANGUAGES:
        rows = [row for row in captions if row["language"] == language]
        right = np.array([files.index(row["file"]) for row in rows])
        for rank, recall in zip(
            RANKS, recalls(reader.texts([row["caption"] for row in rows]), images, right), strict=True
        ):
            figures[f"flickr100 {language} R@{rank}"] = recall
    figures["flickr100 zh R@10 / en R@10"] = figures["flickr100 zh R@10"] / figures["flickr100 en R@10"]
    images = reader.images([row["file"] for row in photos])
    right = np.array([ANIMALS["en"].index(row["class"]) for row in photos])
    for language in LANGUAGES:
        figures[f"ten-way {language}"] = accuracy(images, reader.classes(ANIMALS[language], language), right)
    return figures


def validation_figures(reader: Reader, held_out: Sequence[Photo], vocabulary: Vocabulary) -> dict[str, float]:
    """On photos kept from training: recall at 10 of captions and of object names, accuracy among animals,
    `described_figures` and `doing_figures`."""
    described = [photo for photo in held_out if photo.described]
    captioned = [photo for photo in held_out if photo.file.startswith("train/scenes")]
    objects = [photo for photo in held_out if photo.file.startswith("train/objects")]
    animals = [photo for photo in held_out if photo.file.startswith("train/animals")]
    doing = [photo for photo in described if photo.file.startswith(ANIMAL_SOURCES)]
    species = sorted({photo.label for photo in animals if photo.label})
    figures = {}
    files = list(dict.fromkeys(photo.file for photo in captioned + objects + animals + described))
    vectors = dict(zip(files, reader.images(files), strict=True))

    def of(photos: Sequence[Photo]) -> np.ndarray:
        return np.stack([vectors[photo.file] for photo in photos])

    for language in LANGUAGES:
        pairs = [(k, text) for k, photo in enumerate(captioned) for text in photo.captions.get(language, ())]
        right = np.array([k for k, _ in pairs])
        figures[f"captions {language} R@10"] = recalls(reader.texts([text for _, text in pairs]), of(captioned), right)[
            2
        ]
        names = [vocabulary.name(str(photo.label), language) for photo in objects]
        figures[f"objects {language} R@10"] = recalls(reader.texts(names), of(objects), np.arange(len(objects)))[2]
        classes = reader.classes([vocabulary.name(name, language) for name in species], language)
        right = np.array([species.index(str(photo.label)) for photo in animals])
        figures[f"animals {language} accuracy"] = accuracy(of(animals), classes, right)
        figures |= described_figures(reader, described, of(described), language)
        figures |= doing_figures(reader.texts, doing, of(doing), vocabulary.name, language)
    return figures


def described_figures(
    reader: Reader, photos: Sequence[Photo], images: np.ndarray, language: Language
) -> dict[str, float]:
    """Recall at 10 of each level among these photos, whose vectors are images (n, d), and how often the second is
    nearer than its half-truth."""
    said = [of_one for photo in photos for of_one in photo.described if of_one.language == language]
    by_level = {level: reader.texts([of_one.levels[level - 1] for of_one in said]) for level in LEVELS}
    half_truths = reader.texts([of_one.half_truth for of_one in said])
    figures = {
        f"described {language} R@10, level {level}": recalls(texts, images, np.arange(len(said)))[RANKS.index(10)]
        for level, texts in by_level.items()
    }
    ahead = (by_level[2] * images).sum(1) > (half_truths * images).sum(1)
    return figures | {f"half-truths {language} accuracy": float(ahead.mean())}


def recalls(texts: np.ndarray, images: np.ndarray, right: np.ndarray) -> list[float]:
    """Share of texts (n, d) whose image, number right[n] of (m, d), is among the first 1, 5 and 10."""
    similarity = texts @ images.T  # (n, m)
    better = (similarity > similarity[np.arange(len(right)), right][:, None]).sum(1)
    return [float((better < rank).mean()) for rank in RANKS]


def accuracy(images: np.ndarray, classes: np.ndarray, right: np.ndarray) -> float:
    return float(((images @ classes.T).argmax(1) == right).mean())


def _table(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        raise DataMissing("data-missing", path=str(path))
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
