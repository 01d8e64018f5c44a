"""What is hidden in stored pictures: everything but the bar's two places and the lap that it lies over.

Of a camera's whole view, nothing finer than the service compares views by is stored.
"""

from __future__ import annotations

import cv2
import numpy as np

from lifts.arrays import UInt8

CELL = 8
"""Pixels of a registered picture that become one: a face, which is 10 to 16 pixels wide, becomes two.

Averages cannot be undone, as a blur can. Bodies stay as outlines: whether somebody sits there is still seen.
"""

VIEW_COLUMNS = 160
"""Of a whole view: what is compared with the present one is as wide, and a head in it two or three cells."""

AROUND = 6
"""How far around a drawn bar the picture stays as it is, in pixels: registration errs by some."""


def shown_area(open_mask: UInt8, close_mask: UInt8) -> UInt8:
    """Return where a picture stays as it is: uint8[200, 200], 255 there, 0 where it is hidden.

    That is AROUND pixels around either mask, and the area that the closed bar encloses: the lap.

    Args:
        open_mask: uint8[200, 200], above 127 where the open bar is.
        close_mask: the same of the closed bar.
    """
    bars = ((open_mask > 127) | (close_mask > 127)).astype(np.uint8) * 255
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * AROUND + 1, 2 * AROUND + 1))
    area = cv2.dilate(bars, disc)
    closed = cv2.findNonZero((close_mask > 127).astype(np.uint8))
    if closed is not None:
        cv2.fillConvexPoly(area, cv2.convexHull(closed), 255)
    return np.asarray(area, np.uint8)


def hide(image: UInt8, shown: UInt8) -> UInt8:
    """Return the picture with everything coarse but the area `shown`.

    Args:
        image: uint8[200, 200, 3] RGB.
        shown: uint8[200, 200] (`shown_area`).
    """
    height, width = image.shape[:2]
    coarse = cv2.resize(image, (width // CELL, height // CELL), interpolation=cv2.INTER_AREA)
    hidden = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.where(shown[:, :, None] > 127, image, hidden).astype(np.uint8)


def hide_view(jpeg: bytes, quality: int = 80) -> bytes:
    """Return a camera's whole view as coarse as views are compared, a JPEG of the same size.

    What is no picture is returned as it is.
    """
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) if jpeg else None
    if image is None:
        return jpeg
    height, width = image.shape[:2]
    rows = max(1, round(VIEW_COLUMNS * height / width))
    coarse = cv2.resize(image, (min(VIEW_COLUMNS, width), min(rows, height)), interpolation=cv2.INTER_AREA)
    hidden = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.imencode(".jpg", hidden, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
