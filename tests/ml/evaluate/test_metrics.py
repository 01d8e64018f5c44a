"""Figures of merit against numbers worked by hand."""

from dataclasses import replace

import numpy as np
import pytest

from ml.evaluate.metrics import accuracy, auc, calibration_error, fit_logistic, wilson
from ml.evaluate.report import called, probability_open, report
from ml.evaluate.scoring import Scores
from ml.report.accuracy import lifts_section


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


CALIBRATION = {
    "scale": 10.0,
    "offset": 0.0,
    "occupancy_threshold": 0.5,
    "unknown_low": 0.25,
    "unknown_high": 0.667,
}


def _scores() -> Scores:
    return Scores(
        "a",
        margin=np.array([-0.5, -0.1, 0.2, 0.3, 0.1, 0.2], np.float32),
        occupancy=np.array([0.9, 0.8, 0.4, 0.1, 0.2, 0.1], np.float32),
        is_open=np.array([True] * 3 + [False] * 3),
        occupied=np.array([True] * 3 + [False] * 3),
        fit=np.ones(6, np.float32),
    )


def test_a_report_by_hand() -> None:
    """One of six pictures is on the wrong side; its passage's mean puts it right."""
    result = report([_scores()], CALIBRATION)
    row = result["lifts"][0]
    assert row["accuracy"] == pytest.approx(5 / 6)
    assert (row["open_called_closed"], row["closed_called_open"]) == (1, 0)
    assert row["accuracy_per_passage"] == 1.0
    assert row["occupancy_accuracy"] == pytest.approx(5 / 6)
    assert result["accuracy"] == pytest.approx(5 / 6)


def test_what_becomes_of_passages_by_hand() -> None:
    """Means of -0.133 and 0.2 are 0.79 and 0.12 open: both called rightly, until the band reaches further."""
    assert called([_scores()], CALIBRATION) == {
        "passages": 2,
        "unknown": 0.0,
        "open_called_closed": 0.0,
        "closed_called_open": 0.0,
    }
    assert called([_scores()], {**CALIBRATION, "unknown_high": 0.8})["unknown"] == 0.5
    assert called([_scores()], {**CALIBRATION, "unknown_low": 0.8})["open_called_closed"] == 0.5
    below = {**CALIBRATION, "unknown_low": 0.05, "unknown_high": 0.1}
    assert called([_scores()], below)["closed_called_open"] == 0.5
    assert "Of 2 passages 0.00 % are called unknown" in lifts_section(
        "lifts", report([_scores()], CALIBRATION)
    )


def test_pictures_taken_one_by_one_have_no_passages() -> None:
    """Three strangers in a row are no passage: the column stays empty."""
    result = report([replace(_scores(), in_threes=False)], CALIBRATION)
    assert result["accuracy_per_passage"] is None
    assert result["lifts"][0]["accuracy_per_passage"] is None
    assert "| | 1 | 0 |" in lifts_section("folders", result)


def test_p_open_falls_with_the_margin() -> None:
    """sigmoid(-(10 * -0.5 + 1)) by hand."""
    p = probability_open(_scores(), scale=10, offset=1)
    assert p[0] == pytest.approx(1 / (1 + np.exp(-4)))
    assert p[0] > p[1] > p[2]
