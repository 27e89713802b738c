"""The shipped weights answer what the help tells a newcomer to ask, from the pictures that come with the project."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.assembly import ROOT, SAMPLES, SHIPPED_HEAD
from core.images import read_image
from core.messages import LOCALES, Messages
from models.encoders.base import Encoder
from models.encoders.registry import EncoderOptions, load_encoder
from models.language import language_of
from models.match_head import MatchHead


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return load_encoder("starter", EncoderOptions(cache=tmp_path_factory.mktemp("graphs"), threads=1))


@pytest.fixture(scope="module")
def pictures(encoder: Encoder) -> tuple[list[Path], np.ndarray]:
    """Every second sample and its vector."""
    paths = sorted(SAMPLES.rglob("*.webp"))[::2]
    return paths, encoder.encode_images([read_image(path.read_bytes()) for path in paths])


@pytest.mark.parametrize("locale", LOCALES)
def test_the_first_question_of_the_help_finds_a_horse(
    encoder: Encoder, pictures: tuple[list[Path], np.ndarray], locale: str
) -> None:
    question = Messages(ROOT / "locales").format(locale, "example-find")
    paths, vectors = pictures
    [text] = encoder.encode_texts([question])
    match = MatchHead.load(SHIPPED_HEAD).score(text, vectors, language_of(question))
    assert paths[int(match.argmax())].parent.name == "horse"
    assert match.max() >= 0.5
