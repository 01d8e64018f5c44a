"""Figures of merit against numbers worked by hand."""

import numpy as np
import pytest

from ml.evaluate.metrics import accuracy, auc, calibration_error, fit_logistic, wilson


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
