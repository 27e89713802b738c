"""The texts and images that the head is trained, validated and calibrated on: scenes, and photos with their words."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from lab.bare import at_leisure
from lab.described import LEVELS
from lab.head.groups import Pool
from lab.head.truth import Image, Label, Photo, Sentence, Text
from lab.naming import FRAMES, name_in
from lab.negatives import Negatives
from lab.photos import WORDS
from lab.photos import Photo as TrainingPhoto
from lab.scenes import Split
from lab.scenes.pairs import pair_files, render_pairs, scene_pair
from models.language import LANGUAGES, Language

LAST_ANIMAL = "n02666"  # ImageNet numbers its classes by the tree of WordNet: animals come first


class Vectors(Protocol):
    """An encoder over files: whatever it can keep between calls, it keeps."""

    def texts(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (n, d), rows of length 1."""
        ...

    def images(self, folder: Path, files: Sequence[str]) -> np.ndarray:
        """float32 (n, d), rows of length 1."""
        ...


@dataclass(slots=True)
class Draft:
    """A pool before it is encoded. Images are files of one folder."""

    folder: Path
    texts: list[Text] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    anchors: list[tuple[list[int], list[int]]] = field(default_factory=list)

    def add(self, texts: Iterable[Text], images: Iterable[tuple[Image, str]]) -> None:
        """One group: texts, and images with their files."""
        start, first = len(self.texts), len(self.images)
        self.texts += texts
        for image, file in images:
            self.images.append(image)
            self.files.append(file)
        self.anchors.append((list(range(start, len(self.texts))), list(range(first, len(self.images)))))


def encode(drafts: Sequence[Draft], vectors: Vectors) -> Pool:
    """One pool of all drafts."""
    texts = [text for draft in drafts for text in draft.texts]
    images = [image for draft in drafts for image in draft.images]
    anchors: list[tuple[list[int], list[int]]] = []
    at_text = at_image = 0
    for draft in drafts:
        anchors += [([t + at_text for t in own], [i + at_image for i in seen]) for own, seen in draft.anchors]
        at_text, at_image = at_text + len(draft.texts), at_image + len(draft.images)
    image_vectors = np.concatenate([vectors.images(draft.folder, draft.files) for draft in drafts])
    return Pool(texts, images, vectors.texts([text.text for text in texts]), image_vectors, anchors)


def scenes_draft(count: int, split: Split, folder: Path, drawings: Path) -> Draft:
    """`count` pairs of scenes, rendered into `folder` where they are not there yet. Raises DataMissing.

    Of an animal it is also said, once in each language, what it may be doing: a drawn one does nothing, and its name
    must decide.
    """
    render_pairs(folder / split, range(count), split, drawings)
    draft = Draft(folder)
    rng = random.Random(0)
    for seed in range(count):
        pair = scene_pair(seed, split)
        named = {caption.language: caption for caption in pair.captions if caption.level == 1}
        idle = [rng.choice(of_one) for of_one in map(at_leisure, named.values()) if of_one]
        files = (f"{split}/{file}" for file in pair_files(seed))
        draft.add([*pair.captions, *idle], zip(pair.scenes, files, strict=True))
    return draft


def photos_draft(photos: Sequence[TrainingPhoto], folder: Path, seed: int = 0) -> Draft:
    """Each photo with its class in both languages, or with two captions in both; and with what was written on looking
    at it. Captions and descriptions come with half-truths in their own words."""
    rng = random.Random(seed)
    chinese = _chinese_names()
    negatives: dict[Language, Negatives] = {
        language: Negatives(language, (text for photo in photos for text in _spoken(photo, language)))
        for language in LANGUAGES
    }
    draft = Draft(folder)
    for photo in photos:
        known = _known(photo)
        if photo.label is not None:
            names: dict[Language, str] = {"en": photo.label, "zh": chinese[photo.label]}
            animal = known.breed or known.collection == "animals"
            texts: list[Text] = [
                Label(name_in(rng.choice(FRAMES[language]), name, animal), language, known)
                for language, name in names.items()
            ]
        else:
            texts = list(_sentences(photo, known, negatives, rng))
        texts += _descriptions(photo, known, negatives, rng)
        if texts:
            draft.add(texts, [(known, photo.file)])
    return draft


def described_draft(draft: Draft, rows: Sequence[tuple[str, Language, str]]) -> None:
    """Adds (file, language, caption) of one's own pictures, a group each, with half-truths in their words."""
    rng = random.Random(0)
    captions: dict[str, list[tuple[Language, str]]] = defaultdict(list)
    for file, language, caption in rows:
        captions[file].append((language, caption))
    negatives = {
        language: Negatives(language, [text for _, spoken, text in rows if spoken == language])
        for language in LANGUAGES
    }
    for file, said in captions.items():
        photo = Photo(file, "described")
        texts: list[Text] = []
        for language, text in said:
            texts += _with_half_truth(Sentence(text, language, photo, text), negatives[language], rng)
        draft.add(texts, [(photo, file)])


def _known(photo: TrainingPhoto) -> Photo:
    if photo.label is None:
        return Photo(photo.file, "described")
    folder, name = Path(photo.file).parts[-3:-1], Path(photo.file).name
    objects = "objects" in folder
    return Photo(photo.file, "objects" if objects else "animals", photo.label, objects and name < LAST_ANIMAL)


def _spoken(photo: TrainingPhoto, language: Language) -> Iterable[str]:
    yield from photo.captions.get(language, ())
    yield from (text for said in photo.described if said.language == language for text in said.levels)


def _sentences(
    photo: TrainingPhoto, known: Photo, negatives: dict[Language, Negatives], rng: random.Random
) -> Iterable[Sentence]:
    captions = list(zip(photo.captions.get("en", ()), photo.captions.get("zh", ()), strict=True))
    for english, chinese in rng.sample(captions, min(2, len(captions))):
        says: dict[Language, str] = {"en": english, "zh": chinese}
        for language, text in says.items():
            yield from _with_half_truth(Sentence(text, language, known, english), negatives[language], rng)


def _descriptions(
    photo: TrainingPhoto, known: Photo, negatives: dict[Language, Negatives], rng: random.Random
) -> Iterable[Sentence]:
    for said in photo.described:
        english = photo.described[0]
        for level, text, same in zip(LEVELS, said.levels, english.levels, strict=True):
            right = Sentence(text, said.language, known, same, level=level)
            yield from _with_half_truth(right, negatives[said.language], rng)
        yield Sentence(said.half_truth, said.language, known, english.half_truth, right=False, level=2)


def _with_half_truth(right: Sentence, negatives: Negatives, rng: random.Random) -> Iterable[Sentence]:
    """The sentence, and the same with a word exchanged if it has one of a known kind."""
    yield right
    wrong = list(negatives.of(right.text, rng).values())
    if wrong:
        yield replace(right, text=rng.choice(wrong), right=False)


def _chinese_names() -> dict[str, str]:
    """Chinese name of each English class name."""
    with (WORDS / "classes.csv").open(encoding="utf-8", newline="") as file:
        return {
            name: row["chinese"]
            for row in csv.DictReader(file)
            for name in (row["english"], *row["also"].split("|"))
            if name
        }
