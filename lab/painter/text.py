"""The training captions as numbers: every word once through E5, every caption as a row of word numbers.

They need no pictures. Made beforehand, they train a painter on a machine that has no language model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lab.scenes import LANGUAGES, Language
from models.painter.conditioner import WordVectors, split_words

BATCH = 64  # words through E5 at a time

Texts: TypeAlias = Mapping[Language, Sequence[str]]  # the captions of a picture


@dataclass(frozen=True, slots=True)
class CaptionTable:
    """All captions of a training set.

    Attributes:
        numbers: int32 (n, languages, captions, places): rows of `vectors`, 0 where there is no word.
        vectors: float32 (words + 1, 384); row 0 stands for no word.
    """

    numbers: NDArray[np.int32]
    vectors: NDArray[np.float32]

    @classmethod
    def build(cls, texts: Sequence[Texts], places: int, word_vectors: WordVectors) -> CaptionTable:
        """Both languages at equal share: each picture has as many captions in the one as in the other."""
        vocabulary: dict[str, int] = {}
        numbers = np.zeros((len(texts), len(LANGUAGES), len(texts[0][LANGUAGES[0]]), places), np.int32)
        for n, of_picture in enumerate(texts):
            for k, language in enumerate(LANGUAGES):
                for c, caption in enumerate(of_picture[language]):
                    row = [vocabulary.setdefault(word, len(vocabulary) + 1) for word in split_words(caption)[:places]]
                    numbers[n, k, c, : len(row)] = row
        words = list(vocabulary)
        parts = [word_vectors(words[start : start + BATCH]) for start in range(0, len(words), BATCH)]
        return cls(numbers, np.pad(np.concatenate(parts).astype(np.float32), ((1, 0), (0, 0))))

    def save(self, path: Path) -> None:
        np.savez_compressed(path, numbers=self.numbers, vectors=self.vectors)

    @classmethod
    def load(cls, path: Path) -> CaptionTable:
        with np.load(path) as file:
            return cls(file["numbers"], file["vectors"])

    def draw(self, rows: NDArray[np.integer], rng: np.random.Generator) -> Tensor:
        """One caption for each picture, of a random language and wording: int64 (n, places)."""
        languages = rng.integers(self.numbers.shape[1], size=len(rows))
        wordings = rng.integers(self.numbers.shape[2], size=len(rows))
        return torch.from_numpy(self.numbers[rows, languages, wordings].astype(np.int64))
