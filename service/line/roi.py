"""The part of the camera's picture through which carriers pass, reduced to what following them needs."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from lifts.edges import gradient
from lifts.geometry import CANONICAL_SIZE, apply, to_camera
from lifts.track import TrackGeometry
from service.domain.arrays import Float32, Image
from service.domain.planes import reduced

Matrix = npt.NDArray[np.float64]

PITCH_PX = 4.0
"""Canonical pixels that one reduced pixel covers at the middle pose, about."""

LEVELS = 60.0
"""The length of a certain edge."""

_FIRST, _LAST = -0.2, 1.1
_MAX_PIXELS = 3600
_BELL = 0.32  # of the canonical frame: standard deviation of the window for a carrier
_SOFT = 4.0  # grey levels per reduced pixel: an edge this steep counts half


class Roi:
    """The region of interest, in pixels of the camera.

    frame: (height, width) of camera pictures.
    box: (x0, y0, x1, y1) camera pixels, x1 and y1 not included. reduction: camera pixels per reduced pixel.
    size: (width, height) of the reduced picture. window: float32[height, width] 0..1, nearness to the track.

    Args:
        track: in pixels of a camera picture of width_px x height_px.
    """

    def __init__(self, track: TrackGeometry, width_px: int, height_px: int) -> None:
        self.frame = (height_px, width_px)
        places = np.linspace(_FIRST, _LAST, 14)
        side = float(CANONICAL_SIZE)
        corners = np.array([(0.0, 0.0), (side, 0.0), (0.0, side), (side, side)])
        points = np.vstack([apply(to_camera(track.pose(float(at))), corners) for at in places])
        low = np.clip(np.floor(points.min(axis=0)), 0, [width_px - 16, height_px - 16]).astype(int)
        high = np.clip(np.ceil(points.max(axis=0)), low + 16, [width_px, height_px]).astype(int)
        self.reduction = _quick(max(1, round(PITCH_PX / track.pose(0.5).scale)))
        while np.prod((high - low) // self.reduction) > _MAX_PIXELS:
            self.reduction = _quick(self.reduction + 1)
        size = np.maximum((high - low) // self.reduction, 1)
        self.size = (int(size[0]), int(size[1]))
        x1, y1 = low + size * self.reduction
        self.box = (int(low[0]), int(low[1]), int(x1), int(y1))
        self.window = self._window(track, places)

    def small(self, luma: Image) -> Image:
        """Return uint8[height, width], the reduced grey picture of a frame's luma uint8[H, W]."""
        x0, y0, x1, y1 = self.box
        return reduced(luma[y0:y1, x0:x1], self.size)

    def from_camera(self, reduction: float | None = None) -> Matrix:
        """Return float64[3, 3]: camera pixels -> pixels of the box reduced so many times."""
        r = float(self.reduction) if reduction is None else reduction
        x0, y0 = self.box[:2]
        return np.array([[1 / r, 0, (0.5 - x0) / r - 0.5], [0, 1 / r, (0.5 - y0) / r - 0.5], [0, 0, 1.0]])

    def features(self, small: Image) -> Float32:
        """Return float32[2 * height * width]: the edges of a reduced picture, evened out and windowed.

        Each edge is a direction with a length of 0..LEVELS, how certain the edge is, not how strong. They
        are whole numbers, so small that sums of their products are exact in any order: the same frames
        give the same passages, bit for bit.
        """
        dx, dy = gradient(small, 0.8, 3)
        weight = LEVELS * self.window / (cv2.magnitude(dx, dy) + _SOFT)
        both = np.concatenate([(dx * weight).ravel(), (dy * weight).ravel()])
        return np.asarray(np.rint(both), dtype=np.float32)

    def _window(self, track: TrackGeometry, places: npt.NDArray[np.float64]) -> Float32:
        x, y = np.meshgrid(np.arange(self.size[0]), np.arange(self.size[1]))
        back = np.linalg.inv(self.from_camera())
        xy = apply(np.asarray(back[:2], dtype=np.float64), np.stack([x.ravel(), y.ravel()], axis=-1))
        window = np.zeros(len(xy))
        for at in places:
            pose = track.pose(float(at))
            apart = np.hypot(xy[:, 0] - pose.x, xy[:, 1] - pose.y) * pose.scale / (_BELL * CANONICAL_SIZE)
            window = np.maximum(window, np.exp(-0.5 * apart**2))
        return window.reshape(self.size[1], self.size[0]).astype(np.float32)


def _quick(reduction: int) -> int:
    """Return the least reduction, not below the one given, that halving goes far in."""
    step = 1 if reduction < 4 else 2 if reduction < 7 else 4
    return -(-reduction // step) * step
