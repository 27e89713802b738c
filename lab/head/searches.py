"""Searches to train on: what a query finds first in a gallery, where the answer is among it and where it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lab.head.groups import Pool, descriptions, filled, will_do
from lab.head.truth import can_be_asked, is_true, same_kind
from lab.scenes import Scene

ASKED = 3  # texts of each anchor
FIRST = 16  # candidates by cosine
GALLERY = (100, 1000)  # smallest and largest
TOGETHER = 32  # queries over one gallery


@dataclass(frozen=True, slots=True)
class Searches:
    """Queries with their candidates, as rows of a pool.

    Attributes:
        texts: int64 (s,).
        images: int64 (s, c), c at most 16, by falling cosine, filled up with -1.
        labels: int8 (s, c): 1 true, 0 false, -1 nothing.
    """

    texts: np.ndarray
    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.texts)


def make_searches(pool: Pool, seed: int = 0) -> Searches:
    """Some right texts of each anchor, asked of a gallery of its world (scenes or photos) that holds the anchor's first
    image, and of the same gallery without that kind of thing: what the bot decides upon.

    Pictures of which nobody knows whether they will do are left out, as are texts of which too little is known where
    there is anything else.
    """
    rng = np.random.default_rng(seed)
    described = descriptions(pool)
    asked = [(text, shown[0]) for texts, shown in pool.anchors for text in _right(pool, texts, shown[0], rng)]
    exact = [(text, image) for text, image in asked if can_be_asked(pool.texts[text])]
    drawn = np.array([isinstance(image, Scene) for image in pool.images])
    texts, images, labels = [], [], []
    for world in (True, False):
        rows = np.flatnonzero(drawn == world)
        queries = [(text, image) for text, image in exact or asked if drawn[image] == world]
        rng.shuffle(queries)
        for start in range(0, len(queries), TOGETHER):
            size = round(float(np.exp(rng.uniform(*np.log(GALLERY)))))
            gallery = rng.permutation(rows)[:size]
            for text, image in queries[start : start + TOGETHER]:
                for found, known in _answers(pool, described, text, np.union1d(gallery, image)):
                    texts.append(text)
                    images.append(found)
                    labels.append(known)
    return Searches(np.array(texts), filled(images), filled(labels).astype(np.int8))


def _right(pool: Pool, texts: Sequence[int], image: int, rng: np.random.Generator) -> list[int]:
    """A few texts of the anchor that are true of the image, as rows."""
    right = [row for row in texts if is_true(pool.texts[row], pool.images[image])]
    return rng.permutation(right)[:ASKED].tolist()


def _answers(
    pool: Pool, described: Mapping[str, Sequence[int]], text: int, gallery: np.ndarray
) -> list[tuple[list[int], list[int]]]:
    """The first candidates with their labels, as the gallery is, and without anything of that kind."""
    said = pool.texts[text]
    with_it: list[tuple[int, int]] = []
    without: list[tuple[int, int]] = []
    for image in gallery[np.argsort(-(pool.image_vectors[gallery] @ pool.text_vectors[text]))].tolist():
        truth = will_do(pool, described, text, image)
        if truth is None:
            continue
        with_it.append((image, int(truth)))
        if not truth and not same_kind(said, pool.images[image]):
            without.append((image, 0))
            if len(without) == FIRST:
                break
    return [
        ([image for image, _ in case[:FIRST]], [label for _, label in case[:FIRST]])
        for case in (with_it, without)
        if case
    ]
