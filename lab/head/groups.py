"""Groups of texts and images to train on: an anchor's own, the hardest of all others, some at random; all labelled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lab.head.truth import Image, Photo, Sentence, Text, is_true, same_kind

HARD_IMAGES, RANDOM_IMAGES = 4, 1
HARD_TEXTS, RANDOM_TEXTS = 3, 1
TOGETHER = 32  # anchors whose cosines are computed at once
SAME_MEANING = 0.9  # two descriptions whose vectors are this alike may both be true of either photo
ALIKE = 0.5  # and so much alike, as nine in ten of one photo are, either photo may do for who asks with the other's


@dataclass(frozen=True, slots=True)
class Pool:
    """All texts and images at hand, with their vectors by one encoder.

    Attributes:
        text_vectors, image_vectors: float32 (m, d) and (n, d), rows of length 1.
        anchors: for each group the rows of its own texts and of its own images.
    """

    texts: Sequence[Text]
    images: Sequence[Image]
    text_vectors: np.ndarray
    image_vectors: np.ndarray
    anchors: Sequence[tuple[Sequence[int], Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows of a pool in `g` groups, filled up with -1.

    Attributes:
        texts, images: int64 (g, t) and (g, m).
        labels: int8 (g, t, m): 1 true, 0 false, -1 unknown or nothing.
        levels: int8 (g, t): of captions with levels, else 0.
    """

    texts: np.ndarray
    images: np.ndarray
    labels: np.ndarray
    levels: np.ndarray

    def __len__(self) -> int:
        return len(self.texts)


def make_groups(pool: Pool, seed: int = 0) -> Groups:
    """Each anchor with the images most like its texts and the texts most like its images, by cosine."""
    rng = np.random.default_rng(seed)
    described = descriptions(pool)
    rows = list(_widened(pool, rng))
    texts = filled([texts for texts, _ in rows])
    images = filled([images for _, images in rows])
    labels = np.full((len(rows), texts.shape[1], images.shape[1]), -1, np.int8)
    for number, (group_texts, group_images) in enumerate(rows):
        labels[number, : len(group_texts), : len(group_images)] = _labels(pool, described, group_texts, group_images)
    levels = np.array([text.level for text in pool.texts] + [0], np.int8)[texts]
    return Groups(texts, images, labels, levels)


def _widened(pool: Pool, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The rows of each anchor, then the hardest, then random ones; no row twice."""
    for start in range(0, len(pool.anchors), TOGETHER):
        some = pool.anchors[start : start + TOGETHER]
        texts, images = ([np.array(rows) for rows in of_all] for of_all in zip(*some, strict=True))
        of_images = _likeness(pool.text_vectors, texts, pool.image_vectors)
        of_texts = _likeness(pool.image_vectors, images, pool.text_vectors)
        for own, shown, like_own, like_shown in zip(texts, images, of_texts, of_images, strict=True):
            yield (
                np.concatenate([own, _others(like_own, own, HARD_TEXTS, RANDOM_TEXTS, rng)]),
                np.concatenate([shown, _others(like_shown, shown, HARD_IMAGES, RANDOM_IMAGES, rng)]),
            )


def _likeness(vectors: np.ndarray, rows: Sequence[np.ndarray], others: np.ndarray) -> np.ndarray:
    """The greatest cosine of any of some rows with each other vector (n, d), for each list of rows: (lists, n)."""
    starts = np.cumsum([0, *map(len, rows[:-1])])
    return np.maximum.reduceat(vectors[np.concatenate(rows)] @ others.T, starts, axis=0)


def _others(similarity: np.ndarray, own: np.ndarray, hard: int, at_random: int, rng: np.random.Generator) -> np.ndarray:
    hardest = np.argpartition(-similarity, min(hard + len(own), len(similarity) - 1))[: hard + len(own)]
    hardest = hardest[~np.isin(hardest, own)]
    hardest = hardest[np.argsort(-similarity[hardest])][:hard]
    drawn = rng.integers(0, len(similarity), at_random)
    return np.concatenate([hardest, np.unique(drawn[~np.isin(drawn, np.r_[own, hardest])])])


def _labels(pool: Pool, described: Mapping[str, Sequence[int]], texts: np.ndarray, images: np.ndarray) -> np.ndarray:
    """int8 (t, m)."""
    labels = np.full((len(texts), len(images)), -1, np.int8)
    for row, text in enumerate(texts):
        for column, image in enumerate(images):
            truth = truth_of(pool, described, text, image)
            if truth is not None:
                labels[row, column] = truth
    return labels


def descriptions(pool: Pool) -> Mapping[str, Sequence[int]]:
    """The rows of the right descriptions of each photo, by its file."""
    described: dict[str, list[int]] = defaultdict(list)
    for row, text in enumerate(pool.texts):
        if isinstance(text, Sentence) and text.right:
            described[text.photo.file].append(row)
    return described


def truth_of(
    pool: Pool, described: Mapping[str, Sequence[int]], text: int, image: int, alike: float = SAME_MEANING
) -> bool | None:
    """Whether the text is true of the image; None too where what somebody said of that photo is this much alike, by
    cosine, or nothing was said of another photo of the kind."""
    sentence, photo = pool.texts[text], pool.images[image]
    truth = is_true(sentence, photo)
    if not (isinstance(sentence, Sentence) and isinstance(photo, Photo)) or sentence.photo.file == photo.file:
        return truth
    said = described.get(photo.file, [])
    doubtful = (
        (pool.text_vectors[said] @ pool.text_vectors[text]).max() >= alike if said else same_kind(sentence, photo)
    )
    return None if doubtful else truth


def will_do(pool: Pool, described: Mapping[str, Sequence[int]], text: int, image: int) -> bool | None:
    """Whether the image is what a search for the text should find."""
    return truth_of(pool, described, text, image, ALIKE)


def filled(rows: Sequence[Sequence[int] | np.ndarray]) -> np.ndarray:
    """Lists of numbers as one array as wide as the longest, int64, filled up with -1."""
    filled = np.full((len(rows), max(map(len, rows))), -1, np.int64)
    for number, row in enumerate(rows):
        filled[number, : len(row)] = row
    return filled
