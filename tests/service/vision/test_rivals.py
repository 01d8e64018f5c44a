"""Scores over phases: the peak, and whether another place rivals it."""

import numpy as np
import pytest

from service.vision.rivals import alone, distances, highest

PHASES = 100
SPEEDS = np.full(PHASES, 2.5)


def bumps(*places: tuple[float, float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return scores float64[PHASES] with peaks of given (phase, height), a twentieth of an interval wide."""
    scores = np.zeros(PHASES)
    for phase, height in places:
        off = (np.arange(PHASES) / PHASES - phase + 0.5) % 1.0 - 0.5
        scores = np.maximum(scores, height * np.exp(-0.5 * (off / 0.05) ** 2))
    return scores


@pytest.mark.parametrize("phase", [0.0, 0.304, 0.995])
def test_a_peak_is_found_to_a_part_of_a_step_where_phases_go_round(phase: float) -> None:
    """A phase just before 1 is next to 0."""
    found = highest(bumps((phase, 3.0)))
    assert (found - phase + 0.5) % 1.0 - 0.5 == pytest.approx(0.0, abs=0.002)


def test_a_far_place_that_fits_nearly_as_well_is_a_rival() -> None:
    """Half an interval away; not the peak's own slope, also across the interval's end."""
    for phase in (0.02, 0.4, 0.98):
        assert alone(bumps((phase, 1.0), (phase + 0.5, 0.5)), SPEEDS, 0.25, 0.6)
        assert not alone(bumps((phase, 1.0), (phase + 0.5, 0.7)), SPEEDS, 0.25, 0.6)
    assert not alone(np.zeros(PHASES), SPEEDS, 0.25, 0.6)


def test_distances_go_round() -> None:
    """Half an interval is the farthest."""
    assert distances(4, 3).tolist() == [0.25, -0.5, -0.25, 0.0]
