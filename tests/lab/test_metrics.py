"""The measures say what scikit-learn says, and their intervals mean what they claim."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, f1_score, roc_auc_score

from lab.metrics import (
    auc,
    average_precisions,
    calibration_error,
    f1,
    interval,
    mean,
    ranks,
    rate,
    resample,
    sampled,
)

RNG = np.random.default_rng(0)


def test_auc_with_ties_is_that_of_scikit_learn() -> None:
    scores = RNG.integers(0, 20, 300) / 20
    labels = (RNG.random(300) < scores).astype(int)
    value = auc(scores, labels, np.arange(300))(np.ones((1, 300)))[0]
    assert value == pytest.approx(roc_auc_score(labels, scores))


def test_auc_of_a_resample_is_that_of_its_repeated_queries() -> None:
    scores, labels, queries = RNG.random(60), RNG.integers(0, 2, 60), np.repeat(np.arange(20), 3)
    counts = resample(20)[:1]
    chosen = np.concatenate([np.flatnonzero(queries == q) for q in range(20) for _ in range(int(counts[0, q]))])
    assert auc(scores, labels, queries)(counts)[0] == pytest.approx(roc_auc_score(labels[chosen], scores[chosen]))


def test_f1_and_brier_are_those_of_scikit_learn() -> None:
    truths, probabilities = RNG.random(200) < 0.4, RNG.random(200)
    ones = np.ones((1, 200))
    assert f1(probabilities > 0.5, truths)(ones)[0] == pytest.approx(f1_score(truths, probabilities > 0.5))
    assert mean((probabilities - truths) ** 2)(ones)[0] == pytest.approx(brier_score_loss(truths, probabilities))


def test_false_find_rate_counts_only_what_is_absent() -> None:
    found, present = np.array([1, 1, 0, 1], bool), np.array([1, 0, 0, 0], bool)
    assert rate(found, ~present)(np.ones((1, 4)))[0] == pytest.approx(2 / 3)


def test_calibrated_scores_have_no_calibration_error_and_overconfident_ones_have() -> None:
    probabilities = RNG.random(20_000)
    labels = RNG.random(20_000) < probabilities
    ones = np.ones((1, 20_000))
    assert calibration_error(probabilities, labels)(ones)[0] < 0.02
    assert calibration_error(np.round(probabilities), labels)(ones)[0] == pytest.approx(0.25, abs=0.02)


def test_rank_counts_what_comes_before_the_best_relevant_picture() -> None:
    scores = np.array([[0.9, 0.5, 0.7, 0.1], [0.2, 0.2, 0.2, 0.2]])
    relevant = np.array([[0, 1, 0, 1], [1, 0, 0, 0]], bool)
    assert ranks(scores, relevant).tolist() == [3, 4]  # a scorer that cannot tell earns nothing by ties


def test_average_precision_of_a_perfect_ranking_is_one() -> None:
    assert average_precisions(np.array([[3.0, 2.0, 1.0]]), np.array([[1, 1, 0]])).tolist() == [1.0]


def test_interval_covers_the_truth_about_nineteen_times_in_twenty() -> None:
    covered = 0
    for seed in range(100):
        values = np.random.default_rng(seed).random(80)
        found = interval(mean(values), resample(80, seed))
        covered += found.low <= 0.5 <= found.high
    assert 88 <= covered <= 100


def test_paired_difference_is_surer_than_its_two_parts() -> None:
    base = RNG.random(200)
    better = base + 0.02 + 0.01 * RNG.random(200)
    resamples = resample(200)
    gain = sampled(mean(better), resamples) - sampled(mean(base), resamples)
    assert gain.interval.low > 0
    assert interval(mean(better), resamples).low < interval(mean(base), resamples).high
