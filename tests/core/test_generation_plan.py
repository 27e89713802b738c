"""Which requests are refused, and what exactly the others ask for."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from core.errors import InputError
from core.generation.plan import recipes
from core.types import ImagineRequest
from tests.tiny_painter import INFO


@pytest.mark.parametrize(
    ("message_id", "options"),
    [
        ("imagine-prompt-empty", {"prompt": " \n"}),
        ("imagine-prompt-too-long", {"prompt": "x" * 2001}),
        ("imagine-prompt-too-long", {"negative": "x" * 2001}),
        ("imagine-scheduler-unknown", {"scheduler": "magic"}),
        ("imagine-out-of-bounds", {"steps": 0}),
        ("imagine-out-of-bounds", {"steps": 101}),
        ("imagine-out-of-bounds", {"steps": 51, "scheduler": "lcm"}),
        ("imagine-out-of-bounds", {"guidance": 0.5}),
        ("imagine-out-of-bounds", {"guidance": float("nan")}),
        ("imagine-out-of-bounds", {"count": 5}),
        ("imagine-out-of-bounds", {"candidates": 0}),
        ("imagine-out-of-bounds", {"seed": -1}),
        ("imagine-out-of-bounds", {"towards": -1}),
        ("imagine-size-unknown", {"width": 33}),
        ("imagine-size-unknown", {"height": 4096}),
        ("image-unreadable", {"image": b"not a picture"}),
        ("imagine-fast-missing", {"fast": True}),
    ],
)
def test_what_cannot_be_painted_is_refused_with_its_reason(message_id: str, options: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refusal:
        recipes(replace(ImagineRequest("a cat"), **options), INFO)
    assert refusal.value.message_id == message_id


def test_what_is_left_out_comes_from_the_painter() -> None:
    [[recipe]] = recipes(ImagineRequest("a cat"), INFO)
    assert (recipe.width, recipe.height, recipe.steps) == (INFO.width, INFO.height, INFO.steps)
    assert (recipe.guidance, recipe.scheduler) == (INFO.guidance, INFO.scheduler)


def test_pictures_count_on_from_the_seed_and_no_candidate_repeats_one() -> None:
    plan = recipes(ImagineRequest("a cat", seed=10, count=3, candidates=2), INFO)
    assert [[recipe.seed for recipe in candidates] for candidates in plan] == [[10, 13], [11, 14], [12, 15]]


def test_without_a_seed_every_request_gets_one_of_its_own() -> None:
    assert len({recipes(ImagineRequest("a cat"), INFO)[0][0].seed for _ in range(8)}) == 8


def test_a_picture_to_start_from_is_cropped_to_the_size_asked_for() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (200, 100), "red").save(buffer, "PNG")
    [[recipe]] = recipes(ImagineRequest("a cat", image=buffer.getvalue(), strength=0.4, width=48), INFO)
    assert recipe.image is not None
    assert recipe.image.size == (48, 32)
    assert recipe.strength == 0.4


def test_variations_start_from_one_seed_and_turn_towards_different_ones() -> None:
    plan = recipes(ImagineRequest("a cat", seed=10, count=3, variation=0.2, towards=50), INFO)
    assert [(recipe.seed, recipe.towards, recipe.turn) for [recipe] in plan] == [(10, n, 0.2) for n in (50, 51, 52)]


def test_a_variation_asked_for_again_is_another_one() -> None:
    request = ImagineRequest("a cat", seed=10, variation=0.2)
    assert len({recipes(request, INFO)[0][0].towards for _ in range(8)}) == 8


def test_a_lora_is_called_from_the_prompt_and_taken_out_of_it() -> None:
    info = replace(INFO, loras=("ink", "pixel.art"))
    request = ImagineRequest("a cat <lora:pixel.art:0.5> asleep<lora:ink>")
    [[recipe]] = recipes(request, info)
    assert recipe.prompt == "a cat asleep"
    assert recipe.loras == (("ink", 1.0), ("pixel.art", 0.5))
    for prompt, message_id in {
        "a cat <lora:oil>": "imagine-lora-unknown",
        "a <lora:ink:9>": "imagine-out-of-bounds",
    }.items():
        with pytest.raises(InputError) as refusal:
            recipes(ImagineRequest(prompt), info)
        assert refusal.value.message_id == message_id


def test_fast_painting_takes_four_steps_of_lcm_with_its_lora() -> None:
    info = replace(INFO, lcm_lora="someone/lcm", loras=("ink",))
    [[recipe]] = recipes(ImagineRequest("a cat <lora:ink>", fast=True), info)
    assert (recipe.scheduler, recipe.steps, recipe.guided) == ("lcm", 4, False)
    assert recipe.loras == (("ink", 1.0), ("someone/lcm", 1.0))
    [[slower]] = recipes(ImagineRequest("a cat", fast=True, steps=8, guidance=2.0), info)
    assert (slower.steps, slower.guidance) == (8, 2.0)
    [[recipe]] = recipes(ImagineRequest("a cat"), info)
    assert (recipe.scheduler, recipe.steps, recipe.loras) == (INFO.scheduler, INFO.steps, ())


def test_what_should_not_be_seen_counts_in_fast_painting_too() -> None:
    [[recipe]] = recipes(ImagineRequest("a cat", negative="dogs", fast=True), replace(INFO, lcm_lora="someone/lcm"))
    assert recipe.guided


@pytest.mark.parametrize(
    ("message_id", "options"),
    [("imagine-fast-scheduler", {"scheduler": "ddim"}), ("imagine-out-of-bounds", {"guidance": 7.5})],
)
def test_what_ruins_fast_painting_is_refused(message_id: str, options: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refusal:
        recipes(replace(ImagineRequest("a cat", fast=True), **options), replace(INFO, lcm_lora="someone/lcm"))
    assert refusal.value.message_id == message_id
