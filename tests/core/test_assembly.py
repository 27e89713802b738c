"""The settings reach the models that they speak of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.utils import logging as diffusers_logging
from huggingface_hub import constants
from PIL import Image

from core import assembly
from core.errors import ModelUnavailable
from core.gallery.indexing import ImageEncoding
from core.gallery.library import Library
from core.settings import Settings, read_settings
from core.types import SHARED
from models.encoders.registry import EncoderOptions
from models.encoders.starter import StarterEncoder
from tests.models.imitation_hub import imitation_hub
from tests.tiny_encoder import TinyEncoder
from tests.tiny_engine import SCORER

TRANSLATOR = "Helsinki-NLP/opus-mt-zh-en"


def full(tmp_path: Path, **more: Any) -> Settings:
    return read_settings(None, data_dir=tmp_path, profile="full", device="cpu", **more)


def test_the_hub_token_reaches_the_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[EncoderOptions] = []
    monkeypatch.setattr(assembly, "load_registered", lambda profile, options: seen.append(options))
    assembly.load_encoder(full(tmp_path, hf_token="secret", hf_endpoint="http://mirror"))
    assert (seen[0].token, seen[0].endpoint) == ("secret", "http://mirror")
    assert "secret" not in repr(seen[0])


def test_the_hub_token_opens_what_the_painter_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with imitation_hub({TRANSLATOR: {"README.md": b"no model"}}) as hub:
        hub.gates[TRANSLATOR] = "secret"
        for token, problem in ((None, "hub-gated"), ("secret", "hub-not-found")):  # inside, there is no model
            settings = full(tmp_path, hf_token=token, hf_endpoint=hub.address)
            [load] = assembly.painter_factories(settings, TinyEncoder())
            with pytest.raises(ModelUnavailable, match=problem):
                load()


def test_every_card_gets_a_painter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cards = [torch.device("cuda", number) for number in range(3)]
    loaded: list[torch.device] = []
    monkeypatch.setattr(assembly, "devices", lambda name: cards)
    monkeypatch.setattr(assembly, "_load_stable_diffusion", lambda settings, device: loaded.append(device))
    for load in assembly.painter_factories(full(tmp_path), TinyEncoder()):
        load()
    assert loaded == cards


def test_a_worker_with_several_cards_takes_work_for_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly, "load_encoder", lambda settings: TinyEncoder())
    monkeypatch.setattr(assembly, "scorer_for", lambda settings, encoder: lambda vectors: SCORER)
    monkeypatch.setattr(assembly, "devices", lambda name: [torch.device("cuda", number) for number in range(3)])
    _, _, capacity = assembly.build_worker(full(tmp_path, max_batch=5, max_pending=1))
    assert capacity == 15


def test_encoder_and_painter_share_the_network_that_reads_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Shared(StarterEncoder):
        def __init__(self) -> None:
            self.__dict__["text_model"] = "the one"  # as if it had been loaded

    given: list[object] = []
    monkeypatch.setattr(
        "models.painter.starter.load_starter_painter", lambda *, word_vectors: given.append(word_vectors)
    )
    [load] = assembly.painter_factories(read_settings(None, data_dir=tmp_path), Shared())
    load()
    assert given == ["the one"]


def test_loading_a_painter_draws_no_bars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    diffusers_logging.enable_progress_bar()
    monkeypatch.setattr(assembly, "devices", lambda name: [])
    assembly.painter_factories(full(tmp_path), TinyEncoder())
    assert not diffusers_logging.is_progress_bar_enabled()


def test_a_gallery_is_encoded_anew_in_batches_and_tells_how_far_it_is(tmp_path: Path) -> None:
    settings = read_settings(None, data_dir=tmp_path)
    (tmp_path / "photos").mkdir()
    for shade in range(40):  # more than one batch
        Image.new("RGB", (9, 9), (200, shade, 0)).save(tmp_path / "photos" / f"{shade:02}.png")
    encoder = TinyEncoder()
    library = Library(settings.gallery_location, "another", encoder.dim, lambda vectors: SCORER, recall=200)
    library.add_folder(SHARED, tmp_path / "photos", ImageEncoding(encoder.prepare, encoder.encode_prepared))
    told: list[int] = []
    assert assembly.reencode_gallery(settings, encoder, told.append) == 40
    assert told == [32, 8]
    again = Library(settings.gallery_location, encoder.name, encoder.dim, lambda vectors: SCORER, recall=200)
    retrieval = again.retrieval(SHARED)
    assert retrieval is not None
    assert retrieval.index.vectors.shape == (40, encoder.dim)
