from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.gallery.index import GalleryIndex
from core.types import Picture


def index_of(n: int, dim: int = 6, seed: int = 0) -> GalleryIndex:
    vectors = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return GalleryIndex([Picture(f"{row:064x}", f"{row}.jpg", (), 1, 1) for row in range(n)], vectors)


@given(st.integers(1, 60), st.integers(1, 80), st.integers(0, 9))
def test_search_returns_what_sorting_everything_would(n: int, k: int, seed: int) -> None:
    index = index_of(n, seed=seed)
    query = index.vectors[seed % n]
    rows, cosines = index.search(query, k)
    everything = np.sort(index.vectors @ query)[::-1]
    np.testing.assert_allclose(cosines, everything[: min(k, n)])
    assert rows[0] == seed % n
    assert cosines[0] == pytest.approx(1.0, abs=1e-6)


def test_what_was_excluded_is_never_shown() -> None:
    index = index_of(5)
    excluded = frozenset(picture.id for picture in index.pictures[:3]) | {"not in this gallery"}
    rows, _ = index.search(index.vectors[0], 5, excluded)
    assert set(rows) == {3, 4}


def test_an_empty_gallery_finds_nothing() -> None:
    rows, cosines = GalleryIndex([], np.zeros((0, 4), np.float32)).search(np.ones(4, np.float32), 3)
    assert len(rows) == len(cosines) == 0


def test_pictures_without_vectors_are_refused() -> None:
    with pytest.raises(ValueError, match="1 pictures"):
        GalleryIndex([Picture("0", "a.jpg", (), 1, 1)], np.zeros((2, 4), np.float32))
