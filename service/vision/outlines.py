"""Outlines of pictures and masks.

An outline is a complex picture: at each pixel the doubled direction of the edge there, long where the edge is
certain. Doubling makes a bright bar on dark and a dark bar on bright the same. All are at half canonical
resolution with a margin: complex64[FIELD, FIELD], pixel i covering canonical 2 * i - MARGIN.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from lifts.edges import gradient
from service.domain.arrays import Float32

Field = npt.NDArray[np.complex64]
Slopes = tuple[Float32, Float32]

PITCH_PX = 2
"""Canonical pixels per field pixel."""

MARGIN_PX = 20
"""Canonical pixels round the frame that a field also covers."""

FIELD = (200 + 2 * MARGIN_PX) // PITCH_PX
"""Side of a field."""

_BLUR_PX = 0.8


def outline(grey: Float32, background: Float32 | None = None, softness: float = 6.0) -> Field:
    """Return the outline of a picture float32[H, W], complex64[H, W]; edges of `softness` levels count half.

    background: the same view without what is looked for, float32[H, W]: its edges are left out.
    """
    return outline_before(grey, None if background is None else slopes(background), softness)


def slopes(grey: Float32) -> Slopes:
    """Return what `outline_before` needs to know of a background float32[H, W]."""
    return gradient(grey, _BLUR_PX)


def outline_before(grey: Float32, background: Slopes | None, softness: float = 6.0) -> Field:
    """Return the same as `outline`, where many pictures have one background: see `slopes`."""
    dx, dy = gradient(grey, _BLUR_PX)
    size = cv2.magnitude(dx, dy)
    weight = size / (size + softness)
    if background is not None:
        bx, by = background
        new = cv2.magnitude(dx - bx, dy - by)
        weight = weight * np.clip((new - 1.0) / (0.5 * size + 2.0), 0.0, 1.0)
    direction = (dx + 1j * dy) ** 2 / np.maximum(size * size, 1e-6)
    return np.asarray(direction * weight, dtype=np.complex64)


def mask_outline(mask: npt.NDArray[np.uint8]) -> Field:
    """Return the outline of a mask uint8[200, 200], its length in all being 1."""
    framed = cv2.copyMakeBorder(mask, MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX, cv2.BORDER_CONSTANT)
    small = cv2.resize(framed, (FIELD, FIELD), interpolation=cv2.INTER_AREA).astype(np.float32)
    dx, dy = gradient(small, 1.0)
    size = cv2.magnitude(dx, dy)
    field = (dx + 1j * dy) ** 2 / np.maximum(size, 1e-6)
    return np.asarray(field / max(float(np.abs(field).sum()), 1e-9), dtype=np.complex64)


def unit(field: Field) -> Field:
    """Return the outline scaled to length 1: its product with another then says how alike they are."""
    return np.asarray(field / max(float(np.sqrt((np.abs(field) ** 2).sum())), 1e-9), dtype=np.complex64)


def reduce_picture(picture: npt.NDArray[np.uint8]) -> Float32:
    """Return float32[FIELD, FIELD] of a canonical picture with MARGIN_PX round it, uint8[240, 240, 3] RGB."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (FIELD, FIELD), interpolation=cv2.INTER_AREA), dtype=np.float32)
