"""What the head and the encoder learn from is labelled right: the structures decide, not the words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lab.scenes import SPRITES_DIR, Scene, Sprites, Thing, render
from lab.scenes.pairs import SIZE, is_true, pair_files, render_pairs, scene_pair
from models.errors import DataMissing
from tests.lab.captions import CAT, caption


@pytest.mark.parametrize("seed", range(20))
def test_each_twin_has_a_caption_that_is_wrong_for_the_other(seed: int) -> None:
    pair = scene_pair(seed, "train")
    first, second = pair.scenes
    told = [(is_true(c, first), is_true(c, second)) for c in pair.captions if c.level == 3]
    assert (True, False) in told
    assert (False, True) in told


def test_the_same_seed_gives_the_same_pair_and_splits_share_none() -> None:
    assert scene_pair(3, "train") == scene_pair(3, "train")
    assert scene_pair(3, "train") != scene_pair(3, "samples")


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_caption_is_true_of_its_scene(level: int) -> None:
    assert is_true(caption(CAT, level), CAT) is True


@pytest.mark.parametrize(
    "change",
    [
        {"subject": Thing("dog", "black")},
        {"subject": Thing("cat", "white")},
        {"relation": "right"},
        {"place": "beach"},
        {"other": Thing("house")},
    ],
)
def test_one_wrong_detail_makes_the_whole_caption_false(change: dict) -> None:
    assert is_true(caption(CAT, 3), replace(CAT, **change)) is False


def test_what_nobody_can_tell_is_left_open() -> None:
    """A caption of the cat alone, on a scene with two cats: "a cat" is not wrong."""
    alone = Scene(Thing("cat"), "meadow", "day", "clear", 0)
    assert is_true(caption(alone, 1, seed=2), replace(alone, subject=Thing("cat", count=2))) is not False


@pytest.mark.skipif(not SPRITES_DIR.is_dir(), reason="needs the drawings of ../shared")
def test_pictures_of_pairs_are_drawn_once_and_what_was_interrupted_is_drawn_again(tmp_path: Path) -> None:
    render_pairs(tmp_path, [3, 8], "train", SPRITES_DIR)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*pair_files(3), *pair_files(8)])
    for scene, file in zip(scene_pair(3, "train").scenes, pair_files(3), strict=True):
        expected = np.asarray(render(scene, SIZE, Sprites(SPRITES_DIR)))
        assert (np.asarray(Image.open(tmp_path / file)) == expected).all()
    kept, lost = pair_files(8)
    written = (tmp_path / pair_files(3)[0]).stat().st_mtime_ns
    (tmp_path / lost).unlink()
    render_pairs(tmp_path, [3, 8], "train", SPRITES_DIR)
    assert (tmp_path / kept).exists()
    assert (tmp_path / lost).exists()
    assert (tmp_path / pair_files(3)[0]).stat().st_mtime_ns == written


def test_missing_drawings_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="nowhere"):
        render_pairs(tmp_path, [1], "train", tmp_path / "nowhere")
