"""Masks are drawn where the bar is."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from lifts.arrays import Float64, UInt8
from lifts.geometry import to_canonical
from lifts.schema import MaskPair
from ml.scene.lift import LiftScene, MaskStyle
from ml.scene.masks import HABITS, Habit, draw_habitual, draw_masks
from ml.scene.sampling import sample_lift
from ml.scene.world.carrier import bar_paths


@pytest.mark.parametrize("seed", range(60, 90))
def test_both_masks_show_a_bar_inside_the_frame(seed: int) -> None:
    masks = draw_masks(sample_lift(seed))
    for mask in (masks.open, masks.close):
        assert 25 < (mask > 0).sum() < 12000
    assert (masks.open != masks.close).sum() > 50


@pytest.mark.parametrize("seed", [seed for seed in range(12) if sample_lift(seed).style.hidden])
def test_the_mask_of_who_draws_all_of_it_covers_the_bars_centre_line(seed: int) -> None:
    scene = sample_lift(seed)
    affine = to_canonical(scene.pose(scene.origins[1]))
    near = cv2.dilate(draw_masks(scene).open, np.ones((9, 9), np.uint8))
    pixel, _ = scene.eye.project(bar_paths(scene.spec, 1.0)[0][0], affine)
    inside = pixel[((pixel > 1) & (pixel < 198)).all(1)].round().astype(int)
    assert near[inside[:, 1], inside[:, 0]].all()


def _front() -> LiftScene:
    """A lift whose masks are lines of 5 pixels, all of the bar drawn, seen from the front."""
    scene = next(
        s for s in map(sample_lift, range(200)) if abs(s.azimuth_deg) < 40 and s.spec.bar.rest == "t"
    )
    return replace(scene, style=MaskStyle(5, 0.5, hidden=True, rests=True, seed=1))


def _habitual(habit: Habit, seed: int = 0) -> MaskPair:
    return draw_habitual(_front(), habit, np.random.default_rng(seed))


def _middle(mask: UInt8) -> Float64:
    return np.asarray(np.argwhere(mask > 0).mean(0))


@pytest.mark.parametrize("habit", HABITS)
def test_a_habit_draws_both_masks_in_black_and_white_and_depends_on_its_generator(habit: Habit) -> None:
    masks, again = _habitual(habit), _habitual(habit)
    for mask, same in ((masks.open, again.open), (masks.close, again.close)):
        assert set(np.unique(mask)) == {0, 255}
        assert np.array_equal(mask, same)


def test_lines_are_as_thick_as_the_habit_says() -> None:
    thin, careful, thick = ((_habitual(h).close > 0).sum() for h in ("thin", "careful", "thick"))
    assert thin < 0.7 * careful
    assert thick > 1.8 * careful


def test_masks_five_pixels_off_are_five_pixels_off() -> None:
    """Each of the two in its own direction."""
    careful, off = _habitual("careful"), _habitual("off")
    for mask, moved in ((careful.open, off.open), (careful.close, off.close)):
        assert np.linalg.norm(_middle(moved) - _middle(mask)) == pytest.approx(5, abs=1.2)


def test_a_turned_mask_lies_elsewhere_at_its_ends() -> None:
    """Three degrees at 60 pixels from the middle are three pixels."""
    careful, turned = _habitual("careful").close > 0, _habitual("turned").close > 0
    near = cv2.dilate(careful.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert 0.02 < (turned & ~near).sum() / turned.sum() < 0.8


def test_forgotten_foot_rests_leave_the_bar_without_struts_and_pegs() -> None:
    """What is left is what the same lift with a bar without rests would have."""
    scene = _front()
    bare = replace(scene, spec=replace(scene.spec, bar=replace(scene.spec.bar, rest="none")))
    expected = draw_habitual(bare, "careful", np.random.default_rng(0))
    assert np.array_equal(_habitual("no rests").close, expected.close)
    assert (expected.close > 0).sum() < 0.9 * (_habitual("careful").close > 0).sum()


def test_a_half_is_the_same_half_of_both() -> None:
    """Between a third and two thirds of the careful mask are left, on one side of the carrier."""
    careful, half = _habitual("careful"), _habitual("half")
    sides = []
    for whole, part in ((careful.open, half.open), (careful.close, half.close)):
        assert 0.3 < (part > 0).sum() / (whole > 0).sum() < 0.7
        sides.append(np.sign(_middle(part)[1] - _middle(whole)[1]))
    assert sides[0] == sides[1]


def test_a_swinging_carrier_moves_the_bar_and_not_its_drawing() -> None:
    careful, swung = _habitual("careful").close, _habitual("swinging").close
    assert 0.8 < (swung > 0).sum() / (careful > 0).sum() < 1.25
    assert not np.array_equal(swung, careful)
