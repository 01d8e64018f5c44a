"""The line's movement: finds its speed, follows it, notices when it has lost it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from lifts.schema import MaskPair
from service.passages.features import FeatureMaker, Features
from service.passages.grid import PatchGrid
from service.passages.rope import ACCEPT, Reading, Rope
from service.passages.speed import SpeedSearch

_LOST_S = 4.0
_ENERGY = 0.03
_SEARCH_EVERY = 3
_ANOTHER = 0.2  # relative difference from which the search means another speed
_INSIST_S = 3.0  # for so long it must name another one before the rope is given up


class Line:
    """Steps features, speed search and rope together.

    visible: float32[N], as FeatureMaker's. known: whether the line's speed is. on_replay: called with None
    when the rope begins anew, then with the cells moved for each remembered frame that it is built from.
    """

    def __init__(
        self, grid: PatchGrid, masks: MaskPair | None, on_replay: Callable[[int | None], None]
    ) -> None:
        self.rope = Rope(grid)
        self.known = False
        self._features = FeatureMaker(grid, masks)
        self.visible = self._features.visible
        self._search = SpeedSearch(grid)
        self._on_replay = on_replay
        self._unsure_s = 0.0
        self._frames = 0
        self._other_s = 0.0
        self._restarted = False

    def step(self, image: npt.NDArray[np.uint8], t_s: float, elapsed_s: float) -> int:
        """Take in a frame uint8[H, W, 3] BGR; return by how many cells the rope moved on."""
        features = self._features.step(image, t_s, self.rope.speed if self.known else None)
        self._frames += 1
        self._restarted = False
        reading = self.rope.step(features) if self.known else None
        if reading is None or self._frames % _SEARCH_EVERY == 0:
            self._look(features, reading)
        if reading is not None and self._lost(reading, features, elapsed_s):
            self.known = False
        return reading.shifted if reading is not None and not self._restarted else 0

    def gap(self, t_s: float) -> None:
        """Frames are missing: how far the rope has gone is unknown, its speed still the best guess."""
        self._search.clear()
        self._features.restart()
        if self.known:
            self.rope.start(t_s, self.rope.usual)

    def _lost(self, reading: Reading, features: Features, elapsed_s: float) -> bool:
        """Much moves, and for a good while nothing of it fits the rope."""
        puzzling = reading.matched < ACCEPT and not reading.still and float(features.energy.max()) > _ENERGY
        self._unsure_s = max(0.0, self._unsure_s + (elapsed_s if puzzling else -2.0 * elapsed_s))
        return self._unsure_s >= _LOST_S

    def _look(self, features: Features, reading: Reading | None) -> None:
        """Ask the search what the line's usual speed is; begin with it, or begin anew if far off it."""
        speed = self._search.step(features)
        if speed is None:
            return
        if reading is not None and abs(speed / self.rope.usual - 1.0) < _ANOTHER:
            self.rope.usual += 0.1 * (speed - self.rope.usual)
            self._other_s = features.t_s
            return
        if reading is not None and features.t_s - self._other_s < _INSIST_S:
            return
        history = list(self._search.history)
        self.rope.start(history[0].t_s, speed)
        self._on_replay(None)
        for past in history:
            moved = self.rope.step(past, measure=past.t_s - history[0].t_s > 1.0).shifted
            self._on_replay(moved)
        self.known, self._unsure_s, self._other_s = True, 0.0, features.t_s
        self._restarted = True
