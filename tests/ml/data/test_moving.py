"""Passages seen a dozen times: the bar does what its row says, and each picture has its own state."""

import numpy as np
import pytest

from ml.data.moving import MOVEMENTS, PLACES, Movement, MovingLifts, openings_of, places_of, sample_openings
from ml.scene.passage import CLOSED_BELOW

OPEN_AT_THE_END = {
    "still closed": False,
    "still open": True,
    "half-lowered": True,
    "closed in time": False,
    "closing too late": True,
    "opened": True,
}


def test_the_middle_pose_is_among_the_places() -> None:
    """Twelve, ascending from begin to end, the middle one where the track has it."""
    places = places_of(0.37)
    assert len(places) == PLACES
    assert (places[0], places[-1]) == (0.0, 1.0)
    assert 0.37 in places
    assert list(places) == sorted(places)


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_a_bar_does_what_its_row_says(movement: Movement) -> None:
    """Its state at the end, whether it moves, and in which direction; never a question of a few degrees."""
    places = places_of(0.5)
    for seed in range(60):
        openings = np.array(sample_openings(movement, places, np.random.default_rng(seed)))
        assert (openings[-1] > CLOSED_BELOW) == OPEN_AT_THE_END[movement]
        if OPEN_AT_THE_END[movement]:
            assert openings[-1] >= 0.2
        moved = np.diff(openings)
        if movement == "opened":
            assert openings[0] <= CLOSED_BELOW
            assert (moved >= 0).all()
        elif movement.startswith("clos"):
            assert openings[0] > 0.2
            assert (moved <= 0).all()
        else:
            assert not moved.any()


@pytest.mark.thorough
def test_a_lift_is_a_pure_function_of_its_seed() -> None:
    """Twelve pictures of each passage, the carrier at the same place in each; the same again, bit for bit."""
    first, second = (MovingLifts(2).render(60_900) for _ in range(2))
    assert first.images.shape == (2 * PLACES, 200, 200, 3)
    assert np.array_equal(first.images, second.images)
    assert first.is_open.reshape(2, PLACES).tolist() == [[False] * PLACES, [True] * PLACES]
    assert all((bar > 0).any() for bar in first.bars)
    openings = openings_of(60_900, 2)
    assert np.array_equal((openings > CLOSED_BELOW).ravel(), first.is_open), "drawn again from the seed"
