"""Whether the place on the track is certain, by what masks and reference pictures say of each phase."""

import numpy as np

from lifts.schema import MaskPair, Pose, Track
from lifts.track import TrackGeometry
from service.line.placing import Placer
from service.line.roi import Roi
from tests.service.vision.test_rivals import PHASES, SPEEDS, bumps


def placer(*, masks: bool = True, references: bool = False) -> Placer:
    """Return a placer of some lift with masks, reference pictures or both."""
    poses = [Pose(x=x, y=180.0, scale=1.0, angle=0.0) for x in (200.0, 320.0, 440.0)]
    track = TrackGeometry(Track(begin=poses[0], middle=poses[1], end=poses[2]))
    mask = np.zeros((200, 200), np.uint8)
    mask[90:95, 40:160] = 255
    pictures = {"reference_open": np.zeros((200, 200, 3), np.uint8)} if references else {}
    pair = MaskPair(mask, mask.T.copy()) if masks else None
    return Placer(track, Roi(track, 640, 360), pair, pictures)


EVEN = np.ones(PHASES)


def test_masks_that_fit_at_two_places_do_not_tell_where_carriers_are() -> None:
    """Two thirds of the best score elsewhere are too much for two thin drawings, half of it is not."""
    by_masks, by_references = placer(), placer(masks=False, references=True)
    for share, told in ((0.5, True), (0.7, False)):
        assert by_masks._certain(bumps((0.3, 1.0), (0.8, share))[None], EVEN, SPEEDS) is told
        assert by_references._certain(bumps((0.3, 1.0), (0.8, share))[None], EVEN, SPEEDS)


def test_references_decide_what_masks_leave_open() -> None:
    """A whole carrier says more than a bar, but not against masks that are certain of another place."""
    both, references = placer(references=True), bumps((0.3, 0.4), (0.8, 0.2))
    for phase in (0.3, 0.8):
        assert both._certain(np.stack([references, bumps((phase, 1.0), (1.1 - phase, 0.8))]), EVEN, SPEEDS)
    assert both._certain(np.stack([references, bumps((0.32, 1.0))]), EVEN, SPEEDS)
    assert not both._certain(np.stack([references, bumps((0.8, 1.0))]), EVEN, SPEEDS)
    doubtful = bumps((0.3, 0.4), (0.8, 0.35))
    assert both._certain(np.stack([doubtful, bumps((0.3, 1.0))]), EVEN, SPEEDS)
    assert not both._certain(np.stack([doubtful, bumps((0.8, 1.0))]), EVEN, SPEEDS)
    assert not both._certain(np.stack([doubtful, bumps((0.3, 1.0), (0.8, 0.9))]), EVEN, SPEEDS)


def test_what_only_the_likelihood_tells_is_not_certain() -> None:
    """Carriers coming towards the camera: what moves likely there fits the masks less well than elsewhere."""
    likely = 0.3 + bumps((0.8, 0.7))
    fits = bumps((0.3, 1.0), (0.8, 0.9))[None]
    assert int((likely * fits[0]).argmax()) == 80
    assert not placer()._certain(fits, likely, SPEEDS)
    assert placer()._certain(bumps((0.3, 0.2), (0.8, 0.9))[None], likely, SPEEDS)
