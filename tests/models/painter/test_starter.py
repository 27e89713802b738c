from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from models.errors import ModelUnavailable
from models.painter.autoencoder import PatchAutoencoder
from models.painter.conditioner import Reader, ReaderConfig
from models.painter.painter import Painter
from models.painter.preview import LatentPreview
from models.painter.schedulers import make_scheduler
from models.painter.starter import (
    FACTOR,
    LATENT_CHANNELS,
    WEIGHTS,
    build_scheduler,
    build_unet,
    load_starter_painter,
    save_starter_painter,
)
from tests.models.painter.test_conditioner import word_vectors

SHIPPED = pytest.mark.skipif(not (WEIGHTS / "unet").exists(), reason="no painter weights in this checkout")


@pytest.fixture
def painter(tmp_path: Path) -> Painter:
    torch.manual_seed(0)
    save_starter_painter(
        tmp_path,
        PatchAutoencoder(LATENT_CHANNELS, (4, 4, 8, 8, 8), blocks=(1, 1, 1, 1, 1)).half(),
        build_unet((16, 16), width=16, groups=4).half(),
        Reader(ReaderConfig(length=8, width=16, word_dim=12, layers=1, heads=2)).half(),
        LatentPreview(torch.zeros(LATENT_CHANNELS + 1, 3)),
    )
    return load_starter_painter(tmp_path, word_vectors=word_vectors)


def paint(painter: Painter, prompt: str, seed: int, guidance: float = 3.0, steps: int = 3) -> torch.Tensor:
    """Latents by diffusers' own scheduler, (1, C, 8, 8)."""
    scheduler = make_scheduler("ddim", painter.scheduler_config)
    scheduler.set_timesteps(steps)
    embeds = painter.embed(prompt, "")
    latents = torch.randn(1, LATENT_CHANNELS, 8, 8, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        for t in scheduler.timesteps:
            plain, asked = painter.unet(latents.repeat(2, 1, 1, 1), t, encoder_hidden_states=embeds).sample.chunk(2)
            latents = scheduler.step(plain + guidance * (asked - plain), t, latents).prev_sample
    return latents


def test_weights_stored_in_half_precision_paint_in_single(painter: Painter) -> None:
    assert painter.unet.dtype == painter.vae.dtype == torch.float32
    assert painter.embed("a cat", None).dtype == torch.float32


def test_a_seed_gives_the_same_picture_again_and_another_seed_another(painter: Painter) -> None:
    once, again, other = paint(painter, "a cat", 1), paint(painter, "a cat", 1), paint(painter, "a cat", 2)
    assert torch.equal(once, again)
    assert not torch.allclose(once, other)


def test_the_prompt_reaches_the_unet_through_guidance(painter: Painter) -> None:
    assert not torch.allclose(paint(painter, "a cat", 1), paint(painter, "a dog", 1))
    assert not torch.allclose(paint(painter, "a cat", 1), paint(painter, "a cat", 1, guidance=6.0))


def test_latents_become_a_picture_sixteen_times_their_side(painter: Painter) -> None:
    assert painter.factor == FACTOR == 16
    image, flagged = painter.decode(torch.zeros(1, LATENT_CHANNELS, 8, 8), torch.Generator())
    assert image.size == (128, 128)
    assert not flagged


def test_the_last_step_of_noise_holds_no_trace_of_the_picture() -> None:
    scheduler = build_scheduler()
    assert scheduler.config["prediction_type"] == "v_prediction"
    assert scheduler.alphas_cumprod[-1].item() == pytest.approx(0.0, abs=1e-7)


def test_an_empty_folder_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as error:
        load_starter_painter(tmp_path / "nowhere", word_vectors=word_vectors)
    assert "nowhere" in str(error.value.params["path"])


@pytest.mark.parametrize(
    "file", ["unet/model.safetensors", "vae/config.json", "conditioner/model.safetensors", "preview.safetensors"]
)
@pytest.mark.parametrize("left", [None, 100])
def test_a_file_that_is_gone_or_cut_short_is_an_error_that_names_the_folder(
    painter: Painter, tmp_path: Path, file: str, left: int | None
) -> None:
    path = tmp_path / file
    if left is None:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(ModelUnavailable, match="painter-weights-missing") as error:
        load_starter_painter(tmp_path, word_vectors=word_vectors)
    assert error.value.params["path"] == str(tmp_path)


def test_files_of_a_painter_that_was_not_packed_are_not_read(painter: Painter, tmp_path: Path) -> None:
    save_file({"of.another": torch.zeros(1)}, tmp_path / "unet" / "diffusion_pytorch_model.safetensors")
    again = load_starter_painter(tmp_path, word_vectors=word_vectors)
    assert torch.equal(paint(again, "a cat", 1), paint(painter, "a cat", 1))


@SHIPPED
def test_the_shipped_painter_fits_the_repository() -> None:
    sizes = [file.stat().st_size for file in WEIGHTS.rglob("*") if file.is_file()]
    assert max(sizes) < 16e6
    assert sum(sizes) < 50e6


@SHIPPED
def test_the_shipped_autoencoder_keeps_a_picture() -> None:
    vae = PatchAutoencoder.from_pretrained(WEIGHTS / "vae", torch_dtype=torch.float32)
    ramp = torch.linspace(-0.8, 0.8, 128).expand(1, 3, 128, 128)  # a smooth picture
    with torch.no_grad():
        rebuilt = vae.decode(vae.encode(ramp).latent_dist.mode(), return_dict=False)[0]
    assert (rebuilt - ramp).square().mean().sqrt().item() < 0.1
