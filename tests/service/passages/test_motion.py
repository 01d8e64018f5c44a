"""How carriers move along a track, and where of the picture that is."""

import numpy as np
import pytest

from lifts.geometry import pose_at
from lifts.schema import Pose, Track
from lifts.track import TrackGeometry, motion_px, scaled
from service.line.roi import Roi
from service.passages.motion import track_warnings
from tests.service.passages.scripted import HEIGHT, SIDE_TRACK, WIDTH


def test_motion_is_measured_in_canonical_pixels() -> None:
    """A level track of 240 camera pixels at scale 1.2 moves a carrier by about 288 canonical pixels."""
    assert motion_px(SIDE_TRACK, 0.5) == pytest.approx(288, rel=0.05)


def test_a_track_seen_along_the_line_is_warned_of() -> None:
    """20 camera pixels at scale 0.6 are 12 canonical ones; the level track of 288 is fine, and so is none."""
    begin, end = (Pose(x=x, y=300.0, scale=0.6, angle=0.0) for x in (600.0, 620.0))
    middle = Pose(x=610.0, y=300.0, scale=0.6, angle=0.0)
    assert "only 12 of" in track_warnings(Track(begin=begin, middle=middle, end=end))[0]
    assert track_warnings(SIDE_TRACK) == track_warnings(None) == []


def test_only_the_track_s_part_of_the_picture_is_looked_at() -> None:
    """The box holds the poses and lies within the picture; an edge counts near the track, not far off."""
    roi = Roi(TrackGeometry(SIDE_TRACK), WIDTH, HEIGHT)
    x0, y0, x1, y1 = roi.box
    assert 0 <= x0 < SIDE_TRACK.begin.x < SIDE_TRACK.end.x < x1 <= WIDTH
    assert 0 <= y0 < SIDE_TRACK.begin.y < y1 <= HEIGHT
    luma = np.zeros((HEIGHT, WIDTH), np.uint8)
    luma[:, int(SIDE_TRACK.middle.x) :] = 200
    small = roi.small(luma)
    assert small.shape == (roi.size[1], roi.size[0])
    dx = roi.features(small)[: small.size].reshape(small.shape)
    row, column = np.unravel_index(int(dx.argmax()), dx.shape)
    x, y, _ = np.linalg.inv(roi.from_camera()) @ np.array([float(column), float(row), 1.0])
    assert abs(x - SIDE_TRACK.middle.x) < 2 * roi.reduction
    assert abs(y - SIDE_TRACK.middle.y) < 60
    assert np.array_equal(dx, np.rint(dx))


def test_a_track_scaled_shows_the_same() -> None:
    """In a picture half as wide a pose stands at half its place, at twice the scale."""
    half = scaled(SIDE_TRACK, 0.5)
    whole, small = pose_at(SIDE_TRACK, 0.3), pose_at(half, 0.3)
    assert (small.x + 0.5) * 2 == pytest.approx(whole.x + 0.5, abs=0.01)
    assert small.scale == pytest.approx(2 * whole.scale, rel=1e-3)
    assert scaled(SIDE_TRACK, 1.0) is SIDE_TRACK
