"""Exact search in memory: below about a million pictures it beats every approximate index."""

from __future__ import annotations

import numpy as np

from core.types import Picture


class GalleryIndex:
    """The pictures of one gallery and their vectors, replaced as a whole when the gallery changes.

    Args:
        pictures: n of them.
        vectors: float32 (n, d), rows of length 1.
    """

    def __init__(self, pictures: list[Picture], vectors: np.ndarray) -> None:
        if vectors.ndim != 2 or len(pictures) != len(vectors):
            raise ValueError(f"{len(pictures)} pictures but vectors of shape {vectors.shape}")
        self.pictures = pictures
        self.vectors = vectors
        self._row_of = {picture.id: row for row, picture in enumerate(pictures)}

    def __contains__(self, picture_id: str) -> bool:
        return picture_id in self._row_of

    def __len__(self) -> int:
        return len(self.pictures)

    def search(self, query: np.ndarray, k: int, exclude: frozenset[str] = frozenset()) -> tuple[np.ndarray, np.ndarray]:
        """The rows nearest to a unit vector (d,) by cosine: (rows, cosines), each (min(k, n),), best first."""
        cosines = self.vectors @ query  # (n,)
        if exclude:
            cosines[[self._row_of[picture_id] for picture_id in exclude if picture_id in self._row_of]] = -np.inf
        k = min(k, len(self))
        best = np.argpartition(cosines, len(self) - k)[len(self) - k :] if k < len(self) else np.arange(len(self))
        best = best[np.argsort(-cosines[best], kind="stable")]
        best = best[np.isfinite(cosines[best])]
        return best, cosines[best]
