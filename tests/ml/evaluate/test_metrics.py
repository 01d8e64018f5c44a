"""Figures of merit against numbers worked by hand."""

import numpy as np
import pytest

from ml.evaluate.metrics import (
    accuracy,
    auc,
    bootstrap,
    calibration_error,
    fit_logistic,
    paired_difference,
    roc,
    seeds_interval,
    wilson,
)


def test_accuracy() -> None:
    """Three of four."""
    assert accuracy(np.array([True, True, False, False]), np.array([True, False, False, False])) == 0.75


def test_auc_counts_pairs() -> None:
    """Positives 3 and 1 against negatives 2 and 1: wins 1 + 1 + 0 + half of a tie, of 4."""
    assert auc([3, 1, 2, 1], np.array([True, True, False, False])) == (1 + 1 + 0 + 0.5) / 4


def test_calibration_error_by_hand() -> None:
    """Bin 0.9: stated 0.95, observed 0.5; bin 0.0: stated 0.05, observed 0; two pictures each."""
    p, truth = [0.95, 0.95, 0.05, 0.05], np.array([True, False, False, False])
    assert calibration_error(p, truth) == pytest.approx((0.45 * 2 + 0.05 * 2) / 4)


def test_wilson_matches_the_textbook() -> None:
    """Wilson's interval for 8 of 10 is 0.490 to 0.943; for nothing seen it is everything."""
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(10, 10)[1] == 1.0


def test_the_logistic_fit_finds_what_made_the_data() -> None:
    """Labels drawn from scale 8, offset 1 give these back."""
    rng = np.random.default_rng(0)
    margin = rng.normal(0, 0.4, 20_000)
    p = 1 / (1 + np.exp(8 * margin + 1))
    scale, offset = fit_logistic(margin, rng.random(20_000) < p)
    assert scale == pytest.approx(8, rel=0.05)
    assert offset == pytest.approx(1, abs=0.1)


def test_separable_margins_do_not_run_away() -> None:
    """Perfectly parted data keep a finite scale."""
    scale, offset = fit_logistic([-1, -0.5, 0.5, 1], np.array([True, True, False, False]))
    assert 0 < scale < 1e3
    assert abs(offset) < 1e-3


def _scores(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores with many ties, and labels that they say something of."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=300).round(1)
    return scores, rng.random(300) < 1 / (1 + np.exp(-2 * scores))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_libraries_figures_are_those_of_the_definitions(seed: int) -> None:
    """AUC by counting pairs, ROC by moving the threshold: what results held before stays what it was."""
    scores, positive = _scores(seed)
    high, low = scores[positive], scores[~positive]
    wins = (high[:, None] > low[None]).sum() + 0.5 * (high[:, None] == low[None]).sum()
    assert auc(scores, positive) == pytest.approx(wins / (len(high) * len(low)), abs=1e-12)
    rates, found = roc(scores, positive)
    limits = np.append(np.sort(low)[::-1], -np.inf)[np.floor(rates * len(low) + 1e-9).astype(int)]
    np.testing.assert_allclose(found, [(high > limit).mean() for limit in limits], atol=1e-12)


@pytest.mark.parametrize("seed", [1, 2])
def test_intervals_are_those_of_plain_resampling(seed: int) -> None:
    """Row by row from the same generator: the very draws that earlier results were made with."""
    _, right = _scores(seed)
    rng = np.random.default_rng(0)
    means = [right[rng.integers(0, 300, 300)].mean() for _ in range(2000)]
    np.testing.assert_allclose(bootstrap(right), np.quantile(means, [0.025, 0.975]), atol=1e-12)
    other, groups = _scores(seed + 10)[1], np.random.default_rng(seed).integers(0, 20, 300)
    difference = right.astype(float) - other
    total, size = np.bincount(groups, difference), np.bincount(groups)
    rng = np.random.default_rng(0)
    drawn = [rng.integers(0, 20, 20) for _ in range(2000)]
    means = [total[rows].sum() / size[rows].sum() for rows in drawn]
    expected = [difference.mean(), *np.quantile(means, [0.025, 0.975])]
    np.testing.assert_allclose(paired_difference(right, other, groups), expected, atol=1e-12)


def test_an_interval_over_seeds_knows_what_one_seed_cannot() -> None:
    """One seed: plain resampling's interval. Two that part by half on all cases: half as wide at least."""
    right = np.array([_scores(1)[1]], float)
    assert seeds_interval([right]) == pytest.approx(bootstrap(right[0]), abs=0.01)
    groups = np.random.default_rng(1).integers(0, 20, 300)
    other = np.array([_scores(11)[1]], float)
    expected = paired_difference(right[0], other[0], groups)[1:]
    assert seeds_interval([right, other], groups) == pytest.approx(expected, abs=0.015)
    apart = np.stack([np.zeros(300), np.full(300, 0.5)])
    assert seeds_interval([apart]) == seeds_interval([apart], groups) == (0.0, 0.5)


def test_seeds_that_belong_together_are_drawn_together() -> None:
    """What each seed gains is the same: by itself it is certain, with seeds drawn apart it is not."""
    before = np.stack([np.zeros(300), np.full(300, 0.5)])
    after = before + 0.25
    assert seeds_interval([after, before], together=True) == (0.25, 0.25)
    assert seeds_interval([after, before]) == (-0.25, 0.75)


def test_the_logistic_fit_is_where_its_gradient_is_zero() -> None:
    """The ridge of 1e-4 on scale and offset, both in units of the margins' spread, counts as before."""
    scores, positive = _scores(3)
    scale, offset = fit_logistic(-scores, positive)
    spread = scores.std()
    design = np.stack([scores / spread, -np.ones(300)], 1)
    weights = np.array([scale * spread, offset])
    p = 1 / (1 + np.exp(-design @ weights))
    np.testing.assert_allclose(design.T @ (p - positive) + 1e-4 * weights, 0, atol=1e-6)


def test_one_class_has_no_curve() -> None:
    """All positive, or nothing at all: not a number, instead of a figure."""
    assert np.isnan(auc([1.0, 2.0], np.array([True, True])))
    assert np.isnan(roc([1.0, 2.0], np.array([False, False]))[1]).all()
    assert np.isnan(bootstrap([])).all()
    assert bootstrap([1.0]) == (1.0, 1.0)
