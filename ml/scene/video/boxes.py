"""Parts of a frame in which something moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lifts.arrays import Float64
from ml.scene.world.raster import Box

Size = tuple[int, int]
"""Width and height of a frame."""


def scaled(box: Box, by: int) -> Box:
    """Return a box in a picture that is `by` times as large."""
    left, top, right, bottom = box
    return left * by, top * by, right * by, bottom * by


def part(box: Box, scale: int = 1) -> tuple[slice, slice]:
    """Return the rows and columns of a box in a picture that is `scale` times as large."""
    left, top, right, bottom = scaled(box, scale)
    return slice(top, bottom), slice(left, right)


def grown(box: Box, by: int, size: Size) -> Box:
    """Return a box with a margin in pixels, within a frame."""
    left, top, right, bottom = box
    return max(left - by, 0), max(top - by, 0), min(right + by, size[0]), min(bottom + by, size[1])


def box_of(extent: Float64, margin: int, size: Size) -> Box | None:
    """Return the box of an extent float64[4] (`raster.extent`) with a margin, or None if none is in view."""
    low, high = np.floor(extent[:2]) - margin, np.ceil(extent[2:]) + margin
    left, top = np.clip(low, 0, size).astype(int).tolist()
    right, bottom = np.clip(high, 0, size).astype(int).tolist()
    return (left, top, right, bottom) if left < right and top < bottom else None


def apart(boxes: Sequence[Box]) -> list[Box]:
    """Return boxes that cover the same and do not overlap: those that do become one."""
    done: list[Box] = []
    for box in boxes:
        merged, rest = box, done
        while True:
            hit = [b for b in rest if _overlap(b, merged)]
            if not hit:
                break
            rest = [b for b in rest if not _overlap(b, merged)]
            lefts, tops, rights, bottoms = zip(merged, *hit, strict=True)
            merged = (min(lefts), min(tops), max(rights), max(bottoms))
        done = [*rest, merged]
    return done


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
