"""Jobs of this process that have not ended."""

from __future__ import annotations

from dataclasses import dataclass

from core.state import Asked
from core.types import JobEvent


@dataclass(slots=True)
class Running:
    """A job, what it was asked with, and what was last heard of it."""

    asked: Asked
    job: str
    latest: JobEvent | None = None
