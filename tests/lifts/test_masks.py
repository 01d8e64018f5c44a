"""Masks as geometry: how far what tells two drawings apart reaches."""

import cv2
import numpy as np
import pytest

from lifts.masks import Image, extents
from lifts.schema import MaskPair


def _drawn(row: int, length: int, thickness: int = 1) -> Image:
    drawn = np.zeros((200, 200), np.uint8)
    cv2.line(drawn, (30, row), (30 + length - 1, row), 255, thickness)
    return drawn


def test_only_what_is_apart_from_the_other_drawing_has_an_extent() -> None:
    """Two bars that share all but an end are as long as that end; far apart, as long as they are."""
    shared, longer = _drawn(40, 100), _drawn(40, 150)
    assert extents(MaskPair(open=longer, close=shared)) == pytest.approx((44, 0), abs=1)
    for thickness in (1, 6, 14):
        pair = MaskPair(open=_drawn(40, 100, thickness), close=_drawn(120, 60, thickness))
        assert extents(pair) == pytest.approx((100, 60), abs=thickness + 2)
