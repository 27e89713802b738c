from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from models.encoders.efficientnet import CHANNELS
from models.encoders.projection import (
    Anywhere,
    Ensemble,
    Projection,
    ProjectionConfig,
    language_numbers,
    text_pools,
)
from models.errors import ModelUnavailable

CONFIG = ProjectionConfig(dim=6, part=4, hidden=8, region=8)


def ensemble(seeds: tuple[int, ...] = (0, 1)) -> Ensemble:
    members = []
    for seed in seeds:
        torch.manual_seed(seed)
        members.append(Projection(CONFIG))
    return Ensemble(members, CONFIG).eval()


def test_padding_does_not_change_a_text() -> None:
    torch.manual_seed(0)
    short, long = torch.randn(1, 3, 384), torch.randn(1, 7, 384)
    padded = torch.cat([torch.cat([short, torch.full((1, 4, 384), 9.0)], dim=1), long])
    mask = torch.tensor([[1.0] * 3 + [0.0] * 4, [1.0] * 7])
    together = text_pools(padded, mask)
    torch.testing.assert_close(together[:1], text_pools(short, torch.ones(1, 3)))
    torch.testing.assert_close(together[1:], text_pools(long, torch.ones(1, 7)))


def test_the_order_of_words_shows_in_the_parts_and_not_in_the_mean() -> None:
    torch.manual_seed(0)
    states = torch.randn(1, 5, 384)
    there, back = (text_pools(s, torch.ones(1, 5)) for s in (states, states.flip(1)))
    torch.testing.assert_close(there[:, 0], back[:, 0])
    torch.testing.assert_close(there[:, 1], back[:, 3])  # what began now ends
    assert (there[:, 1] - back[:, 1]).abs().max() > 0.1


def test_a_text_of_one_token_has_finite_pools() -> None:
    assert text_pools(torch.randn(1, 1, 384), torch.ones(1, 1)).isfinite().all()


def test_what_is_in_a_region_counts_the_same_wherever_it_is() -> None:
    torch.manual_seed(0)
    anywhere, regions = Anywhere(CONFIG).eval(), torch.zeros(1, 9, CHANNELS)
    regions[0, 2] = torch.randn(CHANNELS)  # something in the right upper corner
    with torch.inference_mode():
        torch.testing.assert_close(anywhere(regions), anywhere(regions.flip(1)))
        assert (anywhere(regions) - anywhere(torch.zeros(1, 9, CHANNELS))).abs().max() > 0.01


def test_the_cosine_of_an_ensemble_is_the_mean_of_its_members() -> None:
    both, images, texts = ensemble(), torch.rand(4, 11, CHANNELS), torch.randn(4, 4, 384)
    language = torch.tensor([0, 1, 0, 1])
    with torch.inference_mode():
        cosines = (both.image(images) * both.text(texts, language)).sum(1)
        of_members = [(m.image(images) * m.text(texts, language)).sum(1) for m in both.members]  # pyright: ignore
    torch.testing.assert_close(cosines, (of_members[0] + of_members[1]) / 2)
    torch.testing.assert_close(both.image(images).norm(dim=1), torch.ones(4))


def test_what_was_saved_loads_with_the_same_vectors(tmp_path: Path) -> None:
    both, images = ensemble(), torch.rand(2, 11, CHANNELS)
    both.save(tmp_path / "weights.safetensors")
    again = Ensemble.load(tmp_path / "weights.safetensors")
    assert again.dim == 12
    with torch.inference_mode():
        np.testing.assert_allclose(again.image(images), both.image(images), atol=5e-3)  # halves on disk


@pytest.mark.parametrize("content", [None, b"", b"not weights", "truncated"])
def test_missing_or_damaged_weights_are_a_readable_error(tmp_path: Path, content: bytes | str | None) -> None:
    path = tmp_path / "weights.safetensors"
    if content == "truncated":
        ensemble().save(path)
        path.write_bytes(path.read_bytes()[:-100])
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(ModelUnavailable) as caught:
        Ensemble.load(path)
    assert caught.value.message_id == "encoder-weights-unreadable"


def test_each_language_has_its_own_centre() -> None:
    assert language_numbers(["a horse", "一匹马", "a 马"]).tolist() == [0, 1, 1]
    both, texts = ensemble(), torch.randn(1, 4, 384)
    both.members[0].text.centre[1] += 1  # pyright: ignore
    with torch.inference_mode():
        english, chinese = (both.text(texts, torch.tensor([k])) for k in (0, 1))
    assert (english - chinese).abs().max() > 1e-2
