"""Whether people are hidden in a stored picture: measured, for nothing says it of old ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lifts.pictures.privacy import hide, shown_area
from lifts.schema import MaskPair
from service.domain.arrays import Image

RATIO = 2.3
"""A coarse picture is changed by making it coarse again 1.4 to 2.1 times as much as by a second time; one as
it was taken 3.1 to 3.7 times (the sample lifts' pictures, and structures of all sizes; `test_blurred`)."""

LEAST = 0.25
"""Grey levels below which nothing is there that could be hidden."""


def is_blurred(image: Image, masks: MaskPair) -> bool:
    """Say whether a picture, uint8[200, 200, 3], is coarse apart from where the bar is."""
    shown = shown_area(masks.open, masks.close)
    hidden = shown <= 127
    if not hidden.any():
        return False
    once = hide(image, shown)
    twice = hide(once, shown)
    first, second = _change(image, once, hidden), _change(once, twice, hidden)
    return first < RATIO * max(second, LEAST)


def _change(before: Image, after: Image, where: npt.NDArray[np.bool_]) -> float:
    return float(np.abs(before[where].astype(np.int16) - after[where]).mean())
