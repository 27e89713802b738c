"""Builds the engine that the settings ask for.

A model that cannot be had is one readable error, never a silent stand-in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from core.engine import Engine
from core.gallery.indexing import ENCODE_BATCH
from core.gallery.library import ScorerFor
from core.gallery.store import reencode
from core.images import SUFFIXES, read_image
from core.settings import Profile, Settings
from core.types import SHARED
from models.devices import devices
from models.encoders.base import Encoder
from models.encoders.registry import EncoderOptions
from models.encoders.registry import load_encoder as load_registered
from models.encoders.starter import StarterEncoder
from models.errors import ModelUnavailable
from models.match_head import MatchHead
from models.null_bank import null_vectors
from models.scorers import PlattCosine

if TYPE_CHECKING:  # painting and downloading bring packages that take seconds to import: who only searches does without
    from core.engine import Painting
    from core.generation import Generation
    from core.generation.generation import Score as ScorePictures
    from models.hub import Progress
    from models.painter.painter import Painter

ROOT = Path(__file__).parent.parent
SHIPPED_HEAD = ROOT / "models" / "weights" / "head" / "head.safetensors"
SAMPLES = ROOT / "samples" / "gallery"
COMPILED_BATCHES = (1, 2, 4, 8, 16)  # rows of a denoising step; guidance takes two a picture

log = logging.getLogger(__name__)


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
    generation = (lambda score: build_generation(settings, encoder, score)) if paints else None
    return Engine(settings, encoder, scorer_for(settings, encoder), generation)


def build_generation(settings: Settings, encoder: Encoder, score: ScorePictures) -> Painting:
    """The painting side, not opened yet: in this process, or behind QUEUE_URL on others."""
    from core.generation import Generation, Limits

    limits = Limits(settings.max_pending, settings.max_pending_per_user, settings.max_batch)
    if settings.queue_url is not None:
        from core.queue import RemoteGeneration, Shelf

        url = settings.queue_url.get_secret_value()
        return RemoteGeneration(url, limits, shelf=Shelf(settings.queue_results))
    return Generation(painter_factories(settings, encoder), score, limits)


def build_worker(settings: Settings) -> tuple[Engine, Generation, int]:
    """What a process needs that paints for others: an engine that scores, its painters (neither is opened yet), and
    how many jobs keep them busy."""
    from core.generation import Generation, Limits

    engine = build_engine(settings, paints=False)
    painters = painter_factories(settings, engine.encoder)
    capacity = len(painters) * settings.max_batch
    limits = Limits(capacity, capacity, settings.max_batch)
    return engine, Generation(painters, engine.score_painted, limits), capacity


def load_encoder(settings: Settings) -> Encoder:
    """Raises ModelUnavailable."""
    starter = settings.profile is Profile.STARTER
    options = EncoderOptions(
        cache=settings.data_dir / "cache" if starter else settings.models_location,
        model=settings.encoder_model,
        pretrained=settings.encoder_pretrained,
        device=settings.device,
        endpoint=settings.hf_endpoint,
        token=settings.hub_token,
        progress=_log_download(),
        threads=settings.threads,
    )
    return load_registered(settings.profile, options)


def painter_factories(settings: Settings, encoder: Encoder) -> list[Callable[[], Painter]]:
    """One for each device; each is called on the thread that will own the painter. Raises ModelUnavailable."""
    from diffusers.utils.logging import disable_progress_bar

    disable_progress_bar()  # it draws them for files that are read in a second
    if isinstance(encoder, StarterEncoder):
        from models.painter.starter import load_starter_painter

        # Small enough for a processor: on a card it would wait for itself. Both read words by the same network.
        return [lambda: load_starter_painter(word_vectors=encoder.text_model)]
    return [partial(_load_stable_diffusion, settings, device) for device in devices(settings.device)]


def _load_stable_diffusion(settings: Settings, device: torch.device) -> Painter:
    from transformers.utils.logging import disable_progress_bar

    from models.hub import Hub
    from models.painter.loading import load_stable_diffusion
    from models.translation import MARIAN_FILES, MARIAN_WEIGHTS, MarianTranslator

    disable_progress_bar()  # as above
    hub = Hub(settings.models_location, settings.hf_endpoint, _log_download(), settings.hub_token)
    folder = Path(settings.translator)
    if not folder.is_dir():
        there = hub.files(settings.translator)
        weights = next((name for name in MARIAN_WEIGHTS if name in there), MARIAN_WEIGHTS[0])
        folder = hub.fetch(settings.translator, [*(name for name in MARIAN_FILES if name in there), weights])
    return load_stable_diffusion(
        settings.painter,
        device=device,
        hub=hub,
        safety_checker=settings.safety_checker,
        lora_dir=settings.lora_dir,
        lcm_lora=settings.lcm_lora,
        translator=MarianTranslator(folder),
        batch_sizes=COMPILED_BATCHES,
        progress=lambda done, total: log.info("Compiling the painter: %d of %d", done, total),
    )


def _log_download() -> Progress:
    """Tells the log of a download every tenth of it."""
    told: dict[str, int] = {}

    def progress(file: str, done: int, total: int) -> None:
        tenth = 10 * done // max(total, 1)
        if tenth > told.get(file, 0):
            told[file] = tenth
            log.info("Downloading %s: %d %% of %d MiB", file, 10 * tenth, total // 2**20)

    return progress


def scorer_for(settings: Settings, encoder: Encoder) -> ScorerFor:
    """The head trained for this encoder, or else cosine calibrated on each gallery's null distribution."""
    head = MatchHead.load(settings.head_path or SHIPPED_HEAD)
    if head.encoder == encoder.name:
        return lambda vectors: head
    if settings.head_path is not None:
        raise ModelUnavailable("head-for-another-encoder", made_for=head.encoder, now=encoder.name)
    null = null_vectors(encoder)
    return lambda vectors: PlattCosine.from_null(encoder.name, null, vectors if len(vectors) else _stand_in(encoder))


def _stand_in(encoder: Encoder) -> np.ndarray:
    """Vectors (n, d) of sample pictures, to calibrate on while the gallery is empty."""
    samples = sorted(path for path in SAMPLES.rglob("*") if path.suffix in SUFFIXES)[::5]
    return encoder.encode_images([read_image(path.read_bytes()) for path in samples])


def reencode_gallery(settings: Settings, encoder: Encoder, on_progress: Callable[[int], object]) -> int:
    """Makes the shared gallery's vectors anew with this encoder; returns how many."""

    def encode(thumbnails: list[bytes]) -> np.ndarray:
        rows = []
        for start in range(0, len(thumbnails), ENCODE_BATCH):
            batch = thumbnails[start : start + ENCODE_BATCH]
            rows.append(encoder.encode_images([read_image(data) for data in batch]))
            on_progress(len(batch))
        return np.concatenate([np.zeros((0, encoder.dim), np.float32), *rows])

    return reencode(settings.gallery_location, SHARED, encoder.name, encoder.dim, encode)
