"""Keeps the canonical pictures of the last stretch of rope, so that a carrier's can be picked in hindsight.

How a carrier hangs is known best when it leaves; its pictures at begin and middle are long past by then. So
one picture is kept per small piece of way at each of the poses. While the line stands, nothing is added.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import pose_at, warp
from lifts.schema import Track
from service.passages.outlines import MARGIN_PX, Floats, reduce_picture
from service.passages.registration import Look

Image = npt.NDArray[np.uint8]

_MIN_LEAVES = 40
_EVERY_S = 0.15  # while the line's speed is unknown
_LEVELS = 1.5  # grey levels that the background follows per picture


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A canonical picture with margin, uint8[240, 240, 3] RGB, and the media time of its frame."""

    t_s: float
    t_mono_s: float
    image: Image


class Album:
    """Pictures at one pose of the track over the last `reach` of way, one per `step`; oldest dropped first.

    They are found by time: the odometer tells when a carrier passed. background: float32[FIELD, FIELD] grey,
    the view without carriers, once some have passed. look: what carriers look like here.
    """

    def __init__(self, track: Track, way: float, reach: float, step: float) -> None:
        self.way = way
        self.background: Floats | None = None
        self.look = Look()
        self.pose = pose_at(track, way)
        self._step = step
        self._last_at: float | None = None
        self._leaves: deque[Leaf] = deque(maxlen=max(_MIN_LEAVES, int(reach / step) + 4))

    def add(self, image: Image, at: float | None, t_s: float, t_mono_s: float) -> None:
        """Take a picture of the frame uint8[H, W, 3] BGR if the line has gone a step since the last.

        at: the odometer's reading; None while it has none, when some of all frames are taken.
        """
        if at is not None and self._last_at is not None and abs(at - self._last_at) < self._step:
            return
        if at is None and self._leaves and t_s - self._leaves[-1].t_s < _EVERY_S:
            return
        self._last_at = at
        picture = cv2.cvtColor(warp(image, self.pose, margin_px=MARGIN_PX), cv2.COLOR_BGR2RGB)
        leaf = Leaf(t_s, t_mono_s, np.asarray(picture, dtype=np.uint8))
        self._leaves.append(leaf)
        grey = reduce_picture(leaf.image)
        if self.background is None:
            self.background = grey
        else:
            self.background += np.clip(grey - self.background, -_LEVELS, _LEVELS)

    def find(self, t_s: float) -> Leaf | None:
        """Return the picture taken nearest to a media time; None if the album is empty."""
        return min(self._leaves, key=lambda leaf: abs(leaf.t_s - t_s), default=None)

    def clear(self) -> None:
        """Forget all pictures."""
        self._leaves.clear()
        self._last_at = None
