"""Builds the engine that the settings ask for.

A model that cannot be had is one readable error, never a silent stand-in.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from core.engine import Engine
from core.gallery.library import ScorerFor
from core.gallery.store import reencode
from core.generation import Generation, Limits
from core.images import SUFFIXES, read_image
from core.settings import Settings
from core.types import SHARED
from models.encoders.base import Encoder
from models.match_head import MatchHead
from models.null_bank import null_vectors
from models.scorers import PlattCosine

ROOT = Path(__file__).parent.parent
SHIPPED_HEAD = ROOT / "models" / "weights" / "head" / "head.safetensors"
SAMPLES = ROOT / "samples" / "gallery"


def build_engine(settings: Settings, *, paints: bool = True) -> Engine:
    """Loads the encoder and the head; the painter is loaded when the engine is opened.

    Args:
        paints: False where nothing will be painted, so that no painter is loaded.

    Raises:
        ModelUnavailable: a model cannot be had; the message names the fix.
        GalleryMismatch: the gallery was made with another encoder.
    """
    # Vectors of one query are small: BLAS with more threads than one waits longer for its threads than it computes.
    threadpool_limits(1, "blas")
    encoder = load_encoder(settings)
    limits = Limits(settings.max_pending, settings.max_pending_per_user, settings.max_batch)
    return Engine(
        settings,
        encoder,
        scorer_for(settings, encoder),
        (lambda score: Generation(painter_factories(settings, encoder), score, limits)) if paints else None,
    )


def scorer_for(settings: Settings, encoder: Encoder) -> ScorerFor:
    """The head trained for this encoder, or else cosine calibrated on each gallery's null distribution."""
    head = MatchHead.load(settings.head_path or SHIPPED_HEAD)
    if head.encoder == encoder.name:
        return lambda vectors: head
    null = null_vectors(encoder)
    samples = [read_image(path.read_bytes()) for path in sorted(SAMPLES.rglob("*")) if path.suffix in SUFFIXES]
    stand_in = encoder.encode_images(samples[:64])
    return lambda vectors: PlattCosine.from_null(encoder.name, null, vectors if len(vectors) else stand_in)


def reencode_gallery(settings: Settings, encoder: Encoder, on_progress: Callable[[int], object]) -> int:
    """Makes the shared gallery's vectors anew with this encoder; returns how many."""

    def encode(thumbnails: list[bytes]) -> np.ndarray:
        rows = []
        for data in thumbnails:
            rows.append(encoder.encode_images([read_image(data)]))
            on_progress(1)
        return np.concatenate([np.zeros((0, encoder.dim), np.float32), *rows])

    return reencode(settings.gallery_location, SHARED, encoder.name, encoder.dim, encode)
