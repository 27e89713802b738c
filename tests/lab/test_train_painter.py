import argparse
import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from lab import train_painter
from lab.painter.curriculum import CAPTIONS, P_REQUEST, REQUESTS, lesson_at
from lab.painter.dataset import steady
from lab.painter.diffusion import Denoiser, Recipe, Run, averaged, batches, velocity_loss
from lab.painter.evaluate import Judge, animal_prompts, colour_prompts, pair_prompts
from lab.painter.text import CaptionTable
from lab.scenes import ANIMALS10, SPECIES, Language, Scene, Sprites, Thing, split_of
from lab.scenes.layout import FRAME, Placed, in_halves
from lab.scenes.places import GROUNDS, Ground
from models.errors import DataMissing
from models.painter.conditioner import ReaderConfig
from models.painter.starter import FACTOR, LATENT_CHANNELS, SIDE
from tests.models.painter.test_conditioner import word_vectors

CHANNELS = (16, 16)
READER = ReaderConfig(length=8, width=16, word_dim=12, layers=1, heads=2)
TEXTS: list[dict[Language, list[str]]] = [
    {"en": ["a red cat", "cat"], "zh": ["一只红色的猫", "猫"]},
    {"en": ["a dog", "dog"], "zh": ["一只狗", "狗"]},
]


def tiny() -> Denoiser:
    torch.manual_seed(0)
    return Denoiser(CHANNELS, READER, groups=4)


def table() -> CaptionTable:
    return CaptionTable.build(TEXTS, READER.length - 1, word_vectors)


def test_a_lesson_is_the_same_whoever_draws_it() -> None:
    assert lesson_at(3, seed=1) == lesson_at(3, seed=1)
    assert lesson_at(3, seed=1) != lesson_at(4, seed=1)


def test_every_lesson_comes_from_the_training_half_and_in_both_languages() -> None:
    for lesson in (lesson_at(n, seed=1) for n in range(60)):
        assert split_of(lesson.scene) == "train"
        assert all(len(texts) == CAPTIONS for texts in lesson.texts.values())


def test_no_caption_of_two_things_leaves_one_out() -> None:
    pairs = [lesson for lesson in (lesson_at(n, seed=1) for n in range(120)) if lesson.scene.other]
    assert len(pairs) > 20
    for lesson in pairs:
        for kind in (lesson.scene.subject.kind, lesson.scene.other.kind):  # pyright: ignore[reportOptionalMemberAccess]
            assert all(any(name in text for name in kind.zh) for text in lesson.texts["zh"])


def test_some_captions_are_requests_and_none_asks_for_a_sentence() -> None:
    texts = [text for n in range(200) for text in lesson_at(n, seed=1).texts["en"]]
    requests = [text for text in texts if text.startswith(REQUESTS["en"])]
    assert 0.02 < len(requests) / len(texts) < P_REQUEST
    assert not any(re.search("there (is|are)|picture|image", text) for text in requests)
    asked = [text for n in range(200) for text in lesson_at(n, seed=1).texts["zh"] if text.startswith(REQUESTS["zh"])]
    assert asked
    assert not any("图" in text for text in asked)


def test_two_things_are_joined_by_and_only_when_the_first_named_stands_on_the_left() -> None:
    """Else the same words would mean two pictures."""
    pairs = [x for x in (lesson_at(n, seed=1) for n in range(200)) if x.scene.relation in ("left", "right")]
    joined = [x for x in pairs if any(re.search("[^，]和一", text) for text in x.texts["zh"])]
    assert {x.scene.relation for x in pairs} == {"left", "right"}
    assert {x.scene.relation for x in joined} == {"left"}


def test_of_two_things_each_has_its_half_and_its_size_whatever_the_other_is(sprites_folder: Path) -> None:
    sprites, cat = Sprites(sprites_folder), Thing("cat")
    for partner in ("elephant", "spider", "house"):
        scene = Scene(cat, "meadow", "day", "clear", 0, Thing(partner), "left")
        left, right = in_halves(scene, sprites, Ground())
        assert left == in_halves(replace(scene, other=Thing("dog")), sprites, Ground())[0]
        assert (left.thing, right.thing.species) == (cat, partner)
        assert left.box[2] <= 0.5 < right.box[0] + 1e-9
        turned = in_halves(replace(scene, relation="right"), sprites, Ground())
        assert [p.thing.species for p in turned] == [partner, "cat"]
        assert turned[1].width == left.width


