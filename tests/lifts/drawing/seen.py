"""Passages as a network would see them, made by hand: bar maps of 50 x 50 with a bar, a bench and noise."""

from __future__ import annotations

import cv2
import numpy as np

from lifts.arrays import Float32, UInt8
from lifts.decision.calibration import Calibration
from lifts.drawing.lines import Drawing, Polyline

CELLS = 50

OPEN = Drawing(lines=(Polyline(points=((50, 90), (55, 40), (145, 40), (150, 90)), width=6),))
CLOSED = Drawing(lines=(Polyline(points=((50, 100), (60, 130), (140, 130), (150, 100)), width=6),))
BENCH = Drawing(lines=(Polyline(points=((40, 150), (160, 150)), width=16),))

CALIBRATION = Calibration(
    scale=12.0,
    offset=0.0,
    unknown_low=0.25,
    unknown_high=0.67,
    occupancy_threshold=0.5,
    min_separation_good=0.2,
    min_separation=0.1,
    bar_map_cells=CELLS,
)


def bar_map(*masks: UInt8) -> Float32:
    """Return float32[2500], of unit length: what a network sees of some masks together."""
    mask = np.max(masks, axis=0)
    cells = cv2.resize(mask.astype(np.float32), (CELLS, CELLS), interpolation=cv2.INTER_AREA)
    cells = cv2.blur(cells, (3, 3)).ravel()
    return np.asarray(cells / (np.linalg.norm(cells) + 1e-9), np.float32)


def passages(states: list[bool], noise: float = 0.01, seed: int = 0) -> Float32:
    """Return float32[N, 3, 2500] of passages that are open or closed, each with its own noise."""
    rng = np.random.default_rng(seed)
    found = np.stack(
        [[bar_map((OPEN if state else CLOSED).raster(), BENCH.raster())] * 3 for state in states]
    )
    return np.asarray(np.abs(found + rng.normal(0, noise, found.shape)), np.float32)


class Network:
    """Judges passages by how much more of the open mask than of the close mask they show, and counts."""

    def __init__(self, seen: Float32) -> None:
        self.seen, self.asked = seen, 0

    def __call__(self, masks: UInt8) -> Float32:
        self.asked += 1
        maps = [bar_map(mask) for mask in masks]
        margins = self.seen @ (maps[1] - maps[0])
        return np.stack([margins, np.ones_like(margins)], axis=2)
