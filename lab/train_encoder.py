"""Trains the starter encoder's projections on cached features of two frozen networks.

    python -m lab train encoder [--data ../shared/data] [--out data/encoder] [--steps 1600] [--seeds 0 1]

The features come first (about twenty minutes on two cores, once), the training then takes minutes. At the end it
prints how the photos that were kept apart and the two test sets come out.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from lab.features import Features, image_features, picture_features, text_features
from lab.photos import Photo, Vocabulary, photos, scene_photos
from lab.prototypes import Prototypes
from lab.scenes.shards import read_shards, write_shards
from lab.zeroshot import TARGETS, Reader, test_figures, validation_figures
from models.encoders.efficientnet import SIDE
from models.encoders.projection import Ensemble, Projection, ProjectionConfig, language_numbers

SCENES = 5000  # rendered for training
SCENE_SEED = 100_000  # the match head and the tests use others
IMAGINARY = "imaginary/"
LANGUAGES = ("en", "zh")
SHARES: Final = {"train/objects": 0.2, "train/animals": 0.1, "train/scenes": 0.25, "scenes": 0.2}  # of a batch
IMAGINED = 0.1  # of a batch: any ImageNet class
TEN_SHARE = 0.15  # of a batch: Animals-10, each as often as the others, half of them imagined
TEN: Final = ("butterfly", "cat", "chicken", "cow", "dog", "elephant", "horse", "sheep", "spider", "squirrel")


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

    The loss has three parts: InfoNCE between photos and sentences (either way, several positives allowed), cross
    entropy over sampled class names against the photo's label and EfficientNet's own opinion, and InfoNCE between
    translations.
    """

    def __init__(
        self, examples: Sequence[Photo], features: Sequence[Features], texts: Texts, vocabulary: Vocabulary,
        seed: int, config: ProjectionConfig,
    ) -> None:  # fmt: skip
        torch.manual_seed(seed)
        self.random = random.Random(seed)
        self.examples = list(examples)
        self.sources = {source: [photo for photo in examples if photo.file.startswith(source)] for source in SHARES}
        self.ten = {name: vocabulary.photos_of(name, examples) for name in TEN}
        self.rows = {file: (k, row) for k, part in enumerate(features) for row, file in enumerate(part.files)}
        self.features = features
        self.texts = texts
        self.vocabulary = vocabulary
        self.projection = Projection(config)
        self._standardise()

    def _standardise(self) -> None:
        image, text = self.projection.image, self.projection.text
        some = self.pools(self.random.sample(self.examples, min(4000, len(self.examples))))
        self.prototypes = Prototypes(self.vocabulary.classifier, some)
        image.centre.copy_(some.mean(0))
        image.spread.copy_(some.std(0) + 0.05)
        for k in range(len(LANGUAGES)):
            text.centre[k] = self.texts.pools[self.texts.languages == k].mean(0)
        text.spread.copy_((self.texts.pools - text.centre[self.texts.languages]).std(0) + 0.01)

    def pools(self, batch: Sequence[Photo]) -> Tensor:
        """(n, 11, 1280)."""
        return torch.stack([self._pools(photo) for photo in batch])

    def _pools(self, photo: Photo) -> Tensor:
        if photo.file.startswith(IMAGINARY):
            return self.prototypes.imagine(
                self._pools(self.random.choice(self.examples)), int(photo.file.removeprefix(IMAGINARY))
            )
        part, row = self.rows[photo.file]
        return torch.from_numpy(self.features[part].pools[row].astype(np.float32))

    def run(self, steps: int, batch: int = 224, rate: float = 1e-3) -> Projection:
        matrices = [p for p in self.projection.parameters() if p.ndim >= 2]
        others = [p for p in self.projection.parameters() if p.ndim < 2]
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

    def batch(self, size: int) -> list[Photo]:
        """`size` examples, of each source its share."""
        ten, imagined = round(size * TEN_SHARE), round(size * IMAGINED)
        sources = [source for source in SHARES if self.sources[source]]
        chosen = self.random.choices(sources, [SHARES[source] for source in sources], k=size - ten - imagined)
        return [
            *(self.random.choice(self.sources[source]) for source in chosen),
            *(self._one_of_ten(self.random.choice(TEN)) for _ in range(ten)),
            *(
                imaginary(number, self.vocabulary.english[number])
                for number in self.random.choices(range(1000), k=imagined)
            ),
        ]

    def _one_of_ten(self, name: str) -> Photo:
        if self.ten[name] and self.random.random() < 0.5:
            return self.random.choice(self.ten[name])
        return imaginary(self.random.choice(self.vocabulary.kinds(name)), name)

    def loss(self, batch: Sequence[Photo]) -> Tensor:
        pools = self.pools(batch)
        images = self.projection.image(pools)
        scale = self.projection.log_scale.exp()
        return (
            self.caption_loss(batch, images, scale)
            + self.class_loss(batch, pools, images, scale)
            + self.parallel_loss(scale)
        )

    def caption_loss(self, batch: Sequence[Photo], images: Tensor, scale: Tensor) -> Tensor:
        texts = [self.vocabulary.say(photo, self.random) for photo in batch]
        wrong = [text for photo in batch for text in photo.wrong]
        vectors = self.texts.encode(self.projection, texts + wrong)
        logits = scale * images @ vectors.T  # (n, n + wrong)
        names = [photo.label or text for photo, text in zip(batch, texts, strict=True)]
        same = _equal(names, names + wrong)
        return (_soft_nce(logits, same) + _soft_nce(logits[:, : len(batch)].T, same[:, : len(batch)].T)) / 2

    def class_loss(self, batch: Sequence[Photo], pools: Tensor, images: Tensor, scale: Tensor) -> Tensor:
        opinions = self.vocabulary.opinions(pools)  # (n, classes)
        targets = self.vocabulary.targets(batch, opinions)
        chosen = self.vocabulary.sample(targets, 192, self.random)
        targets = targets[:, chosen]
        targets = targets / targets.sum(1, keepdim=True)
        language = self.random.choice(LANGUAGES)
        vectors = self.texts.encode(self.projection, self.vocabulary.names(chosen, language, self.random))
        return -(targets * (scale * images @ vectors.T).log_softmax(1)).sum(1).mean()

    def parallel_loss(self, scale: Tensor) -> Tensor:
        pairs = self.vocabulary.parallel(128, self.random)
        english = self.texts.encode(self.projection, [pair[0] for pair in pairs])
        chinese = self.texts.encode(self.projection, [pair[1] for pair in pairs])
        logits = scale * english @ chinese.T
        same = _equal(*2 * [[pair[0] for pair in pairs]]) | _equal(*2 * [[pair[1] for pair in pairs]])
        return (_soft_nce(logits, same) + _soft_nce(logits.T, same)) / 2


