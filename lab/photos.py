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

import torch
from torch import Tensor, nn

from lab.grammar import parallel_sentences
from lab.scenes import captions as captions_of
from lab.scenes import half_truth
from lab.scenes.shards import scene_at
from lab.vietnamese import translate
from models.encoders.efficientnet import Trunk
from models.errors import DataMissing
from models.language import Language

WORDS = Path(__file__).parent / "words"
SENTENCES = 3000  # of the grammar
SPOKEN: tuple[Language, ...] = ("en", "zh")
TEMPLATES: dict[str, tuple[str, ...]] = {
    "en": ("{}", "a photo of a {}"),
    "zh": ("{}", "一张{}的照片"),
}


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo and what may be said of it.

    Attributes:
        file: path under the data folder.
        label: English name of its class, as in `words/classes.csv`; None for a photo with captions.
        captions: whole sentences in each language.
        wrong: sentences with one wrong detail.
    """

    file: str
    label: str | None
    captions: dict[str, tuple[str, ...]]
    wrong: tuple[str, ...] = ()

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
    return labelled + captioned + more


def scene_photos(count: int, seed: int) -> list[Photo]:
    """The scenes `write_shards(..., count, ..., seed, "train")` renders, with right and half-right sentences in both
    languages."""
    examples = []
    for index in range(count):
        scene = scene_at(index, seed, "train")
        rng = random.Random(index)
        captions = {lang: tuple(captions_of(scene, lang, level, rng) for level in (2, 3)) for lang in SPOKEN}
        wrong = tuple(half_truth(scene, language, rng)[0] for language in SPOKEN)
        examples.append(Photo(f"scenes/{index}", None, captions, wrong))
    return examples


class Vocabulary:
    """The class names in both languages, EfficientNet's opinion about them, and sentences for a photo."""

    def __init__(self, examples: Sequence[Photo]) -> None:
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
        self.pairs = parallel_sentences(SENTENCES) + [
            pair
            for photo in examples
            for pair in zip(photo.captions.get("en", ()), photo.captions.get("zh", ()), strict=True)
        ]
        self.classifier: nn.Linear = Trunk().network.classifier

    def texts(self, examples: Sequence[Photo]) -> Iterator[str]:
        """Every text that training may ask for."""
        for name in (*self.english, *chain(*self.also)):
            yield from (template.format(name) for template in TEMPLATES["en"])
        for name in self.chinese:
            yield from (template.format(name) for template in TEMPLATES["zh"])
        for pair in self.pairs:
            yield from pair
        for photo in examples:
            yield from photo.wrong

    def say(self, photo: Photo, rng: random.Random) -> str:
        """Something true about the photo, in any language."""
        if photo.label:
            return self.names([self.index[photo.label]], rng.choice(("en", "zh")), rng)[0]
        return rng.choice(photo.captions[rng.choice(list(photo.captions))])

    def name(self, label: str, language: str) -> str:
        """The name of a photo's class in one language."""
        return (self.english if language == "en" else self.chinese)[self.index[label]]

    def names(self, classes: Sequence[int], language: str, rng: random.Random) -> list[str]:
        def name(k: int) -> str:
            return rng.choice([self.english[k], *self.also[k]]) if language == "en" else self.chinese[k]

        return [rng.choice(TEMPLATES[language]).format(name(k)) for k in classes]

    def kinds(self, name: str) -> list[int]:
        """The ImageNet classes that a class consists of: itself, or its breeds and species."""
        return self.members[:, self.index[name]].nonzero().flatten().tolist()

    def photos_of(self, name: str, examples: Sequence[Photo]) -> list[Photo]:
        """Photos of a class or of its breeds and species, labelled with the class."""
        labels = {self.index[name], *(self.index[self.english[number]] for number in self.kinds(name))}
        return [replace(photo, label=name) for photo in examples if photo.label and self.index[photo.label] in labels]

    @torch.inference_mode()
    def opinions(self, pools: Tensor) -> Tensor:
        """Pools (n, 11, 1280) -> probability of each class, (n, classes); 0 where ImageNet has no such class."""
        return self.classifier(pools[:, 0]).softmax(1) @ self.members

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
        """Pairs (English, Chinese) that mean the same: captions and class names."""
        grammar, captions = self.pairs[:SENTENCES], self.pairs[SENTENCES:]
        sentences = [pair for part in (grammar, captions) for pair in rng.sample(part, min(len(part), count // 3))]
        names = [rng.randrange(len(self.english)) for _ in range(count - len(sentences))]
        pairs = zip(self.names(names, "en", rng), self.names(names, "zh", rng), strict=True)
        return sentences + list(pairs)


def _numbers(ranges: str) -> Iterator[int]:
    """ "7-8 22" -> 7, 8, 22."""
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
