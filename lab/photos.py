"""The training photos with their words, English and Chinese (the Vietnamese captions in translation)."""

from __future__ import annotations

import csv
import random
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn

from lab.described import Description, descriptions
from lab.grammar import parallel_sentences, written_sentences
from lab.naming import FRAMES, name_in
from lab.scenes import Scene
from lab.scenes.pairs import Caption, pair_files, scene_pair
from lab.vietnamese import translate
from models.encoders.efficientnet import LAST_CHANNELS, Trunk
from models.errors import DataMissing
from models.language import LANGUAGES, Language

WORDS = Path(__file__).parent / "words"
SENTENCES = 3000  # of the grammar
ANIMAL_SOURCES: Final = ("train/animals", "more")
ANIMAL_CLASSES = 398  # of ImageNet, the first by number


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo and what may be said of it.

    Attributes:
        file: path under the data folder.
        label: English name of its class, as in `words/classes.csv`; None for a photo with captions.
        captions: whole sentences in each language.
        scene: what a drawn picture shows.
        described: what was written on looking at the photo, English first; nothing of most.
    """

    file: str
    label: str | None
    captions: dict[str, tuple[str, ...]]
    scene: Scene | None = None
    described: tuple[Description, ...] = ()

    @property
    def held_out(self) -> bool:
        """One photo in ten is kept from the encoder's training: for its validation, and for the match head."""
        return zlib.crc32(self.file.encode()) % 10 == 0


def photos(data: Path) -> list[Photo]:
    """All photos of `train.csv` and `more/`. Raises DataMissing."""
    table = data / "train.csv"
    if not table.exists():
        raise DataMissing("data-missing", path=str(table))
    labels: dict[str, str] = {}
    captions: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    with table.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            text = " ".join(row["text"].split())
            if row["kind"] == "label" and row["language"] == "en":
                labels[row["file"]] = text
            elif row["kind"] == "caption":
                translation = translate(text)
                if translation.coverage > 0.75:
                    captions[row["file"]]["en"].append(translation.english)
                    captions[row["file"]]["zh"].append(translation.chinese)
    labelled = [Photo(file, label, {}) for file, label in labels.items()]
    captioned = [Photo(file, None, {k: tuple(v) for k, v in of_file.items()}) for file, of_file in captions.items()]
    more = [
        Photo(str(path.relative_to(data)), path.parent.name, {}) for path in sorted((data / "more").glob("*/*.jpg"))
    ]
    described = descriptions()
    return [replace(photo, described=described.get(photo.file, ())) for photo in labelled + captioned + more]


@dataclass(frozen=True, slots=True)
class DrawnPair:
    """Two scenes that differ in one detail, as photos, and what is said of either."""

    photos: tuple[Photo, Photo]
    captions: tuple[Caption, ...]

    @property
    def parallels(self) -> list[tuple[str, str]]:
        """Captions (English, Chinese) that tell the same."""
        english, chinese = ([c for c in self.captions if c.language == language] for language in LANGUAGES)
        return [(e.text, c.text) for e in english for c in chinese if e.plan == c.plan and e.says == c.says]


def drawn_pair(seed: int) -> DrawnPair:
    """The pair of training scenes of that seed, as `render_pairs` draws it."""
    pair = scene_pair(seed, "train")
    first, second = (Photo(file, None, {}, scene) for file, scene in zip(pair_files(seed), pair.scenes, strict=True))
    return DrawnPair((first, second), pair.captions)


