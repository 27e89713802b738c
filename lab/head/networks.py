"""Everything that the head is compared with, trained in the same way on the same pairs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn
from torch.nn.functional import linear

from models.errors import ModelUnavailable
from models.language import Language
from models.match_head import MatchNetwork
from models.scorers import Platt

HIDDEN = 128
PLATT = (20.0, -8.0)  # where a and b start: near those of Platt-scaled cosine


class Cosine(nn.Module):
    """a * cos(t, i) + b, Platt's form: two parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(PLATT[0]))
        self.shift = nn.Parameter(torch.tensor(PLATT[1]))

    def forward(self, text: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
        return self.scale * torch.cosine_similarity(text, image, dim=-1) + self.shift


class Linear(nn.Module):
    """w x + b on the head's features x = [t; i; |t - i|; t * i]."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.output = nn.Linear(4 * dim, 1)

    def forward(self, text: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
        of_text, of_image, of_difference, of_product = self.output.weight.chunk(4, dim=1)
        logits = linear(text, of_text, self.output.bias) + linear(image, of_image)
        logits = logits + linear((text - image).abs(), of_difference) + linear(text * image, of_product)
        return logits.squeeze(-1)


class WithoutProducts(nn.Module):
    """The paper's MLP on [t; i; |t - i|]."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(3 * dim, hidden)
        self.output = nn.Linear(hidden, 1)

    def forward(self, text: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
        of_text, of_image, of_difference = self.hidden.weight.chunk(3, dim=1)
        hidden = linear(text, of_text, self.hidden.bias) + linear(image, of_image)
        hidden = hidden + linear((text - image).abs(), of_difference)
        return self.output(torch.relu(hidden)).squeeze(-1)


class Blind(MatchNetwork):
    """The residual MLP shown the image of another pair, in training as in use: what words alone give away."""

    def forward(self, text: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
        flat = image.reshape(-1, image.shape[-1])
        return super().forward(text, flat[torch.randperm(len(flat))].reshape(image.shape))


NETWORKS: dict[str, Callable[[int, int], nn.Module]] = {  # of width d and so many hidden units
    "platt-cosine": lambda dim, hidden: Cosine(),
    "linear": lambda dim, hidden: Linear(dim),
    "mlp-without-products": WithoutProducts,
    "paper-mlp": lambda dim, hidden: MatchNetwork(dim, hidden, "paper"),
    "residual-mlp": lambda dim, hidden: MatchNetwork(dim, hidden, "residual", *PLATT),
    "blind": lambda dim, hidden: Blind(dim, hidden, "residual", *PLATT),
}


@dataclass(frozen=True, slots=True)
class Baseline:
    """A trained network with its calibration."""

    network: nn.Module
    calibration: Mapping[Language, Platt]

    @torch.inference_mode()
    def logits(self, texts: np.ndarray, images: np.ndarray) -> np.ndarray:
        """Texts (q, d), images (q, n, d) -> (q, n)."""
        return self.network(torch.from_numpy(texts)[:, None], torch.from_numpy(images)).numpy()


def save_baselines(path: Path, encoder: str, dim: int, baselines: Mapping[str, Baseline]) -> None:
    """One safetensors file in half precision: they are compared with, never served."""
    tensors = {
        f"{name}/{key}": value.half().contiguous()
        for name, baseline in baselines.items()
        for key, value in baseline.network.state_dict().items()
    }
    calibration = {
        name: {language: asdict(platt) for language, platt in baseline.calibration.items()}
        for name, baseline in baselines.items()
    }
    header = {"encoder": encoder, "dim": dim, "calibration": calibration}
    save_file(tensors, path, {"baselines": json.dumps(header)})


def load_baselines(path: Path, encoder: str) -> dict[str, Baseline]:
    """Raises ModelUnavailable when they are absent, damaged, or of another encoder."""
    try:
        with safe_open(path, framework="pt") as file:
            header = json.loads(file.metadata()["baselines"])
            if header["encoder"] != encoder:
                raise ModelUnavailable("head-of-another-encoder", path=str(path), encoder=encoder)
            baselines, tensors = {}, set(file.keys())
            for name, calibration in header["calibration"].items():
                weight = f"{name}/hidden.weight"
                hidden = file.get_slice(weight).get_shape()[0] if weight in tensors else 0
                network = NETWORKS[name](header["dim"], hidden)
                own = {key: file.get_tensor(f"{name}/{key}").float() for key in network.state_dict()}
                network.load_state_dict(own)
                platts = {language: Platt(**platt) for language, platt in calibration.items()}
                baselines[name] = Baseline(network.eval(), platts)
            return baselines
    except (OSError, SafetensorError, KeyError, TypeError, RuntimeError) as error:
        raise ModelUnavailable("head-unreadable", path=str(path)) from error
