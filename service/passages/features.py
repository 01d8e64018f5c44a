"""What moves in the camera's picture, as small planes that look alike wherever on the track a carrier is."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from service.passages.grid import PatchGrid

Floats = npt.NDArray[np.float32]

_MOVE_PX = 25.0  # canonical pixels a carrier should have moved for its motion to be plain
_MIN_LAG_S, _MAX_LAG_S = 0.35, 3.0
_BACKGROUND_LEVELS_PER_S = 5.0
_MAX_HISTORY = 64


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """One frame as the rope sees it.

    cells: float32[N, D], per cell the motion and the oriented edges of what moves, zero where nothing does.
    energy: float32[N], the squared length of each row over D: about the part of the patch that moves.
    """

    t_s: float
    cells: Floats
    energy: Floats


class FeatureMaker:
    """Turns frames into Features; keeps a background and a few seconds of reduced grey pictures.

    A pixel counts when it differs from the background and from itself a little earlier: standing people,
    ghosts of departed carriers and slow light all fail one of the two.
    """

    def __init__(self, grid: PatchGrid) -> None:
        self._grid = grid
        self._background: Floats | None = None
        self._past: deque[tuple[float, Floats]] = deque(maxlen=_MAX_HISTORY)
        self._noise = 1.0

    def step(self, image: npt.NDArray[np.uint8], t_s: float, way_per_s: float | None) -> Features:
        """Take in a frame uint8[H, W, 3] BGR at media time t_s; `way_per_s` is the line's speed if known."""
        small = cv2.resize(image, self._grid.small_size, interpolation=cv2.INTER_AREA)
        grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
        if self._background is None:
            self._background = grey.copy()
        before = self._before(t_s, way_per_s)
        if self._past:
            self._measure_noise(grey - self._past[-1][1])
        off = grey - self._background
        exposure = float(np.median(off))
        off -= exposure
        moved = grey - before
        moved -= np.median(moved)
        lit = cv2.dilate(np.minimum(self._soft(off), self._soft(moved)), np.ones((3, 3), np.uint8))
        cells = self._grid.cut(self._planes(grey, np.asarray(lit, dtype=np.float32)))
        rows = cells.reshape(len(self._grid), -1)
        self._learn(off, exposure, t_s)
        self._past.append((t_s, grey))
        energy = np.einsum("nd,nd->n", rows, rows) / rows.shape[1]
        return Features(t_s=t_s, cells=rows, energy=energy.astype(np.float32))

    def restart(self) -> None:
        """Frames are missing: keep the background, forget the moments before."""
        self._past.clear()

    def _before(self, t_s: float, way_per_s: float | None) -> Floats:
        """Return the grey picture of long enough ago that a carrier has visibly moved since."""
        speed_px = (way_per_s or 0.0) * self._grid.px_per_way
        lag_s = min(max(_MOVE_PX / max(speed_px, 1e-6), _MIN_LAG_S), _MAX_LAG_S) if way_per_s else 1.2
        if not self._past:
            return self._background if self._background is not None else np.zeros((1, 1), np.float32)
        return min(self._past, key=lambda past: abs(t_s - lag_s - past[0]))[1]

    def _measure_noise(self, change: Floats) -> None:
        level = 1.48 * float(np.median(np.abs(change - np.median(change))))
        self._noise += 0.1 * (min(max(level, 0.5), 8.0) - self._noise)

    def _soft(self, difference: Floats) -> Floats:
        size = (np.abs(difference) - 2.5 * self._noise) / (6.0 * self._noise + 4.0)
        return np.asarray(np.clip(size, 0.0, 1.0), dtype=np.float32)

    def _planes(self, grey: Floats, lit: Floats) -> Floats:
        calm = cv2.GaussianBlur(grey, (0, 0), 0.7)
        dx = cv2.Sobel(calm, cv2.CV_32F, 1, 0, scale=0.125)
        dy = cv2.Sobel(calm, cv2.CV_32F, 0, 1, scale=0.125)
        weight = 1.6 * lit / (cv2.magnitude(dx, dy) + 2.0 * self._noise + 2.0)
        return np.asarray(cv2.merge([0.6 * lit, dx * weight, dy * weight]), dtype=np.float32)

    def _learn(self, off: Floats, exposure: float, t_s: float) -> None:
        if self._background is None or not self._past:
            return
        elapsed_s = min(max(t_s - self._past[-1][0], 0.0), 1.0)
        most = _BACKGROUND_LEVELS_PER_S * elapsed_s
        self._background += np.clip(off, -most, most) + min(max(exposure, -most), most)
