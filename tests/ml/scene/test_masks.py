"""Masks are drawn where the bar is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lifts.geometry import to_canonical
from ml.scene.masks import draw_masks
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
