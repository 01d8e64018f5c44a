"""Several pictures' numbers as one, worked by hand."""

import numpy as np
import pytest

from lifts.decision.fusion import mean_odds, select_decisive


def test_the_mean_of_log_odds_by_hand() -> None:
    """Odds of 9 and 1/9 cancel; certain ones are held at 0.001 and 0.999."""
    assert float(mean_odds([0.9, 0.1])) == pytest.approx(0.5)
    assert float(mean_odds([1.0])) == pytest.approx(0.999)
    assert mean_odds([[0.9, 0.9], [0.5, 0.5]]).tolist() == pytest.approx([0.9, 0.5])
    assert np.isnan(mean_odds([0.9, np.nan]))


@pytest.mark.parametrize(
    ("chances", "usable", "found"),
    [
        ([0.99, 0.99, 0.5], [0, 1, 2], [0, 1, 2]),  # nothing contradicts
        ([0.99, 0.5, 0.01], [0, 1, 2], [2]),  # lowered: the last state counts
        ([0.01, 0.99, 0.98], [0, 1, 2], [1, 2]),  # raised: the unbroken last run
        ([0.99, 0.01, 0.99], [0, 2], [0, 2]),  # what must not be judged contradicts nobody
        ([0.99, 0.04, 0.5], [0, 1, 2], [0, 1, 2]),  # 0.96 closed is not decisive
    ],
)
def test_which_pictures_decide(chances: list[float], usable: list[int], found: list[int]) -> None:
    """All of them, unless the bar moved while the carrier passed."""
    assert select_decisive(chances, usable) == found
