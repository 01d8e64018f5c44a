"""The lift's track cut into cells: small canonical patches at evenly spaced ways, taken in one remap."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import CANONICAL_SIZE, apply, pose_at, to_camera
from lifts.schema import Track

Floats = npt.NDArray[np.float32]

PATCH_SIZE = 32
"""Side of a cell's patch; it covers the canonical frame."""

LEAST_MOTION_PX = 80.0
"""Canonical pixels of movement from begin to end below which the tracker is not to be relied on."""

_CELL_PX = 6.0  # canonical pixels that the picture moves from cell to cell
_BEFORE_PX, _AFTER_PX = 180.0, 60.0
_TRUST_PX = 60.0
_MIN_CELLS, _MAX_CELLS = 28, 72


class PatchGrid:
    """Where each cell's patch lies in the reduced camera picture.

    ways: float64[N], evenly spaced; cells whose patch is mostly outside the camera's picture are left out.
    inside: float32[N, PATCH_SIZE**2], 1 where a cell's patch lies within the camera's picture, else 0.
    trust: float32[N], 1 along the track and falling beyond it, where its extrapolation grows uncertain.
    step: way between cells. px_per_way: canonical pixels a carrier's picture moves per unit of way.
    """

    def __init__(self, track: Track, width_px: int, height_px: int) -> None:
        self.track = track
        self.px_per_way = motion_px(track, 0.5)
        # A carrier must be seen for a while before it begins, and be followed until it is surely past.
        first_way, last_way = -max(0.45, self.way(_BEFORE_PX)), 1.0 + max(0.25, self.way(_AFTER_PX))
        count = math.ceil((last_way - first_way) * self.px_per_way / _CELL_PX)
        count = min(max(count, _MIN_CELLS), _MAX_CELLS)
        ways = np.linspace(first_way, last_way, count)
        inside = [
            _inside(track, float(way), width_px, height_px) > 0.6 and _plausible(track, float(way))
            for way in ways
        ]
        needed = (ways >= -0.05) & (ways <= 1.05)
        kept = np.flatnonzero(np.array(inside) | needed)
        self.ways = ways[kept[0] : kept[-1] + 1]
        beyond = np.maximum(np.maximum(-0.1 - self.ways, self.ways - 1.1), 0.0) * self.px_per_way
        self.trust: Floats = np.exp(-beyond / _TRUST_PX).astype(np.float32)
        self.step = float(ways[1] - ways[0])
        scales = [pose_at(track, w).scale for w in (0.0, 0.5, 1.0)]
        cell_px = CANONICAL_SIZE / PATCH_SIZE
        self.reduction = max(1, int(cell_px / float(np.median(scales))))
        self.small_size = (max(16, width_px // self.reduction), max(16, height_px // self.reduction))
        self._map_x, self._map_y = self._maps(width_px, height_px)
        edge = np.ones((self.small_size[1], self.small_size[0], 1), np.float32)
        self.inside: Floats = (self.cut(edge)[..., 0] > 0.99).astype(np.float32).reshape(len(self), -1)

    def __len__(self) -> int:
        return len(self.ways)

    def way(self, px: float) -> float:
        """Return the way over which a carrier's picture moves by so many canonical pixels."""
        return px / self.px_per_way

    def cut(self, planes: Floats) -> Floats:
        """Return float32[N, PATCH_SIZE, PATCH_SIZE, C] of the reduced picture's planes float32[h, w, C]."""
        out = cv2.remap(planes, self._map_x, self._map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return np.asarray(out, dtype=np.float32).reshape(len(self), PATCH_SIZE, PATCH_SIZE, -1)

    def _maps(self, width_px: int, height_px: int) -> tuple[Floats, Floats]:
        pitch = CANONICAL_SIZE / PATCH_SIZE
        centres = (np.arange(PATCH_SIZE) + 0.5) * pitch - 0.5
        points = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)
        kx, ky = self.small_size[0] / width_px, self.small_size[1] / height_px
        rows = [apply(to_camera(pose_at(self.track, float(way))), points) for way in self.ways]
        camera = np.stack(rows).reshape(-1, PATCH_SIZE, 2)  # [N * S, S, 2]
        map_x = ((camera[..., 0] + 0.5) * kx - 0.5).astype(np.float32)
        map_y = ((camera[..., 1] + 0.5) * ky - 0.5).astype(np.float32)
        return map_x, map_y


def track_warnings(track: Track | None) -> list[str]:
    """Say in words what makes passages hard to follow along a track; nothing for a good one or for none."""
    if track is None or (moved := motion_px(track, 0.5)) >= LEAST_MOTION_PX:
        return []
    return [
        (
            f"from begin to end a carrier moves by only {moved:.0f} of the registered picture's 200 pixels "
            f"(at least {LEAST_MOTION_PX:.0f} are needed): passages will be found late or not at all. "
            "Move begin and end farther apart, or the camera to where it sees the line more from the side."
        )
    ]


def motion_px(track: Track, way: float) -> float:
    """Return how many canonical pixels a carrier's picture moves per unit of way (root mean square)."""
    return float(np.sqrt((motion_field(track, way) ** 2).sum(axis=1).mean()))


def motion_field(track: Track, way: float, half: float = 0.05) -> npt.NDArray[np.float64]:
    """Return float64[25, 2]: the motion per unit of way, seen in the canonical frame held at `way`."""
    side = np.linspace(40.0, 160.0, 5)
    points = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    back = cv2.invertAffineTransform(to_camera(pose_at(track, way)))
    ends = [
        apply(np.asarray(back), apply(to_camera(pose_at(track, way + sign * half)), points))
        for sign in (-1, 1)
    ]
    return np.asarray((ends[1] - ends[0]) / (2 * half))


def _plausible(track: Track, way: float) -> bool:
    """Say whether the track may be believed this far out: not where the carrier is much larger or smaller."""
    scales = (track.begin.scale, track.end.scale)
    return 0.6 * min(scales) <= pose_at(track, way).scale <= 1.7 * max(scales)


def _inside(track: Track, way: float, width_px: int, height_px: int) -> float:
    side = np.linspace(10.0, 190.0, 9)
    points = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    xy = apply(to_camera(pose_at(track, way)), points)
    inside = (xy >= 0).all(axis=1) & (xy[:, 0] < width_px) & (xy[:, 1] < height_px)
    return float(inside.mean())
