"""Pictures in numbers, as `lab/painter/sampling.py` makes them for the judge."""

import numpy as np
import pytest
from PIL import Image

from lab.painter.sampling import rebuilt
from models.painter.starter import WEIGHTS, load_starter_painter
from tests.models.painter.test_conditioner import word_vectors


@pytest.mark.skipif(not (WEIGHTS / "unet").exists(), reason="no painter weights in this checkout")
def test_smooth_pictures_come_back_from_the_autoencoder_each_as_it_was() -> None:
    ramp = np.linspace(40, 210, 128, dtype=np.uint8)
    pictures = [np.stack([np.tile(row, (128, 1))] * 3, axis=2) for row in (ramp, ramp[::-1])]
    painter = load_starter_painter(word_vectors=word_vectors)
    for before, after in zip(pictures, rebuilt(painter, [Image.fromarray(p) for p in pictures]), strict=True):
        assert np.abs(np.asarray(after, np.int16) - before).mean() < 12
