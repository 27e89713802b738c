"""Why one picture could not be painted while the others go on, and what files that cannot be read raise."""

from __future__ import annotations

from safetensors import SafetensorError

from models.errors import SemblanceError

# By diffusers and safetensors, of weights that are missing, damaged or of another network.
UNREADABLE = (OSError, ValueError, KeyError, RuntimeError, SafetensorError, TypeError)


class PaintingFailed(SemblanceError):
    """One row failed alone: its numbers left their range, its scheduler refused, or no memory was left."""
