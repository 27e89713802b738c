from __future__ import annotations

import pytest
import torch

from models.devices import devices
from models.errors import ModelUnavailable


def test_auto_takes_every_card_when_there_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert devices("auto") == [torch.device("cuda:0"), torch.device("cuda:1")]
    assert devices("cpu") == [torch.device("cpu")]


def test_a_device_that_is_not_there_is_told_and_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert devices("auto") == [torch.device("cpu")]
    with pytest.raises(ModelUnavailable):
        devices("cuda")
