"""More looks at few photos: repeatable, of the photo's class, never all alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lab.looks import LOOKS, looks, take_looks
from lab.photos import Photo

COW = Photo("train/objects/cow.jpg", "cow", {})
OTHER_COW = Photo("more/cow/cow.jpg", "cow", {})  # a file of the same name


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for seed, photo in enumerate((COW, OTHER_COW)):
        (tmp_path / photo.file).parent.mkdir(parents=True)
        pixels = np.random.default_rng(seed).integers(0, 256, (90, 160, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / photo.file)
    return tmp_path


def pictures(folder: Path) -> dict[str, bytes]:
    return {path.name: Image.open(path).tobytes() for path in folder.iterdir()}


def test_each_photo_has_its_looks_in_files_of_their_own(data: Path) -> None:
    taken = looks([COW, OTHER_COW])
    assert len({look.file for look in taken}) == 2 * LOOKS
    assert {look.label for look in taken} == {"cow"}
    take_looks(data / "looks", [COW, OTHER_COW], data)
    shown = pictures(data / "looks")
    assert set(shown) == {look.file for look in taken}
    assert len(set(shown.values())) == 2 * LOOKS  # no two alike
    assert {Image.open(path).size for path in (data / "looks").iterdir()} == {(224, 224)}


def test_looks_are_the_same_each_time_and_are_not_taken_twice(data: Path) -> None:
    take_looks(data / "looks", [COW], data)
    take_looks(data / "again", [COW], data)
    assert pictures(data / "looks") == pictures(data / "again")
    (data / COW.file).unlink()
    take_looks(data / "looks", [COW], data)  # all are there: the photo is not needed
