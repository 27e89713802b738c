"""What the head learns from is labelled right: the structures decide, not the words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab.head.scene_pairs import Caption, is_true, scene_pair
from lab.head.scene_test import caption_rows, scene_test
from lab.head.truth import Label, Photo, Sentence
from lab.head.truth import is_true as is_true_of
from lab.scenes import Scene, Thing
from lab.scenes.captions import Wording, plan_for, put

CAT = Scene(Thing("cat", "black"), "meadow", "day", "clear", 0, Thing("car"), "left")


def caption(scene: Scene, level: int, seed: int = 0) -> Caption:
    wording = Wording(seed)
    plan = plan_for(scene, level, wording)
    return Caption(put(scene, "en", plan, wording), "en", scene, plan)


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


def test_test_rows_hold_wrong_captions_only_where_they_are_wrong() -> None:
    scenes = scene_test(12)
    rows = list(caption_rows(scenes, [f"{n}.png" for n in range(12)]))
    right = {(file, text) for file, _, _, text, kind in rows if not kind}
    wrong = {(file, text) for file, _, _, text, kind in rows if kind and kind != "unknown"}
    assert len({file for file, _ in right}) == 12
    assert wrong
    assert not right & wrong


# --- photos -------------------------------------------------------------------------------------------------------

HORSE = Photo("a.jpg", "animals", "horse")


def label(name: str, collection: str = "animals", breed: bool = False) -> Label:
    return Label(f"a {name}", "en", Photo("x.jpg", collection, name, breed))


def test_names_of_one_collection_exclude_each_other() -> None:
    assert is_true_of(label("horse"), HORSE) is True
    assert is_true_of(label("cow"), HORSE) is False


def test_a_breed_is_never_called_wrong_for_its_animal() -> None:
    assert is_true_of(label("Gordon setter", "objects", breed=True), Photo("d.jpg", "animals", "dog")) is None
    assert is_true_of(label("teapot", "objects"), Photo("d.jpg", "animals", "dog")) is False


def test_a_description_is_true_of_its_own_photo_and_a_half_truth_is_not() -> None:
    photo, other = Photo("p.jpg", "described"), Photo("q.jpg", "described")
    said = Sentence("a man runs", "en", photo, "a man runs")
    assert (is_true_of(said, photo), is_true_of(said, other)) == (True, False)
    assert is_true_of(replace(said, text="a woman runs", right=False), photo) is False


def test_drawings_and_photos_of_one_animal_share_its_bare_name_only() -> None:
    cat = Photo("c.jpg", "animals", "cat")
    bare = [caption(Scene(Thing("cat"), "meadow", "day", "clear", 0), 1, seed) for seed in range(5)]
    assert all(is_true_of(text, cat) is True for text in bare)
    assert is_true_of(caption(CAT, 3), cat) is None
    assert is_true_of(caption(CAT, 3), HORSE) is False
    assert is_true_of(label("horse"), CAT) is False
