"""Checkpoints of Stable Diffusion 1.x are read from where people keep them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from PIL import Image
from safetensors.torch import save_file

from models.errors import ModelUnavailable
from models.painter import loading
from models.painter.denoiser import Denoiser
from models.painter.loading import choose_files, load_stable_diffusion
from models.painter.painter import Painter
from models.painter.rows import Recipe, start
from models.painter.schedulers import make_scheduler
from tests.models.painter.tiny_checkpoint import original_layout, tiny_pipeline

CPU = torch.device("cpu")
RECIPE = Recipe("a red fox, asleep", "blurry", 3, 3, 6.0, "dpm++2m", 64, 64)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A diffusers folder, beside it what made it."""
    folder = tmp_path_factory.mktemp("sd") / "checkpoint"
    tiny_pipeline(folder.parent).save_pretrained(folder)
    return folder


class FolderHub:
    """A hub whose repositories are folders; remembers what was fetched."""

    def __init__(self, **repositories: Path) -> None:
        self.repositories = {name.replace("__", "/").replace("_", "-"): path for name, path in repositories.items()}
        self.fetched: list[str] = []

    def files(self, repository: str) -> Sequence[str]:
        folder = self._folder(repository)
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    def fetch(self, repository: str, files: Sequence[str]) -> Path:
        self.fetched.extend(files)
        folder = self._folder(repository).parent / "fetched"
        for file in files:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self._folder(repository) / file, folder / file)
        return folder

    def _folder(self, repository: str) -> Path:
        if repository not in self.repositories:
            raise ModelUnavailable("hub-unreachable", repository=repository)
        return self.repositories[repository]


def load(source: Path, lora_dir: Path | None = None) -> Painter:
    return load_stable_diffusion(str(source), device=CPU, hub=FolderHub(), safety_checker=False, lora_dir=lora_dir)


def paint(painter: Painter, recipe: Recipe = RECIPE) -> np.ndarray:
    row = start(painter, recipe)
    while not row.finished:
        Denoiser(painter).step([row])
    return np.asarray(painter.decode(row.latents, row.generator)[0]).astype(int)


def paint_with_diffusers(folder: Path, recipe: Recipe = RECIPE) -> np.ndarray:
    pipeline: Any = StableDiffusionPipeline.from_pretrained(folder, safety_checker=None, requires_safety_checker=False)
    pipeline.scheduler = make_scheduler(recipe.scheduler, pipeline.scheduler.config)
    pipeline.set_progress_bar_config(disable=True)
    image = pipeline(
        recipe.prompt,
        recipe.height,
        recipe.width,
        num_inference_steps=recipe.steps,
        guidance_scale=recipe.guidance,
        negative_prompt=recipe.negative,
        generator=torch.Generator("cpu").manual_seed(recipe.seed),
    ).images[0]
    return np.asarray(image).astype(int)


def test_a_folder_paints_what_diffusers_paints(checkpoint: Path) -> None:
    painter = load(checkpoint)
    painted = paint(painter)
    assert painted.std() > 5
    assert np.abs(painted - paint_with_diffusers(checkpoint)).max() <= 1


def test_a_repository_is_fetched_without_what_is_not_needed(checkpoint: Path) -> None:
    hub = FolderHub(someone__tiny_sd=checkpoint)
    painter = load_stable_diffusion("someone/tiny-sd", device=CPU, hub=hub, safety_checker=False)
    assert np.abs(paint(painter) - paint_with_diffusers(checkpoint)).max() <= 1
    assert not any(file.startswith("safety_checker") for file in hub.fetched)


def test_half_precision_weights_are_fetched_only_for_a_gpu_and_only_where_all_parts_have_them() -> None:
    files = ["model_index.json", "README.md", "unet/config.json", "vae/config.json", "tokenizer/merges.txt"]
    for part in ("unet", "vae"):
        files += [f"{part}/model.safetensors", f"{part}/model.fp16.safetensors", f"{part}/model.bin"]
    chosen, variant = choose_files(files, ("unet", "vae"), half=True)
    assert variant == "fp16"
    assert set(chosen) == {
        *("model_index.json", "unet/config.json", "vae/config.json", "tokenizer/merges.txt"),
        *("unet/model.fp16.safetensors", "vae/model.fp16.safetensors"),
    }
    assert choose_files(files, ("unet", "vae"), half=False)[1] is None
    assert choose_files([f for f in files if f != "vae/model.fp16.safetensors"], ("unet", "vae"), half=True)[1] is None
    with pytest.raises(ModelUnavailable, match="text_encoder"):
        choose_files(files, ("unet", "vae", "text_encoder"), half=True)


