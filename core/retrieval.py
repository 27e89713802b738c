"""Recall by cosine, rerank by the match head: the paper's two stages, on vectors that are already there."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from core.gallery.index import GalleryIndex
from core.types import Hit
from models.language import Language
from models.scorers import PreparedImages, Scorer


@dataclass(frozen=True, slots=True)
class Found:
    """Hits and what they cost."""

    hits: tuple[Hit, ...]
    search_ms: float
    rerank_ms: float


class Retrieval:
    """Searches one gallery as it is now; a changed gallery gets a new one.

    Args:
        recall: how many pictures cosine hands to the scorer.
    """

    def __init__(self, index: GalleryIndex, scorer: Scorer, recall: int) -> None:
        self.index = index
        self.scorer = scorer
        self._recall = recall
        self._prepared: PreparedImages = scorer.prepare(index.vectors)

    def find(self, text: np.ndarray, language: Language, count: int, exclude: frozenset[str]) -> Found:
        """The `count` best of the recalled, in falling order of match.

        Args:
            text: unit vector (d,).
            exclude: ids of pictures not to be shown.
        """
        start = time.perf_counter()
        rows, cosines = self.index.search(text, self._recall, exclude)  # (k,), (k,)
        searched = time.perf_counter()
        matches = self.scorer.score(text, self._prepared.take(rows), language)  # (k,)
        best = np.argsort(-matches, kind="stable")[:count]
        hits = tuple(Hit(self.index.pictures[rows[n]], float(matches[n]), float(cosines[n])) for n in best)
        return Found(hits, 1e3 * (searched - start), 1e3 * (time.perf_counter() - searched))
