"""Features of photos that nobody took: EfficientNet's classifier tells what a class looks like to it, also where no
photo is at hand.

If classes are Gaussian with one covariance C, the best linear classifier has the weights C^-1 (m_k - m) (Fisher's
discriminant), so the mean of class k is m + C w_k up to its length. On eight animals with sixty training photos
each, this direction has a cosine of .80 to .89 with the measured one.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LENGTH = 8.3  # of m_k - m, as measured on those animals
OTHERS = 0.6  # how much of another photo's peculiarities to keep
LARGEST = 6.0  # of a ReLU6


class Prototypes:
    """The mean of each ImageNet class, estimated from a classifier and the pools of any photos.

    Args:
        classifier: linear, 1280 -> 1000.
        pools: (n, 11, 1280), the mean of each photo first.
    """

    def __init__(self, classifier: nn.Linear, pools: Tensor) -> None:
        means = pools[:, 0]  # (n, 1280)
        weights = (classifier.weight - classifier.weight.mean(0)).detach()  # (1000, 1280)
        self.middle = means.mean(0)
        self.offsets = LENGTH * F.normalize(weights @ torch.cov(means.T), dim=1)  # (1000, 1280)

    def imagine(self, pools: Tensor, number: int) -> Tensor:
        """Pools (11, 1280) of a photo of something else -> of one of ImageNet class `number`, with the photo's
        composition."""
        mean = pools[0]
        wanted = self.middle + self.offsets[number] + OTHERS * (mean - self.middle)
        return (pools - mean + wanted).clamp(0, LARGEST)
