"""Measures of retrieval, of match scores and of routing, each with its bootstrap interval.

Every measure is written as a function of weights on queries: weights of one give the measure itself, and rows of
multinomial counts give one value for each bootstrap resample, all at once. The same rows used for two scorers make
their difference paired.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from sklearn.metrics import average_precision_score

Statistic: TypeAlias = Callable[[np.ndarray], np.ndarray]  # weights (r, q) -> (r,)

RESAMPLES = 500
BINS = 15  # of equal width, as in Guo et al., 2017


@dataclass(frozen=True, slots=True)
class Interval:
    """A measured value with the 95% interval of its bootstrap over queries."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def resample(queries: int, seed: int = 0) -> np.ndarray:
    """How often each query was drawn in each resample: float32 (`RESAMPLES`, q)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(queries, np.full(queries, 1.0 / queries), size=RESAMPLES).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Sampled:
    """A statistic of the queries as they are, and of each resample (r,)."""

    value: float
    samples: np.ndarray

    @property
    def interval(self) -> Interval:
        """The percentile interval."""
        low, high = np.nanpercentile(self.samples, [2.5, 97.5])
        return Interval(self.value, float(low), float(high))

    def __sub__(self, baseline: Sampled) -> Sampled:
        """The paired difference, when both were sampled by the same resamples."""
        return Sampled(self.value - baseline.value, self.samples - baseline.samples)


def sampled(statistic: Statistic, resamples: np.ndarray) -> Sampled:
    """Resamples (r, q)."""
    ones = np.ones((1, resamples.shape[1]), np.float32)
    return Sampled(float(statistic(ones)[0]), statistic(resamples))


def interval(statistic: Statistic, resamples: np.ndarray) -> Interval:
    return sampled(statistic, resamples).interval


def mean(values: np.ndarray) -> Statistic:
    """Mean over queries of one value each (q,): recall@k, average precision, accuracy, Brier score."""
    return lambda weights: weights @ values / weights.sum(axis=1)


def auc(scores: np.ndarray, labels: np.ndarray, queries: np.ndarray) -> Statistic:
    """Area under the ROC curve: the chance that a match scores above a non-match, ties counting half.

    Args:
        scores, labels: of n pairs; labels are 1 (match) or 0.
        queries: index of the query of each pair, so that its pairs are drawn together.
    """
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(scores[order]) != 0])  # of each run of equal scores
    positive = labels[order].astype(bool)
    queries = queries[order]

    def statistic(weights: np.ndarray) -> np.ndarray:
        pairs = weights[:, queries].astype(np.float64)  # (r, n)
        matches = np.add.reduceat(pairs * positive, starts, axis=1)
        others = np.add.reduceat(pairs * ~positive, starts, axis=1)
        below = np.cumsum(others, axis=1) - 0.5 * others
        with np.errstate(invalid="ignore"):  # a resample may hold no match at all
            return (matches * below).sum(axis=1) / (matches.sum(axis=1) * others.sum(axis=1))

    return statistic


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> Statistic:
    """Expected calibration error: the mean gap between stated probability and frequency over bins, one pair a query."""
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    gaps = np.zeros((len(probabilities), BINS))
    gaps[np.arange(len(probabilities)), bins] = probabilities - labels

    return lambda weights: np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1)


def f1(decisions: np.ndarray, truths: np.ndarray) -> Statistic:
    """F1 of one yes-or-no decision a query (q,), 1 being the class that counts."""
    right = (decisions & truths).astype(np.float32)
    either = decisions.astype(np.float32) + truths.astype(np.float32)

    def statistic(weights: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore"):
            return 2.0 * (weights @ right) / (weights @ either)

    return statistic


def rate(events: np.ndarray, among: np.ndarray) -> Statistic:
    """Share of events (q,) among the queries of a group (q,): false finds among what is absent, for instance."""
    both = (events & among).astype(np.float32)

    def statistic(weights: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore"):
            return weights @ both / (weights @ among.astype(np.float32))

    return statistic


def ranks(scores: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """Rank, from 1, of the best relevant picture of each query; pictures with the same score come before it.

    Args:
        scores, relevant: (q, n), the second boolean with at least one picture a row.
    """
    best = np.where(relevant, scores, -np.inf).max(axis=1, keepdims=True)
    return 1 + ((scores >= best) & ~relevant).sum(axis=1)


def average_precisions(scores: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """Average precision of each query (q,) over the whole gallery."""
    return np.array([average_precision_score(*row) for row in zip(relevant, scores, strict=True)], np.float32)
