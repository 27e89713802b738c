"""The head that answers computes the paper's equations, whatever form they take."""

from __future__ import annotations

import time
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_limits

from models.errors import ModelUnavailable
from models.language import Language
from models.match_head import Arch, MatchHead, MatchNetwork
from models.scorers import Platt

ARCHES: tuple[Arch, ...] = get_args(Arch)
CALIBRATION: dict[Language, Platt] = {"en": Platt(1.5, -0.25), "zh": Platt(0.75, 0.5)}


def unit_rows(shape: tuple[int, int], seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def make_head(arch: Arch, dim: int = 16, hidden: int = 12) -> MatchHead:
    """A head whose every weight matters: nothing is left at zero or at the identity."""
    torch.manual_seed(3)
    network = MatchNetwork(dim, hidden, arch, scale=2.0, shift=-0.5)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
        if arch == "residual":
            network.anchor.fill_(0.7)
    return MatchHead("tiny", arch, network.tensors(), CALIBRATION, {"seed": 3})


def written_out(head: MatchHead, text: np.ndarray, image: np.ndarray) -> float:
    """The equations, one product at a time in float64: the logit of one pair."""
    w = {name: value.astype(np.float64) for name, value in head.weights.items()}
    t, i = text.astype(np.float64), image.astype(np.float64)
    x = np.concatenate([t, i, np.abs(t - i), t * i])
    logit = float((w["w2"] @ np.maximum(w["w1"] @ x + w["b1"], 0.0) + w["b2"])[0])
    if head.arch == "residual":
        turned = w["turn"] @ t
        cosine = turned @ i / (np.linalg.norm(turned) * np.linalg.norm(i))
        logit += float(w["scale"] * cosine + w["anchor"] * (t @ i) + w["shift"])
    return logit


@pytest.mark.parametrize("arch", ARCHES)
def test_match_is_the_sigmoid_of_the_printed_equations(arch: Arch) -> None:
    head = make_head(arch)
    text, images = unit_rows((1, 16), 0)[0], unit_rows((9, 16), 1)
    logits = np.array([written_out(head, text, image) for image in images])
    np.testing.assert_allclose(head.logits(text, images), logits, atol=1e-6)
    for language in ("en", "zh"):
        platt = CALIBRATION[language]
        expected = 1.0 / (1.0 + np.exp(-(platt.scale * logits + platt.shift)))
        np.testing.assert_allclose(head.score(text, images, language), expected, atol=1e-6)


@pytest.mark.parametrize("arch", ARCHES)
def test_training_network_and_answering_head_agree(arch: Arch) -> None:
    torch.manual_seed(3)
    network = MatchNetwork(16, 12, arch)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    head = MatchHead("tiny", arch, network.tensors(), CALIBRATION)
    text, images = unit_rows((1, 16), 0)[0], unit_rows((9, 16), 1)
    with torch.no_grad():
        expected = network(torch.from_numpy(text), torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(head.logits(text, images), expected, atol=1e-6)


@pytest.mark.parametrize("arch", ARCHES)
def test_cached_image_block_changes_no_score(arch: Arch) -> None:
    head = make_head(arch)
    text, images = unit_rows((1, 16), 0)[0], unit_rows((9, 16), 1)
    rows = np.array([7, 0, 3])
    from_cache = head.score(text, head.prepare(images).take(rows))
    np.testing.assert_allclose(from_cache, head.score(text, images[rows]), atol=1e-6)


def test_swapping_text_and_image_changes_the_score() -> None:
    """The blocks of x are told apart: an order mixed up in training or serving would show here."""
    head = make_head("paper")
    pair = unit_rows((2, 16), 0)
    assert head.score(pair[0], pair[1:])[0] != pytest.approx(head.score(pair[1], pair[:1])[0], abs=1e-3)


def test_half_drawn_back_a_head_says_the_mean_of_what_it_learned_and_where_it_began() -> None:
    text, images = unit_rows((1, 16), 0), unit_rows((5, 16), 1)
    network = MatchNetwork(16, 12, "residual", scale=9.0, shift=-3.0)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(0)))
    learned = MatchHead("tiny", "residual", network.tensors(), CALIBRATION).logits(text[0], images)
    half = MatchHead("tiny", "residual", network.drawn_back(0.5).tensors(), CALIBRATION).logits(text[0], images)
    began = 9.0 * (images @ text[0]) - 3.0
    np.testing.assert_allclose(half, (learned + began) / 2, atol=1e-4)
    again = MatchHead("tiny", "residual", network.tensors(), CALIBRATION).logits(text[0], images)
    np.testing.assert_array_equal(again, learned)  # the network itself is as it was


