"""Baselines that learn nothing: how much of an edge lies where a mask has the bar.

They show what a network adds. Where they already do well, the pictures are too easy.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from lifts.arrays import Float32, UInt8
from lifts.edges import edge_strength

SEARCH_PX = 6
"""Masks are tried at every shift up to this many pixels in x and y: registration is off by a few."""

Score = Callable[[UInt8, UInt8, UInt8], Float32]


def edges(image: UInt8) -> Float32:
    """Gradient magnitude of uint8[H, W, 3] as float32[H, W], divided by its mean: contrast does not count."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    strength = 8 * edge_strength(grey, 1.0)  # the sums of Sobel's filters, not their means
    return np.asarray(strength / (strength.mean() + 1.0), np.float32)


def _wide(a: Float32) -> Float32:
    return np.pad(a, SEARCH_PX)


def _energy(image: UInt8, mask: UInt8) -> float:
    """Mean edge strength under the mask's lines less that beside them, at the best shift."""
    line = (cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 127).astype(np.float32)
    beside = (cv2.dilate(mask, np.ones((15, 15), np.uint8)) > 127).astype(np.float32) - line
    kernel = line / max(line.sum(), 1.0) - beside / max(beside.sum(), 1.0)
    return float(cv2.matchTemplate(_wide(edges(image)), kernel, cv2.TM_CCORR).max())


def _correlation(image: UInt8, mask: UInt8) -> float:
    """Normalised correlation coefficient of the picture's edges with the mask's, at the best shift."""
    drawn = edges(np.repeat(mask[..., None], 3, axis=2))
    return float(cv2.matchTemplate(_wide(edges(image)), drawn, cv2.TM_CCOEFF_NORMED).max())


def _margin(measure: Callable[[UInt8, UInt8], float]) -> Score:
    def score(images: UInt8, open_mask: UInt8, close_mask: UInt8) -> Float32:
        found = [measure(image, open_mask) - measure(image, close_mask) for image in images]
        return np.array(found, np.float32)

    return score


BASELINES: dict[str, Score] = {
    "edge-energy": _margin(_energy),
    "edge-correlation": _margin(_correlation),
}
"""Each gives float32[N], positive for open, of uint8[N, 200, 200, 3] and two masks uint8[200, 200]."""
