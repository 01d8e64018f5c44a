"""What the bar is in a drawing, whatever program, colours and bit depth it was drawn with.

The background is what most of the picture's border shows. The bar is what stands out from it: every pixel
that differs from the background by more than half of the greatest difference, over the colour channels.
White on black, black on white and red on anything are thus the same drawing, and so are 0/1 labels.

Where the picture has an alpha channel that varies, transparency counts first:

1. Only the opaque part is examined, because what lies under transparent pixels is not part of the drawing. If
   it shows a bar on paper (two crisp colours, and the one at its rim fills most of it), that is the bar.
2. Else its colours say nothing, and the channel itself is the drawing: the bar is what differs from the
   border, opaque on a transparent background or cut out of an opaque one.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from lifts.arrays import Bool, UInt8
from lifts.errors import MaskError
from lifts.pictures.reader import DecodedPicture

MIN_BAR_PX = 40
"""Fewer pixels than this (of 40,000) cannot be a bar."""

MAX_BAR_FRACTION = 0.35
"""A drawing of which a larger fraction stands out is filled: a bar is thin."""

_MIN_CONTRAST = 32
"""Of 255: less is JPEG's noise or a mark nobody can see; 0/1 labels are recognised by having two values."""

_MIN_CONTRAST_ON_PAPER = 128
"""Of 255: the rim of a bar whose colours were multiplied by alpha fades to half, and is no second colour."""

_LIKE_BACKGROUND = 1 / 8
"""Of the contrast: what differs less counts as background. JPEG at quality 40 stays within."""

_MIN_BORDER = 0.8
"""Fraction of the border that is like the background: 0.99 of drawings, less where the bar meets the border,
but less than 0.8 of nine photographs in ten."""

_MAX_BETWEEN = 0.15
"""Fraction of all pixels neither like the background nor like the bar: up to 0.13 in soft brushes and rough
JPEGs, more in three photographs of four."""


def find_bar(picture: DecodedPicture) -> UInt8:
    """Return the bar of a drawing as uint8[H, W] of 0 and 255, as this module's docstring defines it.

    A picture in which nothing stands out gives an empty mask, or a full one if it is white all over.

    Raises:
        MaskError: it has no background: the border shows no single colour, as in a photograph.
    """
    found = None
    if picture.alpha is not None:
        least, most = int(picture.alpha.min()), int(picture.alpha.max())
        if most - least >= _MIN_CONTRAST:
            found = _on_paper(picture.rgb, picture.alpha > (least + most) // 2)
            if found is None:
                found = _stands_out(picture.alpha[:, :, None], picture.lossless)
    if found is None:
        found = _stands_out(picture.rgb, picture.lossless)
    if found is None:
        return np.full(picture.rgb.shape[:2], 255 if np.median(picture.rgb) > 127 else 0, dtype=np.uint8)
    return np.where(found, 255, 0).astype(np.uint8)


def _stands_out(values: UInt8, lossless: bool) -> Bool | None:
    """Return which pixels of uint8[H, W, C] stand out from the border, None if none does.

    Raises:
        MaskError: the border shows no single colour.
    """
    rim = _rim(np.ones(values.shape[:2], dtype=np.bool_))
    distance = _distance(values, rim)
    counts = np.bincount(distance.ravel(), minlength=256)
    labels = lossless and np.count_nonzero(counts) == 2 and counts[0] > 0
    contrast = int(np.flatnonzero(counts)[-1]) if labels else _reached_by(counts, MIN_BAR_PX)
    if contrast == 0 or (contrast < _MIN_CONTRAST and not labels):
        return None
    if not _crisp(distance[rim], counts, contrast):
        raise MaskError(
            "the background is not one colour, as in a photograph: "
            "draw the bar alone, white on black, and save that as PNG",
            "background_not_plain",
        )
    found: Bool = distance > contrast // 2
    return found


def _on_paper(rgb: UInt8, visible: Bool) -> Bool | None:
    """Return the bar that the visible part of a drawing shows in colour, None if it shows none."""
    rim = _rim(visible)
    distance = _distance(rgb, rim)
    counts = np.bincount(distance[visible], minlength=256)
    contrast = _reached_by(counts, MIN_BAR_PX)
    if contrast < _MIN_CONTRAST_ON_PAPER:
        return None
    bar = visible & (distance > contrast // 2)
    return (
        bar
        if _crisp(distance[rim], counts, contrast) and bar.sum() <= MAX_BAR_FRACTION * visible.sum()
        else None
    )


def _rim(inside: Bool) -> Bool:
    """Return the outermost pixels of an area: the picture's border is one where the area reaches it."""
    framed = cv2.copyMakeBorder(inside.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,))
    inner = cv2.erode(framed, np.ones((3, 3), np.uint8))[1:-1, 1:-1]
    return np.asarray(inside & (np.asarray(inner) == 0), dtype=np.bool_)


def _distance(values: UInt8, rim: Bool) -> UInt8:
    """Return uint8[H, W]: how far each pixel is from what most of the rim shows."""
    distance = np.zeros(values.shape[:2], np.uint8)
    for channel in np.moveaxis(values, 2, 0):
        level = np.uint8(np.median(channel[rim]))
        np.maximum(distance, np.maximum(channel, level) - np.minimum(channel, level), out=distance)
    return distance


def _reached_by(counts: npt.NDArray[np.intp], pixels: int) -> int:
    """Return the greatest distance that at least so many pixels reach."""
    reached = np.flatnonzero(np.cumsum(counts[::-1])[::-1] >= pixels)
    return int(reached[-1]) if reached.size else 0


def _crisp(border: UInt8, counts: npt.NDArray[np.intp], contrast: int) -> bool:
    """Say whether distances (of the border, and counted over all) are those of a drawing in two colours."""
    near, far = _LIKE_BACKGROUND * contrast, 0.75 * contrast
    levels = np.arange(len(counts))
    between = counts[(levels > near) & (levels < far)].sum() / counts.sum()
    return bool(np.mean(border <= near) >= _MIN_BORDER and between <= _MAX_BETWEEN)
