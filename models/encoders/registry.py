"""Which encoders there are, by the name of the profile that uses them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from models.encoders.base import Encoder

if TYPE_CHECKING:  # huggingface_hub takes half a second to import: the starter does without
    from models.hub import Progress


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """What the settings may say about an encoder; each one takes what concerns it.

    Attributes:
        cache: folder for what is made or downloaded.
        model, pretrained: names of open_clip.
        device: "auto", "cpu", "cuda" or "mps".
        precision: "auto", "fp32", "bf16", "fp16".
        endpoint: address of the model hub; None is the hub's own.
        token: of an account on that hub.
        progress: told how much of a download is done.
        threads: cores that one call may use on a CPU; None takes all.
    """

    cache: Path | None = None
    model: str = "xlm-roberta-base-ViT-B-32"
    pretrained: str = "laion5b_s13b_b90k"
    device: str = "auto"
    precision: str = "auto"
    endpoint: str | None = None
    token: str | None = field(default=None, repr=False)
    progress: Progress | None = None
    threads: int | None = None


Factory = Callable[[EncoderOptions], Encoder]


def _starter(options: EncoderOptions) -> Encoder:
    from models.encoders.starter import StarterEncoder

    return StarterEncoder(cache=options.cache, threads=options.threads)


def _open_clip(options: EncoderOptions) -> Encoder:
    from models.encoders.open_clip import load_open_clip_encoder  # takes seconds to import: only who needs it pays

    return load_open_clip_encoder(options)


ENCODERS: Final[dict[str, Factory]] = {"starter": _starter, "full": _open_clip}


def load_encoder(profile: str, options: EncoderOptions | None = None) -> Encoder:
    """The encoder of a profile. Raises KeyError for an unknown profile, ModelUnavailable when its weights cannot be
    had."""
    return ENCODERS[profile](options or EncoderOptions())
