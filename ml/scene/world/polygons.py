"""Filling of polygons, compiled: the pixels are OpenCV's, bit for bit, at a tenth of the calls' price."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lifts.arrays import Float64, UInt8
from ml.scene.world.compiled import compiled

Int32 = npt.NDArray[np.int32]

SUB_PIXEL_BITS = 4
"""Of the polygons' corners."""

_XY = 16  # sub-pixel bits inside, as in OpenCV
_ONE = 1 << _XY


def fill(canvas: npt.NDArray[Any], corners: Int32, counts: Int32, colours: npt.NDArray[Any]) -> None:
    """Fill convex polygons, one after the other, as `cv2.fillConvexPoly` with LINE_8 does.

    Args:
        canvas: [H, W, C], drawn on.
        corners: int32[N, K, 2] in sixteenths of a pixel; of polygon n only the first counts[n].
        counts: int32[N]. colours: [N, C] of the canvas's type.
    """
    if len(corners):
        _fill(canvas, corners, counts, colours)


def rounded_colours(colours: Float64) -> UInt8:
    """Return colours float64[N, C] as OpenCV rounds them for an uint8 picture."""
    return np.asarray(np.clip(np.rint(colours), 0, 255), np.uint8)


@compiled
def _fill(canvas: Any, corners: Any, counts: Any, colours: Any) -> None:
    for n in range(len(corners)):
        _polygon(canvas, corners[n], counts[n], colours[n])


@compiled
def _polygon(canvas: Any, v: Any, count: int, colour: Any) -> None:
    height, width, channels = canvas.shape
    up = _XY - SUB_PIXEL_BITS
    half = 1 << SUB_PIXEL_BITS >> 1
    top = 0
    xmin = xmax = int(v[0, 0])
    ymin = ymax = int(v[0, 1])
    for i in range(1, count):
        x, y = int(v[i, 0]), int(v[i, 1])
        if y < ymin:
            ymin, top = y, i
        ymax, xmin, xmax = max(ymax, y), min(xmin, x), max(xmax, x)
    # OpenCV draws the edges first; those of a polygon beside the picture too, where they cannot be seen.
    xmin, xmax = (xmin + half) >> SUB_PIXEL_BITS, (xmax + half) >> SUB_PIXEL_BITS
    ymin, ymax = (ymin + half) >> SUB_PIXEL_BITS, (ymax + half) >> SUB_PIXEL_BITS
    if xmax < -1 or ymax < -1 or xmin > width or ymin > height:
        return
    px, py = int(v[count - 1, 0]) << up, int(v[count - 1, 1]) << up
    for i in range(count):
        x, y = int(v[i, 0]) << up, int(v[i, 1]) << up
        _edge(canvas, px, py, x, y, colour)
        px, py = x, y
    if count < 3 or xmax < 0 or ymax < 0 or xmin >= width or ymin >= height:
        return
    ymax = min(ymax, height - 1)
    edges = count
    at0 = at1 = top
    end0 = end1 = row = ymin
    x0 = x1 = -_ONE
    step0 = step1 = 0
    while True:
        if row >= end0:
            end0, step0, x0, at0, edges = _next_side(v, count, 1, row, (end0, step0, x0, at0, edges))
        if row >= end1:
            end1, step1, x1, at1, edges = _next_side(v, count, count - 1, row, (end1, step1, x1, at1, edges))
        if edges < 0:
            break
        if row >= 0:
            left = (min(x0, x1) + (_ONE >> 1)) >> _XY
            right = (max(x0, x1) + (_ONE >> 1)) >> _XY
            if right >= 0 and left < width:
                for x in range(max(left, 0), min(right, width - 1) + 1):
                    for c in range(channels):
                        canvas[row, x, c] = colour[c]
        x0 += step0
        x1 += step1
        row += 1
        if row > ymax:
            break


@compiled
def _next_side(
    v: Any, count: int, turn: int, row: int, side: tuple[int, int, int, int, int]
) -> tuple[int, int, int, int, int]:
    """Return the next side down: its last row, step to the right, x, lower corner, and how many are left."""
    end, step, x, index, edges = side
    up, half = _XY - SUB_PIXEL_BITS, 1 << SUB_PIXEL_BITS >> 1
    there = (index + turn) % count
    while edges > 0:
        edges -= 1
        low = (int(v[there, 1]) + half) >> SUB_PIXEL_BITS
        if low > row:
            xs, xe = int(v[index, 0]) << up, int(v[there, 0]) << up
            step = _towards_zero((xe - xs) * 2 + (low - row), 2 * (low - row))
            return low, step, xs, there, edges
        index = there
        there = (there + turn) % count
    return end, step, x, side[3], edges - 1


@compiled
def _towards_zero(a: int, b: int) -> int:
    """Whole division towards zero, for b > 0, as in C."""
    return -((-a) // b) if a < 0 else a // b


@compiled
def _edge(canvas: Any, x1: int, y1: int, x2: int, y2: int, colour: Any) -> None:
    """Draw a line of one pixel between points in 1 / _ONE pixels: OpenCV's Line2."""
    height, width, channels = canvas.shape
    right, bottom = (int(width) << _XY) - 1, (int(height) << _XY) - 1
    c1 = (x1 < 0) + (x1 > right) * 2 + (y1 < 0) * 4 + (y1 > bottom) * 8
    c2 = (x2 < 0) + (x2 > right) * 2 + (y2 < 0) * 4 + (y2 > bottom) * 8
    if (c1 & c2) == 0 and (c1 | c2) != 0:
        if c1 & 12:
            a = 0 if c1 < 8 else bottom
            x1 += int(float(a - y1) * (x2 - x1) / (y2 - y1))
            y1 = a
            c1 = (x1 < 0) + (x1 > right) * 2
        if c2 & 12:
            a = 0 if c2 < 8 else bottom
            x2 += int(float(a - y2) * (x2 - x1) / (y2 - y1))
            y2 = a
            c2 = (x2 < 0) + (x2 > right) * 2
        if (c1 & c2) == 0 and (c1 | c2) != 0:
            if c1:
                a = 0 if c1 == 1 else right
                y1 += int(float(a - x1) * (y2 - y1) / (x2 - x1))
                x1 = a
                c1 = 0
            if c2:
                a = 0 if c2 == 1 else right
                y2 += int(float(a - x2) * (y2 - y1) / (x2 - x1))
                x2 = a
                c2 = 0
    if c1 | c2:
        return
    ax, ay = abs(x2 - x1), abs(y2 - y1)
    flat = ax > ay
    if (flat and x2 < x1) or (not flat and y2 < y1):
        x1, y1, x2, y2 = x2, y2, x1, y1
    steps = (x2 - x1) >> _XY if flat else (y2 - y1) >> _XY
    slope = _towards_zero((y2 - y1) * _ONE, ax | 1) if flat else _towards_zero((x2 - x1) * _ONE, ay | 1)
    ex, ey = (x2 + (_ONE >> 1)) >> _XY, (y2 + (_ONE >> 1)) >> _XY
    if 0 <= ex < width and 0 <= ey < height:
        for c in range(channels):
            canvas[ey, ex, c] = colour[c]
    x1 += _ONE >> 1
    y1 += _ONE >> 1
    if flat:
        x1 >>= _XY
    else:
        y1 >>= _XY
    for _ in range(steps + 1):
        px, py = (x1, y1 >> _XY) if flat else (x1 >> _XY, y1)
        if 0 <= px < width and 0 <= py < height:
            for c in range(channels):
                canvas[py, px, c] = colour[c]
        if flat:
            x1 += 1
            y1 += slope
        else:
            y1 += 1
            x1 += slope
