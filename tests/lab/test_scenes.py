"""Scenes and their pictures. The drawings are tiny and made here; the real ones are tried where ../shared is."""

import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from lab.scenes import (
    ANIMALS10,
    COLOURS,
    PLACES,
    SPECIES,
    SPLITS,
    SPRITES_DIR,
    Scene,
    Sprites,
    Thing,
    render,
    sample_scene,
    split_of,
)
from lab.scenes.layout import arrange
from lab.scenes.scene import fits, may_relate, places_for
from lab.scenes.shards import from_json, read_shards, scene_at, to_json, write_shards
from lab.scenes.sprites import oklab, srgb
from models.errors import DataMissing

SCENERY = ("1f332", "1f333", "1f334", "1f335", "1f3e1", "1fab8", "1f33f", "1faa8", "1f337", "1f339", "1f33c", "1f33b")
MEADOW = Scene(Thing("cat"), "meadow", "day", "clear", seed=7)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawing for every species: an orange body in a transparent margin, with a black eye and a white belly."""
    folder = tmp_path_factory.mktemp("drawings")
    image = Image.new("RGBA", (64, 64))
    pen = ImageDraw.Draw(image)
    pen.ellipse((8, 16, 55, 59), fill=(236, 140, 60, 255))
    pen.ellipse((16, 24, 21, 29), fill=(20, 20, 24, 255))
    pen.ellipse((26, 44, 40, 56), fill=(250, 246, 240, 255))
    for name in {s.file for s in SPECIES.values()} | {f"{s}.webp" for s in SCENERY}:
        image.save(folder / name, lossless=True)
    return folder


@pytest.fixture(scope="module")
def sprites(folder: Path) -> Sprites:
    return Sprites(folder)


def scenes(count: int, split: str = "train") -> list[Scene]:
    rng = random.Random(11)
    return [sample_scene(rng, split) for _ in range(count)]  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_scenes_and_the_same_picture(sprites: Sprites) -> None:
    assert scenes(20) == scenes(20)
    first, second = (render(scenes(3)[2], 64, sprites) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_another_seed_gives_another_picture_of_the_same_scene(sprites: Sprites) -> None:
    assert render(MEADOW, 64, sprites).tobytes() != render(replace(MEADOW, seed=8), 64, sprites).tobytes()


def test_no_combination_of_subject_colour_and_place_is_in_two_splits() -> None:
    seen = {
        split: {(s.subject.species, s.subject.colour_name, s.place) for s in scenes(300, split)} for split in SPLITS
    }
    for one in SPLITS:
        assert all(split_of(s) == one for s in scenes(50, one))
        for other in SPLITS:
            assert one == other or not seen[one] & seen[other]


def test_the_ten_animals_are_most_subjects_and_each_has_its_share() -> None:
    subjects = [s.subject.species for s in scenes(1000)]
    assert sum(s in ANIMALS10 for s in subjects) > 500
    assert min(subjects.count(a) for a in ANIMALS10) > 25


def test_every_thing_has_a_place_to_be_and_every_place_a_thing() -> None:
    assert all(places_for([Thing(s)]) for s in SPECIES)
    assert all(any(fits(s, p) for s in SPECIES.values()) for p in PLACES.values())


def test_relations_are_only_drawn_where_they_can_be_seen() -> None:
    for scene in scenes(500):
        if scene.other is not None and scene.relation is not None:
            assert may_relate(scene.subject.kind, scene.relation, scene.other.kind)
    assert may_relate(SPECIES["cat"], "on", SPECIES["sofa"])
    assert not may_relate(SPECIES["elephant"], "on", SPECIES["hat"])
    assert not may_relate(
        SPECIES["palm"], "left", SPECIES["tree"]
    )  # a palm is a tree: no caption could tell them apart


@pytest.mark.parametrize("place", PLACES)
def test_every_place_is_painted_in_all_its_weathers_and_times(place: str, sprites: Sprites) -> None:
    species = next(s for s in SPECIES.values() if fits(s, PLACES[place]))
    for time in PLACES[place].times:
        for weather in PLACES[place].weathers or (None,):
            picture = render(Scene(Thing(species.key), place, time, weather, 3), 64, sprites)
            assert picture.size == (64, 64)
            assert np.asarray(picture).std() > 8  # not a blank


def test_night_is_darker_than_day(sprites: Sprites) -> None:
    day, night = (np.asarray(render(replace(MEADOW, time=t), 64, sprites)).mean() for t in ("day", "night"))
    assert night < 0.6 * day


def test_nothing_is_cut_off_by_the_edge_of_the_picture(sprites: Sprites) -> None:
    for scene in scenes(300):
        for placed in arrange(scene, sprites, random.Random(scene.seed)):
            left, top, right, bottom = placed.box
            assert left > -0.01, scene
            assert top > -0.01, scene
            assert right < 1.01, scene
            assert bottom < 1.0, scene


def test_the_layout_shows_the_relation_that_the_scene_names(sprites: Sprites) -> None:
    checked = set()
    for scene in scenes(600):
        if scene.other is None:
            continue
        placed = arrange(scene, sprites, random.Random(scene.seed))
        subject = next(p for p in placed if p.thing == scene.subject)
        other = next(p for p in placed if p.thing == scene.other)
        checked.add(scene.relation)
        match scene.relation:
            case "left":
                assert subject.box[2] <= other.box[0] + 0.01
            case "right":
                assert other.box[2] <= subject.box[0] + 0.01
            case "on":
                assert subject.y < other.y
                assert other.box[0] < subject.x < other.box[2]
            case "under":
                assert subject.box[1] > other.box[1]
            case "behind":
                assert placed[0] is subject
            case "front":
                assert placed[0] is other
    assert checked == {"left", "right", "on", "under", "behind", "front"}


def test_as_many_things_are_drawn_as_the_scene_counts_and_they_do_not_hide_each_other(sprites: Sprites) -> None:
    for count in (1, 2, 3, 4):
        placed = arrange(replace(MEADOW, subject=Thing("cat", count=count)), sprites, random.Random(0))
        assert len(placed) == count
        boxes = sorted(p.box for p in placed)
        assert all(a[2] < b[0] + 0.02 for a, b in pairwise(boxes))


def test_a_big_thing_is_drawn_larger_than_a_small_one_and_an_elephant_than_a_butterfly(sprites: Sprites) -> None:
    def width(thing: Thing) -> float:
        return arrange(replace(MEADOW, subject=thing), sprites, random.Random(0))[0].width

    assert width(Thing("cat", size="big")) > 1.2 * width(Thing("cat")) > 1.4 * width(Thing("cat", size="small"))
    assert width(Thing("elephant")) > 1.4 * width(Thing("butterfly"))


@pytest.mark.parametrize("name", [c for c in COLOURS if c != "orange"])
def test_a_repainted_drawing_has_the_colour_and_keeps_its_eye(name: str, sprites: Sprites) -> None:
    painted = np.asarray(sprites.get("cat", name))[..., :3].astype(np.float32) / np.float32(255)
    body = oklab(painted[6:9, 18:28]).mean(axis=(0, 1))
    colour = COLOURS[name]
    assert body[0] == pytest.approx(colour.lightness, abs=0.08)
    assert np.hypot(body[1], body[2]) == pytest.approx(colour.chroma, abs=0.05)
    if colour.chroma > 0.05:
        assert abs((np.degrees(np.arctan2(body[2], body[1])) - colour.hue + 180) % 360 - 180) < 15
    eye = painted[10, 10]
    assert eye.max() < 0.3


def test_oklab_and_back_is_the_same_colour() -> None:
    rgb = np.random.default_rng(0).random((50, 3)).astype(np.float32)
    assert np.allclose(srgb(oklab(rgb)), rgb, atol=2e-3)


def test_missing_drawings_are_one_readable_error(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="nowhere"):
        Sprites(tmp_path / "nowhere")
    with pytest.raises(DataMissing, match=r"1f408\.webp"):
        Sprites(tmp_path).get("cat")


def test_a_scene_survives_its_record() -> None:
    assert all(from_json(to_json(s)) == s for s in scenes(50))


def test_shards_hold_the_pictures_of_their_scenes_and_an_interrupted_run_goes_on(
    folder: Path, sprites: Sprites, tmp_path: Path
) -> None:
    (path,) = write_shards(tmp_path, 6, 32, seed=5, split="test", workers=1, sprites=folder)
    ((pictures, records),) = read_shards(tmp_path, "test")
    assert pictures.shape == (6, 32, 32, 3)
    assert pictures.dtype == np.uint8
    assert [from_json(r) for r in records] == [scene_at(k, 5, "test") for k in range(6)]
    assert (pictures[4] == np.asarray(render(scene_at(4, 5, "test"), 32, sprites))).all()
    assert {(c["language"], c["level"]) for c in records[0]["captions"]} == {
        (x, n) for x in ("en", "zh") for n in (1, 2, 3)
    }
    written = path.stat().st_mtime_ns
    write_shards(tmp_path, 6, 32, seed=5, split="test", workers=1, sprites=folder)
    assert path.stat().st_mtime_ns == written


@pytest.mark.skipif(not SPRITES_DIR.is_dir(), reason="needs the drawings of ../shared")
def test_every_real_drawing_is_there_and_whole() -> None:
    sprites = Sprites()
    for species in SPECIES.values():
        assert min(sprites.get(species.key).size) > 60, species.key
    for file in SCENERY:
        assert sprites.drawing(f"{file}.webp").mode == "RGBA"


@pytest.mark.skipif(not SPRITES_DIR.is_dir(), reason="needs the drawings of ../shared")
@pytest.mark.parametrize("species", [a for a in ANIMALS10 if SPECIES[a].paintable])
def test_most_of_a_real_animal_takes_the_colour_it_is_asked_for(species: str) -> None:
    sprites = Sprites()
    before = np.asarray(sprites.get(species))
    after = np.asarray(sprites.get(species, "blue"))
    solid = before[..., 3] > 200
    blue = (after[..., 2].astype(int) - after[..., 0]) > 60
    assert (blue & solid).sum() > 0.3 * solid.sum()
