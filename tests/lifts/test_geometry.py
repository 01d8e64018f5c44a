"""The canonical frame: points worked by hand, round trips, and pictures that land where points do."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifts import geometry
from lifts.schema import Pose, Track

POSES = st.builds(
    Pose,
    x=st.floats(-500, 2000),
    y=st.floats(-500, 2000),
    scale=st.floats(0.05, 5),
    angle=st.floats(-3.1, 3.1),
)


@pytest.mark.parametrize(
    ("pose", "camera", "canonical"),
    [
        (Pose(x=410, y=300, scale=0.55, angle=0), (410, 300), (100, 100)),
        (Pose(x=410, y=300, scale=0.5, angle=0), (430, 280), (110, 90)),
        (Pose(x=10, y=20, scale=2, angle=math.pi / 2), (11, 20), (100, 102)),
        (Pose(x=10, y=20, scale=2, angle=math.pi / 2), (10, 23), (94, 100)),
        (Pose(x=0, y=0, scale=1, angle=math.pi), (5, 7), (95, 93)),
    ],
)
def test_points_land_where_the_formula_says(
    pose: Pose, camera: tuple[float, float], canonical: tuple[float, float]
) -> None:
    """canonical = scale * R(angle) * (camera - (x, y)) + (100, 100), worked by hand."""
    np.testing.assert_allclose(geometry.apply(geometry.to_canonical(pose), [camera]), [canonical], atol=1e-9)
    np.testing.assert_allclose(geometry.apply(geometry.to_camera(pose), [canonical]), [camera], atol=1e-9)


@given(POSES)
def test_pose_and_matrix_are_two_forms_of_one_thing(pose: Pose) -> None:
    """A pose read back from its own matrix maps points to the same place."""
    again = geometry.pose_from_matrix(geometry.to_canonical(pose))
    points = np.array([[0.0, 0.0], [pose.x, pose.y], [640.0, 360.0]])
    np.testing.assert_allclose(
        geometry.apply(geometry.to_canonical(again), points),
        geometry.apply(geometry.to_canonical(pose), points),
        atol=1e-5,
    )


@given(POSES, st.floats(-15, 15), st.floats(-15, 15), st.floats(0.9, 1.1), st.floats(-0.2, 0.2))
def test_refine_moves_the_content_by_the_given_similarity(
    pose: Pose, dx: float, dy: float, scale: float, angle: float
) -> None:
    """A point seen at p in the old canonical picture is seen at the refined place in the new one."""
    camera_point = geometry.apply(geometry.to_camera(pose), [(130.0, 70.0)])
    refined = geometry.refine(pose, dx, dy, scale, angle)
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    expected = (100 + c * 30 - s * -30 + dx, 100 + s * 30 + c * -30 + dy)
    found = geometry.apply(geometry.to_canonical(refined), camera_point)[0]
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("scale", [1.4, 0.9, 0.5, 0.22])
@pytest.mark.parametrize("angle", [0.0, 0.3])
def test_a_drawn_point_is_warped_to_its_canonical_place(scale: float, angle: float) -> None:
    """A blob's centre of mass in the warped picture is where the matrix puts it, reduced or not."""
    pose = Pose(x=400, y=300, scale=scale, angle=angle)
    at = geometry.apply(geometry.to_camera(pose), [(130, 80)])[0]
    image = np.zeros((720, 1280), np.uint8)
    cv2.circle(image, (round(at[0]), round(at[1])), max(2, round(4 / scale)), 255, -1)
    expected = geometry.apply(geometry.to_canonical(pose), [(round(at[0]), round(at[1]))])[0]
    warped = geometry.warp(image, pose, border="black").astype(float)
    ys, xs = np.mgrid[:200, :200]
    found = ((xs * warped).sum() / warped.sum(), (ys * warped).sum() / warped.sum())
    np.testing.assert_allclose(found, expected, atol=0.15)


def test_a_thin_bar_survives_a_strong_reduction() -> None:
    """A bar 3 camera pixels thick at a fifth of the scale keeps over half its share of light."""
    image = np.zeros((1000, 1000), np.uint8)
    image[499:502, :] = 255
    warped = geometry.warp(image, Pose(x=500, y=500, scale=0.2, angle=0.0))
    assert warped[95:106, 100].astype(int).sum() == pytest.approx(0.6 * 255, rel=0.2)


def test_margin_adds_a_border_round_the_same_picture() -> None:
    """The frame cut out of a picture with a margin is the picture without one."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (400, 500, 3), dtype=np.uint8)
    image = np.asarray(cv2.GaussianBlur(noise, (0, 0), 3), dtype=np.uint8)  # sampling is to 1/32 px
    pose = Pose(x=250, y=200, scale=1.3, angle=0.1)
    wide = geometry.warp(image, pose, margin_px=20)
    assert wide.shape == (240, 240, 3)
    difference = wide[20:220, 20:220].astype(int) - geometry.warp(image, pose)
    assert np.abs(difference).max() <= 1


def test_a_mask_is_warped_to_pure_black_and_white() -> None:
    """A camera-size mask becomes 0 and 255 only, bar where the bar was."""
    mask = np.zeros((720, 1280), np.uint8)
    mask[290:310, 300:500] = 255
    warped = geometry.warp_mask(mask, Pose(x=400, y=300, scale=0.5))
    assert set(np.unique(warped)) == {0, 255}
    assert warped[100, 60] == 255
    assert warped[80, 60] == 0


def _pinhole_track(depth0: float, depth1: float) -> Track:
    def pose(progress: float) -> Pose:
        depth = depth0 + progress * (depth1 - depth0)
        lateral = -2 + 4 * progress
        return Pose(x=640 + 1000 * lateral / depth, y=400 - 500 / depth, scale=depth / 10, angle=0.0)

    return Track(begin=pose(0), middle=pose(0.4), end=pose(1))


def test_poses_between_follow_a_pinhole_camera() -> None:
    """A carrier at constant speed under a pinhole camera is where pose_at says, within and beyond."""
    track = _pinhole_track(8, 14)
    assert geometry.middle_fraction(track) == pytest.approx(0.4)
    for progress in (-0.2, 0.0, 0.2, 0.4, 0.7, 1.0, 1.2):
        depth, lateral = 8 + 6 * progress, -2 + 4 * progress
        pose = geometry.pose_at(track, progress)
        assert pose.x == pytest.approx(640 + 1000 * lateral / depth)
        assert pose.y == pytest.approx(400 - 500 / depth)
        assert pose.scale == pytest.approx(depth / 10)
