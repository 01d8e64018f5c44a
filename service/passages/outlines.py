"""Outlines of pictures and masks, and how they are laid upon each other.

An outline is a complex picture: at each pixel the doubled direction of the edge there, long where an edge is
sure. Doubling makes a bright bar on dark and a dark bar on bright the same. All are at half canonical
resolution with a margin: complex64[FIELD, FIELD], pixel i covering canonical 2 * i - MARGIN.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.complex64]
Floats = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]

PITCH_PX = 2
"""Canonical pixels per field pixel."""

MARGIN_PX = 20
"""Canonical pixels round the frame that a field also covers."""

FIELD = (200 + 2 * MARGIN_PX) // PITCH_PX
"""Side of a field."""

_FFT = 144


@dataclass(frozen=True, slots=True)
class Shift:
    """Where a picture's content lies from where it is expected: (dx, dy) canonical pixels, score of it."""

    dx_px: float
    dy_px: float
    score: float


def outline(grey: Floats, background: Floats | None = None, softness: float = 6.0) -> Field:
    """Return the outline of a picture float32[H, W], complex64[H, W]; edges of `softness` levels count half.

    background: the same view without what is looked for, float32[H, W]: its edges are left out.
    """
    dx, dy = _slope(grey)
    size = cv2.magnitude(dx, dy)
    weight = size / (size + softness)
    if background is not None:
        bx, by = _slope(background)
        new = cv2.magnitude(dx - bx, dy - by)
        weight = weight * np.clip((new - 1.0) / (0.5 * size + 2.0), 0.0, 1.0)
    direction = (dx + 1j * dy) ** 2 / np.maximum(size * size, 1e-6)
    return np.asarray(direction * weight, dtype=np.complex64)


def _slope(grey: Floats) -> tuple[Floats, Floats]:
    calm = cv2.GaussianBlur(grey, (0, 0), 0.8)
    dx = cv2.Sobel(calm, cv2.CV_32F, 1, 0, scale=0.125)
    dy = cv2.Sobel(calm, cv2.CV_32F, 0, 1, scale=0.125)
    return np.asarray(dx, dtype=np.float32), np.asarray(dy, dtype=np.float32)


def mask_outline(mask: npt.NDArray[np.uint8]) -> Field:
    """Return the outline of a mask uint8[200, 200], its length in all being 1."""
    framed = cv2.copyMakeBorder(mask, MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX, cv2.BORDER_CONSTANT)
    small = cv2.resize(framed, (FIELD, FIELD), interpolation=cv2.INTER_AREA).astype(np.float32)
    calm = cv2.GaussianBlur(small, (0, 0), 1.0)
    dx = cv2.Sobel(calm, cv2.CV_32F, 1, 0, scale=0.125)
    dy = cv2.Sobel(calm, cv2.CV_32F, 0, 1, scale=0.125)
    size = cv2.magnitude(dx, dy)
    field = (dx + 1j * dy) ** 2 / np.maximum(size, 1e-6)
    return np.asarray(field / max(float(np.abs(field).sum()), 1e-9), dtype=np.complex64)


def unit(field: Field) -> Field:
    """Return the outline scaled to length 1: its product with another then says how alike they are."""
    return np.asarray(field / max(float(np.sqrt((np.abs(field) ** 2).sum())), 1e-9), dtype=np.complex64)


def reduce_picture(picture: npt.NDArray[np.uint8]) -> Floats:
    """Return float32[FIELD, FIELD] of a canonical picture with MARGIN_PX round it, uint8[240, 240, 3] RGB."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (FIELD, FIELD), interpolation=cv2.INTER_AREA), dtype=np.float32)


def spectrum(field: Field) -> Field:
    """Return complex64[144, 144], what `agreement` wants of a field of at most FIELD a side."""
    return np.asarray(np.fft.fft2(field, (_FFT, _FFT)), dtype=np.complex64)


def agreement(picture: Field, model: Field, reach: int) -> Scores:
    """Return float64[2 * reach + 1, 2 * reach + 1]: agreement with the model shifted by (row, column).

    picture, model: as `spectrum` returns them. reach: at most 24 field pixels.
    """
    surface = np.roll(np.fft.ifft2(picture * np.conj(model)).real, (reach, reach), (0, 1))
    return np.asarray(surface[: 2 * reach + 1, : 2 * reach + 1], dtype=np.float64)


def scores(picture: Field, model: Field, reach: int) -> Scores:
    """Return `agreement` of two fields complex64[FIELD, FIELD]."""
    return agreement(spectrum(picture), spectrum(model), reach)


def prior(
    reach: int, along: tuple[float, float], along_px: float, across_px: float, centre_px: float = 0.0
) -> Scores:
    """Return 0..1 over shifts: a Gaussian of `along_px` in direction `along` and `across_px` across it.

    It peaks `centre_px` along that direction.
    """
    d = np.arange(-reach, reach + 1) * float(PITCH_PX)
    x, y = np.meshgrid(d, d)
    norm = max(float(np.hypot(*along)), 1e-9)
    ux, uy = along[0] / norm, along[1] / norm
    lengthwise, sideways = x * ux + y * uy, -x * uy + y * ux
    apart = ((lengthwise - centre_px) / along_px) ** 2 + (sideways / across_px) ** 2
    return np.asarray(np.exp(-0.5 * apart))


def peak(surface: Scores) -> Shift:
    """Return the highest point of a score surface, between pixels."""
    row, column = np.unravel_index(int(surface.argmax()), surface.shape)
    reach = surface.shape[0] // 2
    dy = _vertex(surface[:, column], int(row))
    dx = _vertex(surface[row, :], int(column))
    return Shift(
        dx_px=PITCH_PX * (float(column) - reach + dx),
        dy_px=PITCH_PX * (float(row) - reach + dy),
        score=float(surface.max()),
    )


def nearby_peak(surface: Scores, about: Shift, reach: int = 2) -> Shift:
    """Return the peak of a surface within a few pixels of another's: a prior chooses it, not its place."""
    middle = surface.shape[0] // 2
    row, column = middle + round(about.dy_px / PITCH_PX), middle + round(about.dx_px / PITCH_PX)
    mask = np.zeros_like(surface)
    mask[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1] = 1.0
    at_row, at_column = np.unravel_index(int((surface * mask).argmax()), surface.shape)
    return Shift(
        dx_px=PITCH_PX * (float(at_column) - middle + _vertex(surface[at_row, :], int(at_column))),
        dy_px=PITCH_PX * (float(at_row) - middle + _vertex(surface[:, at_column], int(at_row))),
        score=float(surface[at_row, at_column]),
    )


def shifted(field: Field, dx_px: float, dy_px: float) -> Field:
    """Return the field with its content moved by (dx, dy) canonical pixels, to the nearest field pixel."""
    rows, columns = round(dy_px / PITCH_PX), round(dx_px / PITCH_PX)
    out = np.zeros_like(field)
    h, w = field.shape
    out[max(0, rows) : h + min(0, rows), max(0, columns) : w + min(0, columns)] = field[
        max(0, -rows) : h + min(0, -rows), max(0, -columns) : w + min(0, -columns)
    ]
    return out


def _vertex(line: Scores, at: int) -> float:
    if not 0 < at < len(line) - 1:
        return 0.0
    curve = line[at - 1] - 2 * line[at] + line[at + 1]
    if curve >= -1e-15:
        return 0.0
    return float(np.clip(0.5 * (line[at - 1] - line[at + 1]) / curve, -0.5, 0.5))
