"""What the engine says of itself: for `/status`, `doctor` and the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.painter.painter import PainterInfo


@dataclass(frozen=True, slots=True)
class Status:
    """Attributes:
    head: architecture of the scorer, for example `residual` or `platt-cosine`.
    head_trained: False when there is no head for this encoder and cosine was calibrated on the gallery instead.
    painter: None where this process does not paint.
    waiting, running: painting jobs.
    versions: package -> version.
    """

    profile: str
    encoder: str
    head: str
    head_trained: bool
    threshold: float
    pictures: int
    painter: PainterInfo | None
    waiting: int
    running: int
    devices: int
    versions: dict[str, str]
