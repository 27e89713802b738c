"""Trains the starter encoder's projections on cached features of two frozen networks.

    python -m lab train encoder [--data ../shared/data] [--out data/encoder] [--steps 3000] [--seeds 0 1]

The features come first (three quarters of an hour on two cores, once), the training takes half of that. At the end it
prints how the photos that were kept apart and the two test sets come out.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from lab.balance import Balance
from lab.bare import BareNames
from lab.features import Features, image_features, text_features
from lab.looks import few, looks, take_looks
from lab.photos import ANIMAL_CLASSES, ANIMAL_SOURCES, DrawnPair, Photo, Vocabulary, drawn_pair, photos
from lab.prototypes import Prototypes
from lab.scenes import Scene
from lab.scenes.pairs import Caption, is_true, pair_files, render_pairs
from lab.zeroshot import ANIMALS, TARGETS, Reader, test_figures, validation_figures
from models.encoders.projection import Ensemble, Projection, ProjectionConfig, language_numbers
from models.language import LANGUAGES

PAIRS = range(100_000, 107_000)  # of scenes rendered for training; the match head and the tests use others
IMAGINARY = "imaginary/"
DISTILLED = 1.5  # weight of what EfficientNet says, against the other losses
SOFTNESS = 3.0  # temperature at which it says it
BARE = 0.3  # weight of the bare names of things in scenes
SHARES: Final = {"train/objects": 0.16, "train/animals": 0.07, "train/scenes": 0.16}  # of a batch
DRAWN = 0.3  # of a batch: pairs of scenes
LOOKED_AT = 0.16  # of a batch: photos with one of their descriptions
LEVEL_SHARES: Final = {1: 0.1, 2: 0.35, 3: 0.55}  # of the captions of scenes
IMAGINED = 0.08  # of a batch: any ImageNet class
TEN_SHARE = 0.14  # of a batch: Animals-10, each as often as the others, half of them imagined
TEN: Final = ANIMALS["en"]
SEEN = 200  # photos of each of the ten that correct what is imagined of it
KNOWN = 20  # photos that tell what a class looks like


@dataclass(frozen=True, slots=True)
class Example:
    """A photo with what is said of it in this step.

    Attributes:
        caption: what the text claims of a scene.
        level: of a description, from 1; 0 of all other texts.
        half_truth: another description of the photo, with a wrong detail.
    """

    photo: Photo
    text: str
    caption: Caption | None = None
    level: int = 0
    half_truth: str = ""


class Texts:
    """Every sentence of the training with its pools, by number."""

    def __init__(self, texts: Iterable[str], cache: Path) -> None:
        self.texts = list(dict.fromkeys(texts))
        self.number = {text: k for k, text in enumerate(self.texts)}
        self.pools = torch.from_numpy(text_features(self.texts, cache))  # (n, 4, 384)
        self.languages = language_numbers(self.texts)

    def encode(self, projection: Projection, texts: Sequence[str]) -> Tensor:
        """(n, dim)."""
        rows = [self.number[text] for text in texts]
        return projection.text(self.pools[rows], self.languages[rows])


class Training:
    """One run over photos whose pools and texts are at hand.

    The loss has five parts: InfoNCE between pictures and sentences (either way, with all that is known to be right and
    without what nobody knows), cross entropy over sampled class names against the photo's label and EfficientNet's own
    opinion, InfoNCE between translations, InfoNCE between the scenes and the bare names of all that scenes are made of
    (a batch's captions hold too few of them), and distillation: the names of ImageNet's classes take over
    EfficientNet's whole judgement of a photo, small chances too, so that they know animals of which there are no
    photos.
    """

    def __init__(
        self, examples: Sequence[Photo], drawn: Sequence[DrawnPair], features: Sequence[Features], texts: Texts,
        vocabulary: Vocabulary, seed: int, config: ProjectionConfig,
    ) -> None:  # fmt: skip
        torch.manual_seed(seed)
        self.random = random.Random(seed)
        self.examples = list(examples)
        self.drawn = list(drawn)
        self.described = [photo for photo in examples if photo.described]
        self.sources = {source: [photo for photo in examples if photo.file.startswith(source)] for source in SHARES}
        self.animals = [photo for photo in examples if photo.file.startswith(ANIMAL_SOURCES)] or self.examples
        self.ten = {name: vocabulary.photos_of(name, examples) for name in TEN}
        for of_one in self.ten.values():
            of_one.extend(looks(few(of_one)))
        self.rows = {file: (k, row) for k, part in enumerate(features) for row, file in enumerate(part.files)}
        self.features = features
        self.texts = texts
        self.vocabulary = vocabulary
        self.kin = cache(vocabulary.kin)
        self.bare = BareNames(drawn)
        self.balance = Balance()
        self.projection = Projection(config)
        self.teacher_scale = nn.Parameter(torch.tensor(3.0))  # logarithm, like the projection's for all else
        self._standardise()

    def _standardise(self) -> None:
        image, text = self.projection.image, self.projection.text
        some = self.pools(self.random.sample(self.examples, min(4000, len(self.examples))))
        self.prototypes = Prototypes(self.vocabulary.classifier, some, self._means())
        for name in TEN:
            if self.ten[name]:
                self.prototypes.look(name, self._kinds(name), self.pools(self.ten[name][:SEEN]))
        image.centre.copy_(some.mean(0))
        image.spread.copy_(some.std(0) + 0.05)
        for k in range(len(LANGUAGES)):
            text.centre[k] = self.texts.pools[self.texts.languages == k].mean(0)
        text.spread.copy_((self.texts.pools - text.centre[self.texts.languages]).std(0) + 0.01)

    def _means(self) -> dict[str, Tensor]:
        """Pools (11, 1448) of the animals with photos enough."""
        by_label: dict[str, list[Photo]] = defaultdict(list)
        for photo in self.animals:
            if photo.label:
                by_label[photo.label].append(photo)
        return {label: self.pools(of_it).mean(0) for label, of_it in by_label.items() if len(of_it) >= KNOWN}

    def pools(self, batch: Sequence[Photo]) -> Tensor:
        """(n, 11, 1448)."""
        return torch.stack([self._pools(photo) for photo in batch])

    def _pools(self, photo: Photo) -> Tensor:
        if photo.file.startswith(IMAGINARY):
            number = int(photo.file.removeprefix(IMAGINARY))
            base = self.random.choice(self.animals if number < ANIMAL_CLASSES else self.examples)
            return self.prototypes.imagine(self._pools(base), base.label, number, photo.label)
        part, row = self.rows[photo.file]
        return torch.from_numpy(self.features[part].pools[row].astype(np.float32))

    def run(self, steps: int, batch: int = 256, rate: float = 1e-3) -> Projection:
        matrices = [p for p in self.projection.parameters() if p.ndim >= 2]
        others = [*(p for p in self.projection.parameters() if p.ndim < 2), self.teacher_scale]
        groups = [{"params": matrices, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
        optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps, pct_start=0.1)
        average = AveragedModel(self.projection, multi_avg_fn=get_ema_multi_avg_fn(0.99))
        self.projection.train()
        for _ in tqdm(range(steps), desc="encoder", unit="step", mininterval=10):
            loss = self.loss(self.batch(batch))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            average.update_parameters(self.projection)
        self.projection.load_state_dict(average.module.state_dict())
        return self.projection.eval()

    def batch(self, size: int) -> list[Example]:
        """`size` examples, of each source its share."""
        ten, imagined = round(size * TEN_SHARE), round(size * IMAGINED)
        pairs = self.random.sample(self.drawn, min(len(self.drawn), round(size * DRAWN / 2)))
        drawn = [example for pair in pairs for example in self._said_of_two(pair)]
        count = round(size * LOOKED_AT) if self.described else 0
        described = [self.looked_at(self.random.choice(self.described)) for _ in range(count)]
        sources = [source for source in SHARES if self.sources[source]]
        weights = [SHARES[source] for source in sources]
        chosen = self.random.choices(sources, weights, k=size - ten - imagined - len(described) - len(drawn))
        batch = [
            *(self.random.choice(self.sources[source]) for source in chosen),
            *(self._one_of_ten(self.random.choice(TEN)) for _ in range(ten)),
            *(
                imaginary(number, self.vocabulary.english[number])
                for number in self.random.choices(range(1000), k=imagined)
            ),
        ]
        return [*(Example(photo, self.vocabulary.say(photo, self.random)) for photo in batch), *described, *drawn]

    def _one_of_ten(self, name: str) -> Photo:
        if self.ten[name] and self.random.random() < 0.5:
            return self.random.choice(self.ten[name])
        return imaginary(self.random.choice(self._kinds(name)), name)

    def _kinds(self, name: str) -> list[int]:
        """ImageNet classes that show the animal itself: a bullock cart is mostly something else."""
        return [number for number in self.vocabulary.kinds(name) if number < ANIMAL_CLASSES]

    def looked_at(self, photo: Photo) -> Example:
        """One of the photo's descriptions."""
        said = self.random.choice(photo.described)
        level = self.random.randrange(len(said.levels))
        return Example(photo, said.levels[level], level=level + 1, half_truth=said.half_truth)

    def _said_of_two(self, pair: DrawnPair) -> list[Example]:
        """Both scenes with captions of one language and level: where they differ in words, each is wrong for the
        other."""
        language = self.random.choice(LANGUAGES)
        level = self.random.choices(list(LEVEL_SHARES), list(LEVEL_SHARES.values()))[0]
        told = [caption for caption in pair.captions if caption.language == language]
        examples = []
        for photo in pair.photos:
            assert photo.scene
            right = [caption for caption in told if is_true(caption, photo.scene)]
            caption = self.random.choice([caption for caption in right if caption.level == level] or right)
            examples.append(Example(photo, caption.text, caption))
        return examples

    def loss(self, batch: Sequence[Example]) -> Tensor:
        pools = self.pools([example.photo for example in batch])
        images = self.projection.image(pools)
        scale = self.projection.log_scale.exp()
        taken = [row for row, example in enumerate(batch) if not example.photo.scene]
        logits = self.vocabulary.logits(pools[taken])
        return (
            self.caption_loss(batch, images, scale)
            + self.class_loss([batch[row].photo for row in taken], logits, images[taken], scale)
            + BARE * self.bare_loss(batch, images, scale)
            + DISTILLED * self.distillation_loss(logits, images[taken], self.teacher_scale.exp())
            + self.parallel_loss(scale)
        )

    def caption_loss(self, batch: Sequence[Example], images: Tensor, scale: Tensor) -> Tensor:
        """InfoNCE either way; half-truths are among what a picture may be told by, but look for no picture."""
        wrong = [example.half_truth for example in batch if example.half_truth]
        texts = self.texts.encode(self.projection, [*(example.text for example in batch), *wrong])
        logits = scale * images @ texts.T
        truths = self.truths(batch)
        of_images = torch.cat([truths, truths.new_zeros(len(batch), len(wrong))], 1)
        return (_soft_nce(logits, of_images) + _soft_nce(logits[:, : len(batch)].T, truths.T)) / 2

    def truths(self, batch: Sequence[Example]) -> Tensor:
        """Whether each text (columns) is true of each picture (rows): 1, 0, or -1 where nobody knows. int8 (n, n)

        A few words may describe other photos of the class; more than that is taken to fit its own photo alone.
        """
        shown = [example.photo.label or example.text for example in batch]
        named = [example.photo.file if example.level else said for said, example in zip(shown, batch, strict=True)]
        files = [example.photo.file for example in batch]
        truths = (_equal(shown, named) | _equal(files, named)).to(torch.int8)
        truths[(truths == 0) & self._may_be(batch)] = -1
        scenes = _scenes(batch)
        captions = {column: example.caption for column, example in enumerate(batch) if example.caption}
        truths[np.ix_(list(scenes), list(captions))] = _told_of(scenes.values(), captions.values())
        return truths

    def _may_be(self, batch: Sequence[Example]) -> Tensor:
        """Whether a text names what the picture shows, by any name of it. bool (n, n)"""
        shown = [self._names(example.photo) for example in batch]
        named = [self._named(example) for example in batch]
        number = {name: k for k, name in enumerate(sorted(set().union(*named)))}
        return _indicator(shown, number) @ _indicator(named, number).T > 0

    def _names(self, photo: Photo) -> set[str]:
        if photo.scene:
            return {name for thing in photo.scene.things for name in thing.kind.en}
        return self.kin(photo.label) if photo.label else set()

    def _named(self, example: Example) -> set[str]:
        if example.caption:
            return set(example.caption.says.subject.kind.en)
        if example.level > 1:
            return set()
        return {example.photo.label} if example.photo.label else set()

    def bare_loss(self, batch: Sequence[Example], images: Tensor, scale: Tensor) -> Tensor:
        """InfoNCE between scenes and a caption of the first level for each kind of thing."""
        scenes = _scenes(batch)
        if not scenes:
            return images.new_zeros(())
        captions = self.bare.sample(self.random.choice(LANGUAGES), self.random)
        truths = _told_of(scenes.values(), captions)
        texts = self.texts.encode(self.projection, [caption.text for caption in captions])
        logits = scale * images[list(scenes)] @ texts.T
        shown, named = (truths == 1).any(1), (truths == 1).any(0)
        return (_soft_nce(logits[shown], truths[shown]) + _soft_nce(logits.T[named], truths.T[named])) / 2

    def class_loss(self, batch: Sequence[Photo], logits: Tensor, images: Tensor, scale: Tensor) -> Tensor:
        targets = self.vocabulary.targets(batch, self.vocabulary.opinions(logits))
        adjustment = self.balance.adjustment(targets)
        chosen = self.vocabulary.sample(targets, 192, self.random)
        targets = targets[:, chosen]
        targets = targets / targets.sum(1, keepdim=True)
        language = self.random.choice(LANGUAGES)
        vectors = self.texts.encode(self.projection, self.vocabulary.names(chosen, language, self.random))
        return -(targets * (scale * images @ vectors.T + adjustment[chosen]).log_softmax(1)).sum(1).mean()

    def distillation_loss(self, logits: Tensor, images: Tensor, scale: Tensor) -> Tensor:
        """Hinton et al. 2015, equation 4, over some of ImageNet's classes: logits (n, 1000), images (n, dim)."""
        best = logits.topk(3, dim=1).indices.flatten().tolist()
        chosen = list(dict.fromkeys([*best, *self.random.sample(range(1000), 192)]))[:256]
        language = self.random.choice(LANGUAGES)
        vectors = self.texts.encode(self.projection, self.vocabulary.names(chosen, language, self.random))
        wanted = (logits[:, chosen] / SOFTNESS).log_softmax(1)
        got = (scale * images @ vectors.T / SOFTNESS).log_softmax(1)
        return SOFTNESS**2 * F.kl_div(got, wanted, reduction="batchmean", log_target=True)

    def parallel_loss(self, scale: Tensor) -> Tensor:
        pairs = self.vocabulary.parallel(192, self.random)
        english = self.texts.encode(self.projection, [pair[0] for pair in pairs])
        chinese = self.texts.encode(self.projection, [pair[1] for pair in pairs])
        logits = scale * english @ chinese.T
        same = _equal(*2 * [[pair[0] for pair in pairs]]) | _equal(*2 * [[pair[1] for pair in pairs]])
        return (_soft_nce(logits, same) + _soft_nce(logits.T, same.T)) / 2


def imaginary(number: int, label: str) -> Photo:
    """A photo of ImageNet class `number` that has no pixels, only features."""
    return Photo(f"{IMAGINARY}{number}", label, {})


def _scenes(batch: Sequence[Example]) -> dict[int, Scene]:
    """What the drawn pictures of a batch show, by their rows."""
    return {row: example.photo.scene for row, example in enumerate(batch) if example.photo.scene}


def _told_of(scenes: Collection[Scene], captions: Collection[Caption]) -> Tensor:
    """Whether each caption (columns) is true of each scene (rows): 1, 0, or -1 where nobody knows. int8"""
    known = {True: 1, False: 0, None: -1}
    truths = [[known[is_true(caption, scene)] for caption in captions] for scene in scenes]
    return torch.tensor(truths, dtype=torch.int8).reshape(len(scenes), len(captions))


def _equal(rows: Sequence[str], columns: Sequence[str]) -> Tensor:
    """Which texts are the same, bool (rows, columns)."""
    number = {text: k for k, text in enumerate(dict.fromkeys([*rows, *columns]))}
    a, b = (torch.tensor([number[text] for text in texts]) for texts in (rows, columns))
    return a[:, None] == b[None]


def _indicator(names: Sequence[set[str]], number: dict[str, int]) -> Tensor:
    """(n, names): 1 where a set holds the name of that number."""
    indicator = torch.zeros(len(names), len(number))
    for row, of_one in enumerate(names):
        indicator[row, [number[name] for name in of_one if name in number]] = 1
    return indicator


def _soft_nce(logits: Tensor, truths: Tensor) -> Tensor:
    """InfoNCE (van den Oord et al. 2018) whose target is shared by all positives of a row; what is neither right (1)
    nor wrong (0) takes no part."""
    right = (truths == 1).float()
    chances = logits.masked_fill(truths < 0, -1e4).log_softmax(1)
    return -(right / right.sum(1, keepdim=True) * chances).sum(1).mean()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data"), help="folder with train.csv (default: %(default)s)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("data/encoder"), help="folder for the weights (default: %(default)s)"
    )
    parser.add_argument(
        "--cache", type=Path, default=Path("data/cache"), help="folder for features (default: %(default)s)"
    )
    parser.add_argument("--steps", type=int, default=3000, help="optimiser steps (default: %(default)s)")
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=[0, 1], help="one projection each (default: %(default)s)"
    )
    parser.add_argument("--threads", type=int, default=1, help="cores for torch (default: %(default)s)")


