"""The rope: one odometer for the whole line, and what hangs on it.

All carriers in view hang on the same rope, so one number moves them all. Each cell of the rope gathers the
mean of what was seen at its place while it moved through the picture: what moves with the rope adds up,
everything else averages out. The odometer is read by matching a frame's cells against the rope's.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.passages.features import PLANES, Features
from service.passages.grid import PatchGrid

Floats = npt.NDArray[np.float32]

_MEMORY_PX = 120.0  # canonical pixels of movement that a rope cell's mean goes back
_TELLING_PX = 60.0  # movement after which what moves otherwise has smeared out
ACCEPT = 0.30
"""Correlation of a frame with the rope that reads the odometer."""

_SOLID = 0.006  # of a cell: less may be chance
_GAIN_WAY, _GAIN_SPEED = 0.5, 0.06
_PULL_PER_S = 1.0  # towards the usual speed
_BLIND_S = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What one frame told of the rope.

    matched: correlation of the frame with the rope at the best shift. still: what should move does not.
    """

    matched: float
    still: bool
    shifted: int


class Rope:
    """The odometer and the rope's cells.

    way: how far the line has gone since the rope was (re)started; `speed` in way per second.
    stack, power_map: float32[N, D], mean and mean square of the features of the rope's piece now at each of
    the grid's cells. count, span: float32[N], over how many frames and how much way.
    """

    def __init__(self, grid: PatchGrid) -> None:
        self._grid = grid
        n = len(grid)
        self.way = 0.0
        self.speed = 0.0
        self.usual = 0.0
        self.t_s = 0.0
        self.stack: Floats = np.zeros((n, 0), np.float32)
        self.power_map: Floats = np.zeros((n, 0), np.float32)
        self.count = np.zeros(n, np.float32)
        self._inside = np.repeat(grid.inside, PLANES, axis=1)
        self._counts: Floats = np.zeros_like(self._inside)
        self.span = np.zeros(n, np.float32)
        self._base = 0.0
        self._most = 0.0
        self._blind_s = 0.0
        self._log_way = float(grid.ways[-1] - grid.ways[0]) + 1.0
        self._log: deque[tuple[float, float]] = deque(maxlen=4096)

    def start(self, t_s: float, speed: float) -> None:
        """Begin anew with a known speed; the odometer goes on from where it was."""
        self.stack[:] = 0
        self.power_map[:] = 0
        self.count[:] = 0
        self._counts[:] = 0
        self.span[:] = 0
        self.way += 100.0  # nothing that hung on the rope before may be taken for what hangs on it now
        self._base = self.way
        self.speed, self.usual, self.t_s = speed, speed, t_s
        self._log.clear()
        self._log.append((t_s, self.way))

    def step(self, features: Features, *, measure: bool = True) -> Reading:
        """Move the odometer to the frame's time, read it if the frame shows enough, gather the cells."""
        if self.stack.shape[1] != features.cells.shape[1]:
            self.stack = np.zeros((len(self._grid), features.cells.shape[1]), np.float32)
            self.power_map = np.zeros_like(self.stack)
        elapsed_s = features.t_s - self.t_s
        self.t_s = features.t_s
        self.speed += (self._expected() - self.speed) * min(_PULL_PER_S * elapsed_s, 1.0)
        predicted = self.way + self.speed * elapsed_s
        matched, still = 0.0, False
        if measure:
            matched, at = self._match(features, predicted)
            hangs, still = self._still(features, predicted)
            self._blind_s = self._blind_s + elapsed_s if hangs and matched < ACCEPT else 0.0
            if still:
                predicted = self.way
                self.speed *= 0.8
            elif matched >= ACCEPT:
                predicted += self._correct(at - predicted, matched, elapsed_s)
        self.way = predicted
        shifted = self._shift()
        if not still:
            self._gather(features, abs(self.speed) * elapsed_s)
        self._log.append((self.t_s, self.way))
        while len(self._log) > 2 and self._log[0][1] < self.way - self._log_way:
            self._log.popleft()
        return Reading(matched, still, shifted)

    def _known_part(self) -> float:
        """Return 0..1: how much of what may correct the odometer is surely a carrier.

        Before the track people wait and sway: whoever stands there must not be taken for a slow rope.
        """
        on_track = (self._grid.ways > -0.1) & (self._grid.ways < 1.1)
        solid = float(self.solid()[0][on_track].max(initial=0.0))
        return min(solid / max(0.35 * self._most, _SOLID), 1.0)

    def _expected(self) -> float:
        """The speed to assume: the usual one, but none where something hangs that is not seen to move."""
        return 0.0 if self._blind_s > _BLIND_S else self.usual

    def _correct(self, error: float, matched: float, elapsed_s: float) -> float:
        """Take a reading's error into the speed; return what of it to add to the odometer."""
        self.usual = max(self.usual, self._grid.way(8.0))
        most = self._grid.step + 0.3 * self.usual * elapsed_s
        error = min(max(error, -most), most) * min((matched - ACCEPT) / 0.3, 1.0) * self._known_part()
        change = _GAIN_SPEED * error / max(elapsed_s, 1e-3)
        limit = self.usual * elapsed_s
        self.speed += min(max(change, -limit), limit)
        return _GAIN_WAY * error

    @property
    def way_at_start(self) -> float:
        """What the odometer read where its log begins."""
        return self._log[0][1] if self._log else self.way

    def way_at(self, t_s: float) -> float | None:
        """Return what the odometer read at a media time; None before its log begins."""
        if not self._log or t_s < self._log[0][0]:
            return None
        times, ways = zip(*self._log, strict=True)
        return float(np.interp(t_s, times, ways))

    def time_at(self, way: float) -> float | None:
        """Return when the odometer first stood at `way`, ahead of now by its speed; None if unknown."""
        before: tuple[float, float] | None = None
        for t_s, at in self._log:
            if at >= way:
                if before is None:
                    return t_s if at - way < 0.05 else None
                part = (way - before[1]) / max(at - before[1], 1e-9)
                return before[0] + part * (t_s - before[0])
            before = (t_s, at)
        if self.speed <= 1e-3:
            return None
        return self.t_s + (way - self.way) / self.speed

    def solid(self) -> tuple[Floats, Floats]:
        """Return float32[N] each: how much moves with the rope at each cell, and its part of all motion."""
        model, trust = self._model()
        solid = np.einsum("nd,nd->n", model, self.stack)
        total = np.einsum("nd,nd->n", trust, self.power_map)
        return solid / max(self.stack.shape[1], 1), solid / np.maximum(total, 1e-6)

    def _model(self) -> tuple[Floats, Floats]:
        """Return the stack, what does not move with the rope subdued, and the trust 0..1 in each number."""
        fresh = 1.0 / np.maximum(self._counts, 1.0)
        agreed = self.stack**2 / np.maximum(self.power_map, 1e-4)
        told = np.minimum(self.span / self._grid.way(_TELLING_PX), 1.0)[:, None] ** 2
        trust = told * np.clip((agreed - fresh) / np.maximum(1.0 - fresh, 0.1), 0.0, 1.0) * self._inside
        return self.stack * trust, trust

    def _match(self, features: Features, predicted: float) -> tuple[float, float]:
        """Return the best correlation and the odometer's reading there."""
        n = len(self._grid)
        step = self._grid.step
        expected = (predicted - self._base) / step
        reach = 4 + int(abs(self.speed) * 0.5 / step)
        low, high = max(round(expected) - reach, -n // 2), min(round(expected) + reach, n // 2)
        model, trust = self._model()
        norms = np.einsum("nd,nd->n", model, model)
        weight = norms / max(float(norms.max()), 1e-9) * self._grid.trust
        lit = np.flatnonzero((self.count >= 3) & (norms > 1e-3 * max(float(norms.max()), 1e-6)))
        if len(lit) == 0 or float(features.energy.sum()) <= 1e-6:
            return 0.0, predicted
        products = features.cells @ model[lit].T  # [N, lit]
        squares = features.cells**2 @ trust[lit].T
        weight, norms = weight[lit], norms[lit]
        scores = np.full(high - low + 1, -1.0)
        for k, shift in enumerate(range(low, high + 1)):
            rows = lit + shift
            ok = np.flatnonzero((rows >= 0) & (rows < n))
            if len(ok) == 0 or norms[ok].sum() < 0.3 * norms.sum():
                continue
            w = weight[ok]
            bottom = float(np.sqrt((w * norms[ok]).sum() * (w * squares[rows[ok], ok]).sum()))
            if bottom > 1e-6:
                far = (shift - expected) / reach
                scores[k] = float((w * products[rows[ok], ok]).sum()) / bottom - 0.1 * far * far
        best = int(scores.argmax())
        return float(scores[best]), self._base + (low + best + _vertex(scores, best)) * step

    def _still(self, features: Features, predicted: float) -> tuple[bool, bool]:
        """Say whether a carrier hangs in full view, and whether it then shows no motion at all."""
        shift = round((predicted - self._base) / self._grid.step)
        model, trust = self._model()
        solid = np.einsum("nd,nd->n", model, self.stack) / self.stack.shape[1]
        rows = np.arange(len(solid)) + shift
        ok = np.flatnonzero((rows >= 0) & (rows < len(solid)) & (self._grid.ways <= 1.0) & (self.count >= 4))
        ok = ok[self._inside[rows[ok]].mean(axis=1) > 0.85]
        self._most = max(self._most * 0.999, float(solid[ok].max(initial=0.0)))
        ok = ok[solid[ok] > max(_SOLID, 0.4 * self._most)]
        if len(ok) == 0:
            return False, False
        now = np.einsum("nd,nd->n", features.cells[rows[ok]] ** 2, trust[ok]) / self.stack.shape[1]
        return True, bool(now.sum() < 0.15 * solid[ok].sum())

    def _shift(self) -> int:
        """Keep the rope's cells at the grid's: move them on when the odometer has gone half a cell."""
        cells = round((self.way - self._base) / self._grid.step)
        if cells == 0:
            return 0
        self._base += cells * self._grid.step
        for array in (self.stack, self.power_map, self.count, self._counts, self.span):
            rolled = np.roll(array, cells, axis=0)
            if cells > 0:
                rolled[:cells] = 0
            else:
                rolled[cells:] = 0
            array[:] = rolled
        return cells

    def _gather(self, features: Features, gone: float) -> None:
        memory = max(self._grid.way(_MEMORY_PX) / max(gone, 1e-4), 8.0)
        rate = self._inside / np.minimum(self._counts + 1.0, memory)
        self.stack += (features.cells - self.stack) * rate
        self.power_map += (features.cells**2 - self.power_map) * rate
        self._counts += self._inside
        self.count += 1.0
        self.span += gone

    @property
    def base(self) -> float:
        """The odometer's reading at which the rope's cells lie exactly on the grid's."""
        return self._base


def _vertex(scores: npt.NDArray[np.float64], best: int) -> float:
    """Return where between its neighbours the parabola through a maximum peaks, -0.5..0.5."""
    if not 0 < best < len(scores) - 1:
        return 0.0
    a, b, c = scores[best - 1], scores[best], scores[best + 1]
    if min(a, c) < -0.99:
        return 0.0
    curve = a - 2 * b + c
    return 0.0 if curve >= -1e-9 else float(np.clip(0.5 * (a - c) / curve, -0.5, 0.5))