def test_of_two_things_the_one_told_to_be_small_is_drawn_small(sprites_folder: Path) -> None:
    sprites = Sprites(sprites_folder)
    scene = Scene(Thing("cat"), "meadow", "day", "clear", 0, Thing("dog"), "left")
    plain = in_halves(scene, sprites, Ground())
    sized = in_halves(
        replace(scene, subject=Thing("cat", size="small"), other=Thing("dog", size="big")), sprites, Ground()
    )
    assert sized[0].height < 0.7 * plain[0].height
    assert sized[1].height > plain[1].height


def places(scene: Scene, sprites: Sprites, count: int = 40) -> list[list[Placed]]:
    return [steady(scene, sprites, random.Random(seed)) for seed in range(count)]


def test_things_move_by_whole_latent_pixels_and_stay_in_the_picture(sprites_folder: Path) -> None:
    """So that their latents are the same wherever they stand."""
    sprites = Sprites(sprites_folder)
    spots = set()
    for place in ("meadow", "lake"):
        for (cat,) in places(Scene(Thing("cat"), place, "day", "clear", 0), sprites):
            assert cat.shadow_y == cat.y
            assert FRAME[0] <= cat.box[0] < cat.box[2] <= FRAME[1]
            assert cat.y >= GROUNDS[place].land[0]
            spots.add((cat.x * SIDE / FACTOR, cat.y * SIDE / FACTOR))
    across, down = ({round(spot[k] % 1, 6) for spot in spots} for k in range(2))
    assert len(across) == len(down) == 1
    assert len({round(x) for x, _ in spots}) > 3
    assert len({round(y) for _, y in spots}) == 3


def test_two_things_move_each_in_its_half(sprites_folder: Path) -> None:
    sprites = Sprites(sprites_folder)
    gaps = set()
    for left, right in places(
        Scene(Thing("cat", size="small"), "meadow", "day", "clear", 0, Thing("dog"), "left"), sprites
    ):
        assert left.box[2] <= 0.5 <= right.box[0]
        gaps.add(round((right.x - left.x) * SIDE / FACTOR, 3))
    assert len(gaps) > 1


def test_what_stands_on_something_moves_with_it(sprites_folder: Path) -> None:
    sprites = Sprites(sprites_folder)
    stacks = places(Scene(Thing("cat"), "meadow", "day", "clear", 0, Thing("chair"), "on"), sprites)
    assert len({round(base.x, 3) for base, _ in stacks}) > 1
    assert len({(round(top.x - base.x, 6), round(top.y - base.y, 6)) for base, top in stacks}) == 1


@pytest.fixture
def sprites_folder() -> Path:
    folder = Path("../shared/data/emoji")
    if not folder.exists():
        pytest.skip("no drawings in this checkout")
    return folder


def test_both_languages_are_trained_on_at_equal_share() -> None:
    captions, rng = table(), np.random.default_rng(0)
    drawn = torch.stack([captions.draw(np.array([0]), rng)[0] for _ in range(400)])
    english = {tuple(row.tolist()) for row in torch.from_numpy(captions.numbers[0, 0])}
    share = sum(tuple(row.tolist()) in english for row in drawn) / len(drawn)
    assert 0.4 < share < 0.6


def test_a_batch_pairs_each_picture_with_its_own_caption() -> None:
    captions = table()
    latents = torch.stack([torch.full((2, 4, 4), n).half() for n in range(2)])
    stream = batches(latents, captions, 2, 0.0, np.random.default_rng(0))
    for _ in range(5):
        pictures, words, present = next(stream)
        for picture, row, there in zip(pictures, words, present, strict=True):
            own = captions.vectors[captions.numbers[int(picture[0, 0, 0])]].reshape(-1, *row.shape)
            assert any(np.allclose(row, caption) for caption in own)
            assert there.any()


def test_captions_are_left_out_now_and_then_for_guidance() -> None:
    stream = batches(torch.zeros(2, 2, 4, 4).half(), table(), 2, 0.3, np.random.default_rng(0))
    empty = np.mean([not there.any() for _ in range(200) for there in next(stream)[2]])
    assert 0.2 < empty < 0.4