class Vocabulary:
    """The class names in both languages, EfficientNet's opinion about them, and sentences for a photo."""

    def __init__(self, examples: Sequence[Photo], drawn: Sequence[DrawnPair] = ()) -> None:
        with (WORDS / "classes.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.english = [row["english"] for row in rows]
        self.chinese = [row["chinese"] for row in rows]
        self.also = [[name for name in row["also"].split("|") if name] for row in rows]
        self.index = {name: k for k, row in enumerate(rows) for name in (row["english"], *self.also[k])}
        self.members = torch.zeros(1000, len(rows))  # (ImageNet class, ours)
        for k, row in enumerate(rows):
            for number in _numbers(row["members"] or row["imagenet"]):
                self.members[number, k] = 1
        self.kinship = self.members.nonzero(as_tuple=True)  # the same as numbers, of ImageNet and ours
        photographed = {
            self.index[photo.label] for photo in examples if photo.label and photo.file.startswith(ANIMAL_SOURCES)
        }
        self.animals = photographed | set(self.members[:ANIMAL_CLASSES].any(0).nonzero().flatten().tolist())
        taught = [photo for photo in examples if not photo.held_out]
        captioned = [
            pair
            for photo in taught
            for pair in zip(photo.captions.get("en", ()), photo.captions.get("zh", ()), strict=True)
        ]
        described = [
            (english, chinese)
            for photo in taught
            if photo.described
            for english, chinese in zip(*(of_one.levels for of_one in photo.described), strict=True)
        ]
        drawings = [pair for of_two in drawn for pair in of_two.parallels]
        self.translations = parallel_sentences(SENTENCES), written_sentences(), captioned, described, drawings
        self.classifier: nn.Linear = Trunk().network.classifier

    def texts(self) -> Iterator[str]:
        """Every name and translation in every wording."""
        for k in range(len(self.english)):
            animal = k in self.animals
            for language in LANGUAGES:
                for name in self._called(k, language):
                    yield from (name_in(frame, name, animal) for frame in FRAMES[language])
        yield from chain.from_iterable(chain.from_iterable(self.translations))

    def say(self, photo: Photo, rng: random.Random) -> str:
        """Something true about the photo, in any language."""
        if photo.label:
            return self.names([self.index[photo.label]], rng.choice(LANGUAGES), rng)[0]
        return rng.choice(photo.captions[rng.choice(list(photo.captions))])

    def name(self, label: str, language: str) -> str:
        """The name of a photo's class in one language."""
        return (self.english if language == "en" else self.chinese)[self.index[label]]

    def names(self, classes: Sequence[int], language: Language, rng: random.Random) -> list[str]:
        """A mention of each class."""
        return [self._mention(k, rng)[language] for k in classes]

    def _mention(self, k: int, rng: random.Random) -> dict[Language, str]:
        animal = k in self.animals
        number = rng.randrange(len(FRAMES["en"]))
        return {
            language: name_in(FRAMES[language][number], rng.choice(self._called(k, language)), animal)
            for language in LANGUAGES
        }

    def _called(self, k: int, language: Language) -> list[str]:
        return [self.english[k], *self.also[k]] if language == "en" else [self.chinese[k]]

    def kin(self, label: str) -> set[str]:
        """The names that may be right for a photo of a class: its own, of its kinds, and of what it is a kind of."""
        shared = self.members.T @ self.members[:, self.index[label]]  # (classes,)
        return {label, *(self.english[k] for k in shared.nonzero().flatten().tolist())}

    def kinds(self, name: str) -> list[int]:
        """The ImageNet classes that a class consists of: itself, or its breeds and species."""
        return self.members[:, self.index[name]].nonzero().flatten().tolist()

    def photos_of(self, name: str, examples: Sequence[Photo]) -> list[Photo]:
        """Photos of a class or of its breeds and species, labelled with the class."""
        labels = {self.index[name], *(self.index[self.english[number]] for number in self.kinds(name))}
        return [replace(photo, label=name) for photo in examples if photo.label and self.index[photo.label] in labels]

    @torch.no_grad()
    def logits(self, pools: Tensor) -> Tensor:
        """Pools (n, 11, 1448) -> what EfficientNet says of each ImageNet class, (n, 1000)."""
        return self.classifier(pools[:, 0, :LAST_CHANNELS])

    def opinions(self, logits: Tensor) -> Tensor:
        """Logits (n, 1000) -> probability of each class, (n, classes); 0 where ImageNet has no such class.

        A class counts as its likeliest kind: the sum would see a dog in a cow whose spots remind of a little of each of
        118 breeds.
        """
        numbers, classes = self.kinship
        chances = logits.softmax(1)[:, numbers]
        opinions = torch.zeros(len(logits), len(self.english))
        return opinions.scatter_reduce(1, classes.expand_as(chances), chances, "amax")

    def targets(self, batch: Sequence[Photo], opinions: Tensor) -> Tensor:
        """What the photo's class should be: its label, else (or besides) what EfficientNet sees. (n, classes)"""
        targets = opinions.clone()
        for row, photo in enumerate(batch):
            if photo.label:
                targets[row] *= 0.3
                targets[row, self.index[photo.label]] += 1
        return targets

    def sample(self, targets: Tensor, count: int, rng: random.Random) -> list[int]:
        """Classes that matter to this batch, filled up with others."""
        best = targets.topk(4, dim=1).indices.flatten().tolist()
        others = rng.sample(range(len(self.english)), count)
        return list(dict.fromkeys([*best, *others]))[: max(count, len(set(best)))]

    def parallel(self, count: int, rng: random.Random) -> list[tuple[str, str]]:
        """Pairs (English, Chinese) that mean the same: a share of sentences of every source, and of class names."""
        share = count // (len(self.translations) + 1)
        sentences = [pair for part in self.translations for pair in rng.sample(part, min(len(part), share))]
        mentions = [self._mention(rng.randrange(len(self.english)), rng) for _ in range(count - len(sentences))]
        return sentences + [(mention["en"], mention["zh"]) for mention in mentions]


def _numbers(ranges: str) -> Iterator[int]:
    """ "7-8 22" -> 7, 8, 22."""
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
