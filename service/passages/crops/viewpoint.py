"""Where on the track pictures are taken, and a picture that was taken there."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from lifts.geometry import CANONICAL_SIZE, apply, to_camera
from lifts.schema import Pose
from lifts.track import TrackGeometry
from service.domain.arrays import Float32, Image
from service.domain.frame import Frame
from service.domain.planes import reduced
from service.vision.outlines import FIELD, MARGIN_PX, PITCH_PX

FARTHEST_PX = 40.0
"""A picture is taken at most this many canonical pixels of movement away from its viewpoint."""

_LEVELS = 6.0  # grey levels by which the background may change each time


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A picture of a carrier, canonical with margin, uint8[240, 240, 3] RGB.

    progress: where the carrier was on the track; t_s, t_mono_s: its frame's times. damaged: the frame was.
    """

    image: Image
    progress: float
    t_s: float
    t_mono_s: float
    damaged: bool


class Viewpoint:
    """One place on the track where pictures are taken.

    progress, pose: of the place. background: float32[FIELD, FIELD] grey, the view there without carriers.
    """

    def __init__(self, track: TrackGeometry, progress: float) -> None:
        self.progress = progress
        self.pose = track.pose(progress)
        self.background: Float32 | None = None
        side = float(CANONICAL_SIZE + MARGIN_PX)
        corners = np.array([(-MARGIN_PX, -MARGIN_PX), (side, -MARGIN_PX), (-MARGIN_PX, side), (side, side)])
        points = apply(to_camera(self.pose), corners.astype(np.float64))
        low, high = np.floor(points.min(axis=0)) - 3, np.ceil(points.max(axis=0)) + 4
        self._box = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))

    def take(self, frame: Frame) -> Image:
        """Return the canonical picture with margin, uint8[240, 240, 3] RGB."""
        return rgb(frame.warped(self.pose, MARGIN_PX))

    def learn(self, grey: Image) -> None:
        """Learn the background from a view uint8[FIELD, FIELD] at any moment."""
        if self.background is None:
            self.background = grey.astype(np.float32)
        else:
            self.background += np.clip(grey - self.background, -_LEVELS, _LEVELS)

    def grey(self, frame: Frame) -> Image:
        """Return uint8[FIELD, FIELD], the view there, from the frame's luma alone."""
        left, top = max(0, self._box[0]), max(0, self._box[1])
        part = frame.luma[top : max(top + 1, self._box[3]), left : max(left + 1, self._box[2])]
        return grey_of(part, self.pose.model_copy(update={"x": self.pose.x - left, "y": self.pose.y - top}))


def rgb(picture: Image) -> Image:
    """Return a picture uint8[h, w, 3] BGR as RGB."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def grey_of(part: Image, pose: Pose) -> Image:
    """Return uint8[FIELD, FIELD]: what `reduce_picture` of the canonical picture would give, but quicker."""
    half = np.array([[PITCH_PX, 0.0, 0.5 - MARGIN_PX], [0.0, PITCH_PX, 0.5 - MARGIN_PX], [0.0, 0.0, 1.0]])
    matrix = to_camera(pose) @ half
    pitch = PITCH_PX / pose.scale
    if pitch > 1.4:
        size = (max(1, round(part.shape[1] / pitch)), max(1, round(part.shape[0] / pitch)))
        kx, ky = part.shape[1] / size[0], part.shape[0] / size[1]
        part = reduced(part, size)
        matrix = np.array([[1 / kx, 0.0, 0.5 / kx - 0.5], [0.0, 1 / ky, 0.5 / ky - 0.5]]) @ np.vstack(
            [matrix, [0.0, 0.0, 1.0]]
        )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    out = cv2.warpAffine(part, matrix, (FIELD, FIELD), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.uint8)
