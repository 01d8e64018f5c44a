"""The carriers on the rope: its most solid pieces, found once each as they pass through the track."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.passages.anchor import Fix
from service.passages.grid import PatchGrid
from service.passages.rope import Rope

Floats = npt.NDArray[np.float32]

_CARRIER_WIDTH_PX = 110.0
_SURE_PX = 45.0  # how far past a peak the rope must be known for it to be one
_MIN_SOLID = 0.004
_MIN_RELATIVE = 0.3  # of what the lift's carriers usually have
_MIN_VISITS = 0.5
_WHOLE = 0.85
_MEMORY = 12
_KNOWN_WAY = (
    0.8  # by where a carrier is known to be one: its place is found and its pictures judged before end
)


@dataclass(slots=True, eq=False)
class Carrier:
    """One carrier on the rope.

    at: what the odometer reads when the tracker's centre of the carrier is at begin. solid: how much of the
    patch moves with the rope, in the mean over the track. moves: how often its centre turned out to be far
    off. fix: its exact place, once found.
    """

    at: float
    solid: float
    done: bool = False
    moves: int = 0
    fix: Fix | None = None


class Carriers:
    """Keeps the carriers between begin and end; `step` after each of the rope's.

    Each cell of the rope gathers how solid it was while it moved through one and the same stretch of the
    track; so all cells are judged alike, and the peaks among them are the carriers.
    """

    def __init__(self, grid: PatchGrid, visible: Floats) -> None:
        self._grid = grid
        self.apart = float(np.clip(grid.way(_CARRIER_WIDTH_PX), 0.12, 1.2))
        last = _KNOWN_WAY - grid.way(_SURE_PX)
        first = min(-0.15, last - grid.way(120.0))
        ways = grid.ways
        self._seen = (ways >= first) & (ways <= last) & (visible >= _WHOLE)
        if self._seen.sum() < 4:
            # The picture's edge is near: take the stretch where most of a carrier is to be seen.
            self._seen = (ways >= first) & (ways <= max(last, 0.4)) & (visible >= 0.6 * float(visible.max()))
        self._exit = int(np.flatnonzero(self._seen)[-1]) + 1
        self._mass = np.zeros(len(grid))
        self._visits = np.zeros(len(grid))
        self._passed: deque[tuple[float, float]] = deque(maxlen=max(8, int(2.5 * self.apart / grid.step)))
        self._usual: deque[float] = deque(maxlen=_MEMORY)
        self._last_at = -np.inf
        self.hanging: list[Carrier] = []

    def clear(self) -> None:
        """Forget all carriers, not what they usually look like."""
        self.hanging.clear()
        self._passed.clear()
        self._mass[:] = 0
        self._visits[:] = 0
        self._last_at = -np.inf

    def step(self, rope: Rope, shifted: int) -> None:
        """Gather the rope's cells, moved on by `shifted`; find the carriers among those gone through."""
        self._roll(shifted)
        solid, _ = rope.solid()
        self._mass[self._seen] += solid[self._seen]
        self._visits[self._seen] += 1
        for cell in range(min(self._exit + max(shifted, 0), len(self._mass)) - 1, self._exit - 1, -1):
            at = rope.base - float(self._grid.ways[cell])
            if at <= self._last_at:
                continue
            self._last_at = at
            visits = self._visits[cell]
            self._passed.append((at, float(self._mass[cell] / visits) if visits >= 3 else 0.0))
            self._judge()
        gone = float(self._grid.ways[-1]) + self.apart
        self.hanging = [c for c in self.hanging if rope.way - c.at < gone]

    def confirm(self, carrier: Carrier) -> None:
        """Take a carrier as a true one: later ones are compared with it."""
        self._usual.append(carrier.solid)

    def _roll(self, cells: int) -> None:
        for array in (self._mass, self._visits):
            rolled = np.roll(array, cells)
            if cells > 0:
                rolled[:cells] = 0
            elif cells < 0:
                rolled[cells:] = 0
            array[:] = rolled

    def _judge(self) -> None:
        """See whether the cell that lies far enough back is the peak of its surroundings."""
        ats, solids = (np.array(v) for v in zip(*self._passed, strict=True))
        sure = np.flatnonzero(ats <= ats[-1] - self._grid.way(_SURE_PX))
        if len(sure) == 0:
            return
        k = int(sure[-1])
        least = max(_MIN_SOLID, _MIN_RELATIVE * float(np.median(self._usual)) if self._usual else 0.0)
        near = np.abs(ats - ats[k]) <= self.apart
        if solids[k] < least or solids[k] < solids[near].max():
            return
        close = np.abs(ats - ats[k]) <= self._grid.way(_SURE_PX)
        weight = np.maximum(solids[close] - 0.6 * solids[k], 0.0)
        at = float((weight * ats[close]).sum() / weight.sum())
        rival = next((c for c in self.hanging if abs(c.at - at) < self.apart), None)
        if rival is not None:
            if rival.done or rival.solid >= solids[k]:
                return
            self.hanging.remove(rival)
        self.hanging.append(Carrier(at=at, solid=float(solids[k])))
