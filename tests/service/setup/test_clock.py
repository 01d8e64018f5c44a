"""The interval and the rope's distance, through a stop; refusals where nothing comes back."""

import numpy as np
import pytest

from service.domain.errors import CalibrationError
from service.setup.clock import Clock, find_clock
from service.setup.movie import background, coarse, edges
from service.setup.video import Recording
from tests.service.setup.scenes import INTERVAL_S, SIDEWAYS, film, rope_distance


def clock_of(recording: Recording) -> Clock:
    features = edges(recording.grey)
    still = background(features)
    return find_clock(coarse(features), coarse(still[None])[0], recording.times_s)


def test_a_steady_line_gives_its_interval() -> None:
    """Three and a half carriers are enough for the interval to a hundredth."""
    clock = clock_of(film(SIDEWAYS, 3.5 * INTERVAL_S))
    assert clock.steady
    assert clock.interval_s == pytest.approx(INTERVAL_S, rel=0.01)


@pytest.mark.thorough
def test_a_stop_is_no_part_of_the_interval() -> None:
    """While the line stands the distance stands too, and a carrier's distance from the next stays one."""
    stands = (13.0, 20.0)
    recording = film(SIDEWAYS, 42.0, stands=stands)
    clock = clock_of(recording)
    assert not clock.steady
    assert clock.interval_s == pytest.approx(INTERVAL_S, rel=0.02)
    true = np.array([rope_distance(float(t), stands) for t in recording.times_s])
    off = clock.distances - true
    off -= np.median(off)
    assert np.quantile(np.abs(off), 0.9) < 0.06
    assert not clock.moving[(recording.times_s > 15) & (recording.times_s < 18)].any()


def test_people_alone_have_no_interval() -> None:
    """Nothing is made up of walkers and noise."""
    with pytest.raises(CalibrationError, match="carriers"):
        clock_of(film(None, 30.0, walkers=6))


@pytest.mark.parametrize("seconds", [1.0, 5.0, 7.0])
def test_too_short_a_video_is_refused(seconds: float) -> None:
    """Fewer than three carriers: refused with the reason."""
    with pytest.raises(CalibrationError):
        clock_of(film(SIDEWAYS, seconds))
