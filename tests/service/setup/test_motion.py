"""The movement's three numbers: another description of the straight rope that a track's poses describe."""

import cv2
import numpy as np
import pytest

from lifts.geometry import apply, pose_at, to_camera, to_canonical
from lifts.schema import Pose, Track
from service.setup.fit import fit_motion
from service.setup.motion import Motion, stack

MOTION = Motion((100.0, 60.0), (120.0, -30.0), 0.6)


def test_a_track_between_two_of_its_poses_is_the_same_movement() -> None:
    """Poses whose scale goes with the depth follow every point of the carrier."""
    begin = Pose(x=90.0, y=70.0, scale=0.8)

    def pose(distance: float) -> Pose:
        x, y = apply(MOTION.matrix(distance), [(begin.x, begin.y)])[0]
        return Pose(x=float(x), y=float(y), scale=begin.scale * MOTION.depth(distance))

    track = Track(begin=begin, middle=pose(0.2), end=pose(0.5))
    points = np.array([(60.0, 40.0), (120.0, 90.0), (95.0, 66.0)])
    there = apply(to_camera(pose_at(track, 0.7)), apply(to_canonical(begin), points))
    np.testing.assert_allclose(there, apply(MOTION.matrix(0.35), points), atol=1e-6)


def test_centre_and_reference_are_free() -> None:
    """Told about another centre or from a later reference, points move as before."""
    points = np.array([(60.0, 40.0), (120.0, 90.0)])
    there = apply(MOTION.matrix(0.5), points)
    np.testing.assert_allclose(apply(MOTION.centred(10, 20).matrix(0.5), points), there)
    later = apply(MOTION.later(0.3).matrix(0.2), apply(MOTION.matrix(0.3), points))
    np.testing.assert_allclose(later, there)
    large = apply(MOTION.enlarged(4.0).matrix(0.5), points * 4.0 + 1.5)
    np.testing.assert_allclose(large, there * 4.0 + 1.5)


def test_the_fit_finds_a_movement_back() -> None:
    """From a guess that is a few pixels off, a stack of textured pictures is brought to lie on itself."""
    rng = np.random.default_rng(3)
    texture = rng.normal(0, 1, (120, 200, 2)).astype(np.float32)
    texture = np.asarray(cv2.GaussianBlur(texture, (0, 0), 3), np.float32)
    full = np.dstack([texture, np.ones((120, 200), np.float32)])
    distances = np.linspace(-0.15, 0.15, 9)
    moved = [cv2.warpAffine(full, MOTION.matrix(float(distance)), (200, 120)) for distance in distances]
    pictures = np.asarray(moved, np.float32)
    weight = np.zeros((120, 200), np.float32)
    weight[35:85, 60:140] = 1.0
    guess = Motion(MOTION.centre, (110.0, -24.0), 0.45)
    found, explained = fit_motion(pictures, distances, guess, weight, rounds=20)
    assert found.velocity == pytest.approx(MOTION.velocity, abs=0.5)
    assert found.shrink == pytest.approx(MOTION.shrink, abs=0.01)
    assert explained > 0.95
    assert stack(pictures, distances, found).seen[60, 100] == pytest.approx(1.0)
