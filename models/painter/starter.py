"""The starter painter: Stable Diffusion's parts in small, trained from nothing by `python -m lab train painter`.

Its folder is laid out as a diffusers pipeline's (`vae/`, `scheduler/`, and `unet/`, whose weights are packed in eight
bits), beside them the conditioner that takes the text encoder's place (`conditioner/`) and the preview's factors
(`preview.safetensors`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from safetensors.torch import load_file, save_file

from models.encoders.e5 import E5
from models.errors import ModelUnavailable
from models.painter.autoencoder import PatchAutoencoder
from models.painter.conditioner import Reader, StarterConditioner, WordVectors
from models.painter.errors import UNREADABLE
from models.painter.packing import load_packed, save_packed
from models.painter.painter import Painter, PainterInfo
from models.painter.preview import LatentPreview

WEIGHTS = Path(__file__).parents[1] / "weights" / "painter"
LATENT_CHANNELS = 24
UNET_CHANNELS = (96, 192, 256)
FACTOR = 16  # pixels a side of what a latent pixel stands for
SIDE = 256  # pixels, the side it was trained at
INFO = PainterInfo(
    name="Semblance starter painter",
    sides=(SIDE,),
    width=SIDE,
    height=SIDE,
    steps=30,
    guidance=2.0,
    scheduler="ddim",
    bilingual=True,
)


def build_unet(channels: tuple[int, ...] = UNET_CHANNELS, width: int = 192, groups: int = 16) -> UNet2DConditionModel:
    """An untrained UNet for latents of 16 x 16, with attention on every level.

    Beside cross-attention the text reaches every block through the time embedding (`addition_embed_type`): place, light
    and colour need no search through the words.
    """
    levels = len(channels)
    make: Any = UNet2DConditionModel  # its annotations know tuples of one only
    return make(
        sample_size=SIDE // FACTOR,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        block_out_channels=channels,
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D",) * levels,
        up_block_types=("CrossAttnUpBlock2D",) * levels,
        cross_attention_dim=width,
        attention_head_dim=tuple(max(1, c // 32) for c in channels),  # diffusers' name for the number of heads
        norm_num_groups=groups,
        use_linear_projection=True,
        resnet_time_scale_shift="scale_shift",
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )


def build_scheduler() -> DDIMScheduler:
    """Velocity prediction with a last step of pure noise, so that pictures may be dark or bright (Lin et al. 2024)."""
    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
    )


def save_starter_painter(
    folder: Path, vae: PatchAutoencoder, unet: UNet2DConditionModel, reader: Reader, preview: LatentPreview
) -> None:
    """Writes all parts: the UNet packed, the others in the precision that they have."""
    vae.save_pretrained(folder / "vae")
    unet.save_config(folder / "unet")
    save_packed(unet.state_dict(), folder / "unet")
    build_scheduler().save_pretrained(folder / "scheduler")
    reader.save(folder / "conditioner")
    save_file({"factors": preview.factors.contiguous()}, folder / "preview.safetensors")


def load_starter_painter(
    folder: Path = WEIGHTS, device: torch.device | str = "cpu", word_vectors: WordVectors | None = None
) -> Painter:
    """The painter in `folder`, in float32: half precision gains nothing at this size, and a CPU may not have it.

    Args:
        word_vectors: the frozen word vectors that it was trained on; None loads multilingual-e5-small.

    Raises:
        ModelUnavailable: the folder holds no painter, or one of its files is missing or damaged.
    """
    device = torch.device(device)
    try:
        reader = Reader.load(folder / "conditioner")
        vae: Any = PatchAutoencoder.from_pretrained(folder / "vae", torch_dtype=torch.float32)
        config: Any = UNet2DConditionModel.load_config(folder / "unet")
        with torch.device("meta"):  # without drawing weights at random first
            unet: Any = UNet2DConditionModel.from_config(config)
        unet.load_state_dict(load_packed(folder / "unet"), assign=True)
        scheduler: Any = DDIMScheduler.from_pretrained(folder / "scheduler")
        factors = load_file(folder / "preview.safetensors")["factors"]
    except UNREADABLE as error:
        raise ModelUnavailable("painter-weights-missing", path=str(folder)) from error
    return Painter(
        info=INFO,
        vae=vae.to(device).eval(),
        unet=unet.to(device, memory_format=torch.channels_last).eval(),
        scheduler_config=scheduler.config,
        conditioner=StarterConditioner(reader.to(device), word_vectors or E5()),
        device=device,
        preview=LatentPreview(factors),
    )
