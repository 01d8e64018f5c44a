"""Filling draws OpenCV's pixels: the published pictures depend on every one of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ml.scene.world.polygons import fill, rounded_colours


@pytest.mark.parametrize("corners", [3, 4, 12])
@pytest.mark.parametrize("spread", [1.0, 60.0])
def test_polygons_are_filled_as_opencv_fills_them(corners: int, spread: float) -> None:
    """Any polygon, convex or crossed, inside the picture, over its border or far outside."""
    rng = np.random.default_rng([corners, int(spread)])
    for case in range(400):
        height, width = (int(v) for v in rng.integers(1, 60, 2))
        if case % 2:
            points = rng.uniform(-20, 80, (corners, 2)) * spread
        else:
            angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
            ring = np.stack([np.cos(angle), np.sin(angle)], 1)
            points = rng.uniform(-10, 70, 2) + ring * rng.uniform(0.05, 25, 2) * spread
        polygon = np.asarray(np.clip(points, -4000, 8000) * 16, np.int32)
        expected = np.zeros((height, width, 4), np.uint8)
        cv2.fillConvexPoly(expected, polygon, (3, 9, 200, 255), cv2.LINE_8, 4)
        drawn = np.zeros_like(expected)
        colour = np.array([[3, 9, 200, 255]], np.uint8)
        fill(drawn, polygon[None], np.array([corners], np.int32), colour)
        assert np.array_equal(drawn, expected), (case, polygon.tolist(), width, height)


def test_later_polygons_cover_earlier_ones_and_nothing_is_drawn_of_none() -> None:
    canvas = np.zeros((20, 20, 1), np.uint8)
    square = np.array([[2, 2], [15, 2], [15, 15], [2, 15]], np.int32) * 16
    both = np.stack([square, square + 64])
    fill(canvas, both, np.full(2, 4, np.int32), np.array([[7], [9]], np.uint8))
    assert canvas[3, 3] == 7
    assert canvas[10, 10] == 9
    before = canvas.copy()
    fill(canvas, both[:0], np.zeros(0, np.int32), np.zeros((0, 1), np.uint8))
    assert np.array_equal(canvas, before)


def test_colours_are_rounded_half_to_even_as_opencv_does() -> None:
    assert rounded_colours(np.array([[0.5, 1.5, 2.5, 300.0, -4.0]])).tolist() == [[0, 2, 2, 255, 0]]
