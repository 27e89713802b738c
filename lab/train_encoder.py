"""Trains the starter encoder's projections on the cached features of two frozen networks.

    python -m lab train encoder [--data ../shared/data] [--out data/encoder] [--seed 0] [--steps 1500]
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from lab.features import Features, TokenStates, image_features, text_features
from lab.photos import TEMPLATES, Photo, Vocabulary, photos
from models.encoders.projection import Projection, ProjectionConfig, language_numbers

LANGUAGES = ("en", "zh")


class Texts:
    """Every sentence of the training with its states, by number."""

    def __init__(self, texts: Iterable[str], cache: Path) -> None:
        self.texts = list(dict.fromkeys(texts))
        self.number = {text: k for k, text in enumerate(self.texts)}
        self.states: TokenStates = text_features(self.texts, cache)
        self.languages = language_numbers(self.texts)

    def centres(self) -> Tensor:
        """Mean E5 sentence vector of each language, (2, 384)."""
        means = np.add.reduceat(self.states.states.astype(np.float32), self.states.starts[:-1], axis=0)
        vectors = F.normalize(torch.from_numpy(means), dim=1)
        return torch.stack([vectors[self.languages == k].mean(0) for k in range(len(LANGUAGES))])

    def encode(self, projection: Projection, texts: Sequence[str]) -> Tensor:
        """(n, dim)."""
        rows = [self.number[text] for text in texts]
        states, mask = self.states.padded(rows)
        return projection.text(torch.from_numpy(states), torch.from_numpy(mask), self.languages[rows])


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of the loss counts."""

    captions: float = 1.0
    classes: float = 1.0
    parallel: float = 0.5


class Training:
    """One run over photos whose maps and texts are at hand.

    The loss has three parts: InfoNCE between photos and sentences (either way, several positives allowed), cross entropy
    over sampled class names against the photo's label and EfficientNet's own opinion, and InfoNCE between translations.
    """

    def __init__(
        self, examples: Sequence[Photo], features: Sequence[Features], texts: Texts, vocabulary: Vocabulary,
        seed: int, weights: Weights = Weights(), config: ProjectionConfig = ProjectionConfig(),
    ) -> None:  # fmt: skip
        torch.manual_seed(seed)
        self.random = random.Random(seed)
        self.examples = examples
        self.rows = {file: (k, row) for k, part in enumerate(features) for row, file in enumerate(part.files)}
        self.features = features
        self.texts = texts
        self.vocabulary = vocabulary
        self.weights = weights
        self.projection = Projection(config)
        self.projection.text.centre.copy_(texts.centres())

    def maps(self, batch: Sequence[Photo]) -> Tensor:
        """(n, 49, 1280)."""
        places = [self.rows[photo.file] for photo in batch]
        return torch.from_numpy(np.stack([self.features[part].maps[row] for part, row in places])).float() * (6 / 255)

    def run(self, steps: int, batch: int = 128, rate: float = 1e-3) -> Projection:
        matrices = [p for p in self.projection.parameters() if p.ndim >= 2]
        others = [p for p in self.projection.parameters() if p.ndim < 2]
        groups = [{"params": matrices, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
        optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps, pct_start=0.1)
        average = torch.optim.swa_utils.AveragedModel(
            self.projection, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.99)
        )
        self.projection.train()
        for _ in tqdm(range(steps), desc="encoder", unit="step", disable=None):
            loss = self.loss(self.random.sample(list(self.examples), batch))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            average.update_parameters(self.projection)
        return average.module.eval()

    def loss(self, batch: Sequence[Photo]) -> Tensor:
        maps = self.maps(batch)
        images = self.projection.image(maps)
        scale = self.projection.log_scale.exp()
        return (
            self.weights.captions * self.caption_loss(batch, images, scale)
            + self.weights.classes * self.class_loss(batch, maps, images, scale)
            + self.weights.parallel * self.parallel_loss(scale)
        )

    def caption_loss(self, batch: Sequence[Photo], images: Tensor, scale: Tensor) -> Tensor:
        texts = [self.vocabulary.say(photo, self.random) for photo in batch]
        vectors = self.texts.encode(self.projection, texts)
        logits = scale * images @ vectors.T  # (n, n)
        names = [photo.label or text for photo, text in zip(batch, texts, strict=True)]
        same = torch.tensor([[a == b for b in names] for a in names])
        return (_soft_nce(logits, same) + _soft_nce(logits.T, same)) / 2

    def class_loss(self, batch: Sequence[Photo], maps: Tensor, images: Tensor, scale: Tensor) -> Tensor:
        opinions = self.vocabulary.opinions(maps)  # (n, classes)
        targets = self.vocabulary.targets(batch, opinions)
        chosen = self.vocabulary.sample(targets, 256, self.random)
        targets = targets[:, chosen]
        targets = targets / targets.sum(1, keepdim=True)
        language = self.random.choice(LANGUAGES)
        vectors = self.texts.encode(self.projection, self.vocabulary.names(chosen, language, self.random))
        return -(targets * (scale * images @ vectors.T).log_softmax(1)).sum(1).mean()

    def parallel_loss(self, scale: Tensor) -> Tensor:
        pairs = self.vocabulary.parallel(192, self.random)
        english = self.texts.encode(self.projection, [pair[0] for pair in pairs])
        chinese = self.texts.encode(self.projection, [pair[1] for pair in pairs])
        logits = scale * english @ chinese.T
        same = torch.tensor([[a == b for b, _ in pairs] for a, _ in pairs]) | torch.tensor(
            [[a == b for _, b in pairs] for _, a in pairs]
        )
        return (_soft_nce(logits, same) + _soft_nce(logits.T, same)) / 2


def _soft_nce(logits: Tensor, same: Tensor) -> Tensor:
    """InfoNCE (van den Oord et al. 2018) whose target is shared by all positives of a row."""
    targets = same.float() / same.sum(1, keepdim=True)
    return -(targets * logits.log_softmax(1)).sum(1).mean()
