"""A carrier's pictures laid over each other, so that it is sharp and all that does not move with it smeared."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import pose_at, to_camera
from lifts.schema import Track
from service.passages.outlines import FIELD, MARGIN_PX, PITCH_PX

Floats = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]

BIN_PX = 24.0
"""Canonical pixels of movement that are laid upon each other: a carrier turns as it passes."""

BINS = 4
"""Stacks on each side of the middle."""


@dataclass(slots=True, eq=False)
class Stacks:
    """One stack for each short piece of way about the middle pose: index k is k * BIN_PX of movement off it.

    at: the odometer's reading that the pieces are counted from, fixed with the first picture.
    """

    at: float | None = None
    sums: dict[int, Floats] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)

    def add(self, index: int, patch: Floats) -> None:
        """Lay a patch float32[FIELD, FIELD] upon the stack of its piece."""
        if index in self.sums:
            self.sums[index] += patch
            self.counts[index] += 1
        else:
            self.sums[index] = patch.copy()
            self.counts[index] = 1

    def means(self) -> dict[int, Floats]:
        """Return the stacks that hold at least two pictures, or all if none does: float32[FIELD, FIELD]."""
        least = 2 if any(count >= 2 for count in self.counts.values()) else 1
        return {k: total / self.counts[k] for k, total in self.sums.items() if self.counts[k] >= least}


def patch_at(image: Image, track: Track, way: float) -> Floats:
    """Return float32[FIELD, FIELD], the grey canonical picture with margin of a carrier at `way`.

    image: uint8[H, W, 3] BGR, the camera's.
    """
    matrix = to_camera(pose_at(track, way)) @ np.array(
        [[PITCH_PX, 0.0, 0.5 - MARGIN_PX], [0.0, PITCH_PX, 0.5 - MARGIN_PX], [0.0, 0.0, 1.0]]
    )
    pitch = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    corners = matrix[:, :2] @ np.array([[0, FIELD, 0, FIELD], [0, 0, FIELD, FIELD]]) + matrix[:, 2:]
    size = np.array([image.shape[1], image.shape[0]])
    low = np.clip(np.floor(corners.min(axis=1)).astype(int) - 2, 0, size - 1)
    high = np.clip(np.ceil(corners.max(axis=1)).astype(int) + 3, low + 1, size)
    crop = cv2.cvtColor(image[low[1] : high[1], low[0] : high[0]], cv2.COLOR_BGR2GRAY)
    if pitch > 1.4:
        crop = cv2.blur(crop, (round(pitch), round(pitch)))
    matrix[:, 2] -= low
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    out = cv2.warpAffine(crop, matrix, (FIELD, FIELD), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.float32)
