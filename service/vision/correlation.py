"""Cross-correlation of outlines over shifts, and its peak to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from service.vision.outlines import PITCH_PX, Field

Scores = npt.NDArray[np.float64]

_FFT = 144


@dataclass(frozen=True, slots=True)
class Shift:
    """How far a picture's content lies off its expected place: (dx, dy) canonical pixels, and its score."""

    dx_px: float
    dy_px: float
    score: float


def spectrum(field: Field) -> Field:
    """Return complex64[144, 144], the argument of `cross_correlation` for a field of at most FIELD a side."""
    return np.asarray(np.fft.fft2(field, (_FFT, _FFT)), dtype=np.complex64)


def cross_correlation(picture: Field, model: Field, reach: int) -> Scores:
    """Return float64[2 * reach + 1, 2 * reach + 1]: correlation with the model shifted by (row, column).

    picture, model: as `spectrum` returns them. reach: at most 24 field pixels.
    """
    surface = np.roll(np.fft.ifft2(picture * np.conj(model)).real, (reach, reach), (0, 1))
    return np.asarray(surface[: 2 * reach + 1, : 2 * reach + 1], dtype=np.float64)


@lru_cache(maxsize=16)
def prior(
    reach: int, along: tuple[float, float], along_px: float, across_px: float, centre_px: float = 0.0
) -> Scores:
    """Return 0..1 over shifts: a Gaussian of `along_px` in direction `along` and `across_px` across it.

    It peaks `centre_px` along that direction. Read-only: the same for all who ask for the same.
    """
    d = np.arange(-reach, reach + 1) * float(PITCH_PX)
    x, y = np.meshgrid(d, d)
    norm = max(float(np.hypot(*along)), 1e-9)
    ux, uy = along[0] / norm, along[1] / norm
    lengthwise, sideways = x * ux + y * uy, -x * uy + y * ux
    apart = ((lengthwise - centre_px) / along_px) ** 2 + (sideways / across_px) ** 2
    weight = np.asarray(np.exp(-0.5 * apart))
    weight.flags.writeable = False
    return weight


def peak(surface: Scores) -> Shift:
    """Return the highest point of a surface, to a fraction of a pixel."""
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
    """Return the highest point of a surface within a few pixels of `about`, unweighted by the prior there."""
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


def parabola_vertex(before: float, at: float, after: float) -> float:
    """Return where in -0.5..0.5 the parabola through three neighbours peaks; 0 where it does not."""
    curve = before - 2 * at + after
    return 0.0 if curve >= -1e-15 else float(np.clip(0.5 * (before - after) / curve, -0.5, 0.5))


def _vertex(line: Scores, at: int) -> float:
    return parabola_vertex(line[at - 1], line[at], line[at + 1]) if 0 < at < len(line) - 1 else 0.0
