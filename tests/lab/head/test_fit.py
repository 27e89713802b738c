"""Training teaches what cosine cannot tell, and calibration states frequencies."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lab.head.calibrate import Search, best_hits, calibrate, fit_platt
from lab.head.fit import Recipe, fit, pairs_won
from lab.head.groups import Groups, Pool, make_groups
from lab.head.networks import HIDDEN, NETWORKS, Baseline, load_baselines, save_baselines
from lab.head.searches import make_searches
from lab.head.truth import Photo, Sentence
from models.errors import ModelUnavailable
from models.language import Language
from models.scorers import Platt

DIM = 8


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def make_pool(count: int, seed: int) -> Pool:
    """Photos whose right and half-true sentences have the same cosine with them: only a product of two axes tells."""
    rng = np.random.default_rng(seed)
    images = rng.normal(size=(count, DIM))
    right, wrong = images.copy(), images.copy()
    right[:, 0], wrong[:, 0] = 1.2 * np.sign(images[:, 1]), -1.2 * np.sign(images[:, 1])
    images[:, 0] = 0
    photos = [Photo(f"{n}.jpg", "described") for n in range(count)]
    texts = [Sentence(f"{n} {true}", "en", photos[n], "", right=true) for n in range(count) for true in (True, False)]
    vectors = np.stack([right, wrong], axis=1).reshape(-1, DIM)
    return Pool(texts, photos, unit(vectors), unit(images), [([2 * n, 2 * n + 1], [n]) for n in range(count)])


def test_groups_label_own_sentences_and_take_the_most_alike_of_others() -> None:
    pool = make_pool(30, 0)
    groups = make_groups(pool)
    assert groups.labels[:, 0, 0].tolist() == [1] * 30
    assert groups.labels[:, 1, 0].tolist() == [0] * 30
    similarity = pool.image_vectors @ pool.text_vectors[0]
    hardest = np.argsort(-np.delete(similarity, 0))[0] + 1
    assert hardest in groups.images[0]


def test_a_photo_described_in_the_same_words_is_no_negative() -> None:
    pool = make_pool(30, 0)
    vectors = pool.text_vectors.copy()
    vectors[2] = vectors[0]  # photo 1 was described just as photo 0
    doubled = Pool(pool.texts, pool.images, vectors, pool.image_vectors, pool.anchors)
    groups = make_groups(doubled)
    column = np.flatnonzero(groups.images[0] == 1)
    assert all(groups.labels[0, 0, place] == -1 for place in column)


def test_training_learns_what_cosine_cannot_tell() -> None:
    train, test = make_pool(200, 0), make_pool(200, 1)
    groups = make_groups(train)
    right, wrong = test.text_vectors[::2, None], test.text_vectors[1::2, None]
    accuracy = {}
    for name in ("platt-cosine", "residual-mlp"):
        torch.manual_seed(0)
        network = NETWORKS[name](DIM, HIDDEN)
        fit(network, train, groups, make_searches(train), Recipe(steps=100, batch=16, rate=5e-3), lambda line: None)
        model, images = Baseline(network, {}), test.image_vectors[:, None]
        won = pairs_won(network, test, make_groups(test))
        accuracy[name] = np.mean(model.logits(right[:, 0], images) > model.logits(wrong[:, 0], images))
    assert accuracy["platt-cosine"] < 0.7
    assert accuracy["residual-mlp"] > 0.8
    assert won > 0.75


def test_pairs_of_different_levels_are_not_compared() -> None:
    pool = make_pool(4, 0)
    groups = make_groups(pool)
    levels = groups.levels.copy()
    levels[:, 1] = 3  # the half-truth tells more than all others
    network = NETWORKS["platt-cosine"](DIM, HIDDEN)
    apart = Groups(groups.texts, groups.images, groups.labels, levels)
    assert pairs_won(network, pool, apart) != pairs_won(network, pool, groups)


def test_blind_model_answers_by_words_alone() -> None:
    torch.manual_seed(0)
    network = NETWORKS["blind"](DIM, HIDDEN)
    text, image = torch.randn(1, DIM), torch.randn(50, DIM)
    first, second = network(text, image), network(text, image)
    assert not torch.equal(first, second)  # it never sees the picture it is asked about
    assert torch.allclose(first.sort().values, second.sort().values, atol=1e-5)


def test_platt_states_the_frequency_of_what_is_right() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=4000)
    labels = rng.random(4000) < 1 / (1 + np.exp(-(2.0 * logits - 1.0)))
    platt = fit_platt(logits, labels)
    assert platt.scale == pytest.approx(2.0, rel=0.15)
    assert platt.shift == pytest.approx(-1.0, abs=0.15)


def test_search_in_vain_leaves_out_all_of_the_kind_and_unknown_pictures_count_for_nothing() -> None:
    images = unit(np.eye(4))
    truths = np.array([[1, -1, 0, 0]], np.int8)
    text = unit(np.array([[0.5, 0.8, 0.3, 0.1]]))
    alike = np.array([[True, True, True, False]])
    search = Search(text, images, truths, alike, np.array(["en"]))
    hits = best_hits(search, lambda t, i: np.einsum("qd,qnd->qn", t, i))
    assert hits.found[0] == pytest.approx(text[0, 0])
    assert hits.right[0]
    assert hits.found_near[0] == pytest.approx(text[0, 2])
    assert hits.found_in_vain[0] == pytest.approx(text[0, 3])


def test_each_language_has_its_own_calibration() -> None:
    rng = np.random.default_rng(0)
    images = unit(rng.normal(size=(40, DIM)))
    texts = unit(np.concatenate([images, images + 0.3 * rng.normal(size=images.shape)]))
    truths = np.concatenate([np.eye(40, dtype=np.int8)] * 2)
    languages = np.array(["en"] * 40 + ["zh"] * 40)
    search = Search(texts, images, truths, truths == 1, languages)
    fitted, brier = calibrate([search], lambda t, i: np.einsum("qd,qnd->qn", t, i))
    assert fitted["en"] != fitted["zh"]
    assert 0 <= brier.score < 0.25


def test_the_best_hits_are_told_better_where_what_is_there_scores_unlike_what_is_not() -> None:
    images = unit(np.eye(4, DIM))
    search = Search(images, images, np.eye(4, dtype=np.int8), np.eye(4, dtype=bool), np.array(["en", "zh"] * 2))
    _, good = calibrate([search], lambda t, i: 9 * np.einsum("qd,qnd->qn", t, i))
    _, none = calibrate([search], lambda t, i: np.zeros(i.shape[:2], np.float32))
    assert good.score < 0.1 < none.score
    assert good.error < none.score


def test_baselines_answer_the_same_after_loading_and_another_encoder_is_refused(tmp_path) -> None:
    torch.manual_seed(0)
    calibration: dict[Language, Platt] = {"en": Platt(2.0, 0.0), "zh": Platt(1.0, 0.0)}
    networks = {name: network(DIM, HIDDEN).eval() for name, network in NETWORKS.items() if name != "blind"}
    networks["residual-mlp"] = NETWORKS["residual-mlp"](DIM, 3 * HIDDEN).eval()  # the mean of three
    made = {name: Baseline(network, calibration) for name, network in networks.items()}
    save_baselines(tmp_path / "b.safetensors", "tiny", DIM, made)
    loaded = load_baselines(tmp_path / "b.safetensors", "tiny")
    texts, images = unit(np.random.default_rng(0).normal(size=(2, DIM))), np.zeros((2, 3, DIM), np.float32)
    for name, baseline in made.items():
        np.testing.assert_allclose(loaded[name].logits(texts, images), baseline.logits(texts, images), atol=2e-2)
    with pytest.raises(ModelUnavailable) as caught:
        load_baselines(tmp_path / "b.safetensors", "other")
    assert caught.value.message_id == "head-of-another-encoder"