def test_a_perfect_prediction_has_no_loss() -> None:
    latents, snr = torch.randn(4, 2, 4, 4), torch.tensor([0.0])  # all noise: the velocity is minus the picture

    def perfect(
        noisy: torch.Tensor, timesteps: torch.Tensor, words: torch.Tensor, present: torch.Tensor
    ) -> torch.Tensor:
        return -latents

    assert velocity_loss(perfect, latents, torch.empty(0), torch.empty(0), snr, 5.0).item() == pytest.approx(
        0, abs=1e-9
    )


def test_training_learns_and_goes_on_where_it_was_cut(tmp_path: Path) -> None:
    captions = table()
    latents = torch.randn(2, LATENT_CHANNELS, 8, 8, generator=torch.Generator().manual_seed(0)).half()
    stream = batches(latents, captions, 8 // 4, 0.0, np.random.default_rng(0))
    run = Run(Recipe(minutes=1, lr=3e-3, warmup_steps=5), tiny(), torch.device("cpu"))
    losses = [run.step(*next(stream)).item() for _ in range(60)]
    assert np.mean(losses[-15:]) < 0.85 * np.mean(losses[:15])

    checkpoint = tmp_path / "checkpoint.pt"
    torch.save(run.state(), checkpoint)
    again = Run(Recipe(minutes=1, lr=3e-3, warmup_steps=5), tiny(), torch.device("cpu"))
    again.restore(torch.load(checkpoint, weights_only=True))
    batch = next(stream)
    torch.manual_seed(1)
    loss = run.step(*batch).item()
    torch.manual_seed(1)
    assert again.step(*batch).item() == pytest.approx(loss, rel=1e-5)
    assert again.progress.step == run.progress.step

    mean = averaged(checkpoint, tiny())
    assert not torch.equal(mean.reader.start, run.model.reader.start)


def test_the_evaluation_asks_for_all_ten_animals_in_both_languages() -> None:
    asked = animal_prompts(400)
    counts = {(a.things[0], a.language): 0 for a in asked}
    for a in asked:
        counts[a.things[0], a.language] += 1
    assert set(counts.values()) == {20}
    assert {species for species, _ in counts} == set(ANIMALS10)


def test_a_colour_is_asked_by_name_and_is_not_the_animals_own() -> None:
    for a in colour_prompts(60):
        kind = SPECIES[a.things[0]]
        assert a.colour not in (None, kind.natural)


def test_prompts_for_two_things_name_both() -> None:
    for a in pair_prompts(100):
        names = [SPECIES[key].en if a.language == "en" else SPECIES[key].zh for key in a.things]
        assert all(any(name in a.prompt for name in of_thing) for of_thing in names)


class Silent(Judge):
    """A judge whose probes are not fitted: it draws, and judges nothing."""

    def __init__(self, sprites: Sprites) -> None:
        self._sprites = sprites


@pytest.mark.parametrize("kind", ["animal", "colour", "both there"])
def test_the_judge_is_measured_on_what_the_test_half_shows(kind: str, sprites_folder: Path) -> None:
    seen, pictures = Silent(Sprites(sprites_folder)).drawn(kind, 4)
    assert len(seen) == len(pictures) == 4
    assert all(len(a.things) == (2 if kind == "both there" else 1) for a in seen)
    assert kind != "colour" or all(a.colour for a in seen)


def run_stage(stage: str, folder: Path) -> None:
    parser = argparse.ArgumentParser()
    train_painter.add_arguments(parser)
    train_painter.main(parser.parse_args(["--stages", stage, "--cache", str(folder), "--run", str(folder)]))


@pytest.mark.parametrize(
    ("stage", "before"), [("encode", "render"), ("unet", "encode"), ("decoder", "encode"), ("export", "encode")]
)
def test_a_stage_names_the_one_that_must_run_before(stage: str, before: str, tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=f"stage-missing.*stage={before}"):
        run_stage(stage, tmp_path)


def test_more_pictures_than_captions_are_not_trained_on(tmp_path: Path) -> None:
    table().save(tmp_path / "captions.npz")
    np.save(tmp_path / "latents.npy", np.zeros((3, LATENT_CHANNELS, 8, 8), np.float16))
    with pytest.raises(DataMissing, match=r"captions-fewer.*pictures=3"):
        run_stage("unet", tmp_path)
