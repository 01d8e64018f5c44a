"""Outlines cut out of frames, to be compared with each other, with masks and with references."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import CANONICAL_SIZE, to_camera
from lifts.track import TrackGeometry
from service.domain.arrays import Float32, Float64, Image
from service.vision.outlines import PITCH_PX, Field, outline

_CENTRED_PX = 26.0


def onto_canonical(
    track: TrackGeometry, progress: float, from_camera: npt.NDArray[np.float64], pitch: float
) -> Float64:
    """Return float64[2, 3]: pixels of a reduced canonical frame at a place -> pixels of a cut picture."""
    reduced = np.array([[pitch, 0, (pitch - 1) / 2], [0, pitch, (pitch - 1) / 2], [0, 0, 1.0]])
    onto = np.vstack([to_camera(track.pose(progress)), [0.0, 0.0, 1.0]])
    return np.asarray((from_camera @ onto @ reduced)[:2])


def cut_out(field: Field, matrix: Float64, side: int) -> Field:
    """Return complex64[side * side], an outline complex64[H, W] read through float64[2, 3]."""
    parts = np.stack([field.real, field.imag], axis=-1)
    out = cv2.warpAffine(parts, matrix, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray(out[..., 0] + 1j * out[..., 1], dtype=np.complex64).ravel()


def rows_at(table: npt.NDArray[np.complexfloating] | Float32, phases: Float64) -> npt.NDArray[np.complex64]:
    """Return rows [P, ...] of a table by phase [K, ...] at phases between its own, going round."""
    k = len(table)
    at = phases * k
    low = np.floor(at).astype(int)
    part = (at - low).reshape((-1,) + (1,) * (table.ndim - 1)).astype(np.float32)
    return np.asarray(table[low % k] * (1 - part) + table[(low + 1) % k] * part, dtype=np.complex64)


def agreement_with(stacks: Field, model: Field) -> Float64:
    """Return float64[carriers], how far stacks complex64[carriers, n] agree with a model complex64[n].

    Summed in one order, which a library's product does not promise.
    """
    return np.asarray((stacks * np.conj(model)).real.sum(axis=1), dtype=np.float64)


def half_size(picture: Image) -> Image:
    """Return uint8[H / 2, W / 2], the grey of a picture uint8[H, W, 3] BGR."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    size = (max(1, grey.shape[1] // PITCH_PX), max(1, grey.shape[0] // PITCH_PX))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def without_margin(field: Field) -> Field:
    """Return complex64[n], an outline with its margin cut off."""
    side = CANONICAL_SIZE // PITCH_PX
    edge = (field.shape[0] - side) // 2
    return np.asarray(field[edge : edge + side, edge : edge + side].ravel(), dtype=np.complex64)


def picture_outline(picture: Image) -> Field:
    """Return complex64[n], the outline of a canonical picture uint8[200, 200, 3] RGB."""
    side = CANONICAL_SIZE // PITCH_PX
    grey = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (side, side), interpolation=cv2.INTER_AREA)
    return outline(grey.astype(np.float32)).ravel()


def centredness(energy: Float32) -> float:
    """Return 0..1, how well float32[n] is centred: operators draw the frame round the carrier."""
    total = float(energy.sum())
    if total < 1e-6:
        return 0.0
    side = CANONICAL_SIZE // PITCH_PX
    place = (np.arange(side) + 0.5) * PITCH_PX - CANONICAL_SIZE / 2
    table = energy.reshape(side, side)
    x, y = (float((table.sum(axis=axis) * place).sum()) for axis in (0, 1))
    off = np.hypot(x, y) / total
    return float(np.exp(-0.5 * (off / _CENTRED_PX) ** 2))
