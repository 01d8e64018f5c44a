"""How large a carrier is and where it is wholly in view: the canonical frame and the track's ends."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from service.setup.carrier import Carrier, body
from service.setup.motion import Motion, Window

Float32 = npt.NDArray[np.float32]

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in movie pixels."""

Run = tuple[float, float, float]
"""The distances of begin, middle and end from a reference, in intervals."""

FILL = 0.8
"""The part of the canonical frame's side that the carrier's longer side fills.

Hand-made frames of the samples: 0.79 to 0.92. In a wider frame the bar is too thin to be recognised.
"""

_LONGEST = 0.55  # intervals from begin to end
_BEYOND = 0.25  # of the rows that may reach farther to either side: a shadow on the ground, skis
_CUT = 0.03  # of the moving energy that may lie beyond the box on each side: shadows, skis, the pole
_DEEPEST = 1.5  # the most that the carrier's size may change from begin to end


def find_box(movie: Float32, carrier: Carrier) -> Box:
    """Return where the carrier is at its reference: bench and bail; the hanger's pole is left out."""
    strength = body(movie, carrier.phase, carrier.motion, carrier.weight)
    window = Window.around(strength)
    strength = window.cut(strength)
    rows = np.array([_spread(row, 0.05) for row in cv2.blur(strength, (1, 7))])
    width = rows[:, 1] - rows[:, 0]
    whole = strength.sum(axis=1)
    wide = (width > 0.4 * np.quantile(width, 0.7)) & (whole > 0.15 * np.quantile(whole, 0.9))
    if wide.sum() < 4:
        wide[:] = True
    y0, y1 = _spread(whole * wide, _CUT)
    x0 = float(np.quantile(rows[wide, 0], _BEYOND))
    x1 = float(np.quantile(rows[wide, 1], 1 - _BEYOND))
    return window.x + x0, window.y + y0, window.x + x1, window.y + y1


def find_run(motion: Motion, box: Box, width: int, height: int) -> Run | None:
    """Return the distances of begin, middle and end, or None where the carrier is nowhere wholly in view.

    The middle lies half of the picture's movement from either end, on the side where the carrier is larger.
    """
    distances = np.arange(-1.0, 1.0001, 0.01)
    shown = np.array([_shown(motion, box, float(distance), width, height) for distance in distances])
    if not shown.any():
        return None
    # The run nearest to the reference.
    start = int(np.flatnonzero(shown)[np.abs(distances[shown]).argmin()])
    first = last = start
    while first > 0 and shown[first - 1]:
        first -= 1
    while last < len(distances) - 1 and shown[last + 1]:
        last += 1
    begin, end = float(distances[first]), float(distances[last])
    near, far = sorted((motion.depth(begin), motion.depth(end)))
    if far > _DEEPEST * near:
        # The near part: there it is largest. depth is linear in the distance.
        limit = (_DEEPEST * near - 1.0) / motion.shrink
        begin, end = (begin, limit) if motion.shrink > 0 else (limit, end)
    if end - begin > _LONGEST:
        middle = (begin + end) / 2 if abs(motion.shrink) < 0.25 else (begin if motion.shrink > 0 else end)
        begin, end = max(begin, middle - _LONGEST), min(end, middle + _LONGEST)
        if end - begin > _LONGEST:
            begin, end = middle - _LONGEST / 2, middle + _LONGEST / 2
    return begin, _half_way(motion, begin, end), end


def _half_way(motion: Motion, begin: float, end: float) -> float:
    """Return the distance that halves the movement in carrier sizes, by the logarithm of depth."""
    a, b = motion.depth(begin), motion.depth(end)
    if abs(math.log(b / a)) < 0.02:
        return (begin + end) / 2
    return (math.sqrt(a * b) - 1.0) / motion.shrink


def _shown(motion: Motion, box: Box, distance: float, width: int, height: int) -> bool:
    if not 0.3 < motion.depth(distance) < 3.0:
        return False
    x0, y0, x1, y1 = box
    (ax, ay), (bx, by) = (
        np.array([(x0, y0), (x1, y1)]) @ motion.matrix(distance)[:, :2].T + motion.matrix(distance)[:, 2]
    )
    inside = (min(bx, width) - max(ax, 0.0)) * (min(by, height) - max(ay, 0.0))
    return bool(bx > 0 and by > 0 and ax < width and ay < height and inside > 0.97 * (bx - ax) * (by - ay))


def _spread(profile: Float32, part: float) -> tuple[float, float]:
    """Return between which places all but `part` of a profile lies on either side."""
    total = np.cumsum(profile)
    if total[-1] <= 0:
        return 0.0, 0.0
    first = int(np.searchsorted(total, part * total[-1]))
    return float(first), float(int(np.searchsorted(total, (1 - part) * total[-1])) + 1)
