"""A backdrop stands still in the camera, while the carrier passes before it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from lifts.geometry import to_canonical
from lifts.schema import Pose
from ml.scene.masks import PLAIN
from ml.scene.passage import light_of, plain
from ml.scene.render import Take, render_takes
from ml.scene.sampling import sample_lift
from ml.scene.texture.backdrop import Backdrop, placed
from ml.scene.texture.patterns import rock

_SHARP = np.array([[0.5, 0.0, 20.0], [0.0, 0.5, 30.0]])


def _spotted() -> Backdrop:
    """One bright spot at (150, 130), which camera pixel (260, 200) shows."""
    picture = np.full((300, 400, 3), 20, np.uint8)
    cv2.circle(picture, (150, 130), 4, (255, 255, 255), -1)
    return Backdrop("spot", picture, _SHARP, 0.0, 0.0, 1.0)


@pytest.mark.parametrize("x", [230.0, 290.0])
def test_a_point_behind_stays_at_its_camera_pixel(x: float) -> None:
    """Wherever the carrier is, the spot shows where the camera has it."""
    pose = Pose(x=x, y=190.0, scale=0.9, angle=0.1)
    seen = _spotted().seen(pose, PLAIN)
    expected = to_canonical(pose) @ [260.0, 200.0, 1.0]
    rows, columns = np.nonzero(seen[..., 1] > 150)
    assert columns.mean() == pytest.approx(expected[0], abs=1.5)
    assert rows.mean() == pytest.approx(expected[1], abs=1.5)


def test_it_is_as_dark_as_the_scene_and_fades_in_fog() -> None:
    pose = Pose(x=260.0, y=200.0, scale=0.9, angle=0.0)
    lift = sample_lift(3)
    day, night = (
        _spotted().seen(pose, light_of(c))
        for c in (plain(lift, 1.0), type(plain(lift, 1.0))(opening=1.0, riders=(), light="night"))
    )
    assert int(day.max()) > int(night.max()) + 40
    fog = type(plain(lift, 1.0))(opening=1.0, riders=(), fog_per_m=0.1)
    assert int(np.ptp(_spotted().seen(pose, light_of(fog)))) < int(np.ptp(day)) // 3


def test_takes_share_solids_and_labels_and_differ_behind_them() -> None:
    """The carrier of every take is the same; its pictures are not."""
    lift = sample_lift(5)
    c = plain(lift, 0.0)
    rng = np.random.default_rng(1)
    behind = replace(placed("rock", rock(rng), lift.pose(lift.origins[1]), rng, (0.3, 0.5)), beyond_m=0.0)
    first, second = render_takes(lift, c, 1, [Take(c), Take(c, behind)], rng)
    assert np.array_equal(first.bar, second.bar)
    change = np.abs(first.image.astype(int) - second.image).sum(2)
    bar = cv2.erode((first.bar == 1).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert np.median(change[~bar]) > 20
    if bar.any():
        assert np.median(change[bar]) < np.median(change[~bar]) / 2


def test_near_ground_hides_a_backdrop_that_begins_beyond_it() -> None:
    """With beyond_m the snow below the carrier stays; without, nothing of the place is left."""
    lift = sample_lift(5)
    c = plain(lift, 0.0)
    rng = np.random.default_rng(1)
    behind = placed("rock", rock(rng), lift.pose(lift.origins[1]), rng, (0.3, 0.5))
    own, whole, part = (
        render_takes(lift, c, 1, [Take(c, b)], np.random.default_rng(2))[0].image.astype(int)
        for b in (None, replace(behind, beyond_m=0.0), replace(behind, beyond_m=8.0))
    )
    kept, lost = (np.abs(own - picture).sum(2) < 12 for picture in (part, whole))
    assert kept.mean() > lost.mean() + 0.1
