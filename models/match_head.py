"""The match head: how well a text and an image mean the same, as a probability (the paper's contribution).

    x = [t; i; |t - i|; t * i]                                (4d)
    paper:     logit = W2 ReLU(W1 x + b1) + b2
    residual:  logit = a * cos(A t, i) + c * cos(t, i) + b + W2 ReLU(W1 x + b1) + b2
    s = sigmoid(calibrated logit)

The residual form starts at Platt-scaled cosine (A is the identity; c, W2 and b2 are zero), so that whatever it gains
is the head's own; c is what `drawn_back` keeps of that start. `MatchNetwork` is the plain form, in torch, for training;
`MatchHead` the split form, in numpy, for answering.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from torch import nn
from torch.nn.functional import linear

from models.errors import ModelUnavailable
from models.language import LANGUAGES, Language
from models.scorers import Platt, PreparedImages

Arch: TypeAlias = Literal["paper", "residual"]


class MatchNetwork(nn.Module):
    """The equations as they are printed, without calibration.

    Args:
        dim: width d of text and image vectors.
        hidden: width of W1's output.
        scale, shift: a and b of the residual form at the start: those of Platt-scaled cosine.
    """

    anchor: torch.Tensor

    def __init__(self, dim: int, hidden: int, arch: Arch, scale: float = 1.0, shift: float = 0.0) -> None:
        super().__init__()
        self.arch: Arch = arch
        self.hidden = nn.Linear(4 * dim, hidden)  # W1, b1
        self.output = nn.Linear(hidden, 1)  # W2, b2
        if arch == "residual":
            self.turn = nn.Parameter(torch.eye(dim))  # A
            self.scale = nn.Parameter(torch.tensor(scale))  # a
            self.shift = nn.Parameter(torch.tensor(shift))  # b
            self.register_buffer("anchor", torch.tensor(0.0))  # c
            self.start = (scale, shift)
            nn.init.zeros_(self.output.weight)
            nn.init.zeros_(self.output.bias)

    def forward(self, text: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
        """Text (..., d), image (..., d), broadcast against each other -> logits (...).

        W1 x is summed block by block, so that Wt t and Wi i are computed before they are broadcast.
        """
        of_text, of_image, of_difference, of_product = self.hidden.weight.chunk(4, dim=1)  # (h, d) each
        hidden = linear(text, of_text, self.hidden.bias) + linear(image, of_image)
        hidden = hidden + linear((text - image).abs(), of_difference) + linear(text * image, of_product)
        logits = self.output(torch.relu(hidden)).squeeze(-1)
        if self.arch == "residual":
            turned = torch.cosine_similarity(linear(text, self.turn), image, dim=-1)
            plain = torch.cosine_similarity(text, image, dim=-1)
            logits = logits + self.scale * turned + self.anchor * plain + self.shift
        return logits

    @torch.no_grad()
    def drawn_back(self, share: float) -> MatchNetwork:
        """A copy of a residual network whose logit is `share` of its own plus the rest of that at its start.

        Training learns what tells its pairs apart and loses some of what held everywhere else; a mean of the two
        models keeps most of both (Wortsman et al., Robust fine-tuning of zero-shot models, 2022).
        """
        mixed = copy.deepcopy(self)
        for weight in (mixed.output.weight, mixed.output.bias, mixed.scale, mixed.shift):
            weight.mul_(share)
        scale, shift = self.start
        mixed.anchor.add_((1 - share) * scale)
        mixed.shift.add_((1 - share) * shift)
        return mixed

    @classmethod
    @torch.no_grad()
    def mean(cls, networks: Sequence[MatchNetwork]) -> MatchNetwork:
        """One network whose logit is the mean of some residual ones with the same start: what each learned by chance
        cancels out.

        Their hidden units stand side by side, which is exact; their A and a, still near to the start, are averaged
        (Wortsman et al., Model soups, 2022).
        """
        first = networks[0]
        width = sum(network.hidden.out_features for network in networks)
        whole = cls(len(first.turn), width, first.arch, *first.start)
        whole.hidden.weight.copy_(torch.cat([network.hidden.weight for network in networks]))
        whole.hidden.bias.copy_(torch.cat([network.hidden.bias for network in networks]))
        whole.output.weight.copy_(torch.cat([network.output.weight for network in networks], dim=1) / len(networks))
        for name in ("output.bias", "turn", "scale", "shift"):
            parts = torch.stack([network.get_parameter(name) for network in networks])
            whole.get_parameter(name).copy_(parts.mean(0))
        return whole.eval()

    def tensors(self) -> dict[str, np.ndarray]:
        """The weights by the names of `MatchHead`, float32."""
        names = {"hidden.weight": "w1", "hidden.bias": "b1", "output.weight": "w2", "output.bias": "b2"}
        return {
            names.get(name, name): value.detach().to("cpu", torch.float32).numpy().copy()
            for name, value in self.state_dict().items()
        }


@dataclass(frozen=True, slots=True)
class MatchHead:
    """A trained, calibrated head, ready to answer. It is immutable and safe to share between threads.

    W1 is cut into four blocks of d columns, so that W1 x = Wt t + Wi i + Wd |t - i| + Wp (t * i): the first term is
    computed once per query, the second is cached by `prepare`, and x itself is never built.

    Attributes:
        encoder: name of the encoder that it was trained for.
        weights: w1 (h, 4d), b1 (h,), w2 (1, h), b2 (1,); the residual form also turn (d, d), scale, shift, anchor ().
        calibration: monotone, fitted on the best hit after rerank, one for each language.
        about: seed and measured figures, for the status.
    """

    encoder: str
    arch: Arch
    weights: Mapping[str, np.ndarray] = field(repr=False)
    calibration: Mapping[Language, Platt]
    about: Mapping[str, Any] = field(default_factory=dict, repr=False)
    trained: bool = True

    def __post_init__(self) -> None:
        wanted = {"w1", "b1", "w2", "b2"} | ({"turn", "scale", "shift", "anchor"} if self.arch == "residual" else set())
        if self.arch not in get_args(Arch) or set(self.weights) != wanted or set(self.calibration) != set(LANGUAGES):
            raise ValueError(f"not a match head of arch {self.arch}: {sorted(self.weights)}")

    @property
    def dim(self) -> int:
        return self.weights["w1"].shape[1] // 4

    def prepare(self, images: np.ndarray) -> PreparedImages:
        """Images (n, d) -> with Wi i + b1 (n, h)."""
        images = np.ascontiguousarray(images, np.float32)
        return PreparedImages(images, images @ self._block(1).T + self.weights["b1"])

    def logits(self, text: np.ndarray, images: np.ndarray | PreparedImages) -> np.ndarray:
        """Text (d,), n images -> logits before calibration, float32 (n,). O(n d h)."""
        prepared = images if isinstance(images, PreparedImages) else self.prepare(images)
        text = text.astype(np.float32, copy=False)
        vectors, weights = prepared.images, self.weights
        hidden = prepared.block + self._block(0) @ text  # (n, h)
        hidden += np.abs(text - vectors) @ self._block(2).T
        hidden += vectors @ (self._block(3) * text).T  # Wp (t * i) = (Wp diag(t)) i
        logits = np.maximum(hidden, 0.0, out=hidden) @ weights["w2"][0] + weights["b2"][0]
        if self.arch == "residual":
            turned = weights["turn"] @ text
            norms = np.linalg.norm(turned) * np.linalg.norm(vectors, axis=1)
            logits += weights["scale"] * (vectors @ turned) / np.maximum(norms, 1e-8)
            logits += weights["anchor"] * (vectors @ text) + weights["shift"]
        return logits

    def score(self, text: np.ndarray, images: np.ndarray | PreparedImages, language: Language = "en") -> np.ndarray:
        """Text (d,), n images -> calibrated match probabilities, float32 (n,)."""
        return self.calibration[language](self.logits(text, images)).astype(np.float32)

    def save(self, path: Path) -> None:
        """Writes one safetensors file in half precision; encoder, arch, calibration and figures are its metadata."""
        calibration = {language: asdict(platt) for language, platt in self.calibration.items()}
        header = {"encoder": self.encoder, "arch": self.arch, "calibration": calibration, "about": dict(self.about)}
        halves = {name: value.astype(np.float16) for name, value in self.weights.items()}
        save_file(halves, path, {"match_head": json.dumps(header)})

    @classmethod
    def load(cls, path: Path) -> MatchHead:
        """Reads what `save` wrote. Raises ModelUnavailable when it is absent or damaged."""
        try:
            with safe_open(path, framework="numpy") as file:
                header = json.loads(file.metadata()["match_head"])
                names = file.keys()
                weights = {name: file.get_tensor(name).astype(np.float32) for name in names}
            calibration = {language: Platt(**platt) for language, platt in header.pop("calibration").items()}
            return cls(weights=weights, calibration=calibration, **header)
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise ModelUnavailable("head-unreadable", path=str(path)) from error

    def _block(self, number: int) -> np.ndarray:
        """Columns of W1 for t, i, |t - i| or t * i: (h, d)."""
        return self.weights["w1"][:, number * self.dim : (number + 1) * self.dim]
