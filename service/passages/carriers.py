"""The carriers on the rope: found as solid pieces of it, followed by the odometer, each reported once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from service.passages.grid import PatchGrid
from service.passages.stacks import Stacks
from service.passages.rope import Rope

Floats = npt.NDArray[np.float32]

_CARRIER_WIDTH_PX = 110.0
_MIN_SOLID = 0.02
_MIN_COHERENCE = 0.30
_WHOLE = 0.85
_MIN_SPAN_PX = 45.0


@dataclass(slots=True, eq=False)
class Carrier:
    """One carrier hanging on the rope.

    at: what the odometer reads when the tracker's centre of the carrier is at begin.
    first_way: where it was when first seen as a carrier, less the span it had then been gathered over.
    solid: the most of its patch that ever moved together. stacks: its pictures laid over each other.
    """

    at: float
    first_way: float
    solid: float = 0.0
    coherence: float = 0.0
    matched: int = 0
    missed: int = 0
    done: bool = False
    stacks: Stacks = field(default_factory=Stacks)


class Carriers:
    """Keeps the list of carriers; `step` after the rope's."""

    def __init__(self, grid: PatchGrid, visible: Floats) -> None:
        self._grid = grid
        self._whole = visible >= min(_WHOLE, float(np.sort(visible)[len(visible) // 2]))
        self.apart = float(np.clip(grid.way(_CARRIER_WIDTH_PX), 0.12, 1.2))
        self.hanging: list[Carrier] = []

    def clear(self) -> None:
        """Forget all carriers."""
        self.hanging.clear()

    def step(self, rope: Rope) -> None:
        """Find the rope's solid pieces, and tell the known carriers from new ones."""
        solid, coherence = rope.solid()
        solid = np.where(self._whole, solid, 0.0)  # of what is half in view only half could be placed
        taken: set[int] = set()
        for cell, part in self._peaks(solid, coherence, rope):
            way = float(self._grid.ways[0]) + (cell + part) * self._grid.step + rope.phase
            near = self._nearest(rope.way - way)
            if near is not None and id(near) not in taken:
                taken.add(id(near))
                self._update(near, rope.way - way, float(solid[cell]), float(coherence[cell]), way)
            elif near is None and rope.span[cell] >= self._grid.way(_MIN_SPAN_PX):
                first = way - float(rope.span[cell])
                carrier = Carrier(at=rope.way - way, first_way=first, matched=1)
                carrier.solid, carrier.coherence = float(solid[cell]), float(coherence[cell])
                self.hanging.append(carrier)
                taken.add(id(carrier))
        for carrier in self.hanging:
            carrier.missed = 0 if id(carrier) in taken else carrier.missed + 1
        last = float(self._grid.ways[-1])
        self.hanging = [
            c
            for c in self.hanging
            if rope.way - c.at < last + self.apart and rope.way - c.at > self._grid.ways[0] - self.apart
        ]

    def _peaks(
        self, solid: npt.NDArray[np.float32], coherence: npt.NDArray[np.float32], rope: Rope
    ) -> list[tuple[int, float]]:
        """Return (cell, part of a cell) of the solid pieces, the most solid first, none near a better one."""
        radius = max(1, round(self.apart / self._grid.step))
        out = []
        for cell in range(1, len(solid) - 1):
            if solid[cell] < _MIN_SOLID or coherence[cell] < _MIN_COHERENCE or rope.count[cell] < 3:
                continue
            low, high = max(0, cell - radius), min(len(solid), cell + radius + 1)
            if solid[cell] < solid[low:high].max():
                continue
            a, b, c = (float(v) for v in solid[cell - 1 : cell + 2])
            curve = a - 2 * b + c
            out.append((cell, float(np.clip(0.5 * (a - c) / curve, -0.5, 0.5)) if curve < -1e-9 else 0.0))
        return sorted(out, key=lambda peak: -float(solid[peak[0]]))

    def _nearest(self, at: float) -> Carrier | None:
        near = min(self.hanging, key=lambda c: abs(c.at - at), default=None)
        return near if near is not None and abs(near.at - at) < 0.8 * self.apart else None

    def _update(self, carrier: Carrier, at: float, solid: float, coherence: float, way: float) -> None:
        carrier.matched += 1
        carrier.solid = max(carrier.solid, solid)
        carrier.coherence = max(carrier.coherence, coherence)
        # Before it is wholly in view a carrier's visible part pulls its centre towards the picture's inside.
        if way < 1.05:
            carrier.at += (at - carrier.at) * (0.3 if way > 0.1 else 0.5)
