"""Frames of which only the moving parts are drawn are those of drawing everything, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from lifts.arrays import UInt8
from ml.scene.lift import LiftScene
from ml.scene.passage import Circumstances, plain
from ml.scene.sampling import sample_lift
from ml.scene.video.schedule import sample_schedule
from ml.scene.video.stage import Stage
from ml.scene.world.people import Stander, sample_person
from ml.scene.world.raster import Box


class _Everything(Stage):
    """Draws all of every frame."""

    def _boxes(self, moments: Sequence[Any]) -> list[Box]:
        return [(0, 0, *self.size)]


def _frames(scene: LiftScene, c: Circumstances, kind: type[Stage], height: int, *times: float) -> list[UInt8]:
    schedule = sample_schedule(scene, np.random.default_rng(4), 3, base=c)
    stage = kind(scene, schedule, np.random.default_rng(5), height)
    return [stage.frame(t) for t in times]


def _crowd(scene: LiftScene) -> tuple[Stander, ...]:
    """Return people in a row beside the line, on whom the carriers' shadows fall."""
    rng = np.random.default_rng(3)
    side = -float(np.sign(scene.eye.position[0])) * (scene.spec.half_m + 0.5)
    return tuple(Stander(sample_person(rng), side, z, 0.0, 0.0) for z in (-3.0, 0.0, 3.0))


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "looks"),
    [
        ("sun", {"light": "sun", "sun_height": 0.5, "motion_px": 4.0, "interlace": 2.0, "blur_px": 1.5}),
        ("night", {"light": "night", "lamp_m": 4.0, "lamps": 3, "zoom": 0.6, "grey": True, "vignette": 0.5}),
        ("snow", {"light": "overcast", "snow": 0.5, "drops": 0.5, "noise": 0.02, "sharpen": 1.0}),
        ("rain", {"light": "flat", "rain": 1.0, "frost": 0.5, "glare": 0.5}),
    ],
)
def test_only_what_moves_is_drawn_and_the_pictures_are_the_same(name: str, looks: dict[str, Any]) -> None:
    """Shadows on the ground and on people, hoods, motion blur, fields, optics, weather: all alike."""
    for seed in (20001, next(k for k in range(40) if sample_lift(k).spec.bubble)):
        scene = sample_lift(seed)
        c = replace(plain(scene, 0.0), standers=_crowd(scene), **looks)
        parts, whole = (_frames(scene, c, kind, 180, 0.4, 2.9, 6.0) for kind in (Stage, _Everything))
        for part, everything in zip(parts, whole, strict=True):
            assert np.array_equal(part, everything), f"{name}, lift {seed}"
        assert not np.array_equal(parts[0], parts[1])


def test_where_nothing_moves_nothing_is_drawn() -> None:
    """Carriers are a small part of the picture, and so is what is drawn of it."""
    scene = sample_lift(20001)
    schedule = sample_schedule(scene, np.random.default_rng(4), 3, base=plain(scene, 0.0))
    stage = Stage(scene, replace(schedule, walkers=()), np.random.default_rng(5), 180)
    boxes = stage._boxes([stage._at(schedule.duration_s / 2)])
    drawn = sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)
    assert 0 < drawn < 0.7 * 320 * 180


def test_who_stands_in_a_carriers_shadow_is_drawn_again() -> None:
    """People stand still, but their light changes."""
    scene = sample_lift(20001)
    c = replace(plain(scene, 0.0), standers=_crowd(scene))
    schedule = sample_schedule(scene, np.random.default_rng(4), 3, base=c)
    stage = Stage(scene, schedule, np.random.default_rng(5), 180)
    still = stage._still
    assert stage._boxes([still]) == []
    pixels, _ = scene.eye.project(still.solids.tubes[:, :3], stage._pixels)
    one = int(np.argmin(np.abs(pixels - np.array(stage.size) / 2).sum(1)))
    tubes = still.sun[0].copy()
    tubes[one] *= 0.5
    ((left, top, right, bottom),) = stage._boxes([replace(still, sun=(tubes, still.sun[1]))])
    assert left <= pixels[one, 0] <= right
    assert top <= pixels[one, 1] <= bottom
    assert (right - left) * (bottom - top) < 0.5 * 320 * 180


def test_a_smaller_stream_shows_what_the_larger_one_does() -> None:
    """A camera's second stream is the same view, four times smaller."""
    scene = sample_lift(20001)
    c = plain(scene, 0.0)
    (small,), (large,) = (_frames(scene, c, Stage, height, 2.9) for height in (360, 720))
    assert small.shape == (360, 640, 3)
    reduced = cv2.resize(large, (640, 360), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - reduced).mean() < 3
