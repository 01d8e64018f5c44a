"""From a mask to its strokes: what a proposal and an imported picture are edited as."""

from __future__ import annotations

import cv2
import numpy as np

from lifts.arrays import Bool, Float64
from lifts.drawing.lines import Drawing, Polyline
from lifts.drawing.thinning import simplify, thin, trace

SPUR_PX = 10.0
"""Free branches shorter than this are fringes of thinning: an area 12 px wide has some of 6."""

TOLERANCE_PX = 1.5
"""Between the middle of an area and its polyline; of the order of a careful hand."""

LEAST_WIDTH, MOST_WIDTH = 1.0, 40.0


def strokes_of(area: Bool, width: float | None = None) -> Drawing:
    """Return an area's lines as a drawing.

    Args:
        area: bool[200, 200]; the bar.
        width: of all lines, in pixels; None for each as wide as the area is along it.
    """
    reach = np.asarray(cv2.distanceTransform(area.astype(np.uint8), cv2.DIST_L2, 5), np.float64)
    lines = []
    for stroke in trace(thin(area), SPUR_PX):
        points = tuple((float(x), float(y)) for x, y in simplify(stroke, TOLERANCE_PX))
        lines.append(Polyline(points=points, width=width or _width(reach, stroke)))
    return Drawing(lines=tuple(lines))


def _width(reach: Float64, stroke: Float64) -> float:
    """Return how wide the area is along a stroke, from each pixel's distance to the nearest one outside."""
    x, y = stroke.astype(int).T
    return float(np.clip(2 * np.median(reach[y, x]) - 1.5, LEAST_WIDTH, MOST_WIDTH))


def parts_of(drawing: Drawing) -> list[Drawing]:
    """Return a drawing's connected parts: lines that touch as drawn are one part."""
    _, labels = cv2.connectedComponents(drawing.raster(), connectivity=8)
    parts: dict[int, list[Polyline]] = {}
    for line in drawing.lines:
        label = int(np.bincount(labels[Drawing(lines=(line,)).raster() > 0], minlength=1).argmax())
        parts.setdefault(label, []).append(line)
    return [Drawing(lines=tuple(lines)) for _, lines in sorted(parts.items())]


def extent_px(drawing: Drawing) -> float:
    """Return the diagonal of the box round a drawing's points, in pixels; 0 of an empty one."""
    if not drawing.lines:
        return 0.0
    points = np.array([point for line in drawing.lines for point in line.points])
    return float(np.hypot(*np.ptp(points, axis=0)))
