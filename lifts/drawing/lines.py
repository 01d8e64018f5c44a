"""Masks as lines that a person can edit: polylines with widths, and the one way they become pixels.

A drawing is JSON, `{"lines": [{"points": [[x, y], ...], "width": w}, ...]}`, in canonical pixels: x to the
right, y down, whole numbers at pixel centres, as everywhere (`lifts.geometry`). A pixel is bar if its centre
is no further than half of the width from the line: round ends and joints, no smoothing. In SVG this is a
`polyline` with round caps and joins in a view box of "-0.5 -0.5 200 200".
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from lifts.arrays import Float64, UInt8
from lifts.geometry import CANONICAL_SIZE

Coordinate = Annotated[float, Field(ge=-CANONICAL_SIZE, le=2 * CANONICAL_SIZE, allow_inf_nan=False)]
"""Of a point, in canonical pixels; a line may leave the frame."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Polyline(_Frozen):
    """One stroke: its points in order, at least one, and its width in canonical pixels."""

    points: tuple[tuple[Coordinate, Coordinate], ...] = Field(min_length=1, max_length=500)
    width: float = Field(ge=1, le=40, allow_inf_nan=False)

    @property
    def length_px(self) -> float:
        """Length from the first to the last point, in pixels."""
        return float(np.hypot(*np.diff(np.array(self.points), axis=0).T).sum())


class Drawing(_Frozen):
    """A mask as strokes; none is an empty mask."""

    lines: tuple[Polyline, ...] = Field(default=(), max_length=200)

    def raster(self) -> UInt8:
        """Return the mask, uint8[200, 200] of 0 and 255."""
        mask = np.zeros((CANONICAL_SIZE, CANONICAL_SIZE), np.uint8)
        for line in self.lines:
            points = np.array(line.points, np.float64)
            for start, end in zip(points, points[1:] if len(points) > 1 else points, strict=False):
                _stroke(mask, start, end, line.width / 2)
        return mask


def _stroke(mask: UInt8, start: Float64, end: Float64, radius: float) -> None:
    """Set the pixels of a mask whose centres are within `radius` of a segment, float64[2] each end."""
    low = np.maximum(np.ceil(np.minimum(start, end) - radius), 0).astype(int)
    high = np.minimum(np.floor(np.maximum(start, end) + radius), CANONICAL_SIZE - 1).astype(int)
    if (low > high).any():
        return
    ys, xs = np.mgrid[low[1] : high[1] + 1, low[0] : high[0] + 1]
    x, y = xs - start[0], ys - start[1]
    along = end - start
    square = float(along @ along)
    share = np.clip((x * along[0] + y * along[1]) / square, 0, 1) if square > 0 else 0.0
    near = (x - share * along[0]) ** 2 + (y - share * along[1]) ** 2 <= radius**2 + 1e-9
    mask[low[1] : high[1] + 1, low[0] : high[0] + 1][near] = 255