def main(args: argparse.Namespace) -> int:
    """Trains, saves `projection.safetensors` and `figures.json` under `--out`, prints the figures.

    A seed whose projection is in `--out` already is not trained again, so that an interrupted run goes on.
    """
    torch.set_num_threads(args.threads)
    examples = photos(args.data)
    drawn = [drawn_pair(seed) for seed in PAIRS]
    vocabulary = Vocabulary(examples, drawn)
    training = [photo for photo in examples if not photo.held_out]
    few_of_ten = [photo for name in TEN for photo in few(vocabulary.photos_of(name, training))]
    features = load_features(args.data, args.cache, few_of_ten)
    told = (caption.text for pair in drawn for caption in pair.captions)
    wrong = (of_one.half_truth for photo in examples for of_one in photo.described)
    texts = Texts([*vocabulary.texts(), *told, *wrong, *BareNames(drawn).texts()], args.cache)
    config = ProjectionConfig()
    args.out.mkdir(parents=True, exist_ok=True)
    members = []
    for seed in args.seeds:
        part = args.out / f"seed-{seed}.safetensors"
        if not part.exists():
            projection = Training(training, drawn, features, texts, vocabulary, seed, config).run(args.steps)
            Ensemble([projection], config).save(part)
        members.extend(Ensemble.load(part).members)
    ensemble = Ensemble(members, config)
    ensemble.save(args.out / "projection.safetensors")
    reader = Reader(ensemble.eval(), args.data, args.cache)
    figures = {
        "validation": validation_figures(reader, [photo for photo in examples if photo.held_out], vocabulary),
        "test": test_figures(reader),
    }
    (args.out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    for part, values in figures.items():
        for name, value in values.items():
            target = f"  (target {TARGETS[name]})" if name in TARGETS else ""
            print(f"{part:10s} {name:28s} {value:.3f}{target}")
    return 0


def load_features(data: Path, cache: Path, looked_at: Sequence[Photo]) -> list[Features]:
    """Features of the photos of `train.csv`, of `more/`, of the rendered scenes and of more looks at some photos;
    computed at the first call."""
    with (data / "train.csv").open(encoding="utf-8") as file:
        listed = list(dict.fromkeys(row["file"] for row in csv.DictReader(file)))
    more = sorted(str(path.relative_to(data)) for path in (data / "more").rglob("*.jpg"))
    folder = cache.parent / "scenes" / "pairs" / "train"
    render_pairs(folder, PAIRS, "train", data / "emoji")
    drawn = [file for seed in PAIRS for file in pair_files(seed)]
    looks_folder = cache.parent / "looks"
    take_looks(looks_folder, looked_at, data)
    return [
        image_features(data, listed, cache),
        image_features(data, more, cache),
        image_features(folder, drawn, cache),
        image_features(looks_folder, [look.file for look in looks(looked_at)], cache),
    ]
