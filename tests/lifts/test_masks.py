"""Masks as geometry: how far what tells two drawings apart reaches."""

import cv2
import numpy as np
import pytest

from lifts.masks import Image, extents, mask_bank, shifted
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


def test_the_bank_is_the_mask_and_its_shifts() -> None:
    """The mask itself first and once, then its copies: right, left, down, up; black comes in."""
    opened = np.zeros((200, 200), np.uint8)
    opened[44:56, 40:160] = 255
    masks = MaskPair(open=opened, close=np.roll(opened, 100, 0))
    bank = mask_bank(masks, [(2, 0), (0, 0), (-2, 0), (0, 2), (0, -2)])
    assert bank.shape == (2, 5, 200, 200)
    assert (bank[0, 0] == opened).all()
    for index, (dx, dy) in enumerate([(2, 0), (-2, 0), (0, 2), (0, -2)], 1):
        ys, xs = np.nonzero(bank[0, index])
        assert (xs.min(), xs.max(), ys.min(), ys.max()) == (40 + dx, 159 + dx, 44 + dy, 55 + dy)
    assert shifted(np.roll(opened, 151, 0), 0, 2)[197:].sum() == 3 * 120 * 255
    assert mask_bank(masks, ()).shape == (2, 1, 200, 200)
