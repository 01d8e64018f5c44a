"""Finds the line's usual speed: the one at which, again and again, what moves was seen farther back."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.passages.features import Features, pooled
from service.passages.grid import PatchGrid

Floats = npt.NDArray[np.float32]

_SLOWEST_PX_S, _FASTEST_PX_S = 6.0, 350.0
_SPEEDS = 64
_NEAREST_PX, _FARTHEST_PX = 16.0, 130.0
_MIN_LAGS = 4
_ENOUGH_PX = 60.0
_SMALL = 0.03  # energy below which likeness counts little
_CHANCE = 0.12  # likeness that unrelated things reach
_ENOUGH = ((0.004, 1.6), (0.001, 4.0))  # evidence that makes a speed known, with its lead over others
_FADE_S = 12.0
_HISTORY = 16
_OLDEST_S = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class _Past:
    t_s: float
    cells: Floats
    energy: Floats


class SpeedSearch:
    """Gathers evidence for each speed. Keeps a few seconds of Features, coarsely.

    history: the frames of the last seconds, oldest first, for the rope to be built from.
    """

    def __init__(self, grid: PatchGrid) -> None:
        self._grid = grid
        self.history: deque[Features] = deque(maxlen=_HISTORY)
        self._past: deque[_Past] = deque(maxlen=_HISTORY)
        self._speeds = np.geomspace(grid.way(_SLOWEST_PX_S), grid.way(_FASTEST_PX_S), _SPEEDS)
        self._evidence = np.zeros(_SPEEDS)
        self._last_s: float | None = None

    def clear(self) -> None:
        """Forget the frames, not the evidence."""
        self.history.clear()
        self._past.clear()

    def step(self, features: Features) -> float | None:
        """Take in a frame; return the usual speed in way per second if the evidence names one."""
        now = _Past(features.t_s, *pooled(features))
        elapsed_s = 0.0 if self._last_s is None else min(max(features.t_s - self._last_s, 0.0), 1.0)
        self._last_s = features.t_s
        alike = self._alike(now)
        found = np.maximum(alike - max(_CHANCE, 0.85 * float(alike.max())), 0.0)
        self._evidence += (found - self._evidence) * min(elapsed_s / _FADE_S, 1.0)
        self._remember(features, now)
        return self._named()

    def _named(self) -> float | None:
        smooth = np.convolve(np.pad(self._evidence, 1, mode="edge"), (0.25, 0.5, 0.25), mode="valid")
        best = int(smooth.argmax())
        near = np.abs(np.log(self._speeds / self._speeds[best])) < 0.25
        other = float(smooth[~near].max())
        total = float(self._evidence[near].sum())
        ahead = float(smooth[best]) / max(other, 1e-9)
        if not any(total >= enough and ahead >= by for enough, by in _ENOUGH):
            return None
        top = np.abs(np.log(self._speeds / self._speeds[best])) < 0.12
        return float((self._evidence[top] * self._speeds[top]).sum() / self._evidence[top].sum())

    def _alike(self, now: _Past) -> npt.NDArray[np.float64]:
        """Return for each speed how well the best cell's content is found again along its way back."""
        n = len(self._grid)
        total = np.zeros((_SPEEDS, n))
        lags, weights, full = np.zeros((_SPEEDS, n)), np.zeros((_SPEEDS, n)), np.zeros((_SPEEDS, 1))
        enough = self._grid.way(_ENOUGH_PX)
        if float(now.energy.max()) < 0.01:
            return np.zeros(_SPEEDS)
        cells = np.arange(n)
        low, high = self._grid.way(_NEAREST_PX), self._grid.way(_FARTHEST_PX)
        for past in self._past:
            shifts = self._speeds * (now.t_s - past.t_s)
            usable = np.flatnonzero((shifts >= low) & (shifts <= high))
            if len(usable) == 0:
                continue
            size = now.cells.shape[1]
            alike = (now.cells @ past.cells.T) / (
                size * (np.sqrt(np.outer(now.energy, past.energy)) + _SMALL)
            )
            rows = cells[None, :] - np.rint(shifts[usable, None] / self._grid.step).astype(int)
            ok = rows >= 0
            values = alike[cells[None, :], np.maximum(rows, 0)]
            # The longer the way between, the finer the speed is told apart.
            weight = shifts[usable, None]
            total[usable] += np.where(ok, weight * values, 0.0)
            weights[usable] += np.where(ok, weight, 0.0)
            lags[usable] += ok
            full[usable] += weight
        mean = np.where(
            (lags >= _MIN_LAGS) & (full > 3.0 * enough),
            total / np.maximum(np.maximum(weights, 0.7 * full), 1e-9),
            0.0,
        )
        return np.asarray(mean.max(axis=1))

    def _remember(self, features: Features, now: _Past) -> None:
        """Keep recent frames closely and older ones sparsely, so that slow lines show a shift too."""
        if len(self.history) == _HISTORY:
            ages = [features.t_s - past.t_s for past in self.history]
            gaps = [(ages[i - 1] - ages[i + 1]) / (ages[i] + 0.3) for i in range(1, len(ages) - 1)]
            drop = 1 + int(np.argmin(gaps))
            del self.history[drop], self._past[drop]
        self.history.append(features)
        self._past.append(now)
        while features.t_s - self.history[0].t_s > _OLDEST_S:
            self.history.popleft()
            self._past.popleft()
