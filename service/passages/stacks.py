"""A carrier's pictures laid over each other: it is sharp, and all that does not move with it smeared."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import middle_fraction, pose_at, to_camera
from lifts.schema import Track
from service.passages.grid import motion_field
from service.passages.outlines import MARGIN_PX, PITCH_PX, Field, outline

Floats = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]

BIN_PX = 24.0
"""Canonical pixels of movement that are laid upon each other: a carrier turns as it passes."""

BINS = 4
"""Stacks on each side of the middle."""

_WIDE_PX = 90  # canonical pixels kept round the frame: a carrier off the middle is still in it
_SIDE = (200 + 2 * _WIDE_PX) // PITCH_PX
_STEP_PX = 4.0
_LEVELS = 1.0  # grey levels that the background follows per picture


class StackAlbum:
    """Keeps small grey pictures about the middle pose over the last stretch of rope; lays them together.

    One for each few pixels of movement; the oldest is dropped first.
    """

    def __init__(self, track: Track, px_per_way: float, reach: float) -> None:
        self._track = track
        self._px_per_way = px_per_way
        self._middle = middle_fraction(track)
        self._matrix = _field_to_camera(track, self._middle, _WIDE_PX)
        mean = motion_field(track, self._middle).mean(axis=0)
        length = float(np.hypot(*mean))
        side = np.arange(_SIDE) * float(PITCH_PX) - _WIDE_PX - 99.5
        x, y = np.meshgrid(side, side)
        self._along = ((x * mean[0] + y * mean[1]) / max(length, 1e-9)).ravel()
        self._share = length / px_per_way  # where carriers mainly grow, a centre tells nothing of the way
        self._last_at: float | None = None
        self._background: Floats | None = None
        self._kept: deque[tuple[float, Image]] = deque(maxlen=max(40, int(reach * px_per_way / _STEP_PX)))

    def clear(self) -> None:
        """Forget all pictures."""
        self._kept.clear()
        self._last_at = None

    def add(self, image: Image, at: float | None, t_s: float) -> None:
        """Take the frame uint8[H, W, 3] BGR; `at` is the odometer's reading, None while unknown."""
        gone = _STEP_PX if at is None or self._last_at is None else abs(at - self._last_at) * self._px_per_way
        if gone < _STEP_PX:
            return
        self._last_at = at
        picture = _cut(image, self._matrix, _SIDE)
        self._kept.append((t_s, picture))
        if self._background is None:
            self._background = picture.astype(np.float32)
        self._background += np.clip(picture - self._background, -_LEVELS, _LEVELS)

    def centre_px(self, at: float, way_at: Callable[[float], float | None]) -> float | None:
        """Return how far ahead of the tracker's centre a carrier's outline is centred, in px of movement.

        at: the odometer's reading when the tracker's centre is at begin. What does not move with the carrier
        averages out of its mean outline; the frame is drawn with the carrier in its middle. None if unseen.
        """
        offset_px = 0.0
        for _ in range(2):
            found = self._centre_once(at - offset_px / self._px_per_way, way_at)
            if found is None:
                return None
            offset_px += found
        return float(np.clip(offset_px, -_WIDE_PX, _WIDE_PX))

    def stacks(self, at: float, way_at: Callable[[float], float | None]) -> dict[int, Field]:
        """Return a carrier's stacks: complex64[FIELD, FIELD], mean outlines by piece of way.

        at: the odometer's reading when the carrier is at begin. Index k is k * BIN_PX of movement from the
        middle pose; each picture is warped to where the carrier then was.
        """
        sums: dict[int, Field] = {}
        counts: dict[int, int] = {}
        for way, picture in self._passing(at, way_at, (BINS + 0.5) * BIN_PX):
            index = round((way - self._middle) * self._px_per_way / BIN_PX)
            patch = self._seen_from(picture, way, MARGIN_PX)
            sums[index] = patch if index not in sums else sums[index] + patch
            counts[index] = counts.get(index, 0) + 1
        least = 2 if any(count >= 2 for count in counts.values()) else 1
        return {k: total / np.float32(counts[k]) for k, total in sums.items() if counts[k] >= least}

    def _passing(
        self, at: float, way_at: Callable[[float], float | None], reach_px: float
    ) -> list[tuple[float, Image]]:
        """Return (way, picture) of a carrier for the pictures in which it was near the middle."""
        out = []
        for t_s, picture in self._kept:
            reading = way_at(t_s)
            if reading is not None and abs(reading - at - self._middle) * self._px_per_way < reach_px:
                out.append((reading - at, picture))
        return out

    def _centre_once(self, at: float, way_at: Callable[[float], float | None]) -> float | None:
        seen = [self._seen_from(picture, way, _WIDE_PX) for way, picture in self._passing(at, way_at, 90.0)]
        if len(seen) < 3:
            return None
        weight = (np.abs(np.mean(seen, axis=0)) ** 2).ravel()
        order = np.argsort(self._along)
        heap = np.cumsum(weight[order])
        if heap[-1] < 1e-6:
            return None
        median = float(self._along[order][np.searchsorted(heap, heap[-1] / 2)])
        mean = float((weight * self._along).sum() / heap[-1])
        return 0.5 * (median + mean) * self._share

    def _seen_from(self, picture: Image, way: float, margin_px: int) -> Field:
        """Return complex64[side, side], what the pose at `way` shows of a kept picture, with a margin."""
        side = (200 + 2 * margin_px) // PITCH_PX
        onto = np.vstack([_field_to_camera(self._track, way, margin_px), [0.0, 0.0, 1.0]])
        back = cv2.invertAffineTransform(self._matrix) @ onto
        lines = outline(picture.astype(np.float32), self._background)
        parts = np.stack([lines.real, lines.imag], axis=-1)
        out = cv2.warpAffine(parts, back, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        return np.asarray(out[..., 0] + 1j * out[..., 1], dtype=np.complex64)


def _field_to_camera(track: Track, way: float, margin_px: int) -> npt.NDArray[np.float64]:
    """Return float64[2, 3]: pixels of a half-size canonical picture with a margin -> camera pixels."""
    half = np.array([[PITCH_PX, 0.0, 0.5 - margin_px], [0.0, PITCH_PX, 0.5 - margin_px], [0.0, 0.0, 1.0]])
    return np.asarray(to_camera(pose_at(track, way)) @ half)


def _cut(image: Image, matrix: npt.NDArray[np.float64], side: int) -> Image:
    """Return uint8[side, side], the grey picture that the matrix (its pixels -> camera) reads."""
    matrix = matrix.copy()
    pitch = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    corners = matrix[:, :2] @ np.array([[0, side, 0, side], [0, 0, side, side]]) + matrix[:, 2:]
    size = np.array([image.shape[1], image.shape[0]])
    low = np.clip(np.floor(corners.min(axis=1)).astype(int) - 2, 0, size - 1)
    high = np.clip(np.ceil(corners.max(axis=1)).astype(int) + 3, low + 1, size)
    crop = cv2.cvtColor(image[low[1] : high[1], low[0] : high[0]], cv2.COLOR_BGR2GRAY)
    if pitch > 1.4:
        crop = cv2.blur(crop, (round(pitch), round(pitch)))
    matrix[:, 2] -= low
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    out = cv2.warpAffine(crop, matrix, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.uint8)
