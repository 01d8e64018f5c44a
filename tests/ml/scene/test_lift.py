"""A lift's poses agree with its geometry."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lifts.geometry import CANONICAL_CENTRE, apply, to_canonical
from ml.scene.sampling import sample_lift
from ml.scene.world.carrier import bar_paths

SEEDS = (0, 3, 11, 25, 42)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reference_point_lands_on_the_canonical_centre_at_all_three_positions(seed: int) -> None:
    scene = sample_lift(seed)
    track = scene.lift.track
    assert track is not None
    for pose, origin in zip((track.begin, track.middle, track.end), scene.origins, strict=True):
        pixel, _ = scene.eye.project(origin + scene.anchor, np.eye(3)[:2])
        assert apply(to_canonical(pose), pixel[None])[0] == pytest.approx([CANONICAL_CENTRE] * 2, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_carrier_keeps_its_canonical_size_along_the_track(seed: int) -> None:
    scene = sample_lift(seed)
    sizes = []
    for origin in scene.origins:
        side = scene.anchor + scene.eye.axes[0] * 0.5
        pixels, _ = scene.eye.project(
            np.stack([scene.anchor, side]) + origin, to_canonical(scene.pose(origin))
        )
        sizes.append(math.dist(pixels[0], pixels[1]))
    assert max(sizes) / min(sizes) == pytest.approx(1.0, abs=1e-6)


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
