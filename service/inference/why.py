"""Maps where in the registered picture the network saw the bar, coloured by the mask it coincides with.

The map is a part of the embedding: it comes from the same forward pass as the verdict.
"""

from __future__ import annotations

import cv2
import numpy as np

from lifts.schema import MaskPair
from service.domain.arrays import Image

_FAINT = 64
"""Cells weaker than this are not drawn: any structure reaches a quarter of a plainly seen bar."""

_REACH_PX = 9
"""A bar this near to a mask takes that mask's colour: twice the error that registration leaves."""

OPEN_RGB, CLOSE_RGB, BOTH_RGB, NEITHER_RGB = (255, 176, 0), (70, 150, 255), (200, 120, 255), (255, 255, 255)


def overlay(bar_map: Image, masks: MaskPair) -> Image:
    """Draw a map over the frame: uint8[200, 200, 4] RGBA, transparent where no bar was seen.

    Amber near the open mask, blue near the close mask, violet near both, white elsewhere.

    Args:
        bar_map: uint8[cells, cells].
        masks: the pair that the picture was judged by.
    """
    side = masks.open.shape[0]
    strength = cv2.resize(bar_map, (side, side), interpolation=cv2.INTER_LINEAR)
    kernel = np.ones((2 * _REACH_PX + 1, 2 * _REACH_PX + 1), np.uint8)
    near_open, near_close = (cv2.dilate(mask, kernel) > 0 for mask in (masks.open, masks.close))
    drawn = np.zeros((side, side, 4), np.uint8)
    drawn[..., :3] = NEITHER_RGB
    drawn[near_open, :3], drawn[near_close, :3] = OPEN_RGB, CLOSE_RGB
    drawn[near_open & near_close, :3] = BOTH_RGB
    drawn[..., 3] = np.where(strength > _FAINT, np.minimum(strength, 220), 0)
    return drawn


def png_of(drawn: Image) -> bytes:
    """Return an overlay as PNG."""
    return bytes(cv2.imencode(".png", cv2.cvtColor(drawn, cv2.COLOR_RGBA2BGRA))[1])
