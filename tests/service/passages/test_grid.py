"""Cells lie where the track says, and see nothing beyond the picture."""

import numpy as np
import pytest

from lifts.geometry import pose_at
from lifts.schema import Pose, Track
from service.passages.grid import PATCH_SIZE, PatchGrid, motion_px, track_warnings
from tests.service.passages.scripted import HEIGHT, SIDE_TRACK, WIDTH


def test_a_mark_on_the_carrier_is_at_the_same_place_in_every_cell() -> None:
    """A dot painted at a pose's centre shows at the middle of the cell of that way, and only there."""
    grid = PatchGrid(SIDE_TRACK, WIDTH, HEIGHT)
    width, height = grid.small_size
    for cell in (len(grid) // 3, len(grid) // 2, 2 * len(grid) // 3):
        pose = pose_at(SIDE_TRACK, float(grid.ways[cell]))
        x = (pose.x + 0.5) * width / WIDTH - 0.5
        y = (pose.y + 0.5) * height / HEIGHT - 0.5
        rows, columns = np.mgrid[0:height, 0:width]
        dot = np.exp(-0.5 * ((columns - x) ** 2 + (rows - y) ** 2) / 1.5**2).astype(np.float32)
        seen = grid.cut(dot[..., None])[..., 0]
        assert int(seen[:, 15:17, 15:17].mean(axis=(1, 2)).argmax()) == cell
        assert seen[cell].sum(axis=0).argmax() in {15, 16}
    assert seen.shape == (len(grid), PATCH_SIZE, PATCH_SIZE)


def test_motion_is_measured_in_canonical_pixels() -> None:
    """A level track of 480 camera pixels at scale 0.6 moves a carrier by about 288 canonical pixels."""
    assert motion_px(SIDE_TRACK, 0.5) == pytest.approx(288, rel=0.05)


def test_pixels_beyond_the_picture_are_marked() -> None:
    """Cells near the picture's edge know which of their pixels they cannot see."""
    grid = PatchGrid(SIDE_TRACK, WIDTH, HEIGHT)
    assert grid.inside[len(grid) // 2].min() == 1.0
    assert PatchGrid(SIDE_TRACK, 900, HEIGHT).inside[-1].mean() < 0.9


def test_a_track_seen_along_the_line_is_warned_of() -> None:
    """50 camera pixels at scale 0.6 are 30 canonical ones; the level track of 288 is fine, and so is none."""
    begin, end = (Pose(x=x, y=300.0, scale=0.6, angle=0.0) for x in (600.0, 650.0))
    middle = Pose(x=625.0, y=300.0, scale=0.6, angle=0.0)
    assert "only 30 of" in track_warnings(Track(begin=begin, middle=middle, end=end))[0]
    assert track_warnings(SIDE_TRACK) == track_warnings(None) == []
