"""The line's movement: finds its speed, follows it, notices when it has lost it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from service.passages.features import FeatureMaker, Features
from service.passages.grid import PatchGrid
from service.passages.rope import ACCEPT, Reading, Rope
from service.passages.speed import SpeedSearch

_LOST_S = 2.0
_ENERGY = 0.03


class Line:
    """Steps features, speed search and rope together.

    known: whether the line's speed is. on_found: called when it has become known, with the rope's readings
    of the last seconds available from `rope.way_at`.
    """

    def __init__(self, grid: PatchGrid, on_found: Callable[[], None]) -> None:
        self.rope = Rope(grid)
        self.known = False
        self._features = FeatureMaker(grid)
        self._search = SpeedSearch(grid)
        self._on_found = on_found
        self._unsure_s = 0.0

    def step(self, image: npt.NDArray[np.uint8], t_s: float, elapsed_s: float) -> None:
        """Take in a frame uint8[H, W, 3] BGR."""
        features = self._features.step(image, t_s, self.rope.speed if self.known else None)
        if not self.known:
            self._find(features)
            return
        reading = self.rope.step(features)
        if self._lost(reading, features, elapsed_s):
            self._find(features)

    def gap(self, t_s: float) -> None:
        """Frames are missing: how far the rope has gone is unknown, its speed still the best guess."""
        self._search.clear()
        self._features.restart()
        if self.known:
            self.rope.start(t_s, max(self.rope.speed, 0.0))

    def _lost(self, reading: Reading, features: Features, elapsed_s: float) -> bool:
        """Much moves, and for a good while nothing of it fits the rope: look for the speed beside it."""
        puzzling = reading.matched < ACCEPT and not reading.still and float(features.energy.max()) > _ENERGY
        self._unsure_s = max(0.0, self._unsure_s + (elapsed_s if puzzling else -2.0 * elapsed_s))
        if self._unsure_s == 0.0:
            self._search.clear()
        return self._unsure_s >= _LOST_S

    def _find(self, features: Features) -> None:
        speed = self._search.step(features)
        if speed is None:
            return
        history = list(self._search.history)
        self.rope.start(history[0].t_s, speed)
        for past in history:
            self.rope.step(past)
        self._search.clear()
        self.known, self._unsure_s = True, 0.0
        self._on_found()
