"""What turns a text vector and image vectors into match probabilities, and the simplest such: Platt-scaled cosine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from models.language import Language

# Matching pairs are taken to lie this many null deviations above unrelated best hits, with the same spread. The log
# likelihood ratio of two such Gaussians is linear in the cosine, which is what Platt's form needs.
MATCH_SHIFT = 4.0


@dataclass(frozen=True, slots=True)
class Platt:
    """p = sigmoid(scale * logit + shift); `scale` is positive, so that no ranking changes (Platt, 1999)."""

    scale: float = 1.0
    shift: float = 0.0

    def __post_init__(self) -> None:
        if not self.scale > 0:
            raise ValueError(f"the scale must be positive, not {self.scale}")

    def __call__(self, logits: np.ndarray) -> np.ndarray:
        # sigmoid(z) = (1 + tanh(z / 2)) / 2 does not overflow
        return 0.5 * (1.0 + np.tanh(0.5 * (self.scale * logits + self.shift)))


@dataclass(frozen=True, slots=True)
class PreparedImages:
    """Image vectors with what a scorer computes from them alone, once for all queries.

    Attributes:
        images: float32 (n, d).
        block: float32 (n, h), the scorer's own; h = 0 where it needs none.
    """

    images: np.ndarray
    block: np.ndarray

    def __len__(self) -> int:
        return len(self.images)

    def take(self, rows: np.ndarray) -> PreparedImages:
        """The given rows, for instance the candidates that the recall by cosine returned."""
        return PreparedImages(self.images[rows], self.block[rows])


class Scorer(Protocol):
    """Scores one text against many images."""

    @property
    def encoder(self) -> str:
        """Name of the encoder whose vectors it reads."""
        ...

    @property
    def arch(self) -> str: ...

    @property
    def trained(self) -> bool:
        """False: not trained for this encoder, and the status says so."""
        ...

    @property
    def calibration(self) -> Mapping[Language, Platt]:
        """One for each language."""
        ...

    def prepare(self, images: np.ndarray) -> PreparedImages:
        """Image vectors (n, d) -> what `score` takes. O(n d h), once per gallery."""
        ...

    def score(self, text: np.ndarray, images: np.ndarray | PreparedImages, language: Language = "en") -> np.ndarray:
        """Text vector (d,), n images -> calibrated match probabilities, float32 (n,)."""
        ...


@dataclass(frozen=True, slots=True)
class PlattCosine:
    """sigmoid(scale * cos(t, i) + shift): the fair baseline of the head, and its stand-in where there is none."""

    encoder: str
    calibration: Mapping[Language, Platt]
    trained: bool = False
    arch: str = "platt-cosine"

    @classmethod
    def from_null(cls, encoder: str, null: Mapping[Language, np.ndarray], images: np.ndarray) -> PlattCosine:
        """Calibrates on a gallery without one labelled pair.

        The decision is made on the best hit, so the null is the best cosine that each unrelated sentence finds. With
        the null N(m, s) and matches at N(m + k s, s), the log likelihood ratio is k / s * (c - m - k s / 2): even odds
        lie at m + 2 s for k = `MATCH_SHIFT` = 4. Median and median deviation stand for m and s, because a few
        sentences of the bank may truly match something.

        Args:
            encoder: name of the encoder of both.
            null: text vectors (m, d) of the bank for each language (`models.null_bank.null_vectors`).
            images: vectors (n, d) of the gallery at hand, n >= 1.
        """
        if len(images) == 0:
            raise ValueError("no null distribution without a picture")
        return cls(encoder, {language: _platt_from_null(texts @ images.T) for language, texts in null.items()})

    def prepare(self, images: np.ndarray) -> PreparedImages:
        return PreparedImages(images, np.empty((len(images), 0), np.float32))

    def score(self, text: np.ndarray, images: np.ndarray | PreparedImages, language: Language = "en") -> np.ndarray:
        vectors = images.images if isinstance(images, PreparedImages) else images
        return self.calibration[language](vectors @ text).astype(np.float32)


def _platt_from_null(cosines: np.ndarray) -> Platt:
    """Cosines (m, n) of unrelated sentences with the gallery -> Platt parameters at the best hit."""
    best = cosines.max(axis=1)
    centre = float(np.median(best))
    spread = max(1.4826 * float(np.median(np.abs(best - centre))), 1e-3)  # 1.4826: from median deviation to sigma
    scale = MATCH_SHIFT / spread
    return Platt(scale, -scale * (centre + 0.5 * MATCH_SHIFT * spread))
