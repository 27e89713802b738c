"""Calibration where the decision is made: on the best hit after rerank, with as many queries in vain as not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from sklearn.linear_model import LogisticRegression

from models.language import LANGUAGES, Language
from models.scorers import Platt

Logits: TypeAlias = Callable[[np.ndarray, np.ndarray], np.ndarray]  # texts (q, d), images (q, n, d) -> (q, n)

RECALL = 200  # candidates by cosine that are reranked, as the engine does
BATCH = 16  # queries at a time


@dataclass(frozen=True, slots=True)
class Search:
    """Queries over one gallery, and what is known to be right.

    Attributes:
        texts, images: vectors (q, d) and (n, d).
        truths: int8 (q, n): 1 the picture is right, 0 wrong, -1 nobody knows.
        alike: bool (q, n): the picture shows a thing of the kind that is asked for, right or not.
        languages: of the queries (q,).
    """

    texts: np.ndarray
    images: np.ndarray
    truths: np.ndarray
    alike: np.ndarray
    languages: np.ndarray


@dataclass(frozen=True, slots=True)
class BestHits:
    """What each query finds in the gallery, in the gallery without that kind of thing, and among near misses.

    Attributes:
        candidates: rows of the gallery by falling cosine (q, r), and their logits (q, r).
        found, found_in_vain, found_near: best logit (q,) in the gallery as it is; without the kind of thing asked for;
            without only what is right. NaN where the case does not exist.
        right: whether the best hit of the first case is right (q,); False where nobody knows.
    """

    candidates: np.ndarray
    logits: np.ndarray
    found: np.ndarray
    right: np.ndarray
    found_in_vain: np.ndarray
    found_near: np.ndarray


def best_hits(search: Search, logits: Logits) -> BestHits:
    """Recall by cosine, rerank by `logits`. A picture of which nobody knows is left out of all cases."""
    candidates, scores = _reranked(search, logits, np.ones_like(search.alike))
    truths = np.take_along_axis(search.truths, candidates, axis=1)
    known = np.where(truths >= 0, scores, -np.inf)
    near = np.where(truths == 0, scores, -np.inf)
    strangers = (search.truths == 0) & ~search.alike
    _, in_vain = _reranked(search, logits, strangers)
    best = known.argmax(axis=1)[:, None]
    answered = (search.truths == 1).any(axis=1)
    return BestHits(
        candidates,
        scores,
        np.where(answered, _best(known), np.nan),
        np.take_along_axis(truths, best, axis=1)[:, 0] == 1,
        _best(in_vain),
        _best(near),
    )


def _reranked(search: Search, logits: Logits, allowed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Candidates (q, r) by falling cosine among the allowed (q, n), and their logits, -inf for any that is not."""
    cosines = np.where(allowed, search.texts @ search.images.T, -np.inf)
    candidates = np.argsort(-cosines, axis=1, kind="stable")[:, :RECALL]
    scores = np.empty(candidates.shape, np.float32)
    for start in range(0, len(candidates), BATCH):
        rows = slice(start, start + BATCH)
        scores[rows] = logits(search.texts[rows], search.images[candidates[rows]])
    return candidates, np.where(np.take_along_axis(allowed, candidates, axis=1), scores, -np.inf)


def _best(scores: np.ndarray) -> np.ndarray:
    """The greatest of each row, NaN where all are -inf."""
    best = scores.max(axis=1)
    return np.where(np.isfinite(best), best, np.nan)


def fit_platt(logits: np.ndarray, labels: np.ndarray) -> Platt:
    """The parameters of least cross-entropy, with one right and one wrong more than was seen (after Platt, 1999)."""
    logits = np.r_[logits, logits.max(), logits.min()]
    labels = np.r_[labels, True, False]
    centre, spread = float(logits.mean()), float(logits.std()) + 1e-6
    model = LogisticRegression(C=100.0).fit((logits[:, None] - centre) / spread, labels)
    scale = max(float(model.coef_[0, 0]) / spread, 1e-3)
    return Platt(scale, float(model.intercept_[0]) - scale * centre)


@dataclass(frozen=True, slots=True)
class Brier:
    """The Brier score of best hits, the mean over galleries, and its standard error.

    It rewards what tells right from wrong and what is right as often as it says.
    """

    score: float
    error: float


def calibrate(searches: list[Search], logits: Logits) -> tuple[dict[Language, Platt], Brier]:
    """One calibration for each language over all galleries, and what the best hits are worth by it."""
    hits = [best_hits(search, logits) for search in searches]
    fitted: dict[Language, Platt] = {}
    for language in LANGUAGES:
        cases = [_cases(found, search.languages == language) for search, found in zip(searches, hits, strict=True)]
        values, right = (np.concatenate(part) for part in zip(*cases, strict=True))
        fitted[language] = fit_platt(values, right)
    return fitted, _brier([_squares(search, found, fitted) for search, found in zip(searches, hits, strict=True)])


def _cases(hits: BestHits, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logit of the best hit, whether it is right: of the chosen queries (q,), in the gallery and in vain."""
    found, in_vain = chosen & ~np.isnan(hits.found), chosen & ~np.isnan(hits.found_in_vain)
    values = np.r_[hits.found[found], hits.found_in_vain[in_vain]]
    return values, np.r_[hits.right[found], np.zeros(int(in_vain.sum()), bool)]


def _squares(search: Search, hits: BestHits, calibration: Mapping[Language, Platt]) -> np.ndarray:
    """(what is said of a best hit - whether it is right)^2, of every case."""
    squares = []
    for language, platt in calibration.items():
        values, right = _cases(hits, search.languages == language)
        squares.append((platt(values) - right) ** 2)
    return np.concatenate(squares)


def _brier(squares: Sequence[np.ndarray]) -> Brier:
    variance = sum(float(of_one.var()) / len(of_one) for of_one in squares)
    return Brier(float(np.mean([of_one.mean() for of_one in squares])), variance**0.5 / len(squares))
