"""Masks as operators draw them: decoding them, and refusing unusable pairs."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from lifts.errors import MaskError
from lifts.geometry import CANONICAL_SIZE, warp_mask
from lifts.schema import Lift, MaskPair

Image = npt.NDArray[np.uint8]

MIN_BAR_PX = 40
"""Fewer white pixels than this (of 40,000) cannot be a bar."""

MAX_BAR_FRACTION = 0.35
"""A mask with a larger white fraction is inverted or filled: a bar is thin."""

MAX_OVERLAP = 0.8
"""Open and close masks that share more than this of their union are the same drawing."""


def binarise(image: Image) -> Image:
    """Return uint8[H, W] of 0 and 255 from a drawing uint8[H, W] or uint8[H, W, 3]: above 127 is bar."""
    grey = image if image.ndim == 2 else image.max(axis=2)
    return np.where(grey > 127, 255, 0).astype(np.uint8)


def canonical_mask(image: Image, lift: Lift | None, name: str) -> Image:
    """Bring a drawing to the canonical frame.

    Args:
        image: uint8[H, W] or uint8[H, W, 3]; 200x200, or the camera's size if the lift has a track.
        lift: the lift it belongs to, or None for a new one.
        name: what to call the drawing in errors.

    Returns:
        uint8[200, 200] of 0 and 255.

    Raises:
        MaskError: the size is neither canonical nor the camera's.
    """
    height, width = image.shape[:2]
    mask = binarise(image)
    if (width, height) == (CANONICAL_SIZE, CANONICAL_SIZE):
        return mask
    if lift is None or lift.camera is None or lift.track is None:
        raise MaskError(
            f"{name} mask is {width}x{height}: expected 200x200, because the lift has no track yet "
            "to warp a camera-size drawing with"
        )
    if (width, height) != (lift.camera.width, lift.camera.height):
        raise MaskError(
            f"{name} mask is {width}x{height}: expected 200x200 or the camera's "
            f"{lift.camera.width}x{lift.camera.height}"
        )
    return warp_mask(mask, lift.track.middle)


def overlap(first: Image, second: Image, tolerance_px: int = 2) -> float:
    """Return 0..1: the share of the two bars' pixels that lie within `tolerance_px` of the other bar.

    Plain intersection over union would treat two thin drawings of the same bar as different if they were a
    pixel or two apart.
    """
    side = 2 * tolerance_px + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    a, b = first > 0, second > 0
    total = int(a.sum()) + int(b.sum())
    if total == 0:
        return 1.0
    near_a = cv2.dilate(a.astype(np.uint8), kernel) > 0
    near_b = cv2.dilate(b.astype(np.uint8), kernel) > 0
    return (int((a & near_b).sum()) + int((b & near_a).sum())) / total


def check_masks(open_mask: Image, close_mask: Image) -> MaskPair:
    """Refuse masks that cannot distinguish open from closed.

    Args:
        open_mask: uint8[200, 200] of 0 and 255.
        close_mask: uint8[200, 200] of 0 and 255.

    Returns:
        The pair.

    Raises:
        MaskError: a mask is empty or nearly full, or the two are nearly alike; the message says which.
    """
    for name, mask in (("open", open_mask), ("close", close_mask)):
        drawn = int((mask > 0).sum())
        if drawn < MIN_BAR_PX:
            raise MaskError(f"{name} mask is empty: {drawn} white pixels, expected at least {MIN_BAR_PX}")
        if drawn > MAX_BAR_FRACTION * mask.size:
            raise MaskError(
                f"{name} mask is nearly full: {100 * drawn / mask.size:.0f} % white, expected a thin white "
                f"bar on black (at most {100 * MAX_BAR_FRACTION:.0f} %); is it inverted?"
            )
    shared = overlap(open_mask, close_mask)
    if shared > MAX_OVERLAP:
        raise MaskError(
            f"open and close mask are nearly alike: {100 * shared:.0f} % of their bars coincide, "
            f"expected at most {100 * MAX_OVERLAP:.0f} %"
        )
    return MaskPair(open=open_mask, close=close_mask)
