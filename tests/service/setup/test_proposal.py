"""Tracks proposed from drawn scenes whose track is known."""

import cv2
import numpy as np
import pytest

from lifts.geometry import CANONICAL_SIZE, apply, middle_fraction, pose_at, to_camera
from service.domain.errors import CalibrationError
from service.setup.extent import FILL
from service.setup.motion import Motion
from service.setup.proposal import Marking, Proposal, propose
from tests.service.setup.scenes import AWAY, FACTOR, INTERVAL_S, SIDEWAYS, film


def drift_px(proposal: Proposal, motion: Motion) -> float:
    """By how many canonical pixels the proposed frame slides over the carrier, at most of 9 points."""
    true, track = motion.enlarged(FACTOR), proposal.track
    side = np.linspace(40.0, 160.0, 3)
    frame = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    at_middle = (proposal.middles_s[0] - 2.0) / INTERVAL_S
    at_middle -= round(at_middle)
    homes = []
    for part in np.linspace(0.0, 1.0, 7):
        distance = at_middle + (part - middle_fraction(track)) * proposal.passage_s / INTERVAL_S
        back = cv2.invertAffineTransform(true.matrix(float(distance)))
        homes.append(cv2.transform(apply(to_camera(pose_at(track, float(part))), frame)[None], back)[0])
    off = np.hypot(*(np.array(homes) - homes[3]).transpose(2, 0, 1))
    return float(off.max() * track.middle.scale)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "motion", [pytest.param(SIDEWAYS, marks=pytest.mark.slow), AWAY], ids=["sideways", "away"]
)
def test_a_drawn_lift_is_followed(motion: Motion) -> None:
    """The interval to a hundredth, the carrier to a few camera pixels, wholly in view and large."""
    proposal = propose(film(motion, 17.0))
    assert proposal.interval_s == pytest.approx(INTERVAL_S, rel=0.01)
    assert drift_px(proposal, motion) < 4.0
    assert proposal.confidence > 0.6
    # The drawn bench is 86 pixels wide at the reference; a piece of the pole may pass for the carrier.
    distance = (proposal.middles_s[0] - 2.0) / INTERVAL_S
    width = 86.0 * FACTOR / motion.depth(distance - round(distance)) * proposal.track.middle.scale
    assert 0.45 * CANONICAL_SIZE < width < 0.9 * CANONICAL_SIZE


@pytest.mark.thorough
def test_a_box_says_which_part_is_the_carrier() -> None:
    """The frame is the box: its centre at the frame's, its longer side four fifths of it."""
    recording = film(SIDEWAYS, 17.0)
    marking = Marking(x=155 * FACTOR, y=65 * FACTOR, width=90 * FACTOR, height=90 * FACTOR, t_s=10.0)
    proposal = propose(recording, marking)
    assert drift_px(proposal, SIDEWAYS) < 4.0
    at_box = 0.0
    for distance in np.linspace(0, 1, 201):
        pose = pose_at(proposal.track, float(distance))
        if abs(pose.x - 200 * FACTOR) < 4:
            at_box = pose.scale
            assert pose.y == pytest.approx(110 * FACTOR, abs=6)
    assert at_box == pytest.approx(FILL * 200 / (90 * FACTOR), rel=0.03)


def test_a_box_where_nothing_moves_is_refused() -> None:
    """A box beside the line proposes nothing."""
    recording = film(SIDEWAYS, 18.0, walkers=0)
    with pytest.raises(CalibrationError):
        propose(recording, Marking(x=20, y=600, width=150, height=100, t_s=9.0))


def test_a_place_without_carriers_is_refused() -> None:
    """People who walk about are no carriers."""
    with pytest.raises(CalibrationError, match="nothing comes back"):
        propose(film(None, 17.0, walkers=5))
