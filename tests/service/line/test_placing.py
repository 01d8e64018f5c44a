"""Whether the place on the track is certain, by what masks and reference pictures say of each phase."""

import numpy as np
import pytest

from lifts.schema import MaskPair, Pose, Track
from lifts.track import TrackGeometry
from service.line.placing import Placer
from service.line.roi import Roi
from tests.service.vision.test_rivals import PHASES, SPEEDS, bumps


@pytest.fixture
def placer() -> Placer:
    """A placer of some lift."""
    poses = [Pose(x=x, y=180.0, scale=1.0, angle=0.0) for x in (200.0, 320.0, 440.0)]
    track = TrackGeometry(Track(begin=poses[0], middle=poses[1], end=poses[2]))
    mask = np.zeros((200, 200), np.uint8)
    mask[90:95, 40:160] = 255
    return Placer(track, Roi(track, 640, 360), MaskPair(mask, mask.T.copy()), {})


def test_masks_that_fit_at_two_places_do_not_tell_where_carriers_are(placer: Placer) -> None:
    """Two thirds of the best score elsewhere are too much for two thin drawings, half of it is not."""
    assert placer._certain(bumps((0.3, 1.0), (0.8, 0.5))[None], SPEEDS)
    assert not placer._certain(bumps((0.3, 1.0), (0.8, 0.7))[None], SPEEDS)


def test_references_decide_what_masks_leave_open(placer: Placer) -> None:
    """A whole carrier says more than a bar, but not against masks that are certain of another place."""
    references = bumps((0.3, 0.4), (0.8, 0.2))
    for phase in (0.3, 0.8):
        assert placer._certain(np.stack([references, bumps((phase, 1.0), (1.1 - phase, 0.8))]), SPEEDS)
    assert placer._certain(np.stack([references, bumps((0.32, 1.0))]), SPEEDS)
    assert not placer._certain(np.stack([references, bumps((0.8, 1.0))]), SPEEDS)
    assert not placer._certain(np.stack([bumps((0.3, 0.4), (0.8, 0.35)), bumps((0.3, 1.0))]), SPEEDS)
    assert len(references) == PHASES
