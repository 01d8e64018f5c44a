"""Finds the line's speed when nothing is known of it: by what a shift along the track explains best."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from service.passages.features import Features
from service.passages.grid import PatchGrid

_SLOWEST, _FASTEST = 0.02, 1.4  # way per second: from begin to end in 50 s .. 0.7 s
_MIN_SCORE = 0.38
_MIN_ENERGY = 0.02
_AGREEING = 3


class SpeedSearch:
    """Looks for one speed that several lags agree on. `step` returns it once found, else None.

    history: the frames it was found on, oldest first, for the rope to be built from.
    """

    def __init__(self, grid: PatchGrid) -> None:
        self._grid = grid
        self.history: deque[Features] = deque(maxlen=20)
        self._found: deque[float] = deque(maxlen=_AGREEING)
        self._speeds = np.geomspace(_SLOWEST, _FASTEST, 60)

    def clear(self) -> None:
        """Forget everything."""
        self.history.clear()
        self._found.clear()

    def step(self, features: Features) -> float | None:
        """Take in a frame; return the line's speed in way per second when three frames agree on one."""
        if float(features.energy.max()) < _MIN_ENERGY:
            self._remember(features)
            return None
        total = np.zeros(len(self._speeds))
        weight = np.zeros(len(self._speeds))
        for past in self.history:
            lag_s = features.t_s - past.t_s
            shifts = self._speeds * lag_s
            usable = (shifts >= 2.5 * self._grid.step) & (shifts <= 0.45)
            if not usable.any() or float(past.energy.max()) < _MIN_ENERGY:
                continue
            profile = self._profile(features, past)
            cells = shifts[usable] / self._grid.step
            total[usable] += np.interp(cells, np.arange(len(profile)), profile)
            weight[usable] += 1.0
        self._remember(features)
        enough = weight >= 3
        if not enough.any():
            return None
        scores = np.where(enough, total / np.maximum(weight, 1.0), -1.0)
        best = int(scores.argmax())
        if scores[best] < _MIN_SCORE:
            self._found.clear()
            return None
        self._found.append(float(self._speeds[best]))
        if len(self._found) < _AGREEING or max(self._found) > 1.2 * min(self._found):
            return None
        return float(np.median(self._found))

    def _profile(self, now: Features, past: Features) -> npt.NDArray[np.float64]:
        """Return for shifts of 0, 1, 2 ... cells how well the past cells, moved on, explain those of now."""
        n = len(self._grid)
        products = now.cells @ past.cells.T  # [now, past]
        d = now.cells.shape[1]
        all_now, all_past = float(now.energy.sum()), float(past.energy.sum())
        profile = np.zeros(n // 2)
        for shift in range(n // 2):
            a, b = now.energy[shift:], past.energy[: n - shift]
            # What falls out of sight at the ends cannot be explained, but little must remain to compare.
            if a.sum() < 0.3 * all_now or b.sum() < 0.3 * all_past:
                continue
            norm = d * float(np.sqrt(a.sum() * b.sum()))
            profile[shift] = float(np.trace(products, offset=-shift)) / max(norm, 1e-9)
        return profile

    def _remember(self, features: Features) -> None:
        """Keep recent frames closely and older ones sparsely, so that slow lines show a shift too."""
        self.history.append(features)
        if len(self.history) == self.history.maxlen:
            ages = [features.t_s - past.t_s for past in self.history]
            gaps = [(ages[i - 1] - ages[i + 1]) / (ages[i] + 0.3) for i in range(1, len(ages) - 1)]
            del self.history[1 + int(np.argmin(gaps))]
        while features.t_s - self.history[0].t_s > 6.0:
            self.history.popleft()