def test_the_safety_checker_is_on_unless_the_owner_says_otherwise(checkpoint: Path) -> None:
    careful = load_stable_diffusion(str(checkpoint), device=CPU, hub=FolderHub())
    assert careful.safety is not None
    assert careful.safety(Image.new("RGB", (64, 64))) in (True, False)
    assert load(checkpoint).safety is None


def test_a_checkpoint_without_a_safety_checker_is_refused_rather_than_left_unchecked(
    checkpoint: Path, tmp_path: Path
) -> None:
    pipeline = StableDiffusionPipeline.from_pretrained(checkpoint, safety_checker=None, requires_safety_checker=False)
    pipeline.save_pretrained(tmp_path / "bare")
    with pytest.raises(ModelUnavailable, match="painter-without-safety-checker"):
        load_stable_diffusion(str(tmp_path / "bare"), device=CPU, hub=FolderHub())


@pytest.mark.parametrize("damage", ["missing", "elsewhere/unknown", "cut", "no checkpoint"])
def test_a_checkpoint_that_cannot_be_had_says_why(checkpoint: Path, tmp_path: Path, damage: str) -> None:
    source = damage
    if damage in ("cut", "no checkpoint"):
        source = str(shutil.copytree(checkpoint, tmp_path / "damaged"))
        weights = tmp_path / "damaged" / "unet" / "diffusion_pytorch_model.safetensors"
        weights.write_bytes(weights.read_bytes()[:1000]) if damage == "cut" else weights.unlink()
    with pytest.raises(ModelUnavailable):
        load_stable_diffusion(source, device=CPU, hub=FolderHub(), safety_checker=False)


def test_a_long_prompt_is_read_to_its_end(checkpoint: Path) -> None:
    painter = load(checkpoint)
    long = "a" * 30 + " " + "b" * 30 + " " + "c" * 30  # one token a letter: 90
    first, second = painter.embed(long, ""), painter.embed(long + "d", "")
    assert first.shape == (2, 154, 16)
    assert not torch.equal(first[1], second[1])
    assert torch.equal(first[:, :77], painter.embed(long[:80], "")[:, :77])
    assert paint(painter, Recipe(long, "", 1, 2, 6.0, "ddim", 64, 64)).shape == (64, 64, 3)


def test_a_single_file_paints_like_the_folder_it_was_made_from(checkpoint: Path, tmp_path: Path) -> None:
    file = tmp_path / "shared.safetensors"
    pipeline = StableDiffusionPipeline.from_pretrained(checkpoint, safety_checker=None, requires_safety_checker=False)
    weights = {name: value.contiguous() for name, value in original_layout(pipeline).items()}
    save_file(weights, file)
    hub = FolderHub(stable_diffusion_v1_5__stable_diffusion_v1_5=checkpoint)
    painter = load_stable_diffusion(str(file), device=CPU, hub=hub, safety_checker=False)
    assert np.abs(paint(painter) - paint_with_diffusers(checkpoint)).max() <= 1
    assert not any(name.endswith(".safetensors") for name in hub.fetched)
    assert load_stable_diffusion(str(file), device=CPU, hub=hub).safety is not None  # it comes from the hub


def write_lora(checkpoint: Path, file: Path) -> None:
    """One of random weights that fits the checkpoint."""
    generator = torch.Generator().manual_seed(0)
    unet = StableDiffusionPipeline.from_pretrained(checkpoint, safety_checker=None, requires_safety_checker=False).unet
    lora = {
        f"unet.{name}.lora_{end}.weight": torch.randn(shape, generator=generator)
        for name, module in unet.named_modules()
        if name.endswith(("to_q", "to_v"))
        for end, shape in (("A", (2, module.in_features)), ("B", (module.out_features, 2)))
    }
    file.parent.mkdir(exist_ok=True)
    save_file(lora, file)


