"""Several pictures' numbers as one, worked by hand; bars that stay, are lowered, raised, or still move."""

import numpy as np
import pytest

from lifts.decision.calibration import Calibration
from lifts.decision.fusion import fuse, mean_odds, select_decisive
from lifts.decision.verdict import Verdict


def test_the_mean_of_log_odds_by_hand() -> None:
    """Odds of 9 and 1/9 cancel; certain ones are held at 0.001 and 0.999."""
    assert float(mean_odds([0.9, 0.1])) == pytest.approx(0.5)
    assert float(mean_odds([1.0])) == pytest.approx(0.999)
    assert mean_odds([[0.9, 0.9], [0.5, 0.5]]).tolist() == pytest.approx([0.9, 0.5])
    assert np.isnan(mean_odds([0.9, np.nan]))


@pytest.mark.parametrize(
    ("chances", "found"),
    [
        ([0.99, 0.99, 0.5], [0, 1, 2]),  # nothing contradicts
        ([0.99, 0.5, 0.01], [2]),  # lowered: the last state counts
        ([0.01, 0.99, 0.98], [1, 2]),  # raised: the unbroken last run
        ([0.99, 0.04, 0.5], [0, 1, 2]),  # 0.96 closed is not decisive
    ],
)
def test_which_of_a_few_pictures_decide(chances: list[float], found: list[int]) -> None:
    """All of them, unless the bar moved while the carrier passed."""
    assert select_decisive(chances) == found


CALIBRATION = Calibration(
    scale=10.0,
    offset=0.0,
    unknown_low=0.25,
    unknown_high=2 / 3,
    occupancy_threshold=0.5,
    min_separation_good=0.5,
    min_separation=0.1,
)
"""p(open) = 1 / (1 + exp(10 margin)): 0.95 at -0.3, 0.98 at -0.4; closed from 0.11 on, open up to -0.07."""

UP, DOWN = -0.5, 0.5


@pytest.mark.parametrize(
    ("margins", "margin", "moving"),
    [
        pytest.param([DOWN] * 12, DOWN, False, id="down all the time"),
        pytest.param([DOWN] * 5 + [UP] + [DOWN] * 6, 5 / 12, False, id="hidden once"),
        pytest.param([UP] * 6 + [0.0] + [DOWN] * 5, 2.5 / 6, False, id="lowered, down at the end"),
        pytest.param([UP] * 10 + [DOWN] * 2, DOWN, True, id="hardly down: two pictures are too few"),
        pytest.param([UP] * 8 + [DOWN] * 3 + [UP], -0.25, False, id="lowered, the last one open"),
        pytest.param([DOWN] * 6 + [UP] * 6, UP, False, id="opened again"),
        pytest.param([DOWN] * 11 + [UP], UP, False, id="opened in the last picture"),
        pytest.param([DOWN] * 9 + [0.2, 0.0, -0.1], None, True, id="closed, and opening at the end"),
        pytest.param([UP] * 8 + [0.1, 0.3, 0.4, 0.5], None, True, id="open, and closing at the end"),
        pytest.param([UP] * 12, UP, False, id="open all the time"),
        pytest.param([DOWN] * 4 + [UP] * 2, UP, False, id="six pictures, opened again"),
        pytest.param([DOWN] * 3 + [0.0], None, True, id="four pictures, the last in doubt"),
        pytest.param([DOWN, DOWN, 0.0], 1 / 3, False, id="three pictures show no movement"),
    ],
)
def test_a_bars_movement(margins: list[float], margin: float | None, moving: bool) -> None:
    """What counts is where the bar is at the end; where that cannot be said, it is moving."""
    found = fuse(margins, CALIBRATION)
    assert found.moving is moving
    if margin is not None:
        assert found.margin == pytest.approx(margin)


@pytest.mark.parametrize("count", range(4, 25))
@pytest.mark.parametrize("last", [-0.5, -0.2, -0.07])
def test_a_bar_that_looks_open_at_the_end_is_never_closed(count: int, last: float) -> None:
    """However many pictures show it down: with the last one open, the verdict is open or unknown."""
    found = fuse([DOWN] * (count - 1) + [last], CALIBRATION)
    verdict = CALIBRATION.verdict_of(CALIBRATION.probability_open(found.margin))
    assert found.moving or verdict is Verdict.OPEN
