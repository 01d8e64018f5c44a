"""When a movie is made, and with which interval."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from lifts.schema import Pose, Track
from lifts.track import TrackGeometry
from service.line.clip import Clip
from service.line.roi import Roi
from service.passages.learning import Learning

INTERVAL_S = 5.0


def learning_after(intervals: float) -> Learning:
    """Return what has seen so many intervals of a line whose carriers are all alike."""
    poses = [Pose(x=x, y=180.0, scale=1.0, angle=0.0) for x in (200.0, 320.0, 440.0)]
    track = TrackGeometry(Track(begin=poses[0], middle=poses[1], end=poses[2]))
    times = np.arange(0.0, intervals * INTERVAL_S, 0.08)
    phases = (times / INTERVAL_S) % 1.0
    rows = np.exp(-(((phases[:, None] - np.linspace(0.1, 0.9, 24)) / 0.03) ** 2)).astype(np.float32)
    learning = Learning(Roi(track, 640, 360), track)
    seen = SimpleNamespace(times=times, gram=rows @ rows.T, seconds=float(times[-1]))
    learning.clip = cast(Clip, seen)
    return learning


@pytest.mark.parametrize("known", [0.92, 1.08, 2.0])
def test_an_interval_that_was_wrong_at_first_is_found_again(known: float) -> None:
    """Later movies are made with the interval that more carriers show, however far off the first one was."""
    learning = learning_after(3.8 * max(known, 1.0))
    found = learning.due(1000.0, known * INTERVAL_S)
    assert found == pytest.approx(INTERVAL_S, rel=0.01)


def test_no_movie_is_made_of_less_than_its_intervals() -> None:
    """A known interval is looked at again only once enough was seen for a better movie."""
    assert learning_after(1.5).due(1000.0, None) is None
    assert learning_after(1.5).due(1000.0, INTERVAL_S) is None
    assert learning_after(1.9).due(1000.0, None) == pytest.approx(INTERVAL_S, rel=0.01)
