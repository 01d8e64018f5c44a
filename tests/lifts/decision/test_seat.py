"""The judge of the seat: riders are what a passage's pictures have in common."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from lifts.arrays import Float32
from lifts.decision.clusters import ClusterPrior
from lifts.decision.seat import (
    LOG_ODDS_PER_MARGIN,
    SeatCalibration,
    SeatReading,
    fuse,
    judge_seat,
    learn_seats,
    strongest_cells,
)
from lifts.decision.verdict import NO_RIDERS, Inference, Seat

CALIBRATION = SeatCalibration(
    cells=5, weights=(0.0, 2.0, 0.0), offset=1.0, unclear_low=0.05, unclear_high=0.75
)
"""The eight strongest cells decide: p = sigmoid(2 x their mean + 1)."""


def _seen(*maps: Float32, occupancy: float = 0.9) -> Inference:
    count = len(maps)
    riders = np.stack(maps) if count else NO_RIDERS
    shape = max(count, 1)
    return Inference(
        np.zeros((shape, 2), np.float32),
        np.full(shape, occupancy, np.float32),
        np.zeros((shape, 2), np.float32),
        riders,
    )


def _map(strong: float, rows: slice = slice(0, 2)) -> Float32:
    """A map with ten cells, two rows, at `strong` and all others at -8."""
    found = np.full((5, 5), -8.0, np.float32)
    found[rows] = strong
    return found


def _read(*maps: Float32) -> SeatReading:
    return judge_seat(_seen(*maps), CALIBRATION, 0.5)


def test_the_strongest_cells_are_averaged() -> None:
    """Of a map whose cells are 0 to 24: the means of the top 3, 8 and 24."""
    found = strongest_cells(np.arange(25.0).reshape(5, 5))
    assert found.tolist() == [23.0, 20.5, 12.5]


@pytest.mark.parametrize("count", [1, 3, 12])
def test_somebody_in_every_picture_is_somebody(count: int) -> None:
    """However many pictures there are: strong cells at one place, p = sigmoid(2 x 3 + 1)."""
    found = _read(*[_map(3.0)] * count)
    assert found.seat is Seat.OCCUPIED
    assert found.probability == pytest.approx(1 / (1 + math.exp(-7)))


def test_what_shows_elsewhere_in_each_picture_is_nobody() -> None:
    """Each picture alone says occupied; they have nothing in common, so nobody sits there."""
    maps = [_map(1.0, slice(row, row + 2)) for row in (0, 2, 3)]
    assert [_read(one).seat for one in maps] == [Seat.OCCUPIED] * 3
    # The row that two of them share is at (1 + 1 - 8) / 3, the others at (1 - 8 - 8) / 3: far below.
    assert _read(*maps).seat is Seat.EMPTY


def test_between_the_limits_the_seat_is_unclear() -> None:
    """At either limit a call is made; strictly between them none is."""

    def at(probability: float) -> Float32:
        return _map((math.log(probability / (1 - probability)) - 1) / 2)

    assert _read(at(0.76)).seat is Seat.OCCUPIED
    assert _read(at(0.74)).seat is Seat.UNCLEAR
    assert _read(at(0.06)).seat is Seat.UNCLEAR
    assert _read(at(0.04)).seat is Seat.EMPTY


def test_a_model_without_maps_is_judged_by_the_pictures_probabilities() -> None:
    """Their mean log odds against the threshold; never unclear, also where a calibration is there."""
    found = judge_seat(_seen(), None, 0.5)
    assert found.seat is Seat.OCCUPIED
    assert found.probability == pytest.approx(0.9)
    assert judge_seat(_seen(occupancy=0.4), CALIBRATION, 0.5).seat is Seat.EMPTY
    assert judge_seat(_seen(_map(9.0), occupancy=0.4), None, 0.5).seat is Seat.EMPTY


def test_fusion_keeps_the_shape_before_the_pictures() -> None:
    """[P, N, C, C] becomes [P, C, C]."""
    assert fuse(np.zeros((7, 3, 5, 5))).shape == (7, 5, 5)


def test_a_band_upside_down_is_refused() -> None:
    """Lower limit above the upper."""
    with pytest.raises(ValidationError, match="unclear_low: above unclear_high"):
        SeatCalibration.model_validate({**CALIBRATION.model_dump(), "unclear_low": 0.8})


PRIOR = ClusterPrior(-0.4, 0.4, 0.2, 0.2, 0.9, 0.05)


def test_a_lifts_own_clusters_move_what_counts_as_somebody() -> None:
    """Empty seats at log odds 0 and occupied ones at 8: the threshold moves from 0 towards 4."""
    log_odds = np.array([0.0] * 40 + [8.0] * 40)
    own = learn_seats(1 / (1 + np.exp(-log_odds)), PRIOR)
    assert own.midpoint == pytest.approx(0.4, abs=0.03)
    assert own.open_share == pytest.approx(0.5, abs=0.05)  # of the empty ones, the lower cluster
    shift = LOG_ODDS_PER_MARGIN * own.threshold
    assert 2 < shift < 4
    found = judge_seat(_seen(_map(3.0)), CALIBRATION, 0.5, own)
    assert found.probability == pytest.approx(1 / (1 + math.exp(shift - 7)))


@pytest.mark.parametrize("occupied", [1, 99])
def test_where_one_state_is_hardly_seen_the_threshold_hardly_moves(occupied: int) -> None:
    """99 % occupied or 99 % empty, at -4 and 4 as on lifts in general: within a quarter of even odds."""
    rng = np.random.default_rng(0)
    log_odds = np.where(np.arange(100) < occupied, 4.0, -4.0) + rng.normal(0, 0.5, 100)
    own = learn_seats(1 / (1 + np.exp(-log_odds)), PRIOR)
    assert abs(LOG_ODDS_PER_MARGIN * own.threshold) < 1.1


def test_reviewed_passages_belong_to_the_state_of_their_label() -> None:
    """Empty seats that look like somebody (log odds 2), all labelled: the threshold lies above them."""
    log_odds = np.array([2.0] * 30 + [6.0] * 30)
    shares = 1 / (1 + np.exp(-log_odds))
    labels = [False] * 30 + [True] * 30
    assert LOG_ODDS_PER_MARGIN * learn_seats(shares, PRIOR, labels).threshold > 2.2
    with pytest.raises(ValueError, match="60 margins, but 1 labels"):
        learn_seats(shares, PRIOR, [None])
