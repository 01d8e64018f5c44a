"""A lift is a pure function of its seed, and its poses and masks agree with its geometry."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from lifts.geometry import CANONICAL_CENTRE, apply, to_canonical
from ml.scene.lift import sample_lift
from ml.scene.world.carrier import bar_paths

SEEDS = (0, 3, 11, 25, 42)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reference_point_lands_on_the_canonical_centre_at_all_three_positions(seed: int) -> None:
    scene = sample_lift(seed)
    track = scene.lift.track
    assert track is not None
    for pose, origin in zip((track.begin, track.middle, track.end), scene.ways, strict=True):
        pixel, _ = scene.eye.project(origin + scene.anchor, np.eye(3)[:2])
        assert apply(to_canonical(pose), pixel[None])[0] == pytest.approx([CANONICAL_CENTRE] * 2, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_carrier_keeps_its_canonical_size_along_the_track(seed: int) -> None:
    scene = sample_lift(seed)
    sizes = []
    for origin in scene.ways:
        side = scene.anchor + scene.eye.axes[0] * 0.5
        pixels, _ = scene.eye.project(
            np.stack([scene.anchor, side]) + origin, to_canonical(scene.pose(origin))
        )
        sizes.append(math.dist(pixels[0], pixels[1]))
    assert max(sizes) / min(sizes) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("seed", range(60, 90))
def test_both_masks_show_a_bar_inside_the_frame(seed: int) -> None:
    masks = sample_lift(seed).masks()
    for mask in (masks.open, masks.close):
        assert 25 < (mask > 0).sum() < 12000
    assert (masks.open != masks.close).sum() > 50


def test_the_same_seed_gives_the_same_lift() -> None:
    first = sample_lift(7)
    sample_lift.cache_clear()
    second = sample_lift(7)
    assert first is not second
    assert first.spec == second.spec
    assert first.lift == second.lift
    assert np.array_equal(first.masks().open, second.masks().open)
    assert np.array_equal(first.reference("open"), second.reference("open"))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_bar_turns_rigidly_about_its_hinges(seed: int) -> None:
    spec = sample_lift(seed).spec
    closed, opened = bar_paths(spec, 0.0)[0][0], bar_paths(spec, 1.0)[0][0]
    hinge = np.array([spec.bar.hinge_y, spec.bar.hinge_z])
    a, b = closed[:, 1:] - hinge, opened[:, 1:] - hinge
    assert np.hypot(*a.T) == pytest.approx(np.hypot(*b.T))
    far = int(np.argmax(np.hypot(*a.T)))
    turn = math.atan2(b[far, 0], b[far, 1]) - math.atan2(a[far, 0], a[far, 1])
    assert math.degrees(turn) % 360 == pytest.approx(spec.bar.open_deg)


@pytest.mark.parametrize("seed", [seed for seed in range(12) if sample_lift(seed).style.hidden])
def test_the_mask_of_who_draws_all_of_it_covers_the_bars_centre_line(seed: int) -> None:
    scene = sample_lift(seed)
    affine = to_canonical(scene.pose(scene.ways[1]))
    near = cv2.dilate(scene.masks().open, np.ones((9, 9), np.uint8))
    pixel, _ = scene.eye.project(bar_paths(scene.spec, 1.0)[0][0], affine)
    inside = pixel[((pixel > 1) & (pixel < 198)).all(1)].round().astype(int)
    assert near[inside[:, 1], inside[:, 0]].all()