def imaginary(number: int, label: str) -> Photo:
    """A photo of ImageNet class `number` that has no pixels, only features."""
    return Photo(f"{IMAGINARY}{number}", label, {})


def _equal(rows: Sequence[str], columns: Sequence[str]) -> Tensor:
    """Which texts are the same, bool (rows, columns)."""
    number = {text: k for k, text in enumerate(dict.fromkeys([*rows, *columns]))}
    a, b = (torch.tensor([number[text] for text in texts]) for texts in (rows, columns))
    return a[:, None] == b[None]


def _soft_nce(logits: Tensor, same: Tensor) -> Tensor:
    """InfoNCE (van den Oord et al. 2018) whose target is shared by all positives of a row."""
    targets = same.float() / same.sum(1, keepdim=True)
    return -(targets * logits.log_softmax(1)).sum(1).mean()


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
    parser.add_argument("--steps", type=int, default=1600, help="optimiser steps (default: %(default)s)")
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
    scenes = scene_photos(SCENES, SCENE_SEED)
    vocabulary = Vocabulary(examples + scenes)
    features = load_features(args.data, args.cache)
    texts = Texts(vocabulary.texts(examples + scenes), args.cache)
    training = [photo for photo in examples + scenes if not photo.held_out]
    config = ProjectionConfig()
    args.out.mkdir(parents=True, exist_ok=True)
    members = []
    for seed in args.seeds:
        part = args.out / f"seed-{seed}.safetensors"
        if not part.exists():
            projection = Training(training, features, texts, vocabulary, seed, config).run(args.steps)
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


def load_features(data: Path, cache: Path) -> list[Features]:
    """Features of the photos of `train.csv`, of `more/` and of the rendered scenes; computed at the first call."""
    with (data / "train.csv").open(encoding="utf-8") as file:
        listed = list(dict.fromkeys(row["file"] for row in csv.DictReader(file)))
    more = sorted(str(path.relative_to(data)) for path in (data / "more").rglob("*.jpg"))
    folder = cache.parent / "scenes" / "encoder"
    write_shards(folder, SCENES, SIDE, SCENE_SEED, sprites=data / "emoji")
    pictures = np.concatenate([pictures for pictures, _ in read_shards(folder, "train")])[:SCENES]
    return [
        image_features(data, listed, cache),
        image_features(data, more, cache),
        picture_features("scenes", pictures, cache),
    ]
