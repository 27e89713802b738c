import pytest
import torch

from lab.balance import FLOOR, MEMORY, Balance


def test_a_name_twice_as_often_right_gets_twice_the_chance() -> None:
    often = Balance().adjustment(torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 4.0]])).exp() - FLOOR
    assert often.tolist() == pytest.approx([2 / 3, 1 / 3], abs=1e-6)


def test_a_name_never_seen_keeps_a_chance() -> None:
    assert Balance().adjustment(torch.tensor([[1.0, 0.0]]))[1].exp().item() == pytest.approx(FLOOR)


def test_shares_follow_the_batches_slowly() -> None:
    balance = Balance()
    balance.adjustment(torch.tensor([[1.0, 0.0]]))
    later = balance.adjustment(torch.tensor([[0.0, 1.0]])).exp() - FLOOR
    assert later.tolist() == pytest.approx([MEMORY, 1 - MEMORY], abs=1e-6)
