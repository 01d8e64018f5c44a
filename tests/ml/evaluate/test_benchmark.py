"""The benchmark's tables, factors and baselines against cases worked by hand."""

from typing import Any

import cv2
import numpy as np
import pytest

from lifts.arrays import UInt8
from ml.evaluate.baselines import BASELINES
from ml.evaluate.benchmark import baseline_scores, confusion, table
from ml.evaluate.factors import cost_of_factors, view
from ml.evaluate.metrics import bootstrap, fitted_calibration_error, roc
from ml.report.accuracy import benchmark_section


def test_roc_by_hand() -> None:
    """Negatives at 1 and 3, positives at 2 and 4: one false positive allowed reaches both, none only one."""
    rates, found = roc([1.0, 3.0, 2.0, 4.0], np.array([False, False, True, True]), points=3)
    assert rates.tolist() == [0.0, 0.5, 1.0]
    assert found.tolist() == [0.5, 1.0, 1.0]


def test_scores_that_follow_a_logistic_law_are_calibrated_and_constant_ones_too() -> None:
    """Drawn by p = sigmoid(3 s): nearly no error; a constant score states the base rate, which is correct."""
    rng = np.random.default_rng(0)
    score = rng.normal(0, 1, 6000)
    actual = rng.random(6000) < 1 / (1 + np.exp(-3 * score))
    assert fitted_calibration_error(score, actual) < 0.025
    for unit in (0.001, 20.0, 1000.0):  # whatever the score is measured in
        assert fitted_calibration_error(unit * score, actual) < 0.025
    assert fitted_calibration_error(np.zeros(6000), actual) < 0.025
    # A score whose sharp part is overruled by a few large mistakes cannot be fitted by one slope.
    mixed = np.where(rng.random(6000) < 0.1, -8.0, 1.0) * np.where(actual, 1.0, -1.0)
    assert fitted_calibration_error(mixed, actual) > 0.05


def test_bootstrap_holds_the_mean_and_shrinks() -> None:
    """Of 400 coin throws with 300 heads the interval is about +-0.042; of equal values nothing wide."""
    low, high = bootstrap([1.0] * 300 + [0.0] * 100)
    assert (low, high) == pytest.approx((0.7075, 0.7925), abs=0.01)
    assert bootstrap([1.0] * 5) == (1.0, 1.0)


def test_confusion_by_hand() -> None:
    """One of each."""
    predicted, actual = np.array([1, 0, 1, 0], bool), np.array([1, 1, 0, 0], bool)
    assert list(confusion(predicted, actual).values()) == [1, 1, 1, 1]


def test_a_table_by_hand() -> None:
    """Three right of four on one lift, one of one on the other: 80 % by picture, 87.5 % by lift."""
    score = [1.0, -1.0, 2.0, -2.0, -1.0]
    is_open = np.array([True, True, True, False, False])
    found = table(score, is_open, np.array([0, 0, 0, 0, 1]), ("S1", "S2"))
    assert found["accuracy"] == pytest.approx(0.8)
    assert found["accuracy_by_lift"] == pytest.approx(0.875)
    assert found["open_called_closed"] == 1
    assert [row["accuracy"] for row in found["lifts"]] == [0.75, 1.0]
    assert "| S1 | 4 | 75.00 |" in benchmark_section("x", found)
    assert "Trained" not in benchmark_section("x", found)
    trained = {
        "trained_by": "barwatch train x",
        "training_pictures": 12,
        "epoch": 3,
        "validation_accuracy_by_rate": {"0.03": 0.875, "0.01": 0.5},
    }
    section = benchmark_section("x", {**found, **trained})
    assert "on 12 pictures by `barwatch train x`; best epoch 3." in section
    assert "by learning rate: 0.03: 87.50, 0.01: 50.00." in section


@pytest.mark.parametrize(
    ("azimuth", "name"),
    [(0, "front"), (-30, "three-quarter front"), (90, "side"), (-140, "three-quarter rear"), (180, "rear")],
)
def test_views_have_the_operators_words(azimuth: float, name: str) -> None:
    """Both sides of the line alike."""
    assert view(azimuth) == name


def record(**changes: Any) -> dict[str, Any]:
    slips = [{"dx": 0.0, "dy": 0.0}] * 3
    plain: dict[str, Any] = dict.fromkeys(
        ("fog_per_m", "snow", "rain", "drops", "frost", "glare", "veil", "motion_px", "noise", "interlace"),
        0.0,
    )
    plain |= {
        "light": "sun",
        "zoom": 1.0,
        "grey": False,
        "band": 0.0,
        "crf": 0,
        "rime": 0.0,
        "blocks": 0.0,
        "quality": 95,
    }
    plain |= {"slips": slips, "position": 1, "occupied": False, "riders": [None], "standers": []}
    plain |= {"neighbours": [], "opening": 0.0, "azimuth_deg": 90.0, "lamps": 0}
    return plain | changes


def test_the_cost_of_fog_by_hand() -> None:
    """Half of the foggy pictures right, all of the clear: 50 points; what all have is not listed."""
    factors = [record(fog_per_m=0.1), record(fog_per_m=0.1), record(), record()]
    rows = cost_of_factors(np.array([True, False, True, True]), factors)
    assert [row["factor"] for row in rows] == ["fog"]
    assert rows[0]["cost_points"] == pytest.approx(50.0)
    assert rows[0]["pictures"] == 2


def drawn(points: list[tuple[int, int]], shift: int = 0) -> UInt8:
    mask = np.zeros((200, 200), np.uint8)
    corners = np.array(points, np.int32) + shift
    cv2.polylines(mask, [corners.reshape(-1, 1, 2)], False, 255, 4)
    return mask


OPEN, CLOSE = [(40, 40), (100, 30), (160, 40)], [(40, 150), (100, 165), (160, 150)]


@pytest.mark.parametrize("name", BASELINES)
def test_a_clean_bar_is_found_even_a_few_pixels_off(name: str) -> None:
    """A dark bar on snow, four pixels off its mask: each baseline tells both states."""
    pictures = np.full((2, 200, 200, 3), 210, np.uint8)
    pictures[0][drawn(OPEN, 4) > 0] = 40
    pictures[1][drawn(CLOSE, -4) > 0] = 40
    masks = np.stack([drawn(CLOSE), drawn(OPEN)])[None]
    found = baseline_scores(BASELINES[name], pictures, np.zeros(2, np.int64), masks)
    assert (found > 0).tolist() == [True, False]


@pytest.mark.parametrize("name", BASELINES)
def test_a_picture_without_edges_has_no_preference(name: str) -> None:
    """Nothing seen, nothing said."""
    plain = np.full((1, 200, 200, 3), 128, np.uint8)
    masks = np.stack([drawn(CLOSE), drawn(OPEN)])[None]
    assert baseline_scores(BASELINES[name], plain, np.zeros(1, np.int64), masks)[0] == pytest.approx(
        0, abs=1e-3
    )
