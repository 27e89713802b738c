"""The trained part of the starter encoder: from the states of two frozen networks to one space.

Both sides have the same form: fixed pools of the states of the whole and of its parts (regions of the picture,
beginning, middle and end of the sentence) keep where something stands; a linear map and a small MLP bring them to
the space. In the picture, attention over the regions adds what is there wherever it stands.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as serialize
from torch import Tensor, nn
from torch.nn import functional as F

from models.encoders.efficientnet import CHANNELS, POOLS
from models.errors import ModelUnavailable
from models.language import LANGUAGES, language_of

TEXT_STATES = 384
TEXT_POOLS = 4


@dataclass(frozen=True, slots=True)
class ProjectionConfig:
    """Widths of one projection: of its space, of a region or a part of the sentence as the MLP sees it, of the MLP's
    hidden layer, of a region as the attention sees it."""

    dim: int = 256
    part: int = 96
    hidden: int = 512
    region: int = 160


def text_pools(states: Tensor, mask: Tensor) -> Tensor:
    """Token states (n, l, 384), mask (n, l) -> their mean, and those of beginning, middle and end, (n, 4, 384).

    The weights of the last three are triangles over the length of the text, so that who stands left of whom is not
    lost.
    """
    place = (mask.cumsum(1) - 1) / (mask.sum(1, keepdim=True) - 1).clamp(min=1)  # (n, l), from 0 to 1
    triangles = [(1 - 2 * (place - peak).abs()).clamp(min=1e-3) for peak in (0.0, 0.5, 1.0)]
    weights = torch.stack([torch.ones_like(place), *triangles], dim=1) * mask[:, None]  # (n, 4, l)
    return weights / weights.sum(2, keepdim=True) @ states


class ImageHead(nn.Module):
    """Pools (n, 11, 1448) -> (n, dim), rows of length 1.

    `centre` and `spread` bring the pools to mean 0 and deviation 1.
    """

    centre: Tensor
    spread: Tensor

    def __init__(self, config: ProjectionConfig) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(POOLS, CHANNELS))
        self.register_buffer("spread", torch.ones(POOLS, CHANNELS))
        self.part = nn.Linear(CHANNELS, config.part)
        self.anywhere = Anywhere(config)
        self.out = Readout(2 * CHANNELS, 9 * config.part, config)

    def forward(self, pools: Tensor) -> Tensor:
        pools = (pools - self.centre) / self.spread
        whole, regions = pools[:, :2].flatten(1), pools[:, 2:]
        return F.normalize(self.out(whole, self.part(regions).flatten(1)) + self.anywhere(regions), dim=1)


class Anywhere(nn.Module):
    """Regions (n, 9, 1448) -> what is in any of them, (n, dim): each dimension attends to the regions by itself."""

    def __init__(self, config: ProjectionConfig) -> None:
        super().__init__()
        self.see = nn.Sequential(nn.Linear(CHANNELS, config.region), nn.GELU(), nn.Dropout(0.2))
        self.value = nn.Linear(config.region, config.dim)
        self.weight = nn.Linear(config.region, config.dim)

    def forward(self, regions: Tensor) -> Tensor:
        seen = self.see(regions)
        return (self.weight(seen).softmax(1) * self.value(seen)).sum(1)


class TextHead(nn.Module):
    """Pools (n, 4, 384), language as a number (n,) -> (n, dim), rows of length 1.

    `centre` holds the means in each language: taking them away removes most of what only tells the language.
    """

    centre: Tensor
    spread: Tensor

    def __init__(self, config: ProjectionConfig) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(len(LANGUAGES), TEXT_POOLS, TEXT_STATES))
        self.register_buffer("spread", torch.ones(TEXT_POOLS, TEXT_STATES))
        self.part = nn.Linear(TEXT_STATES, config.part)
        self.out = Readout(TEXT_STATES, 3 * config.part, config)

    def forward(self, pools: Tensor, language: Tensor) -> Tensor:
        pools = (pools - self.centre[language]) / self.spread
        return F.normalize(self.out(pools[:, 0], self.part(pools[:, 1:]).flatten(1)), dim=1)


class Readout(nn.Module):
    """A linear map of the whole plus an MLP of whole and parts."""

    def __init__(self, whole: int, parts: int, config: ProjectionConfig) -> None:
        super().__init__()
        self.drop = nn.Dropout(0.2)
        self.linear = nn.Linear(whole, config.dim)
        self.mlp = nn.Sequential(
            nn.Linear(whole + parts, config.hidden), nn.GELU(), nn.Dropout(0.2), nn.Linear(config.hidden, config.dim)
        )

    def forward(self, whole: Tensor, parts: Tensor) -> Tensor:
        """(n, whole), (n, parts) -> (n, dim)."""
        whole = self.drop(whole)
        return self.linear(whole) + self.mlp(torch.cat([whole, self.drop(parts)], dim=1))


class Projection(nn.Module):
    """Both heads and the temperature of their training."""

    def __init__(self, config: ProjectionConfig) -> None:
        super().__init__()
        self.image = ImageHead(config)
        self.text = TextHead(config)
        self.log_scale = nn.Parameter(torch.tensor(3.0))


class Ensemble(nn.Module):
    """Projections trained from different seeds, side by side: its cosine is the mean of theirs, and steadier."""

    members: Sequence[Projection]

    def __init__(self, members: Sequence[Projection], config: ProjectionConfig) -> None:
        super().__init__()
        self.config = config
        self.members = nn.ModuleList(members)  # pyright: ignore[reportAttributeAccessIssue]
        self.dim = len(members) * config.dim

    def image(self, pools: Tensor) -> Tensor:
        """(n, 11, 1448) -> (n, dim), rows of length 1."""
        return torch.cat([member.image(pools) for member in self.members], dim=1) / len(self.members) ** 0.5

    def text(self, pools: Tensor, language: Tensor) -> Tensor:
        """(n, 4, 384), language as a number (n,) -> (n, dim), rows of length 1."""
        return torch.cat([member.text(pools, language) for member in self.members], dim=1) / len(self.members) ** 0.5

    def digest(self) -> str:
        """Tells one set of weights from all others, however they are stored: 12 hexadecimal digits."""
        content = hashlib.sha256()
        for name, tensor in sorted(self.state_dict().items()):
            content.update(name.encode() + tensor.half().numpy().tobytes())
        return content.hexdigest()[:12]

    def save(self, path: Path) -> None:
        """Float16 safetensors, the sizes in its metadata."""
        tensors = {name: tensor.half().contiguous() for name, tensor in self.state_dict().items()}
        about = {"config": json.dumps(asdict(self.config)), "members": str(len(self.members))}
        path.write_bytes(serialize(tensors, metadata=about))

    @classmethod
    def load(cls, path: Path) -> Ensemble:
        """Raises ModelUnavailable when the file is missing or damaged."""
        try:
            with safe_open(path, "pt") as file:
                about = file.metadata()
                config = ProjectionConfig(**json.loads(about["config"]))
                ensemble = cls([Projection(config) for _ in range(int(about["members"]))], config)
                ensemble.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
        except (OSError, SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
            raise ModelUnavailable("encoder-weights-unreadable", path=str(path)) from error
        return ensemble.eval()


def language_numbers(texts: Sequence[str]) -> Tensor:
    """Which row of `TextHead.centre` belongs to each text, int64 (n,)."""
    return torch.tensor([LANGUAGES.index(language_of(text)) for text in texts])
