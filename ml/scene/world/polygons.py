"""Filling of many polygons, one after the other."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from lifts.arrays import Float64, UInt8

Int32 = npt.NDArray[np.int32]

SUB_PIXEL_BITS = 4
"""Of the polygons' corners."""


def fill(canvas: npt.NDArray[Any], corners: Int32, counts: Int32, colours: npt.NDArray[Any]) -> None:
    """Fill convex polygons, one after the other.

    Args:
        canvas: [H, W, C], drawn on.
        corners: int32[N, K, 2] in sixteenths of a pixel; of polygon n only the first counts[n].
        counts: int32[N]. colours: [N, C] of the canvas's type.
    """
    for polygon, count, colour in zip(corners, counts.tolist(), colours.tolist(), strict=True):
        cv2.fillConvexPoly(canvas, polygon[:count], colour, cv2.LINE_8, SUB_PIXEL_BITS)


def rounded_colours(colours: Float64) -> UInt8:
    """Return colours float64[N, C] as OpenCV rounds them for an uint8 picture."""
    return np.asarray(np.clip(np.rint(colours), 0, 255), np.uint8)
