"""Shadows that solids cast on each other: a shadow map seen from the sun."""

from __future__ import annotations

import numpy as np

from lifts.arrays import Float64
from ml.scene.world.shapes import Shapes

_CELL_M = 0.1
_BIAS_M = 0.2
"""A piece this far behind another, seen from the sun, is in its shadow; nearer ones are its neighbours."""

_REACH_M = 12.0
_DARK = 0.15
"""What is left of the sun in a shadow: its edge is soft, and snow throws light back into it."""


def in_sun(shapes: Shapes, sun: tuple[float, float, float]) -> tuple[Float64, Float64]:
    """Return how much of the sun reaches each tube float64[N] and each quad float64[M], 0..1.

    Solids are cut into pieces of a hand's length, so a shadow may fall across a tube or a bench; one more
    than 12 m from the origin is taken as lit.

    Args:
        shapes: in world coordinates, metres.
        sun: the unit vector towards the sun.
    """
    towards = np.asarray(sun, float)
    across = np.cross(towards, [0.0, 0.0, 1.0] if abs(towards[2]) < 0.9 else [1.0, 0.0, 0.0])
    across /= np.linalg.norm(across)
    basis = np.stack([across, np.cross(towards, across), towards], 1)  # [3, 3], columns
    tubes = shapes.tubes[:, :6].reshape(-1, 2, 3)
    quads = shapes.quads
    middles = np.concatenate([tubes.mean(1), quads.mean(1)]) @ basis
    ends = np.stack([(tubes[:, 0] * (1 - t) + tubes[:, 1] * t) for t in (0.0, 0.5, 1.0)], 1)
    u, v = np.meshgrid((0.15, 0.5, 0.85), (0.15, 0.5, 0.85))
    weights = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], -1).reshape(-1, 4)  # [9, 4]
    faces = np.einsum("sk,nkc->nsc", weights, quads)
    points = np.concatenate([ends.reshape(-1, 3), faces.reshape(-1, 3)]) @ basis
    size = round(2 * _REACH_M / _CELL_M)
    nearest = np.full((size + 1) * (size + 1), -np.inf)
    np.maximum.at(nearest, _cell(points, size), points[:, 2])
    shadowed = nearest[_cell(middles, size)] > middles[:, 2] + _BIAS_M
    lit = np.where(shadowed & (np.abs(middles[:, :2]).max(1) < _REACH_M), _DARK, 1.0)
    return lit[: len(tubes)], lit[len(tubes) :]


def _cell(points: Float64, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return the map's cell of points float64[K, 3] in the sun's coordinates; far ones share the border."""
    at = np.clip(np.floor((points[:, :2] + _REACH_M) / _CELL_M), 0, size).astype(np.int64)
    return np.asarray(at[:, 0] * (size + 1) + at[:, 1])
