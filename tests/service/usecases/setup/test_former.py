"""Masks of an earlier track lie where the bars are in the frame of a moved camera."""

import cv2
import numpy as np
import pytest

from lifts.masks import overlap
from service.usecases.setup.former import GOOD, mean_outline, registered_onto
from tests.service.usecases.setup.carriers import carrier, matrix_of


@pytest.mark.parametrize(
    ("scale", "angle", "dx", "dy"),
    [(1.0, 0.0, 0, 0), (1.3, 0.0, -20, 15), (0.7, 0.0, 12, -9), (1.1, 0.12, 6, 10), (0.9, -0.1, -14, 0)],
)
def test_one_frame_is_laid_onto_the_other(scale: float, angle: float, dx: float, dy: float) -> None:
    """At another size, angle and place, before another background: a bar comes to lie on the bar."""
    moved = matrix_of(scale, angle, dx, dy)
    before = [carrier(np.eye(2, 3), seed) for seed in range(6)]
    now = [carrier(moved, seed + 100) for seed in range(6)]
    found, likeness = registered_onto(mean_outline(before), mean_outline(now))
    assert likeness > GOOD
    mask = cv2.line(np.zeros((200, 200), np.uint8), (60, 130), (140, 130), 255, 7)
    carried, wanted = (cv2.warpAffine(mask, matrix, (200, 200)) for matrix in (found, moved))
    assert overlap(np.asarray(carried > 127, np.uint8) * 255, np.asarray(wanted > 127, np.uint8) * 255) > 0.6


def test_something_else_is_not_laid_onto_it() -> None:
    """Mere backgrounds are no carriers: the likeness says so."""
    blank = [np.random.default_rng(k).integers(0, 255, (200, 200, 3)).astype(np.uint8) for k in range(6)]
    _, likeness = registered_onto(mean_outline([carrier(np.eye(2, 3), 1)] * 2), mean_outline(blank))
    assert likeness < GOOD
