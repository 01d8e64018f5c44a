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


def cut_out(field: npt.NDArray[np.complexfloating], matrix: Float64, side: int) -> Field:
    """Return complex64[side * side], an outline complex[H, W] read through float64[2, 3]."""
    parts = np.ascontiguousarray(field).view(field.real.dtype).reshape(*field.shape, 2)
    out = cv2.warpAffine(parts, matrix, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray(out, dtype=np.float32).view(np.complex64).ravel()


def rows_at(tables: Field, phases: Float64) -> Field:
    """Return complex64[P, n], a row of each table complex64[P, K, n] by phase, at a phase of its own.

    phases: float64[P]; they go round, and fall between the table's.
    """
    each, k = np.arange(len(tables)), tables.shape[1]
    at = phases * k
    low = np.floor(at).astype(int)
    part = (at - low)[:, None].astype(np.float32)
    rows = tables[each, low % k] * (1 - part) + tables[each, (low + 1) % k] * part
    return np.asarray(rows, dtype=np.complex64)


def agreement_with(stacks: Field, model: Field) -> Float64:
    """Return float64[carriers], how far stacks complex64[carriers, n] agree with a model complex64[n].

    Summed in one order, which a library's product does not promise.
    """
    return np.asarray((stacks * np.conj(model)).real.sum(axis=1), dtype=np.float64)


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


def centredness(energies: Float32, totals: Float32) -> Float64:
    """Return float64[M] 0..1, how well float32[M, n] are centred: operators draw the frame round the carrier.

    totals: float32[M], the energies' sums.
    """
    side = CANONICAL_SIZE // PITCH_PX
    place = (np.arange(side) + 0.5) * PITCH_PX - CANONICAL_SIZE / 2
    tables = energies.reshape(-1, side, side)
    x, y = ((tables.sum(axis=axis) * place).sum(axis=1) for axis in (1, 2))
    off = np.hypot(x, y) / np.maximum(totals.astype(np.float64), 1e-6)
    return np.asarray(np.where(totals < 1e-6, 0.0, np.exp(-0.5 * (off / _CENTRED_PX) ** 2)), dtype=np.float64)
