"""Bar maps: where the network saw a bar, as the first part of an embedding."""

from __future__ import annotations

import numpy as np

from lifts.arrays import Float32, UInt8

_FULL = 0.1
"""Value of a cell that plainly shows bar, in a map of unit length."""


def bar_maps(embeddings: Float32, cells: int) -> UInt8:
    """Return uint8[N, cells, cells]: how strongly each cell looks like bar, 255 for a plainly seen one.

    Args:
        embeddings: float32[N, D], of pictures or masks; they begin with the map.
        cells: the map's side (`Calibration.bar_map_cells`); 0, of a model without one, gives uint8[0, 0, 0].
    """
    if not cells:
        return np.zeros((0, 0, 0), np.uint8)
    maps = np.nan_to_num(embeddings[:, : cells * cells]).reshape(-1, cells, cells)
    return np.asarray(np.clip(maps / _FULL, 0, 1) * 255, np.uint8)
