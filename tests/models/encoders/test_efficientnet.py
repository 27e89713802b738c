from __future__ import annotations

import pytest
import torch

from models.encoders.efficientnet import CHANNELS, LAST_CHANNELS, Trunk, image_pools


@pytest.mark.parametrize("side", [7, 14, 28])
def test_regions_tell_where_something_is(side: int) -> None:
    features = torch.zeros(1, 2, side, side)
    features[0, 0, 0, side - 1] = 1.0  # top right corner
    pools = image_pools(features)
    assert pools.shape == (1, 11, 2)
    assert pools[0, 0, 0] == pytest.approx(1 / side**2)
    assert pools[0, 1, 0] == 1
    assert pools[0, 2:, 0].nonzero().flatten().tolist() == [2]
    assert not pools[..., 1].any()


def test_the_last_map_comes_first_as_the_network_itself_gives_it() -> None:
    trunk = Trunk()
    pixels = torch.randint(0, 256, (2, 224, 224, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        pools = trunk(pixels)
        last = trunk.network.forward_features((pixels.permute(0, 3, 1, 2).float() - 127) / 128)
    assert pools.shape == (2, 11, CHANNELS)
    torch.testing.assert_close(pools[:, :, :LAST_CHANNELS], image_pools(last))