def test_the_mean_of_heads_says_the_mean_of_what_they_say() -> None:
    text, images = torch.from_numpy(unit_rows((1, 16), 0)), torch.from_numpy(unit_rows((5, 16), 1))
    networks = [MatchNetwork(16, 12, "residual", scale=9.0, shift=-3.0) for _ in range(3)]
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for network in networks:
            for name, parameter in network.named_parameters():
                # cosines add up only as far as A stays near to its start
                noise = 0.003 if name == "turn" else 0.3
                parameter.add_(noise * torch.randn(parameter.shape, generator=generator))
        wanted = torch.stack([network(text, images) for network in networks]).mean(0)
        whole = MatchNetwork.mean(networks)
        torch.testing.assert_close(whole(text, images), wanted, atol=0.02, rtol=0)
    assert whole.start == networks[0].start
    assert float((wanted - networks[0](text, images)).abs().max()) > 0.1


def test_residual_form_starts_at_platt_scaled_cosine() -> None:
    network = MatchNetwork(16, 12, "residual", scale=9.0, shift=-3.0)
    text, images = unit_rows((1, 16), 0), unit_rows((9, 16), 1)
    with torch.no_grad():
        logits = network(torch.from_numpy(text), torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(logits, 9.0 * (images @ text[0]) - 3.0, atol=1e-5)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_calibration_keeps_the_ranking(language) -> None:
    head = make_head("residual")
    text, images = unit_rows((1, 16), 0)[0], unit_rows((50, 16), 1)
    assert (np.argsort(head.score(text, images, language)) == np.argsort(head.logits(text, images))).all()


def test_saved_head_answers_nearly_the_same_after_loading_its_half_precision(tmp_path: Path) -> None:
    head = make_head("residual")
    head.save(tmp_path / "head.safetensors")
    loaded = MatchHead.load(tmp_path / "head.safetensors")
    text, images = unit_rows((1, 16), 0)[0], unit_rows((9, 16), 1)
    np.testing.assert_allclose(loaded.score(text, images, "zh"), head.score(text, images, "zh"), atol=2e-3)
    assert (loaded.encoder, loaded.arch, loaded.about, loaded.trained) == ("tiny", "residual", {"seed": 3}, True)


@pytest.mark.parametrize("content", [None, b"", b"not a safetensors file at all"])
def test_absent_or_damaged_head_is_one_readable_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "head.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelUnavailable) as caught:
        MatchHead.load(path)
    assert caught.value.params["path"] == str(path)


def test_weights_of_another_arch_are_refused() -> None:
    paper = make_head("paper")
    with pytest.raises(ValueError, match="residual"):
        MatchHead("tiny", "residual", paper.weights, CALIBRATION)


def test_reranking_two_hundred_candidates_takes_under_five_milliseconds_on_one_core() -> None:
    head = make_head("residual", dim=512, hidden=256)
    text, candidates = unit_rows((1, 512), 0)[0], head.prepare(unit_rows((200, 512), 1))
    seconds = []
    with threadpool_limits(1):
        for _ in range(30):
            start = time.perf_counter()
            head.score(text, candidates)
            seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.005  # the fastest of many: what the code costs, not what else the machine does
