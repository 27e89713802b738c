"""An engine of tiny parts over four pictures: two red, two green. Match reaches 0.5 at a cosine of 0.75."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from core.engine import Engine
from core.generation import Generation
from core.images import encode_image
from core.settings import read_settings
from models.scorers import Platt, PlattCosine
from tests.tiny_encoder import TinyEncoder
from tests.tiny_painter import tiny_painter

SCORER = PlattCosine(TinyEncoder.name, {"en": Platt(20, -15), "zh": Platt(20, -15)})


def picture_of(colour: tuple[int, int, int] | str) -> bytes:
    """A small PNG of one colour."""
    return encode_image(Image.new("RGB", (32, 24), colour), "PNG")


def write_photos(folder: Path) -> Path:
    """red/250.png, red/200.png, green/250.png, green/200.png."""
    for name in ("red", "green"):
        (folder / name).mkdir(parents=True)
        for shade in (250, 200):
            colour = (shade, 0, 0) if name == "red" else (0, shade, 0)
            (folder / name / f"{shade}.png").write_bytes(picture_of(colour))
    return folder


def tiny_engine(data_dir: Path) -> Engine:
    """Not opened yet."""
    settings = read_settings(None, data_dir=data_dir)
    return Engine(settings, TinyEncoder(), lambda vectors: SCORER, lambda score: Generation([tiny_painter], score))
