from pathlib import Path

import numpy as np
import torch

from lab.painter.autoencoder import DecoderRecipe, fit_encoder, open_autoencoder, to_pixels, train_decoder
from models.painter.autoencoder import PatchAutoencoder


def smooth_pictures(count: int) -> np.ndarray:
    """uint8 (count, 64, 64, 3): colour ramps at random angles."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[-1:1:64j, -1:1:64j]
    slopes = rng.normal(size=(count, 3, 2))
    ramps = slopes[:, :, 0, None, None] * x + slopes[:, :, 1, None, None] * y  # (count, 3, 64, 64)
    return ((np.tanh(ramps) + 1) * 127.5).astype(np.uint8).transpose(0, 2, 3, 1)


def fitted() -> PatchAutoencoder:
    torch.manual_seed(0)
    vae = PatchAutoencoder(12, (4, 8, 8, 8), blocks=(0, 1, 1, 1)).eval()
    fit_encoder(vae, [smooth_pictures(200)])
    return vae


def test_untrained_it_gives_smooth_pictures_back() -> None:
    vae, pixels = fitted(), to_pixels(smooth_pictures(4))
    with torch.no_grad():
        rebuilt = vae.decode(vae.encode(pixels).latent_dist.mode(), return_dict=False)[0]
    assert rebuilt.shape == pixels.shape
    assert (rebuilt - pixels).abs().mean().item() < 0.03


def test_latents_have_the_scale_that_diffusion_expects() -> None:
    latents = fitted().encode(to_pixels(smooth_pictures(200))).latent_dist.mode()
    assert latents.shape == (200, 12, 8, 8)
    assert 0.7 < latents.square().mean().sqrt().item() < 1.4


def test_training_the_decoder_leaves_every_latent_as_it_was(tmp_path: Path) -> None:
    fitted().save_pretrained(tmp_path / "vae")
    np.save(tmp_path / "00000.npy", smooth_pictures(50))
    recipe = DecoderRecipe(minutes=1 / 60, batch=2)
    train_decoder(0, 1, "", tmp_path / "vae", [tmp_path / "00000.npy"], recipe, "cpu")

    trained, pixels = open_autoencoder(tmp_path / "vae"), to_pixels(smooth_pictures(4))
    assert torch.equal(trained.encode(pixels).latent_dist.mode(), fitted().encode(pixels).latent_dist.mode())
    assert any(p.abs().sum() > 0 for p in trained.decoder[-1].parameters()), "its last layer starts at zero"
