"""How many cameras are at work, and by how much they slow a call down."""

import math

import numpy as np
import pytest

from ml.simulation.processor import Contention, busy_distribution


def test_with_a_core_for_each_camera_they_work_independently() -> None:
    """As many cores as cameras: binomial, by each camera's own share (Engset)."""
    found = busy_distribution(6, 0.3, 6.0)
    expected = [math.comb(6, k) * 0.3**k * 0.7 ** (6 - k) for k in range(7)]
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("cores", [1.0, 2.0, 3.5])
def test_what_is_finished_is_what_begins(cores: float) -> None:
    """In the long run: cores at work = what the waiting cameras ask for, share / (1 - share) each."""
    chances, at_work = busy_distribution(12, 0.2, cores), np.arange(13)
    done = float((chances * np.minimum(at_work, cores)).sum())
    begun = float((chances * (12 - at_work)).sum()) * 0.2 / 0.8
    assert done == pytest.approx(begun)
    assert done <= cores


def test_a_quiet_machine_slows_nothing_and_a_busy_one_more() -> None:
    """Stretches are 1 with cores to spare, and grow with cameras and with other work."""
    rng = np.random.default_rng(0)
    means = [
        Contention(4.0, cameras, 0.05, 2.0, others).stretches(rng, 2, 20.0).mean()
        for cameras, others in ((1, 0.0), (40, 0.0), (80, 0.0), (80, 3.0))
    ]
    assert means[0] == pytest.approx(1.0, abs=0.01)
    assert means == sorted(means)
    assert means[-1] > 5.0


@pytest.mark.parametrize(("share", "cores"), [(1.0, 2.0), (-0.1, 2.0), (0.5, 0.0)])
def test_a_share_or_cores_that_mean_nothing_are_refused(share: float, cores: float) -> None:
    """Not turned into some distribution."""
    with pytest.raises(ValueError, match="expected a share"):
        busy_distribution(3, share, cores)
