"""What moves in the camera's picture, as small planes that look alike wherever on the track a carrier is."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import middle_fraction, pose_at
from lifts.schema import MaskPair
from service.passages.grid import PATCH_SIZE, PatchGrid, motion_field

Floats = npt.NDArray[np.float32]

_MOVE_PX = 25.0  # canonical pixels a carrier should have moved for its motion to be plain
_MIN_LAG_S, _MAX_LAG_S = 0.35, 3.0
_BACKGROUND_LEVELS_PER_S = 1.5
_MAX_HISTORY = 64

PLANES = 2
"""Numbers per patch pixel: the edge of what moves there, as a vector."""


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
    """Turns frames into Features; keeps a background and a few seconds of reduced edge pictures.

    visible: float32[N], how much of what matters of each cell's patch lies within the camera's picture.

    An edge counts where it is neither the background's nor its own of a little earlier: standing people,
    places that a carrier has just left and slow light all fail one of the two.
    """

    def __init__(self, grid: PatchGrid, masks: MaskPair | None = None) -> None:
        self._grid = grid
        self._window = attention(masks)
        self._telling = _telling(grid)
        weight = self._window[::PLANES]
        self.visible: Floats = grid.inside @ weight / weight.sum()
        self._background: Floats | None = None
        self._past: deque[tuple[float, Floats]] = deque(maxlen=_MAX_HISTORY)
        self._noise = 1.0
        self._raw: deque[tuple[float, Floats]] = deque(maxlen=3)

    def step(self, image: npt.NDArray[np.uint8], t_s: float, way_per_s: float | None) -> Features:
        """Take in a frame uint8[H, W, 3] BGR at media time t_s; `way_per_s` is the line's speed if known."""
        small = cv2.resize(image, self._grid.small_size, interpolation=cv2.INTER_AREA)
        grey = self._calm(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32), t_s)
        edges = _edges(grey)
        if self._background is None:
            self._background = edges.copy()
        before = self._before(t_s, way_per_s)
        if self._past:
            self._measure_noise(edges - self._past[-1][1])
        off = edges - self._background
        new = np.minimum(_length(off), _length(edges - before))
        lit = np.clip((new - 2.5 * self._noise) / (5.0 * self._noise + 2.0), 0.0, 1.0)
        weight = 1.6 * lit / (_length(edges) + 2.0 * self._noise + 1.5)
        planes = (edges * weight[..., None]) @ self._telling
        cells = self._grid.cut(np.asarray(planes, dtype=np.float32))
        rows = cells.reshape(len(self._grid), -1) * self._window
        self._learn(off, t_s)
        self._past.append((t_s, edges))
        energy = np.einsum("nd,nd->n", rows, rows) / rows.shape[1]
        return Features(t_s=t_s, cells=rows, energy=energy.astype(np.float32))

    def restart(self) -> None:
        """Frames are missing: keep the background, forget the moments before."""
        self._past.clear()
        self._raw.clear()

    def _calm(self, grey: Floats, t_s: float) -> Floats:
        """Return the median of each pixel's last three values: snowflakes stay for one frame only."""
        self._raw.append((t_s, grey))
        if len(self._raw) < 3 or t_s - self._raw[0][0] > 0.4:
            return grey
        a, b, c = (g for _, g in self._raw)
        return np.asarray(np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c)), dtype=np.float32)

    def _before(self, t_s: float, way_per_s: float | None) -> Floats:
        """Return the edges of long enough ago that a carrier has visibly moved since."""
        speed_px = (way_per_s or 0.0) * self._grid.px_per_way
        lag_s = min(max(_MOVE_PX / max(speed_px, 1e-6), _MIN_LAG_S), _MAX_LAG_S) if way_per_s else 1.2
        if not self._past:
            return self._background if self._background is not None else np.zeros((1, 1, 2), np.float32)
        return min(self._past, key=lambda past: abs(t_s - lag_s - past[0]))[1]

    def _measure_noise(self, change: Floats) -> None:
        level = 1.48 * float(np.median(np.abs(change)))
        self._noise += 0.1 * (min(max(level, 0.15), 4.0) - self._noise)

    def _learn(self, off: Floats, t_s: float) -> None:
        if self._background is None or not self._past:
            return
        most = _BACKGROUND_LEVELS_PER_S * min(max(t_s - self._past[-1][0], 0.0), 1.0)
        self._background += np.clip(off, -most, most)


def _edges(grey: Floats) -> Floats:
    """Return float32[h, w, 2], the slope of a slightly smoothed picture, grey levels per pixel."""
    calm = cv2.GaussianBlur(grey, (0, 0), 0.7)
    dx = cv2.Sobel(calm, cv2.CV_32F, 1, 0, scale=0.125)
    dy = cv2.Sobel(calm, cv2.CV_32F, 0, 1, scale=0.125)
    return np.asarray(cv2.merge([dx, dy]), dtype=np.float32)


def _telling(grid: PatchGrid) -> Floats:
    """Return float32[2, 2], applied to edges: one along the motion looks the same all the way, tells less.

    Where carriers mainly grow or shrink in the picture, all edges tell.
    """
    middle = middle_fraction(grid.track)
    camera = [pose_at(grid.track, middle + d) for d in (-0.1, 0.1)]
    along = np.array([camera[1].x - camera[0].x, camera[1].y - camera[0].y])
    drift = motion_field(grid.track, middle).mean(axis=0)
    straight = float(np.hypot(*drift)) / grid.px_per_way
    unit = along / max(float(np.hypot(*along)), 1e-9)
    onto = np.outer(unit, unit)
    return np.asarray(onto + (1.0 - 0.7 * straight) * (np.eye(2) - onto), dtype=np.float32)


def _length(vectors: Floats) -> Floats:
    return np.asarray(np.hypot(vectors[..., 0], vectors[..., 1]), dtype=np.float32)


def pooled(features: Features) -> tuple[Floats, Floats]:
    """Return the cells at half resolution, float32[N, D / 4], and their energy float32[N]."""
    n = len(features.cells)
    half = PATCH_SIZE // 2
    small = features.cells.reshape(n, half, 2, half, 2, PLANES).mean(axis=(2, 4)).reshape(n, -1)
    return small, np.einsum("nd,nd->n", small, small) / small.shape[1]


def attention(masks: MaskPair | None) -> Floats:
    """Return float32[PATCH_SIZE**2 * PLANES], 0..1: where in the canonical frame to look for a carrier.

    The bar is drawn where it is, open and closed; the seat hangs between and about. People walk elsewhere.
    """
    side = (np.arange(PATCH_SIZE) - (PATCH_SIZE - 1) / 2) / PATCH_SIZE
    bell = np.exp(-0.5 * (side / 0.26) ** 2)
    window = np.outer(bell, bell).astype(np.float32)
    if masks is not None:
        bars = cv2.resize(masks.open | masks.close, (PATCH_SIZE, PATCH_SIZE), interpolation=cv2.INTER_AREA)
        near = cv2.GaussianBlur(np.minimum(bars.astype(np.float32), 60.0), (0, 0), 0.14 * PATCH_SIZE)
        near = np.minimum(near / (0.5 * max(float(near.max()), 1e-6)), 1.0)
        window = np.asarray(0.25 * window + 0.75 * near, dtype=np.float32)
    return np.repeat(window.reshape(-1), PLANES)