def test_a_lora_changes_the_picture_by_its_weight_and_can_be_taken_off(checkpoint: Path, tmp_path: Path) -> None:
    write_lora(checkpoint, tmp_path / "ink.v1.safetensors")
    painter = load_stable_diffusion(
        str(checkpoint), device=CPU, hub=FolderHub(), safety_checker=False, lora_dir=tmp_path
    )
    assert painter.info.loras == ("ink.v1",)
    plain = paint(painter)
    weak, strong = (paint(painter, replace(RECIPE, loras=(("ink.v1", weight),))) for weight in (0.2, 1.0))
    assert 0 < np.abs(weak - plain).mean() < np.abs(strong - plain).mean()
    with_ink = replace(RECIPE, loras=(("ink.v1", 0.2),))
    assert start(painter, RECIPE).shape != start(painter, with_ink).shape  # they share no step
    assert np.abs(paint(painter) - plain).max() <= 1


def test_a_lora_that_does_not_fit_fails_its_own_picture_with_words(checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.safetensors").write_bytes(b"not weights")
    painter = load_stable_diffusion(
        str(checkpoint), device=CPU, hub=FolderHub(), safety_checker=False, lora_dir=tmp_path
    )
    with pytest.raises(ModelUnavailable, match="lora-unreadable"):
        start(painter, replace(RECIPE, loras=(("broken", 1.0),)))
    assert paint(painter).shape == (64, 64, 3)


def load_with_lcm(checkpoint: Path, lcm_lora: str, hub: FolderHub, lora_dir: Path | None = None) -> Painter:
    return load_stable_diffusion(
        str(checkpoint), device=CPU, hub=hub, safety_checker=False, lora_dir=lora_dir, lcm_lora=lcm_lora
    )


def test_the_lora_for_fast_painting_comes_from_a_file_or_a_repository(checkpoint: Path, tmp_path: Path) -> None:
    file = tmp_path / "lcm" / "pytorch_lora_weights.safetensors"
    write_lora(checkpoint, file)
    hub = FolderHub(someone__lcm_lora=file.parent)
    recipe = replace(RECIPE, scheduler="lcm", steps=4, guidance=1.0)
    plain = paint(load(checkpoint), recipe)
    for source in (str(file), "someone/lcm-lora"):
        painter = load_with_lcm(checkpoint, source, hub)
        assert painter.info.lcm_lora == source
        fast = paint(painter, replace(recipe, loras=((source, 1.0),)))
        assert np.abs(fast - plain).max() > 1
        assert np.abs(paint(painter, recipe) - plain).max() <= 1  # it is off again for those who do not ask for it
    assert hub.fetched == [file.name]


def test_a_lora_for_fast_painting_that_is_nowhere_is_told_at_the_start(checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    hub = FolderHub(someone__empty=tmp_path / "empty")
    for source in ("missing.safetensors", "someone/empty"):
        with pytest.raises(ModelUnavailable, match="lcm-lora-not-found"):
            load_with_lcm(checkpoint, source, hub)


def test_a_lora_of_the_folder_and_the_one_for_fast_painting_work_together(checkpoint: Path, tmp_path: Path) -> None:
    write_lora(checkpoint, tmp_path / "ink.safetensors")
    write_lora(checkpoint, tmp_path / "lcm" / "lcm.safetensors")
    lcm = str(tmp_path / "lcm" / "lcm.safetensors")
    painter = load_with_lcm(checkpoint, lcm, FolderHub(), lora_dir=tmp_path)
    assert painter.info.loras == ("ink",)  # the other one is not for prompts
    fast = replace(RECIPE, loras=((lcm, 1.0),))
    both = replace(RECIPE, loras=(("ink", 1.0), (lcm, 1.0)))
    assert np.abs(paint(painter, fast) - paint(painter, both)).max() > 1


def test_on_a_small_card_the_parts_take_turns_and_paint_the_same(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denoised(painter: Painter) -> torch.Tensor:
        row = start(painter, RECIPE)
        while not row.finished:
            Denoiser(painter).step([row])
        return row.latents

    plain = denoised(load(checkpoint))
    monkeypatch.setattr(loading, "_is_small", lambda device: True)
    painter = load(checkpoint)
    assert painter.info.offloaded
    torch.testing.assert_close(denoised(painter), plain)
    assert paint(painter).shape == (64, 64, 3)  # decoded in tiles, so that not every pixel is the same


def test_a_card_of_six_gigabytes_is_small_and_one_of_eight_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for gigabytes, small in ((4, True), (6, True), (8, False)):
        properties = SimpleNamespace(total_memory=gigabytes * 2**30)
        monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device, told=properties: told)
        assert loading._is_small(torch.device("cuda", 0)) is small
    assert not loading._is_small(CPU)
