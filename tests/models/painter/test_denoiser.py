"""A seed gives the same picture alone, in any company, and as diffusers' own pipelines paint it."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from PIL import Image

from models.painter.denoiser import Denoiser
from models.painter.painter import Graphs, Painter
from models.painter.rows import Recipe, Row, slerp, start
from models.painter.schedulers import SCHEDULERS, make_scheduler
from tests.tiny_painter import embed, scheduler_config, tiny_painter

SHAPE = (8, 8, 5)  # of 32 x 32 pixels and a tiny prompt, to the UNet
PLAIN = Recipe("a red fox", "", seed=11, steps=6, guidance=5.0, scheduler="ddim", width=32, height=32)


def paint_together(painter: Painter, recipes: Sequence[Recipe]) -> list[np.ndarray]:
    """All recipes of one shape in one batch that the finished leave; uint8 pictures."""
    rows = [start(painter, recipe) for recipe in recipes]
    denoiser = Denoiser(painter)
    while running := [row for row in rows if not row.finished]:
        denoiser.step(running)
        assert not any(row.error for row in rows)
    return [picture(painter, row) for row in rows]


def picture(painter: Painter, row: Row) -> np.ndarray:
    return np.asarray(painter.decode(row.latents, row.generator)[0])


def paint_with_diffusers(painter: Painter, recipe: Recipe) -> np.ndarray:
    cls: Any = StableDiffusionPipeline if recipe.image is None else StableDiffusionImg2ImgPipeline
    pipeline = cls(
        vae=painter.vae,
        unet=painter.unet,
        scheduler=make_scheduler(recipe.scheduler, painter.scheduler_config),
        text_encoder=None,
        tokenizer=None,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    where = {"width": recipe.width, "height": recipe.height}
    if recipe.image is not None:
        where = {"image": recipe.image, "strength": recipe.strength}
    return np.asarray(
        pipeline(
            prompt_embeds=embed([recipe.prompt]),
            negative_prompt_embeds=embed([recipe.negative]),
            num_inference_steps=recipe.steps,
            guidance_scale=recipe.guidance,
            generator=torch.Generator("cpu").manual_seed(recipe.seed),
            **where,
        ).images[0]
    )


def assert_same(first: np.ndarray, second: np.ndarray) -> None:
    assert first.std() > 5  # a blank picture would equal any other
    assert np.abs(first.astype(int) - second.astype(int)).max() <= 1


def photo(side: int = 32) -> Image.Image:
    ramp = np.linspace(0, 255, side, dtype=np.uint8)
    return Image.fromarray(np.stack(np.broadcast_arrays(ramp[None], ramp[:, None], ramp[::-1, None]), axis=-1))


COMPANY = (
    replace(PLAIN, prompt="snow", seed=3, steps=2, scheduler="euler"),
    replace(PLAIN, prompt="a cat", seed=4, steps=9, scheduler="euler-a", guidance=1.0),
    replace(PLAIN, prompt="a dog", seed=5, steps=4, scheduler="lcm", guidance=2.0),
    replace(PLAIN, prompt="a cow", seed=6, steps=8, scheduler="dpm++2m", image=photo(), strength=0.6),
)


@pytest.mark.parametrize("start_image", [None, photo()], ids=["text", "image"])
@pytest.mark.parametrize("guidance", [1.0, 5.0], ids=["unguided", "guided"])
@pytest.mark.parametrize("scheduler", sorted(SCHEDULERS))
def test_a_seed_gives_the_picture_of_diffusers_alone_and_in_company(
    scheduler: str, guidance: float, start_image: Image.Image | None
) -> None:
    painter = tiny_painter()
    recipe = replace(PLAIN, scheduler=scheduler, guidance=guidance, image=start_image, strength=0.7)
    reference = paint_with_diffusers(painter, recipe)
    assert_same(paint_together(painter, [recipe])[0], reference)
    assert_same(paint_together(painter, [*COMPANY[:2], recipe, *COMPANY[2:]])[2], reference)


@pytest.mark.parametrize("start_image", [None, photo()], ids=["text", "image"])
@pytest.mark.parametrize("scheduler", sorted(SCHEDULERS))
def test_half_precision_as_on_a_gpu_paints_nearly_the_same(scheduler: str, start_image: Image.Image | None) -> None:
    exact = tiny_painter()
    half = replace(exact, vae=deepcopy(exact.vae).half(), unet=deepcopy(exact.unet).half())
    recipe = replace(PLAIN, scheduler=scheduler, image=start_image, strength=0.7, towards=7, turn=0.2)
    painted, wanted = (paint_together(painter, [recipe])[0].astype(int) for painter in (half, exact))
    assert wanted.std() > 5
    assert 0 < np.abs(painted - wanted).mean() < 2
    assert half.preview is not None
    assert half.preview.jpeg(start(half, recipe).latents)


def test_a_row_that_joins_halfway_paints_the_same() -> None:
    painter, denoiser = tiny_painter(), Denoiser(tiny_painter())
    early, late = start(painter, COMPANY[1]), start(painter, PLAIN)
    for _ in range(4):
        denoiser.step([early])
    while not late.finished:
        denoiser.step([row for row in (early, late) if not row.finished])
    assert_same(picture(painter, late), paint_together(painter, [PLAIN])[0])


def test_a_v_prediction_checkpoint_paints_as_in_diffusers() -> None:
    painter = tiny_painter()
    painter.scheduler_config = scheduler_config(
        prediction_type="v_prediction", rescale_betas_zero_snr=True, timestep_spacing="trailing"
    )
    for scheduler in ("ddim", "euler", "dpm++2m"):
        recipe = replace(PLAIN, scheduler=scheduler)
        assert_same(paint_together(painter, [recipe])[0], paint_with_diffusers(painter, recipe))


def test_a_distilled_unet_is_told_the_guidance_and_takes_one_place() -> None:
    painter = tiny_painter(time_cond_proj_dim=32)
    recipe = replace(PLAIN, scheduler="lcm", guidance=8.0)
    assert start(painter, recipe).places == 1
    assert_same(paint_together(painter, [recipe, COMPANY[2]])[0], paint_with_diffusers(painter, recipe))


def test_padding_to_compiled_batch_sizes_changes_no_picture() -> None:
    plain, padded = tiny_painter(), tiny_painter()
    watched = ScarceUNet(padded.unet, capacity=100)
    padded.graphs = Graphs(watched, (4, 16), SHAPE)
    for first, second in zip(paint_together(plain, COMPANY), paint_together(padded, COMPANY), strict=True):
        assert_same(first, second)
    assert set(watched.sizes) == {4, 16}


def test_no_step_is_larger_than_the_largest_compiled_batch() -> None:
    painter = tiny_painter()
    watched = ScarceUNet(painter.unet, capacity=100)
    painter.graphs = Graphs(watched, (2, 4), SHAPE)
    recipes = [replace(PLAIN, seed=seed) for seed in range(3)]
    for first, second in zip(paint_together(painter, recipes), paint_together(tiny_painter(), recipes), strict=True):
        assert_same(first, second)
    assert watched.sizes == [4, 2] * PLAIN.steps


def test_what_was_not_compiled_for_is_painted_by_the_plain_network() -> None:
    painter = tiny_painter()
    watched = ScarceUNet(painter.unet, capacity=100)
    painter.graphs = Graphs(watched, (2,), SHAPE)
    wide = replace(PLAIN, width=48)
    assert_same(paint_together(painter, [wide])[0], paint_together(tiny_painter(), [wide])[0])
    assert watched.sizes == []


def test_different_seeds_paint_different_pictures() -> None:
    first, second = paint_together(tiny_painter(), [PLAIN, replace(PLAIN, seed=12)])
    assert np.abs(first.astype(int) - second.astype(int)).max() > 20


def test_a_variation_lies_between_its_two_seeds() -> None:
    painter = tiny_painter()
    recipes = [replace(PLAIN, towards=99, turn=turn) for turn in (0.0, 0.2, 1.0)]
    same, near, other = paint_together(painter, recipes)
    assert_same(same, paint_together(painter, [PLAIN])[0])
    assert_same(other, paint_together(painter, [replace(PLAIN, seed=99)])[0])
    assert 0 < np.abs(near - same.astype(float)).mean() < np.abs(other - same.astype(float)).mean()


def test_a_variation_of_what_started_from_a_picture_differs_from_it() -> None:
    painter = tiny_painter()
    start_from = replace(PLAIN, image=photo(), strength=0.7)
    same, near = paint_together(painter, [start_from, replace(start_from, towards=99, turn=0.35)])
    assert np.abs(near - same.astype(float)).mean() > 1


def test_turned_noise_is_as_long_as_noise() -> None:
    a, b = torch.randn(2, 4, 32, 32)
    assert slerp(a, b, 0.5).norm() == pytest.approx(float(a.norm()), rel=0.05)
    assert slerp(a, a, 0.5).equal(a)


def test_a_row_of_nan_fails_alone() -> None:
    painter = tiny_painter()
    good, bad = start(painter, PLAIN), start(painter, COMPANY[0])
    bad.latents = torch.full_like(bad.latents, torch.nan)
    denoiser = Denoiser(painter)
    denoiser.step([bad, good])
    assert bad.error is not None
    assert bad.error.message_id == "painting-not-finite"
    while not good.finished:
        denoiser.step([good])
    assert_same(picture(painter, good), paint_together(painter, [PLAIN])[0])


def test_a_scheduler_that_raises_fails_its_own_row_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    painter = tiny_painter()
    good, bad, worse = (start(painter, replace(PLAIN, seed=seed)) for seed in (1, 2, 3))

    def refuse(*_: object, **__: object) -> None:
        raise IndexError("no such sigma")

    monkeypatch.setattr(bad.scheduler, "step", refuse)
    monkeypatch.setattr(worse.scheduler, "scale_model_input", refuse)
    Denoiser(painter).step([bad, good, worse])
    assert good.done == 1
    assert good.error is None
    assert [row.error and row.error.message_id for row in (bad, worse)] == ["painting-scheduler"] * 2


class ScarceUNet:
    """Runs out of memory above `capacity` places, as a GPU does."""

    def __init__(self, unet: torch.nn.Module, capacity: int) -> None:
        self.unet, self.capacity, self.sizes = unet, capacity, list[int]()
        self.config, self.dtype = unet.config, torch.float32

    def __call__(self, sample: torch.Tensor, *args: object, **kwargs: object) -> object:
        self.sizes.append(len(sample))
        if len(sample) > self.capacity:
            raise torch.OutOfMemoryError
        return self.unet(sample, *args, **kwargs)


def test_out_of_memory_halves_the_batch_and_is_remembered() -> None:
    painter = tiny_painter()
    recipes = [replace(PLAIN, seed=seed) for seed in range(4)]
    reference = paint_together(painter, recipes)
    scarce = painter.unet = ScarceUNet(painter.unet, capacity=3)
    for painted, expected in zip(paint_together(painter, recipes), reference, strict=True):
        assert_same(painted, expected)
    assert scarce.sizes[:6] == [8, 4, 2, 2, 2, 2]
    assert set(scarce.sizes[6:]) == {2}


def test_a_picture_that_fits_no_memory_fails_with_words() -> None:
    painter = tiny_painter()
    painter.unet = ScarceUNet(painter.unet, capacity=0)
    row = start(painter, PLAIN)
    Denoiser(painter).step([row])
    assert row.error is not None
    assert row.error.message_id == "painting-out-of-memory"
