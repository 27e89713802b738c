"""The starter painter's autoencoder: principal components of 16 x 16 patches one way, a small network the other way.

The drawings are smooth, so that 24 principal components of a patch (768 numbers) bring back a picture at 25 dB. Being
linear, they need no training. The decoder adds to the linear reconstruction what neighbouring patches tell about
shapes and edges, and may learn long after the latents are fixed.
"""

from __future__ import annotations

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.autoencoders.vae import DecoderOutput, IdentityDistribution
from diffusers.models.modeling_outputs import AutoencoderKLOutput
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional as F


class ResidualBlock(nn.Module):
    """x + two convolutions of SiLU(x); the identity before training."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(F.silu(self.first(F.silu(x))))


class PatchAutoencoder(ModelMixin, ConfigMixin):
    """Pictures (n, 3, H, W) in [-1, 1] <-> latents (n, C, H/16, W/16), as diffusers' `AutoencoderKL` has it.

    Args:
        block_out_channels: widths of the decoder from full size down to the latents' size, halving each size.
        blocks: residual blocks at each of these sizes.
    """

    mean: Tensor
    components: Tensor

    @register_to_config
    def __init__(
        self,
        latent_channels: int = 24,
        block_out_channels: tuple[int, ...] = (16, 32, 64, 128, 256),
        blocks: tuple[int, ...] = (0, 1, 1, 2, 4),
        scaling_factor: float = 1.0,
    ) -> None:
        super().__init__()
        self.patch = 2 ** (len(block_out_channels) - 1)
        numbers = 3 * self.patch**2
        self.register_buffer("mean", torch.zeros(numbers))
        self.register_buffer("components", torch.eye(latent_channels, numbers))  # rows: component * scale
        layers: list[nn.Module] = [nn.Conv2d(latent_channels, block_out_channels[-1], 3, padding=1)]
        for level in range(len(block_out_channels) - 1, -1, -1):
            width = block_out_channels[level]
            layers += [ResidualBlock(width) for _ in range(blocks[level])]
            if level:
                layers += [nn.Conv2d(width, 4 * block_out_channels[level - 1], 1), nn.PixelShuffle(2)]
        last = nn.Conv2d(block_out_channels[0], 3, 3, padding=1)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)  # pyright: ignore[reportArgumentType]
        self.decoder = nn.Sequential(*layers, nn.SiLU(), last)

    def encode(self, x: Tensor) -> AutoencoderKLOutput:
        """The latents, as the distribution that has no spread."""
        patches = F.pixel_unshuffle(x, self.patch).movedim(1, -1)  # (n, h, w, 768)
        latents = ((patches - self.mean) @ self.components.T).movedim(-1, 1)  # (n, C, h, w)
        return AutoencoderKLOutput(latent_dist=IdentityDistribution(latents))  # pyright: ignore[reportArgumentType]

    def linear(self, z: Tensor) -> Tensor:
        """The best reconstruction by a linear map: the components' pseudo-inverse, for their rows are orthogonal."""
        scale = self.components.square().sum(1)  # (C,)
        patches = (z.movedim(1, -1) / scale) @ self.components + self.mean  # (n, h, w, 768)
        return F.pixel_shuffle(patches.movedim(-1, 1), self.patch)

    def decode(
        self, z: Tensor, return_dict: bool = True, generator: torch.Generator | None = None
    ) -> DecoderOutput | tuple[Tensor]:
        """Latents -> pictures. `generator` is `AutoencoderKL`'s; nothing here is random."""
        pixels = self.linear(z) + self.decoder(z)
        return DecoderOutput(sample=pixels) if return_dict else (pixels,)
