"""Registration: a picture laid exactly upon what its carrier looks like, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from service.passages.outlines import MARGIN_PX, Field, outline, peak, prior, reduce_picture, scores

Image = npt.NDArray[np.uint8]

MAX_SHIFT_PX = 15.0
"""The picture is moved by at most this many canonical pixels on each axis."""

_REACH = 8
_TRUSTED = 0.35
_NONE, _SURE = 0.10, 0.45  # correlations at which nothing, and everything, was recognised


@dataclass(frozen=True, slots=True, eq=False)
class Registered:
    """A registered picture: uint8[200, 200, 3] RGB, what it was moved by, and quality 0..1."""

    image: Image
    dx_px: float
    dy_px: float
    quality: float


def register(picture: Image, model: Field, dx_px: float = 0.0, dy_px: float = 0.0) -> Registered:
    """Cut the canonical picture out of one with a margin, moved to where the model says.

    Args:
        picture: uint8[240, 240, 3] RGB, canonical with MARGIN_PX on each side, by the coarse pose.
        model: the carrier's outline where a rightly registered picture shows it.
        dx_px, dy_px: where its content is expected to lie from the canonical place, before looking.

    Returns:
        The picture with its content moved back by what was found. Where the picture is not recognised the
        expected shift is used as it is, and the quality says so.
    """
    field = outline(reduce_picture(picture))
    near = prior(_REACH, (1.0, 0.0), 9.0, 9.0)
    weight = np.abs(model)
    norm = float(np.sqrt((np.abs(field) ** 2 * (weight > 0.1)).sum() * (weight**2).sum()))
    if norm < 1e-6:
        return Registered(_cut(picture, dx_px, dy_px), dx_px, dy_px, 0.0)
    rows, columns = round(dy_px / 2), round(dx_px / 2)
    centred = np.roll(field, (-rows, -columns), (0, 1))
    found = peak(np.maximum(scores(centred, model, _REACH) / norm, 0.0) * near)
    quality = float(np.clip((found.score - _NONE) / (_SURE - _NONE), 0.0, 1.0))
    if quality >= _TRUSTED:
        dx_px, dy_px = 2.0 * columns + found.dx_px, 2.0 * rows + found.dy_px
    dx_px, dy_px = (float(np.clip(d, -MAX_SHIFT_PX, MAX_SHIFT_PX)) for d in (dx_px, dy_px))
    return Registered(_cut(picture, dx_px, dy_px), dx_px, dy_px, quality)


def _cut(picture: Image, dx_px: float, dy_px: float) -> Image:
    """Cut 200x200 out of the picture with margin, content moved by (-dx, -dy), resampled once at most."""
    matrix = np.array([[1.0, 0.0, -MARGIN_PX - dx_px], [0.0, 1.0, -MARGIN_PX - dy_px]])
    if abs(dx_px - round(dx_px)) < 0.25 and abs(dy_px - round(dy_px)) < 0.25:
        matrix[:, 2] = np.round(matrix[:, 2])
    out = cv2.warpAffine(picture, matrix, (200, 200), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.uint8)
