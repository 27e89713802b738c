"""Fits one network to what the bot decides upon and to finer distinctions.

Cross-entropy says whether what a query finds first is right, where the answer is in the gallery and where it is not,
and, at a smaller weight, whether each of its candidates is, so that what is said of one query compares with another's.
Ranking compares what differs in a detail: images of one text, and texts of one image that tell equally much. Pairs of a
group take no part in the cross-entropy: what makes them right or wrong is partly plain from the text or the image alone
(a text with many details is more often wrong), and what holds of hard pairs does not hold of first hits. And more
detail is never worth less.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, relu

from lab.head.groups import Groups, Pool
from lab.head.searches import Searches

SEARCHES, CANDIDATES, BY_TEXT, BY_IMAGE, LEVELS = 1.0, 0.3, 0.5, 1.5, 0.1  # weights of the losses
MASKED = -1e4


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how fast. `noise` is added to both vectors, in units of the mean absolute component."""

    steps: int = 1500
    batch: int = 16  # groups
    searches: int = 64
    rate: float = 1e-3
    decay: float = 0.05
    noise: float = 0.2
    seed: int = 0


def fit(
    network: nn.Module, pool: Pool, groups: Groups, searches: Searches, recipe: Recipe, report: Callable[[str], None]
) -> None:
    """Trains in place: AdamW, one cycle."""
    generator = torch.Generator().manual_seed(recipe.seed)
    texts, images = torch.from_numpy(pool.text_vectors), torch.from_numpy(pool.image_vectors)
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=recipe.steps, pct_start=0.1)
    network.train()
    for step in range(recipe.steps):
        rows = torch.randint(len(groups), (recipe.batch,), generator=generator).numpy()
        text = _noisy(texts[groups.texts[rows]], recipe.noise, generator)
        image = _noisy(images[groups.images[rows]], recipe.noise, generator)
        labels = torch.from_numpy(groups.labels[rows])
        logits = network(text[:, :, None], image[:, None])  # (b, t, m)
        loss = _loss(logits, labels, torch.from_numpy(groups.levels[rows]))
        rows = torch.randint(len(searches), (recipe.searches,), generator=generator).numpy()
        text = _noisy(texts[searches.texts[rows]], recipe.noise, generator)
        image = _noisy(images[searches.images[rows]], recipe.noise, generator)
        logits = network(text[:, None], image)  # (s, c)
        labels = torch.from_numpy(searches.labels[rows])
        loss = loss + SEARCHES * best_hit_entropy(logits, labels) + CANDIDATES * candidate_entropy(logits, labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if (step + 1) % 250 == 0:
            report(f"step {step + 1}/{recipe.steps}: loss {loss.item():.3f}")
    network.eval()


def _noisy(vectors: torch.Tensor, noise: float, generator: torch.Generator) -> torch.Tensor:
    scale = noise * vectors.shape[-1] ** -0.5
    return vectors + scale * torch.randn(vectors.shape, generator=generator)


def _loss(logits: torch.Tensor, labels: torch.Tensor, levels: torch.Tensor) -> torch.Tensor:
    wrong = logits.masked_fill(labels != 0, MASKED)  # (b, t, m)
    by_text = _ranking(logits, labels, wrong.logsumexp(2, keepdim=True))
    other_level = (levels[:, :, None] != levels[:, None])[..., None]  # (b, t, t, 1)
    by_image = _ranking(logits, labels, wrong[:, None].masked_fill(other_level, MASKED).logsumexp(2))
    more = _levels(logits, labels, levels)
    return BY_TEXT * by_text + BY_IMAGE * by_image + LEVELS * more


def best_hit_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of the best hit of each search: logits and labels (s, c)."""
    best, at = logits.masked_fill(labels < 0, MASKED).max(1)
    return binary_cross_entropy_with_logits(best, labels.gather(1, at[:, None])[:, 0].float())


def candidate_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of all candidates: logits and labels (s, c)."""
    known = labels >= 0
    return binary_cross_entropy_with_logits(logits[known], labels[known].float())


def _ranking(logits: torch.Tensor, labels: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """-log softmax of each match among what it is compared with, of which `others` is the log sum of exponentials."""
    matches = (labels == 1) & (others > MASKED / 2)
    return ((torch.logaddexp(logits, others) - logits) * matches).sum() / matches.sum().clamp(min=1)


def _levels(logits: torch.Tensor, labels: torch.Tensor, levels: torch.Tensor) -> torch.Tensor:
    """A right caption of a higher level should score no lower than a right one of a lower level, of the same image."""
    right = [((labels == 1) & (levels == level)[:, :, None]).float() for level in (1, 2, 3)]  # (b, t, m) each
    counts = [of_level.sum(1) for of_level in right]  # (b, m)
    means = [(logits * r).sum(1) / n.clamp(min=1) for r, n in zip(right, counts, strict=True)]
    total = logits.new_zeros(())
    for low in (0, 1):
        both = (counts[low] > 0) & (counts[low + 1] > 0)
        total = total + (relu(means[low] - means[low + 1]) * both).sum() / both.sum().clamp(min=1)
    return total


def pairs_won(network: nn.Module, pool: Pool, groups: Groups) -> float:
    """The share of pairs that come out right: images of one text, and texts of one image and level; their mean."""
    texts, images = torch.from_numpy(pool.text_vectors), torch.from_numpy(pool.image_vectors)
    parts = []
    with torch.inference_mode():
        for start in range(0, len(groups), 32):
            rows = slice(start, start + 32)
            parts.append(network(texts[groups.texts[rows]][:, :, None], images[groups.images[rows]][:, None]).numpy())
    logits, labels, levels = np.concatenate(parts), groups.labels, groups.levels
    alike = levels[:, None, :, None] == levels[:, None, None]  # (g, 1, t, t)
    by_image = _won(logits.swapaxes(1, 2), labels.swapaxes(1, 2), alike)
    return (_won(logits, labels, np.True_) + by_image) / 2


def _won(logits: np.ndarray, labels: np.ndarray, comparable: np.ndarray | np.bool_) -> float:
    """Share of the pairs (right, wrong) along the last axis in which the right one has the greater logit."""
    ahead = logits[..., :, None] - logits[..., None, :]
    pairs = (labels[..., :, None] == 1) & (labels[..., None, :] == 0) & comparable
    return float(((ahead > 0) + 0.5 * (ahead == 0))[pairs].mean())
