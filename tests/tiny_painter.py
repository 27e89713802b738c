"""A Stable-Diffusion-shaped painter with random weights, small enough to paint in milliseconds."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from torch import Tensor

from models.painter.painter import Painter, PainterInfo
from models.painter.preview import LatentPreview

WIDTH = 16  # of an embedding
INFO = PainterInfo(
    name="tiny", sides=(32, 48, 64), width=32, height=32, steps=4, guidance=4.0, scheduler="ddim", bilingual=True
)


def embed(texts: Sequence[str]) -> Tensor:
    """(n, 5, WIDTH): noise that depends on the text alone."""
    return torch.cat(
        [torch.randn(1, 5, WIDTH, generator=torch.Generator().manual_seed(zlib.crc32(text.encode()))) for text in texts]
    )


@cache
def _networks(**unet_options: Any) -> tuple[Any, Any]:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        unet = UNet2DConditionModel(
            sample_size=8,
            block_out_channels=(16, 32),
            layers_per_block=1,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=WIDTH,
            attention_head_dim=4,
            norm_num_groups=8,
            **unet_options,
        )
        make_vae: Any = AutoencoderKL  # its annotations know tuples of one only
        vae = make_vae(
            block_out_channels=(8, 16, 16),
            down_block_types=("DownEncoderBlock2D",) * 3,
            up_block_types=("UpDecoderBlock2D",) * 3,
            norm_num_groups=4,
        )
    return vae.eval(), unet.eval()


def scheduler_config(**options: Any) -> Mapping[str, Any]:
    defaults = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "clip_sample": False}
    return DDIMScheduler(**(defaults | {"steps_offset": 1, "set_alpha_to_one": False} | options)).config


def tiny_painter(**unet_options: Any) -> Painter:
    """A painter of its own over networks that all tests share: they must not change them."""
    vae, unet = _networks(**unet_options)
    return Painter(
        info=INFO,
        vae=vae,
        unet=unet,
        scheduler_config=scheduler_config(),
        conditioner=embed,
        device=torch.device("cpu"),
        preview=LatentPreview.stable_diffusion(),
    )
