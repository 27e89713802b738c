from pathlib import Path

import pytest
import torch

from models.painter import packing
from models.painter.packing import load_packed, pack, save_packed, unpack


def weights() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    kernel = torch.randn(6, 4, 3, 3) * torch.tensor([1e-3, 0.01, 0.1, 1.0, 10.0, 0.0]).view(-1, 1, 1, 1)
    return {"conv.weight": kernel, "conv.bias": torch.randn(6), "linear.weight": torch.randn(3, 5)}


def test_every_channel_keeps_two_digits_however_small_it_is() -> None:
    once = weights()
    again = unpack(pack(once))
    assert again.keys() == once.keys()
    for name, weight in once.items():
        assert again[name].dtype == torch.float32
        error = (again[name] - weight).abs()
        largest = weight.abs().flatten(1).amax(1) if weight.ndim > 1 else weight.abs()
        allowed = (largest / 254 if weight.ndim > 1 else largest / 1024).view(-1, *[1] * (weight.ndim - 1))
        assert (error <= 1.001 * allowed).all()


def test_a_matrix_takes_a_byte_a_weight() -> None:
    packed = pack(weights())
    assert packed["conv.weight"].dtype == packed["linear.weight"].dtype == torch.int8
    assert packed["conv.bias"].dtype == torch.float16


def test_no_file_is_larger_than_a_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MAX_SHARD", 250)
    save_packed(weights(), tmp_path)
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    loaded, expected = load_packed(tmp_path), unpack(pack(weights()))
    assert loaded.keys() == expected.keys()
    assert all(torch.equal(loaded[name], expected[name]) for name in expected)
