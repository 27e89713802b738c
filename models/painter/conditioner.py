"""Reads an English or Chinese prompt for the starter painter: one frozen E5 vector a word, then a small transformer.

Words rather than one sentence vector, since E5's sentences blur who is red and who stands on the left; a transformer
over them with learned positions, since "a red cat and a blue dog" takes knowing which word belongs to which.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import rjieba
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

WordVectors = Callable[[Sequence[str]], np.ndarray]  # n words -> float32 (n, word_dim)

_ENGLISH_OR_CHINESE = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u3400-\u9fff]+")
_ARTICLES = frozenset({"a", "an", "the"})
_CACHED_WORDS = 8192


def split_words(text: str) -> list[str]:
    """Lower-case English words without articles, and Chinese words as jieba cuts them; punctuation is dropped."""
    runs = _ENGLISH_OR_CHINESE.findall(unicodedata.normalize("NFKC", text).lower())
    words = [word for run in runs for word in ([run] if run.isascii() else rjieba.cut(run))]
    return [word for word in words if word not in _ARTICLES]


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """Sizes of a `Reader`: `length` positions of which the first is the whole prompt's, `width` d of each."""

    length: int = 28
    width: int = 192
    word_dim: int = 384
    layers: int = 2
    heads: int = 6


class Reader(nn.Module):
    """Word vectors -> what the UNet's cross-attention reads. Places without a word hold a learned token.

    A prompt without words is the unconditional one of classifier-free guidance.
    """

    word_mean: Tensor
    word_std: Tensor

    def __init__(self, config: ReaderConfig) -> None:
        super().__init__()
        self.config = config
        d = config.width
        self.register_buffer("word_mean", torch.zeros(config.word_dim))
        self.register_buffer("word_std", torch.ones(config.word_dim))
        self.project = nn.Linear(config.word_dim, d)
        self.start = nn.Parameter(torch.randn(d))
        self.empty = nn.Parameter(torch.randn(d))
        self.position = nn.Parameter(0.5 * torch.randn(config.length, d))
        layer = nn.TransformerEncoderLayer(d, config.heads, 2 * d, 0.0, "gelu", batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, config.layers, nn.LayerNorm(d), enable_nested_tensor=False)

    def standardise(self, vectors: Tensor) -> None:
        """Takes mean and deviation from the vocabulary (n, word_dim): E5's vectors all point nearly the same way."""
        self.word_mean.copy_(vectors.mean(0))
        self.word_std.copy_(vectors.std(0))

    def forward(self, words: Tensor, present: Tensor) -> Tensor:
        """Word vectors (n, L - 1, word_dim) and where there is a word, bool (n, L - 1) -> (n, L, d)."""
        x = self.project((words - self.word_mean) / self.word_std)  # (n, L - 1, d)
        x = torch.where(present[..., None], x, self.empty)
        x = torch.cat([self.start.expand(len(x), 1, -1), x], dim=1)  # (n, L, d)
        return self.layers(x + self.position)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text(json.dumps(asdict(self.config), indent=2) + "\n", "utf-8")
        save_file({name: value.contiguous() for name, value in self.state_dict().items()}, folder / "model.safetensors")

    @classmethod
    def load(cls, folder: Path) -> Reader:
        """In float32, whatever it was stored in."""
        reader = cls(ReaderConfig(**json.loads((folder / "config.json").read_text("utf-8"))))
        reader.load_state_dict(load_file(folder / "model.safetensors"))
        return reader.eval()


class StarterConditioner:
    """Prompts -> (n, L, d); L is the same for all, words past the last place are not read. One thread owns it."""

    def __init__(self, reader: Reader, word_vectors: WordVectors) -> None:
        self.reader = reader
        self._vector = lru_cache(_CACHED_WORDS)(lambda word: torch.from_numpy(word_vectors([word])[0]))

    @torch.no_grad()
    def encode(self, prompts: Sequence[str]) -> Tensor:
        words, present = self.lay_out([split_words(prompt) for prompt in prompts])
        device = self.reader.start.device
        return self.reader(words.to(device), present.to(device))

    __call__ = encode

    def lay_out(self, sentences: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor]:
        """Sentences as words -> the two inputs of `Reader.forward`."""
        places = self.reader.config.length - 1
        words = torch.zeros(len(sentences), places, self.reader.config.word_dim)
        present = torch.zeros(len(sentences), places, dtype=torch.bool)
        for row, sentence in enumerate(sentences):
            for place, word in enumerate(sentence[:places]):
                words[row, place] = self._vector(word)
                present[row, place] = True
        return words, present
