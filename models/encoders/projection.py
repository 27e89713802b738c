"""The trained part of the starter encoder: from the states of two frozen networks to one space.

Both sides have the same form. A mean and a few attention pools with learned queries (Lee et al. 2019, "Set Transformer", pooling by
multihead attention) keep where in the picture or in the sentence something stands; a linear map and a small MLP bring them to the space.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from models.encoders.efficientnet import CELLS, CHANNELS
from models.errors import ModelUnavailable
from models.language import LANGUAGES, language_of

TEXT_STATES = 384
TEXT_PLACES = 128


@dataclass(frozen=True, slots=True)
class ProjectionConfig:
    dim: int = 512
    image_pools: int = 3
    text_pools: int = 4
    hidden: int = 512


class AttentionPool(nn.Module):
    """`pools` weighted means of a set of states: softmax over the set of (query . state + bias of its place)."""

    def __init__(self, width: int, places: int, pools: int) -> None:
        super().__init__()
        self.query = nn.Linear(width, pools, bias=False)
        self.places = nn.Parameter(torch.zeros(places, pools))
        nn.init.normal_(self.query.weight, std=width**-0.5)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        """(n, l, width), additive mask (n, l) -> (n, pools * width)."""
        scores = self.query(states) + self.places[: states.shape[1]] + bias[..., None]  # (n, l, pools)
        return (scores.softmax(1).transpose(1, 2) @ states).flatten(1)


class ImageHead(nn.Module):
    """Feature maps (n, 49, 1280) -> (n, dim), rows of length 1."""

    def __init__(self, config: ProjectionConfig) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(CHANNELS)
        self.pool = AttentionPool(CHANNELS, CELLS, config.image_pools)
        self.out = Readout(CHANNELS, config.image_pools, config)

    def forward(self, maps: Tensor) -> Tensor:
        states = self.norm(maps)
        pooled = self.pool(states, torch.zeros_like(states[..., 0]))
        return self.out(states.mean(1), pooled)


class TextHead(nn.Module):
    """E5 states (n, l, 384), mask (n, l), language as a number (n,) -> (n, dim), rows of length 1.

    `centre` holds E5's mean sentence vector in each language: taking it away removes most of what only tells the language.
    """

    centre: Tensor

    def __init__(self, config: ProjectionConfig) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(len(LANGUAGES), TEXT_STATES))
        self.pool = AttentionPool(TEXT_STATES, TEXT_PLACES, config.text_pools)
        self.out = Readout(TEXT_STATES, config.text_pools, config)

    def forward(self, states: Tensor, mask: Tensor, language: Tensor) -> Tensor:
        weights = mask[..., None]
        mean = (states * weights).sum(1) / weights.sum(1)  # (n, 384)
        sentence = (F.normalize(mean, dim=1) - self.centre[language]) * SENTENCE_SCALE
        pooled = self.pool(states, (mask - 1) * 1e4)
        return self.out(sentence, pooled)


SENTENCE_SCALE = 30.0  # a centred E5 vector has a length near 0.5; this brings its numbers near 1


class Readout(nn.Module):
    """A linear map of the mean plus an MLP of everything, then length 1."""

    def __init__(self, width: int, pools: int, config: ProjectionConfig) -> None:
        super().__init__()
        self.drop = nn.Dropout(0.2)
        self.linear = nn.Linear(width, config.dim)
        self.mlp = nn.Sequential(
            nn.Linear(width * (1 + pools), config.hidden), nn.GELU(), nn.Dropout(0.2), nn.Linear(config.hidden, config.dim)
        )

    def forward(self, mean: Tensor, pooled: Tensor) -> Tensor:
        """(n, width), (n, pools * width) -> (n, dim)."""
        everything = self.drop(torch.cat([mean, pooled], dim=1))
        return F.normalize(self.linear(everything[:, : mean.shape[1]]) + self.mlp(everything), dim=1)


class Projection(nn.Module):
    """Both heads and the temperature of their training."""

    def __init__(self, config: ProjectionConfig) -> None:
        super().__init__()
        self.config = config
        self.image = ImageHead(config)
        self.text = TextHead(config)
        self.log_scale = nn.Parameter(torch.tensor(3.0))

    def save(self, path: Path) -> None:
        """Float16 safetensors, the config in its metadata."""
        tensors = {name: tensor.half().contiguous() for name, tensor in self.state_dict().items()}
        save_file(tensors, path, metadata={"config": json.dumps(asdict(self.config))})

    @classmethod
    def load(cls, path: Path) -> Projection:
        """Raises ModelUnavailable when the file is missing or damaged."""
        try:
            with safe_open(path, "pt") as file:
                projection = cls(ProjectionConfig(**json.loads(file.metadata()["config"])))
                projection.load_state_dict({name: file.get_tensor(name).float() for name in file.keys()})  # noqa: SIM118
        except (OSError, SafetensorError, KeyError, TypeError, RuntimeError) as error:
            raise ModelUnavailable("encoder-weights-unreadable", path=str(path)) from error
        return projection.eval()


def language_numbers(texts: Sequence[str]) -> Tensor:
    """Which row of `TextHead.centre` belongs to each text, int64 (n,)."""
    return torch.tensor([LANGUAGES.index(language_of(text)) for text in texts])
