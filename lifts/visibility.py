"""Checks that a registered picture shows anything at all, robust against specks of snow and noise."""

from __future__ import annotations

import cv2
import numpy as np

from lifts.arrays import UInt8
from lifts.decision.reasons import Reason
from lifts.edges import brightness, edge_strength

DARK_LEVEL = 20.0
"""A picture is dark if its bright areas (95th percentile after the median filter) are below this."""

MIN_CONTRAST = 10.0
"""Smallest difference in grey levels between the dark and the bright areas of a usable picture."""

MIN_STRUCTURE = 0.01
"""Smallest fraction of the picture that edges well above its own noise must cover."""


def picture_problem(image: UInt8) -> Reason | None:
    """Return why a registered picture must not be judged, or None if nothing is wrong with it.

    Args:
        image: uint8[200, 200, 3] RGB.

    Returns:
        DARK, OVER_EXPOSED, NO_CONTRAST or NO_STRUCTURE, or None. Bright specks (snow, distant
        lamps) and sensor noise do not count as contrast: everything is measured after a median filter.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    half = cv2.resize(grey, (100, 100), interpolation=cv2.INTER_AREA)
    filtered = np.asarray(cv2.medianBlur(cv2.medianBlur(half, 5), 5), dtype=np.uint8)
    low, high = brightness(filtered)
    if high < DARK_LEVEL:
        return Reason.DARK
    if low > 250:
        return Reason.OVER_EXPOSED
    if high - low < MIN_CONTRAST:
        return Reason.NO_CONTRAST
    return None if _structure(filtered) >= MIN_STRUCTURE else Reason.NO_STRUCTURE


def _structure(filtered: UInt8) -> float:
    """Return the fraction of the picture covered by edges that stand out from noise and slow shading."""
    strength = edge_strength(filtered.astype(np.float32), 1.0)
    floor = max(1.0, 3.0 * float(np.median(strength)))
    return float((strength > floor).mean())
