"""Why one picture could not be painted while the others go on."""

from __future__ import annotations

from models.errors import SemblanceError


class PaintingFailed(SemblanceError):
    """One row failed alone: its numbers left their range, its scheduler refused, or no memory was left."""
