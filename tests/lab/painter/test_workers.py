"""Processes that train together, as `lab/painter/workers.py` has them."""

from pathlib import Path

import pytest
import torch
from torch import nn

from lab.painter.workers import SharedGradients, agreed, joined, together


def slope(rank: int, world: int, meet: str, answers: Path) -> None:
    """Each process has its own inputs; writes what the gradient and the clock became."""
    with joined(rank, world, meet):
        layer = nn.Linear(2, 1, bias=False)
        gradients = SharedGradients(list(layer.parameters()))
        layer(torch.full((1, 2), float(rank))).sum().backward()
        gradients.average(limit=100.0)
        assert layer.weight.grad is not None
        torch.save((layer.weight.grad.clone(), agreed(float(rank))), answers / f"{rank}.pt")


def test_processes_share_one_gradient_and_the_slowest_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    together(slope, "cpu", 8, tmp_path)
    for rank in (0, 1):
        gradient, clock = torch.load(tmp_path / f"{rank}.pt", weights_only=True)
        assert gradient.tolist() == [[0.5, 0.5]]
        assert clock == 1.0


def test_a_long_gradient_is_shortened_and_a_short_one_kept() -> None:
    weight = nn.Parameter(torch.zeros(2))
    gradients = SharedGradients([weight])
    (weight * torch.tensor([3.0, 4.0])).sum().backward()
    gradients.average(limit=10.0)
    assert weight.grad is not None
    assert weight.grad.tolist() == pytest.approx([3.0, 4.0])
    gradients.average(limit=1.0)
    assert weight.grad.tolist() == pytest.approx([0.6, 0.8], abs=1e-5)
    gradients.clear()
    assert weight.grad.tolist() == [0.0, 0.0]
