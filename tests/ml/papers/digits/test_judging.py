"""Figures of distorted digits, worked by hand."""

from typing import Any

import numpy as np
import pytest

from ml.models.getnet import DIGITS, getnet
from ml.papers.digits.judging import Asked, DigitsAnswers, corners, figures, overlap
from ml.papers.digits.pictures import Digits
from ml.papers.digits.training import DigitsRecipe, Trained, Transformer
from ml.report.digits import digits_section


def transform(*values: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.array(values, np.float32).reshape(1, 2, 3)


def test_corners_lie_in_the_picture() -> None:
    """Half the size, to the right and up: the right upper quarter of 60 pixels."""
    found = corners(transform(0.5, 0, 0.5, 0, 0.5, -0.5), 60)
    assert found[0].tolist() == [[30, 0], [60, 0], [60, 30], [30, 30]]


@pytest.mark.parametrize(
    ("cut", "box", "iou", "inside"),
    [
        ((1, 0, 0, 0, 1, 0), (0, 0, 30, 30), 0.25, 1.0),  # the whole picture, and a quarter of it
        ((0.5, 0, 0.5, 0, 0.5, -0.5), (30, 0, 60, 30), 1.0, 1.0),
        ((0.5, 0, 0.5, 0, 0.5, -0.5), (0, 30, 30, 60), 0.0, 0.0),
        ((0.5, 0, 0, 0, 0.5, 0), (30, 15, 60, 45), 1 / 3, 0.5),
        ((2, 0, 0, 0, 2, 0), (0, 0, 60, 60), 0.25, 1.0),  # twice the picture: what is beyond counts
        ((-0.5, 0, 0.5, 0, 0.5, -0.5), (30, 0, 60, 30), 1.0, 1.0),  # mirrored
        ((0, -0.5, 0.5, 0.5, 0, -0.5), (30, 0, 60, 30), 1.0, 1.0),  # turned by a quarter
    ],
)
def test_overlap_by_hand(cut: tuple[float, ...], box: tuple[int, ...], iou: float, inside: float) -> None:
    found = overlap(transform(*cut), np.array([box]))
    assert found[0][0] == pytest.approx(iou, abs=1e-5)
    assert found[1][0] == pytest.approx(inside, abs=1e-5)


def asked() -> Asked:
    """Two digits, each in two pictures; every picture in two pairs."""
    sources = np.array([5, 9, 5, 9])
    digits = Digits(np.zeros((4, 60, 60), np.uint8), sources % 2, np.zeros((4, 4), np.int64), sources)
    rows = np.array([[0, 2], [1, 3], [2, 0], [3, 1], [0, 1], [1, 0], [2, 1], [3, 0]])
    return Asked(digits, rows, np.arange(8) < 4, digits)


def judged(kind: Transformer, seed: int, right: list[int]) -> DigitsAnswers:
    state = {"best_epoch": 1, "epoch": 2, "ready": None, "best": 0.5, "seconds": 3.0, "threshold": 1.0}
    trained = Trained(DigitsRecipe(transformer=kind, seed=seed), getnet(DIGITS, kind), state)
    values = np.array([1.0, 0.0, 1.0, 0.0])
    return DigitsAnswers(trained, np.array(right, np.float64), values, values / 2, values)


def test_pairs_and_pictures_are_gathered_by_digit() -> None:
    """A pair belongs to the digit of its first picture: digit 5 has the pairs 0, 2, 4 and 6."""
    found = asked().by_digit(np.array([1.0, 0, 1, 0, 1, 0, 0, 0]))
    assert found.tolist() == [0.75, 0.0]
    assert asked().by_digit(np.array([1.0, 0, 0, 0])).tolist() == [0.5, 0.0]


def test_figures_by_hand() -> None:
    """Means over seeds; what the transformer gains is seed by seed, on the same pairs."""
    ones = [
        judged(0, 0, [1, 1, 1, 1, 0, 0, 0, 0]),
        judged(0, 1, [1, 1, 1, 1, 1, 1, 0, 0]),
        judged(3, 0, [1, 1, 1, 1, 1, 1, 1, 0]),
        judged(3, 1, [1, 1, 1, 1, 1, 1, 1, 1]),
    ]
    found = figures(ones, asked())
    assert (found["seeds"], found["pairs"], found["pictures"], found["digits"]) == ([0, 1], 8, 4, 2)
    without, with_ = found["variants"]
    assert (without["transformer"], with_["transformer"]) == (0, 3)
    assert without["pair_accuracy"] == pytest.approx(0.625)
    assert without["pair_accuracy_by_seed"] == [0.5, 0.75]
    assert with_["pair_accuracy"] == pytest.approx(0.9375)
    assert (with_["nearest"], with_["overlap"]) == (0.5, 0.25)
    assert with_["nearest_interval_95"] == [0.0, 1.0]  # one digit always found, the other never
    assert with_["parameters"] == 525_763
    gain = found["differences"][0]
    assert gain["pair_accuracy"] == pytest.approx(31.25)
    assert gain["pair_accuracy_by_seed"] == [37.5, 25.0]
    # Digit 5 gains (1 + 0.5) / 4 and digit 9 (0.5 + 0.5) / 4: a draw of both lies between the two.
    assert gain["pair_accuracy_interval_95"] == [pytest.approx(25.0), pytest.approx(37.5)]


def test_the_table_says_what_each_gains() -> None:
    """A row for each network and one for the gain, with its sign; alone a network gains nothing."""
    pair = [judged(0, 0, [1, 1, 1, 1, 0, 0, 0, 0]), judged(6, 0, [1, 1, 1, 1, 1, 1, 0, 0])]
    text = digits_section(figures(pair, asked()))
    assert "| no transformer | 420352 |" in text
    assert "50.00" in text
    assert "+25.00" in text
    assert "mean of 1 seed." in text
    assert "| 1 of 64 | never |" in text
    assert "98.2 without, 99.3 with" in text
    assert "gains" not in digits_section(figures(pair[1:], asked()))
