"""Registration: shifts a picture so that its carrier lies where carriers are known to lie, with a quality."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from lifts.geometry import CANONICAL_SIZE
from service.domain.arrays import Float32, Image
from service.vision.correlation import cross_correlation, nearby_peak, peak, prior, shifted, spectrum
from service.vision.outlines import MARGIN_PX, PITCH_PX, Field, outline, reduce_picture

MAX_SHIFT_PX = 15.0
"""A picture is moved by at most this many canonical pixels on each axis."""

TRUSTED = 0.35
"""Quality from which a shift that was found is applied."""

_REACH = 8
_MEMORY = 20
_KNOWN, _SLOW = 10, 0.005  # carriers by which the mean's place is known, and how slowly it moves then
_NONE, _FULL = 0.06, 0.40  # correlations of quality 0 and of quality 1


@dataclass(frozen=True, slots=True, eq=False)
class Registered:
    """A registered picture: uint8[200, 200, 3] RGB, what it was moved by, and quality 0..1.

    field: complex64[FIELD, FIELD], its outline before it was moved.
    """

    image: Image
    dx_px: float
    dy_px: float
    quality: float
    field: Field


class CarrierAppearance:
    """What a lift's carriers look like at one viewpoint: the mean outline of their registered pictures.

    mean: complex64[FIELD, FIELD]. bias_px: how far it lies from its true place, by what was expected of all
    carriers so far: one carrier's time is a little off, the mean of many is not.
    """

    def __init__(self, mean: Field, count: int = 1, bias_px: tuple[float, float] = (0.0, 0.0)) -> None:
        """count: from how many carriers the mean is."""
        self.mean = mean
        self.count = count
        self.bias_px = bias_px

    def learn(self, found: Registered, expected_px: tuple[float, float]) -> None:
        """Learn from a registered picture's outline; expected_px: where it was expected."""
        dx_px, dy_px = found.dx_px + self.bias_px[0], found.dy_px + self.bias_px[1]
        aligned = shifted(found.field, -dx_px, -dy_px)
        self.count += 1
        rate = 1.0 / min(self.count, _MEMORY)
        slow = rate if self.count <= _KNOWN else _SLOW
        off = (dx_px - expected_px[0], dy_px - expected_px[1])
        self.bias_px = (
            self.bias_px[0] + slow * (off[0] - self.bias_px[0]),
            self.bias_px[1] + slow * (off[1] - self.bias_px[1]),
        )
        self.mean = np.asarray(self.mean + (aligned - self.mean) * np.float32(rate), dtype=np.complex64)

    def expect(self, dx_px: float, dy_px: float) -> None:
        """Expect all carriers this much farther from now on; the mean stays where it is."""
        self.bias_px = (self.bias_px[0] - dx_px, self.bias_px[1] - dy_px)


def register(
    picture: Image,
    background: Float32 | None,
    model: Field,
    dx_px: float = 0.0,
    dy_px: float = 0.0,
    *,
    bias_px: tuple[float, float] = (0.0, 0.0),
) -> Registered:
    """Cut the canonical picture out of one with a margin, moved to where the model fits.

    Args:
        picture: uint8[240, 240, 3] RGB, canonical with MARGIN_PX on each side, by the coarse pose.
        background: float32[FIELD, FIELD] grey, the same view without a carrier; None if not known.
        model: the carrier's outline at its place in a correctly registered picture.
        dx_px, dy_px: how far its content is expected to lie from the canonical place.
        bias_px: how far the model itself lies from its true place.

    Returns:
        The picture with its content moved back by the shift that was found; by the expected shift, with a low
        quality, where the carrier is not recognised.
    """
    field = outline(reduce_picture(picture), background)
    near = prior(_REACH, (1.0, 0.0), 10.0, 10.0)
    weight = np.abs(model)
    norm = float(np.sqrt((np.abs(field) ** 2 * (weight > 0.05)).sum() * (weight**2).sum()))
    if norm < 1e-6:
        return Registered(cut(picture, dx_px, dy_px), dx_px, dy_px, 0.0, field)
    rows, columns = round((dy_px + bias_px[1]) / PITCH_PX), round((dx_px + bias_px[0]) / PITCH_PX)
    centred = shifted(field, -PITCH_PX * columns, -PITCH_PX * rows)
    surface = np.maximum(cross_correlation(spectrum(centred), spectrum(model), _REACH) / norm, 0.0)
    found = nearby_peak(surface, peak(surface * near))
    quality = float(np.clip((found.score - _NONE) / (_FULL - _NONE), 0.0, 1.0))
    if quality >= TRUSTED:
        dx_px = PITCH_PX * columns + found.dx_px - bias_px[0]
        dy_px = PITCH_PX * rows + found.dy_px - bias_px[1]
    # Rounded, so that the last digits of long sums, which vary between machines, have no effect.
    dx_px, dy_px = (round(float(np.clip(d, -MAX_SHIFT_PX, MAX_SHIFT_PX)), 3) for d in (dx_px, dy_px))
    quality = round(quality, 4)
    return Registered(cut(picture, dx_px, dy_px), dx_px, dy_px, quality, field)


def cut(picture: Image, dx_px: float, dy_px: float) -> Image:
    """Cut 200x200 out of the picture with margin, content moved by (-dx, -dy), resampled once at most.

    dx_px, dy_px: limited to MAX_SHIFT_PX.
    """
    dx_px, dy_px = (min(max(d, -MAX_SHIFT_PX), MAX_SHIFT_PX) for d in (dx_px, dy_px))
    if abs(dx_px - round(dx_px)) < 0.25 and abs(dy_px - round(dy_px)) < 0.25:
        x, y = MARGIN_PX + round(dx_px), MARGIN_PX + round(dy_px)
        return picture[y : y + CANONICAL_SIZE, x : x + CANONICAL_SIZE].copy()
    matrix = np.array([[1.0, 0.0, -MARGIN_PX - dx_px], [0.0, 1.0, -MARGIN_PX - dy_px]])
    out = cv2.warpAffine(picture, matrix, (200, 200), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.uint8)
