"""The seat's calibration: each kind of lift and each state has the same weight."""

from dataclasses import dataclass

import numpy as np
import pytest

from lifts.arrays import Float32
from ml.data.rendered import RenderedLift
from ml.export.seat import SeatSample, calibrate_seat, seat_sample


def _sample(count: int, occupied_share: float, apart: float, seed: int) -> SeatSample:
    """Passages whose three numbers are normal about -apart where empty, +apart where occupied."""
    rng = np.random.default_rng(seed)
    occupied = np.arange(count) < occupied_share * count
    centre = np.where(occupied, apart, -apart)[:, None]
    return SeatSample(centre + rng.normal(size=(count, 3)), occupied)


@dataclass(frozen=True)
class _Seen:
    """Features of which only the rider maps are read."""

    riders: Float32


def test_a_lifts_sample_is_what_the_judge_would_see() -> None:
    """A dark picture has no part in the mean; passages that are dark, or hide their riders, teach nothing."""
    images = np.random.default_rng(0).integers(0, 255, (12, 10, 10, 3), np.uint8).repeat(20, 1).repeat(20, 2)
    images[1], images[6:9] = 0, 0
    riders = np.zeros((12, 200, 200), np.uint8)
    riders[:6, :20, :20] = 1  # of the fourth passage nobody could see them
    taken = np.array([True] * 12)
    none = np.zeros((200, 200), np.uint8)
    lift = RenderedLift(1, images, riders, riders, taken, taken, none, none)
    maps = np.arange(12, dtype=np.float32)[:, None, None] * np.ones((12, 5, 5), np.float32)
    sample = seat_sample(lift, _Seen(maps))  # type: ignore[arg-type]
    assert sample.occupied.tolist() == [True, True]
    assert sample.strongest[:, 0].tolist() == [1.0, 4.0]  # of pictures 0 and 2; of 3 to 5


def test_probabilities_are_those_of_a_seat_that_is_taken_as_often_as_not() -> None:
    """90 % of the passages are occupied; half-way between the two states p is one half all the same."""
    calibration = calibrate_seat([_sample(4000, 0.9, 1.0, 0)], 25)
    assert calibration.offset == pytest.approx(0.0, abs=0.3)
    # Three independent numbers, each with log odds 2x: their sum has log odds 2 (x + y + z).
    assert calibration.weights == pytest.approx((2.0, 2.0, 2.0), abs=0.4)


def test_a_small_kind_of_lift_counts_as_much_as_a_large_one() -> None:
    """40 passages whose states part at 2 and 4,000 whose states part at 0: the midpoint lies between."""
    shifted = _sample(40, 0.5, 1.0, 1)
    shifted = SeatSample(shifted.strongest + 2, shifted.occupied)
    calibration = calibrate_seat([_sample(4000, 0.5, 1.0, 2), shifted], 25)
    midpoint = -calibration.offset / sum(calibration.weights)
    assert 0.5 < midpoint < 1.5


def test_the_band_follows_from_the_costs() -> None:
    """A person overlooked costs twenty unclear seats, a false alarm three."""
    calibration = calibrate_seat([_sample(100, 0.5, 1.0, 3)], 25)
    assert [calibration.unclear_low, calibration.unclear_high] == pytest.approx([1 / 20, 2 / 3])
