"""Where two groups of passages differ: bar maps to areas that show the open bar, and the closed one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from lifts.arrays import Bool, Float32, Float64
from lifts.geometry import CANONICAL_SIZE

_RIDGE_PX = 5.0
"""Scale at which ridges are found: half the width that a bar has in a map of 50 x 50, enlarged."""

_STRONG = 0.25
"""An area counts if some of it exceeds its threshold by so much, of the strongest place."""

_OWN_WAY = 4
"""How fast a passage that is unlike its group counts less: the power of the cosine."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How areas are cut out of a difference of maps: above `share` of its greatest value.

    ridges: of how much it is a ridge, not of its height: parts lines that lie close, and leaves out blobs.
    """

    share: float
    ridges: bool = False


def difference(maps: Float32, groups: Float64) -> Float64:
    """Return what the open group shows more than the closed one, float64[C, C].

    The two means' difference; what both show cancels out. Passages that are unlike their group's mean (fog,
    a lens that is covered) count less.

    Args:
        maps: float32[N, C, C], each passage's mean bar map.
        groups: float64[N, 2], weights 0..1 of each in the open and in the closed group.
    """
    flat = maps.reshape(len(maps), -1).astype(np.float64)
    sizes = np.linalg.norm(flat, axis=1) + 1e-9
    means = groups.T @ flat / groups.sum(0)[:, None]  # [2, C * C]
    alike = flat @ (means / (np.linalg.norm(means, axis=1, keepdims=True) + 1e-9)).T / sizes[:, None]
    weights = groups * np.clip(alike, 1e-3, 1) ** _OWN_WAY
    means = weights.T @ flat / weights.sum(0)[:, None]
    return np.asarray((means[0] - means[1]).reshape(maps.shape[1:]))


def bar_area(shown: Float64, cut: Cut) -> Bool:
    """Return where a bar shows, bool[200, 200].

    Args:
        shown: float64[C, C], above 0 where it shows; `difference`, or its negative for the closed bar.
        cut: how.
    """
    size = (CANONICAL_SIZE, CANONICAL_SIZE)
    large = np.asarray(cv2.resize(shown.astype(np.float32), size, interpolation=cv2.INTER_CUBIC), np.float32)
    height = np.asarray(_ridges(large) if cut.ridges else np.maximum(large, 0), np.float32)
    most = float(height.max())
    area = height > cut.share * most
    _, labels = cv2.connectedComponents(area.astype(np.uint8), connectivity=8)
    strong = np.unique(labels[height > min(0.9, cut.share + _STRONG) * most])
    return np.asarray(np.isin(labels, strong[strong > 0]))


def _ridges(large: Float32) -> Float32:
    """Return how sharply a map falls off across the steepest direction, where it is above 0."""
    smooth = cv2.GaussianBlur(large, (0, 0), _RIDGE_PX)
    xx, yy, xy = (cv2.Sobel(smooth, cv2.CV_32F, dx, dy, ksize=5) for dx, dy in ((2, 0), (0, 2), (1, 1)))
    least = (xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    return np.asarray(np.maximum(-least, 0) * (large > 0), np.float32)
